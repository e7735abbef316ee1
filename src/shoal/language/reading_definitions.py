"""Definition files become nouns: segments, traits, partitions, predictions, events.

::

    segments:     NAME: RULE, or {title, rule, why, polarity, purpose, vital, target, tests,
                                  sensitive_because}
    traits:       NAME: VALUE, or {title, value, why, sensitive_because}
    partitions:   NAME: [PART: RULE, …], or {title, why, parts: [PART: RULE or {title, rule, why}]}
    predictions:  NAME: RULE or VALUE about the future, or {title, target, why, population,
                         features: [VALUE, …], without: [TRAIT, EVENT or EVENT.PROPERTY, …], purpose,
                         sensitive_because}
    events:       NAME: {title, why, line_of, session, properties:
                         {NAME: TYPE or {type, title, why, sensitive, proxy_for, purposes}}}

    campaigns:    as :mod:`shoal.language.reading_campaigns` says

    sensitive     what a property is about, such as ethnic origin: rules that read it must say why
    proxy_for     the same for what stands for something sensitive, as a district may
    sensitive_because  the reason for reading such properties; it is kept in the audit trail
    vital         true: `shoal alerts` tells when its size moves as it usually does not
    session       false: not something done on a site or in an app, so no part of a session
    target        {at_least: 500, by: 2026-12-31}; or at_most, and shares such as 10%
    tests:        - member: TIMELINE         (or `not member`)
                    as_of: INSTANT
    TIMELINE      a list of {EVENT: INSTANT, PROPERTY: VALUE, …}, {EVENT: {at: INSTANT, …}},
                  {trait: {NAME: VALUE}, at: INSTANT} (without `at` it holds always) and
                  {consent: {PURPOSE: granted or denied}, at: INSTANT}
    title, why    a text, or one per language: {en: Lapsed customers, pt: Clientes inativos}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, Problem
from shoal.core.names import nearest, snake_case
from shoal.language.campaign_definitions import CampaignDefinition
from shoal.language.definitions import (
    DAILY,
    NEVER,
    PROPERTY_TYPES,
    SECTIONS,
    Definitions,
    EventDefinition,
    FeatureDefinition,
    PartitionDefinition,
    PredictionDefinition,
    PropertyDefinition,
    SegmentDefinition,
    TraitDefinition,
)
from shoal.language.reading_campaigns import CampaignReading
from shoal.language.targets import read_target, read_truth
from shoal.language.timelines import read_tests
from shoal.language.tree import Everyone
from shoal.language.words import LANGUAGES, Words, meant_language
from shoal.language.written_names import is_plain

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Page, Problems

POLARITIES = ("positive", "negative", "neutral")
LONGEST_NAME = 100
_REASON = "sensitive_because"
_OF_PROPERTY = ("type", "title", "why", "sensitive", "proxy_for", "purposes")
_OF_PREDICTION = (
    "title", "target", "why", "population", "features", "without", "purpose", "refresh", _REASON,
)  # fmt: skip
_NAME = re.compile(r"[^\W\d_]\w*\Z")


def parse_definitions(text: str, file: str | None = None) -> Definitions:
    """What the text of a definition file defines. Problems are collected, never raised.

    >>> parse_definitions("segments: {buyers: did order_completed}").segments[0].name
    'buyers'
    """
    from shoal.language.yaml_nodes import Problems, compose

    try:
        page, root = compose(text, file)
    except DefinitionError as error:
        return Definitions(problems=error.problems)
    reading = _Reading(page, Problems(page, []))
    if root is not None:
        reading.file(root)
    return Definitions(**reading.found, problems=tuple(reading.problems.found))


class _Reading:
    """One reading of one page."""

    def __init__(self, page: Page, problems: Problems) -> None:
        self.page = page
        self.problems = problems
        self.found: dict[str, Any] = {}

    def file(self, root: Node) -> None:
        sections = self.problems.fields(root, "a definition file", SECTIONS)
        for section, node in sections.items():
            read = getattr(self, f"_{section.removesuffix('s')}")
            items: list[Any] = []
            for name, key, value in self.problems.entries(node, f"`{section}`"):
                if self.is_name(name, key, section.removesuffix("s")):
                    items.append(read(name, key, value))
            self.found[section] = tuple(items)

    def is_name(self, name: str, node: Node, what: str) -> bool:
        """A name for rules, file names and columns: snake_case, and not too long."""
        from shoal.language.yaml_nodes import shown

        if what == "event" and name.startswith("$"):
            return True
        if len(name) <= LONGEST_NAME and _NAME.match(name) and name == snake_case(name):
            return True
        better = snake_case(name)
        usable = len(better) <= LONGEST_NAME and _NAME.match(better) and is_plain(better)
        hint = f"write `{better}`" if usable else "use lower-case letters, digits and _"
        self.problems.add(f"`{shown(name)}` cannot be the name of a {what}", node, hint)
        return False

    # --- sections ---------------------------------------------------------------------------

    def _segment(self, name: str, key: Node, node: Node) -> SegmentDefinition:
        known = ("title", "rule", "why", "polarity", "purpose", "vital", "target", "tests", _REASON)
        given = self.described(node, "rule", known, f"segment `{name}`")
        text, rule = self.expression(given.get("rule"), key, "rule")
        polarity = self.problems.text(given.get("polarity"), "`polarity`")
        if polarity is not None and polarity not in POLARITIES:
            hint = f"it is one of {', '.join(POLARITIES)}"
            self.problems.add(f"`{polarity}` is no polarity", given["polarity"], hint)
            polarity = None
        purpose = self.purpose(given.get("purpose"))
        tests = (
            tuple(read_tests(given["tests"], self.page, self.problems)) if "tests" in given else ()
        )
        title, why = self.told(given)
        place = self.page.at(key)
        vital = read_truth(given.get("vital"), "`vital`", self.problems)
        target = read_target(given.get("target"), self.problems)
        reason = self.reason(given)
        return SegmentDefinition(
            name, text, rule, title, why, polarity, purpose, tests, vital, target, place, reason
        )

    def _trait(self, name: str, key: Node, node: Node) -> TraitDefinition:
        known = ("title", "value", "why", _REASON)
        given = self.described(node, "value", known, f"trait `{name}`")
        text, value = self.expression(given.get("value"), key, "value")
        told, place = self.told(given), self.page.at(key)
        return TraitDefinition(name, text, value, *told, place, self.reason(given))

    def _prediction(self, name: str, key: Node, node: Node) -> PredictionDefinition:
        given = self.described(node, "target", _OF_PREDICTION, f"prediction `{name}`")
        text, target = self.expression(given.get("target"), key, "target")
        population = None
        if "population" in given:
            _, population = self.expression(given["population"], key, "population")
        return PredictionDefinition(
            name,
            text,
            target,
            *self.told(given),
            self.page.at(key),
            self.reason(given),
            population,
            self._features(given.get("features"), key),
            self._without(given.get("without")),
            self.purpose(given.get("purpose")),
            self._refresh(given.get("refresh")),
        )

    def _refresh(self, node: Node | None) -> str:
        text = self.problems.text(node, "`refresh`")
        if node is not None and text is not None and text not in {DAILY, NEVER}:
            self.problems.add(f"`{text}` is not how scores are refreshed", node, "daily or never")
            return DAILY
        return text or DAILY

    def _features(self, node: Node | None, key: Node) -> tuple[FeatureDefinition, ...]:
        found: list[FeatureDefinition] = []
        for item in self.problems.items(node, "`features`") if node is not None else ():
            text, value = self.expression(item, key, "features")
            found.append(FeatureDefinition(text, value, self.page.at(item)))
        return tuple(found)

    def _without(self, node: Node | None) -> tuple[FeatureDefinition, ...]:
        items = self.problems.items(node, "`without`") if node is not None else []
        named = ((self.problems.text(it, "a name in `without`"), it) for it in items)
        return tuple(FeatureDefinition(text, None, self.page.at(it)) for text, it in named if text)

    def purpose(self, node: Node | None) -> str | None:
        """The name of a purpose, where one is given."""
        purpose = self.problems.text(node, "`purpose`")
        if node is not None and purpose is not None and not _NAME.match(purpose):
            self.problems.add(f"`{purpose}` cannot be a purpose", node, "marketing")
            return None
        return purpose

    def _campaign(self, name: str, key: Node, node: Node) -> CampaignDefinition:
        reading = CampaignReading(self.page, self.problems, self.expression, self.told)
        return reading.campaign(name, key, node)

    def _partition(self, name: str, key: Node, node: Node) -> PartitionDefinition:
        known = ("title", "why", "parts")
        given = self.described(node, "parts", known, f"partition `{name}`", plain=False)
        parts: list[SegmentDefinition] = []
        items = self.problems.items(given["parts"], "`parts`") if "parts" in given else []
        for item in items:
            for part, part_key, value in self.problems.entries(item, "a part"):
                if not self.is_name(part, part_key, "part"):
                    continue
                if any(part == before.name for before in parts):
                    self.problems.add(f"part `{part}` is defined twice", part_key)
                    continue
                parts.append(self._segment(part, part_key, value))
        if not parts:
            self.problems.add(f"partition `{name}` has no parts", key, "- rest: everyone")
        self.exhaustive(name, parts)
        return PartitionDefinition(name, tuple(parts), *self.told(given), self.page.at(key))

    def exhaustive(self, name: str, parts: list[SegmentDefinition]) -> None:
        """Everyone is in exactly one part if the last one, and only it, is ``everyone``."""
        for before, part in pairwise(parts):
            if before.rule == Everyone():
                message = f"nobody is left for `{part.name}`: `{before.name}` is everyone"
                self.problems.found.append(Problem(message, part.place, None, "warning"))
        if parts and parts[-1].rule not in {None, Everyone()}:
            message = f"somebody may be in no part of `{name}`"
            hint = "let the last part be `everyone`"
            self.problems.found.append(Problem(message, parts[-1].place, hint, "warning"))

    def _event(self, name: str, key: Node, node: Node) -> EventDefinition:
        known = ("title", "why", "line_of", "session", "properties")
        given = self.described(node, "title", known, f"event `{name}`")
        properties: list[PropertyDefinition] = []
        listed = given.get("properties")
        entries = self.problems.entries(listed, "`properties`") if listed is not None else ()
        for prop, prop_key, value in entries:
            properties.append(self._property(prop, prop_key, value))
        line_of = self.problems.text(given.get("line_of"), "`line_of`")
        said = given.get("session")
        session = None if said is None else read_truth(said, "`session`", self.problems)
        title, why = self.told(given)
        place = self.page.at(key)
        return EventDefinition(name, title, why, line_of, tuple(properties), session, place)

    def _property(self, name: str, key: Node, node: Node) -> PropertyDefinition:
        about = self.described(node, "type", _OF_PROPERTY, f"property `{name}`")
        kind = self.problems.text(about.get("type"), "`type`")
        if kind is not None and kind not in PROPERTY_TYPES:
            near = nearest(kind, PROPERTY_TYPES)
            known_types = ", ".join(PROPERTY_TYPES)
            hint = f"did you mean `{near}`?" if near else f"it is one of {known_types}"
            self.problems.add(f"`{kind}` is no type", about["type"], hint)
            kind = None
        guarded = [self.topic(about, it) for it in ("sensitive", "proxy_for")]
        listed = self.problems.items(about["purposes"], "`purposes`") if "purposes" in about else ()
        purposes = tuple(it for it in map(self.purpose, listed) if it is not None)
        place = self.page.at(key)
        title, why = self.told(about)
        return PropertyDefinition(name, kind, title, why, place, *guarded, purposes=purposes)

    # --- their parts ------------------------------------------------------------------------

    def described(
        self, node: Node, main: str, known: tuple[str, ...], what: str, *, plain: bool = True
    ) -> dict[str, Node]:
        """The fields of a definition; the short form is the main one alone."""
        from yaml import ScalarNode, SequenceNode

        if isinstance(node, ScalarNode if plain else SequenceNode):
            return {main: node}
        return self.problems.fields(node, what, known)

    def topic(self, given: Mapping[str, Node], what: str) -> str | None:
        """What a property is about, or stands for; yes and no say nothing of it."""
        text = self.problems.text(given.get(what), f"`{what}`")
        if text is not None and text.lower() in {"", "true", "false", "yes", "no"}:
            self.problems.add(f"`{what}` says what it is about", given[what], "ethnic origin")
            return None
        return text

    def reason(self, given: Mapping[str, Node]) -> str | None:
        """Why something sensitive may be read; an empty reason is none."""
        text = self.problems.text(given.get(_REASON), f"`{_REASON}`")
        if text == "":
            self.problems.add("an empty reason is none", given[_REASON], "say why it must be read")
            return None
        return text

    def told(self, given: Mapping[str, Node]) -> tuple[Words | None, Words | None]:
        return self.words(given.get("title"), "title"), self.words(given.get("why"), "why")

    def words(self, node: Node | None, what: str) -> Words | None:
        """A text for people: a scalar, or a mapping of languages."""
        from yaml import MappingNode

        if not isinstance(node, MappingNode):
            text = self.problems.text(node, f"`{what}`")
            return Words.plain(text) if text is not None else None
        texts: dict[str, str] = {}
        for code, key, value in self.problems.entries(node, f"`{what}`"):
            if code not in LANGUAGES:
                self.problems.add(*_no_language(code, key))
            elif text := self.problems.text(value, f"`{what}` in `{code}`"):
                texts[code] = text
        return Words.by_language(**texts) if texts else None

    def expression(self, node: Node | None, key: Node, what: str) -> tuple[str, Any]:
        """The text as written and the tree it says; None, and problems, if it says none."""
        from yaml import ScalarNode

        from shoal.language.parse import read_expression, read_rule
        from shoal.language.yaml_nodes import is_null

        if node is None or is_null(node):
            self.problems.add(f"`{what}` is missing", key)
            return "", None
        if not isinstance(node, ScalarNode):
            self.problems.add(f"`{what}` is a text of the rule language", node)
            return "", None
        read = read_rule if what in {"rule", "audience", "population"} else read_expression
        try:
            return node.value.strip(), read(node.value, self.page.inside(node))
        except DefinitionError as error:
            self.problems.found.extend(error.problems)
            return node.value.strip(), None


def _no_language(code: str, node: Node) -> tuple[str, Node, str]:
    """The problem of a code that is no language's here, and which was meant."""
    from shoal.language.yaml_nodes import shown

    meant = meant_language(code)
    known = ", ".join(LANGUAGES)
    hint = f"did you mean `{meant}`?" if meant else f"titles are in {known}"
    return f"no language `{shown(code)}`", node, hint
