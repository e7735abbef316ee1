"""What is wrong with a campaign's definition: rules, goal, timing, templates and what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shoal.campaigns.goal import problems_of
from shoal.campaigns.template import GIVEN, compile_message, source_of
from shoal.core.errors import MissingExtraError, Problem
from shoal.core.names import nearest
from shoal.core.public_holidays import is_holiday_name
from shoal.language import check_rule
from shoal.language.campaign_definitions import CampaignDefinition, VariantDefinition, When
from shoal.language.told import Told
from shoal.language.tree import Rule
from shoal.language.types import value_type
from shoal.language.vocabulary import ValueType, Vocabulary

MAILED = ("email", "preferred")


def check_campaign(definition: CampaignDefinition, vocabulary: Vocabulary) -> list[Problem]:
    """Every problem of a campaign's definition, its templates included."""
    found = [*_measures(definition, vocabulary), *_timing(definition, vocabulary)]
    if definition.audience is not None:
        found += check_rule(definition.audience, vocabulary)
    if definition.items is not None:
        found += check_rule(definition.items, vocabulary)
        items = definition.items
        kind = ValueType.BOOLEAN if isinstance(items, Rule) else value_type(items, vocabulary)
        if kind not in {ValueType.LIST, ValueType.UNKNOWN}:
            hint = "values(order_completed.product_id)"
            found.append(Problem(Told("`items` is no list"), definition.place, hint))
    for variant in definition.variants:
        found += _templates(definition, variant, vocabulary)
    return [it if it.place else replace(it, place=definition.place) for it in found]


def _measures(definition: CampaignDefinition, vocabulary: Vocabulary) -> Iterator[Problem]:
    measures = {"goal": definition.goal} | {it.name: it.measure for it in definition.metrics}
    for name, measure in measures.items():
        if measure is not None:
            yield from check_rule(measure, vocabulary, target=True)
            yield from problems_of(measure, f"`{name}`")


def _timing(definition: CampaignDefinition, vocabulary: Vocabulary) -> Iterator[Problem]:
    timing = definition.timing
    name = timing.name or ""
    if timing.when in {When.ENTERING, When.LEAVING} and name not in vocabulary.segments:
        yield _unknown("segment", name, vocabulary.segments)
    if timing.when is When.EVENT and name not in vocabulary.events:
        yield replace(_unknown("event", name, vocabulary.events), severity="warning")
    if timing.when is not When.OCCASION or name in vocabulary.traits:
        return
    if not is_holiday_name(name, vocabulary.country):
        message = Told("no occasion `{0}`: it is neither a trait nor a public holiday", name)
        near = nearest(name, vocabulary.traits)
        yield Problem(message, None, Told("did you mean `{0}`?", near) if near else "birthday")


def _unknown(what: str, name: str, known: Iterable[str]) -> Problem:
    near = nearest(name, known)
    hint = Told("did you mean `{0}`?", near) if near else None
    return Problem(Told("no {0} `{1}`", Told(what), name), None, hint)


def _templates(
    definition: CampaignDefinition, variant: VariantDefinition, vocabulary: Vocabulary
) -> Iterator[Problem]:
    try:
        message, problems = compile_message(variant.templates)
    except MissingExtraError as error:
        yield Problem(error.message, variant.place, error.hint, "warning")
        return
    for problem in problems:
        yield replace(problem, place=variant.place)
    for path in message.reads:
        name = source_of(path, vocabulary.traits)
        if name is None:
            near = nearest(path, [*vocabulary.traits, *GIVEN])
            hint = (
                Told("did you mean `{0}`?", near) if near else Told("use a trait, items, offer …")
            )
            yield Problem(Told("templates know no `{0}`", path), variant.place, hint, "warning")
        elif name == "items" and definition.items is None:
            hint = "items: values(product_viewed.product_id in last 30d)"
            yield Problem(Told("`items` is used and not defined"), variant.place, hint)
    if definition.channel in MAILED:
        if variant.subject is None:
            message = Told("variant `{0}` has no subject", variant.name)
            yield Problem(message, variant.place, "subject: …")
        if variant.text is None and variant.html is None:
            message = Told("variant `{0}` has no text", variant.name)
            yield Problem(message, variant.place, "text: …")
