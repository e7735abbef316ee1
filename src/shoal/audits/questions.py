"""Everything an audit asks of the engine about one instant, under names, in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shoal.audits.behaviours import Asked, behaviours
from shoal.audits.channels import Way, allowed, ways
from shoal.audits.fields import Read, fields_of
from shoal.audits.linting import conditions_of
from shoal.audits.nudging import Nudged, nudged
from shoal.audits.resampling import Ranked, ranks_in
from shoal.audits.rewriting import inlined, without_each
from shoal.core.spans import Span
from shoal.language import to_text
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Changed,
    ConsentsTo,
    Did,
    Everyone,
    InLast,
    InSegment,
    IsSet,
    Rule,
    Selection,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import Vocabulary
from shoal.segments.reach import others_decide, reached

IT, WORTH, DONE, SINCE, CONSENT = "it", "worth", "done", "since", "consent"
OUTCOME_DAYS = 28
OUTCOMES = ("order_completed", "order_paid", "purchase", "purchased", "transaction", "sale")
Question = Rule | Value


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, and what each answer is for."""

    rule: Rule
    asked: Mapping[str, Question]
    segments: tuple[str, ...] = ()
    behaviours: tuple[Asked, ...] = ()
    conditions: tuple[Rule, ...] = ()
    dropped: tuple[tuple[str, Rule], ...] = ()
    moved: tuple[Nudged, ...] = ()
    reads: tuple[Read, ...] = ()
    channels: tuple[Way, ...] = ()
    ranked: bool = False
    ranks: tuple[Ranked, ...] = ()
    flat: Rule = field(default_factory=Everyone)  # the rule with what it names written out
    outcome: str | None = None
    has_worth: bool = False
    purpose: str | None = None


def looks_back(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether past changes of segments decide: that takes following everybody through time."""
    return any(
        isinstance(node, Changed) or (isinstance(node, InSegment) and node.at_least is not None)
        for node in reached(rule, vocabulary)
    )


def outcome_of(worth: Value | None, vocabulary: Vocabulary) -> tuple[str, str | None] | None:
    """The event that says success, and its amount: of the value if it has one, else a usual one."""
    for node in reached(worth, vocabulary) if worth is not None else ():
        if isinstance(node, Aggregate) and node.selection.event.names:
            name = node.selection.event.names[0]
            entry = vocabulary.events.get(name)
            if entry is None:
                continue
            if entry.parent is not None:
                return entry.parent, None
            summed = node.function is AggregateFunction.SUM
            return name, node.selection.property if summed else None
    found = next((name for name in OUTCOMES if name in vocabulary.events), None)
    return (found, None) if found else None


def plan_questions(  # noqa: PLR0913, PLR0917  what an audit rests on
    rule: Rule,
    vocabulary: Vocabulary,
    rows: Mapping[str, int],
    others: Mapping[str, Rule],
    worth: Value | None = None,
    purpose: str | None = None,
) -> Plan:
    """All questions about one instant; ``others`` are the segments to compare with."""
    found = outcome_of(worth, vocabulary)
    outcome = found[0] if found else None
    ranked = others_decide(rule, vocabulary)
    flat = inlined(rule, vocabulary) if ranked else rule
    plan = Plan(
        rule,
        {},
        segments=tuple(others),
        behaviours=tuple(behaviours(rule, vocabulary, rows, outcome)),
        conditions=tuple(conditions_of(rule)),
        dropped=tuple((to_text(part), without) for part, without in without_each(rule)),
        moved=tuple(nudged(rule)),
        reads=fields_of(rule, vocabulary),
        channels=tuple(ways(vocabulary)),
        ranked=ranked,
        ranks=(ranks_in(flat) or ()) if ranked else (),
        flat=flat,
        outcome=outcome,
        has_worth=worth is not None,
        purpose=purpose,
    )
    asked: dict[str, Question] = {IT: rule, **dict(_questions(plan))}
    asked |= {f"segment {name}": other for name, other in others.items()}
    if worth is not None:
        asked[WORTH] = worth
    if found:
        asked |= _outcome(*found)
    return replace(plan, asked=asked)


def _outcome(event: str, named: str | None) -> Iterator[tuple[str, Question]]:
    from shoal.language.tree import EventRef

    window = InLast(Span(OUTCOME_DAYS, "d"))
    selection = Selection(EventRef((event,)), window=window)
    yield DONE, Did(selection)
    if named is not None:
        yield SINCE, Aggregate(AggregateFunction.SUM, replace(selection, property=named))


def _questions(plan: Plan) -> Iterator[tuple[str, Question]]:
    for index, behaviour in enumerate(plan.behaviours):
        yield f"behaviour {index}", behaviour.value
    for index, condition in enumerate(plan.conditions):
        yield f"condition {index}", condition
    for index, (_, without) in enumerate(plan.dropped):
        yield f"dropped {index}", without
    for index, nudge in enumerate(plan.moved):
        yield f"moved {index}", nudge.rule
    for index, read in enumerate(plan.reads):
        if read.event is None and read.name is not None:
            yield f"field {index}", IsSet(TraitValue(read.name))
    consent = ConsentsTo(plan.purpose) if plan.purpose else None
    for index, way in enumerate(plan.channels):
        yield f"have {index}", way.have
        yield f"may {index}", allowed(way, consent)
    if consent is not None:
        yield CONSENT, consent
    for index, ranked in enumerate(plan.ranks):
        yield f"rank {index}", ranked.rank.value
        yield f"scope {index}", ranked.scope
