"""Is a segment worth acting on? The questions of an audit, asked of the data in two or three passes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shoal.audits import audit
from shoal.audits.facts import (
    Dropped,
    Facts,
    Worth,
)
from shoal.audits.overlap import differing, shared
from shoal.audits.questions import (
    CONSENT,
    IT,
    WORTH,
    looks_back,
    plan_questions,
)
from shoal.audits.sensitive import sensitive_names
from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.language import sentence
from shoal.language.told import Told, joined
from shoal.project.audits.answers import Heard, hear
from shoal.project.audits.facts import (
    behaviours,
    channels,
    conditions,
    fields,
    moved,
    overlaps,
    reachable,
    resampled,
)
from shoal.project.audits.weeks import (
    MANY_ROWS,
    first_at_of,
    is_young,
    outcome_of,
    ranks_many,
    weeks_before,
)
from shoal.project.worth import number_worth
from shoal.runners import evaluate

if TYPE_CHECKING:
    from shoal.audits import Audit
    from shoal.language.tree import Rule
    from shoal.project.answers import Question
    from shoal.project.reading import Reading
    from shoal.project.worth import Worth as Chosen


def audit_segment(
    reading: Reading,
    question: Question,
    at: int,
    value: str | None = None,
    sensitive: Iterable[str] = (),
) -> Audit:
    """The audit of an applied segment or of a rule, at one instant.

    ``value`` is what people are worth, as an expression; ``sensitive`` names further profile traits
    that members should not differ in.
    """
    worth = number_worth(reading, value)
    rule, vocabulary = question.rule, reading.vocabulary
    events = reading.snapshot.catalogue.events
    others, notes = _others(reading, question.name)
    purpose = _purpose(reading, question.name)
    plan = plan_questions(
        rule,
        vocabulary,
        {name: facts.rows for name, facts in events.items()},
        others,
        worth.value if worth else None,
        purpose,
    )
    heard = hear(evaluate(reading.snapshot, plan.asked, vocabulary, at))
    if ranks_many(reading, plan):
        notes.append(
            Told("sizes are those of five instants, since ranking so many anew takes long")
        )
    weeks, before = weeks_before(reading, plan, heard, at)
    declared = frozenset(sensitive)
    _refuse_unknown(declared, reading)
    compared = tuple(behaviours(plan, heard))
    names = [it.name for it in plan.behaviours if it.is_profile]
    first_at = first_at_of(reading)
    facts = Facts(
        rule=rule,
        vocabulary=vocabulary,
        as_of=at,
        members=heard.truths(IT),
        unknown=heard.rule(IT).unknown,
        name=question.name,
        polarity=_polarity(reading, question.name),
        purpose=purpose,
        worth=_known_worth(worth, heard, chosen=value is None),
        weeks=weeks,
        overlaps=tuple(overlaps(plan, heard, reading)),
        behaviours=compared,
        conditions=tuple(conditions(plan, heard)),
        dropped=tuple(
            Dropped(text, differing(heard.bits(IT), heard.bits(f"dropped {index}")))
            for index, (text, _) in enumerate(plan.dropped)
        ),
        moved=tuple(moved(plan, heard)),
        resampled=resampled(plan, heard, reading, at),
        ranked=plan.ranked,
        fields=tuple(fields(plan, heard, reading)),
        first_at=first_at,
        channels=tuple(channels(plan, heard)),
        reachable=reachable(plan, heard),
        consenting=shared(heard.bits(IT), heard.bits(CONSENT)) if purpose else None,
        outcome=outcome_of(plan, heard, before, reading),
        sensitive=frozenset(sensitive_names(names, declared)),
        young=is_young(plan, reading, weeks),
        days={week.at: format_instant(week.at) for week in weeks}
        | {it.last_at: format_instant(it.last_at) for it in events.values() if it.last_at},
    )
    title = vocabulary.segments[question.name].title if question.name else None
    return audit(facts, title or question.name or sentence(rule, vocabulary), notes)


def _refuse_unknown(declared: frozenset[str], reading: Reading) -> None:
    for name in sorted(declared):
        entry = reading.vocabulary.traits.get(name)
        if entry is None or entry.value is not None:
            raise UsageError(
                f"--sensitive: no profile trait `{name}`",
                hint="name a trait that was imported with the profiles",
            )


def _others(reading: Reading, name: str | None) -> tuple[dict[str, Rule], list[str]]:
    """The segments to compare with, and what is to be said about those left out."""
    vocabulary = reading.vocabulary
    rules = {it.name: it.rule for it in vocabulary.segments.values() if it.name != name}
    if reading.snapshot.rows < MANY_ROWS:
        return rules, []
    slow = [other for other, rule in rules.items() if looks_back(rule, vocabulary)]
    if not slow:
        return rules, []
    told = Told(
        "not compared, since they look back on changes of other segments: {0}", joined(slow)
    )
    return {other: rule for other, rule in rules.items() if other not in slow}, [told]


def _purpose(reading: Reading, name: str | None) -> str | None:
    found = reading.definitions.segments.get(name or "")
    return found.purpose if found else None


def _polarity(reading: Reading, name: str | None) -> str | None:
    found = reading.definitions.segments.get(name or "")
    return found.polarity if found else None


def _known_worth(worth: Chosen | None, heard: Heard, *, chosen: bool) -> Worth | None:
    if worth is None:
        return None
    return Worth(worth.text, heard.numbers(WORTH), worth.currency, chosen)
