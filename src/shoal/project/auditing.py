"""Is a segment worth acting on? The questions of an audit, asked of the data in two or three passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.audits import audit
from shoal.audits.facts import (
    Behaviour,
    Channel,
    Condition,
    Dropped,
    Facts,
    Field,
    Moved,
    Numbers,
    Outcome,
    Overlap,
    Truths,
    Week,
    Worth,
)
from shoal.audits.overlap import Bits, differing, jaccard, shared
from shoal.audits.questions import (
    CONSENT,
    DONE,
    IT,
    OUTCOME_DAYS,
    SINCE,
    WORTH,
    Plan,
    looks_back,
    plan_questions,
)
from shoal.audits.resampling import DRAWS, drawn_cuts, with_cuts
from shoal.audits.sensitive import sensitive_names
from shoal.audits.trends import WEEK, weeks_of
from shoal.core.errors import UsageError
from shoal.core.instants import DAY, format_instant
from shoal.engine.running import unpack
from shoal.language import sentence, to_text
from shoal.language.tree import InLast, Selection
from shoal.language.vocabulary import ValueType
from shoal.project.worth import number_worth
from shoal.runners import RuleAnswer, ValueAnswer, evaluate, evaluate_at
from shoal.segments.reach import reached

if TYPE_CHECKING:
    from shoal.audits import Audit
    from shoal.language.tree import Rule
    from shoal.project.answers import Question
    from shoal.project.reading import Reading
    from shoal.project.worth import Worth as Chosen

WEEKS = 12
FEW_WEEKS = (12, 8, 4, 1)
"""The weeks asked about where each would rank very many people anew."""
MANY_ROWS = 2_000_000
"""Rows of a store from which on other segments that look back on changes are not compared: each
would follow everybody through all time."""
MOST_CATEGORIES = 50


@dataclass(frozen=True, eq=False)
class _Heard:
    """The answers of one instant, over everybody known."""

    answers: Mapping[str, RuleAnswer | ValueAnswer]
    known: Truths  # over all profiles of the reading

    def rule(self, name: str) -> RuleAnswer:
        found = self.answers[name]
        assert isinstance(found, RuleAnswer)
        return found

    def bits(self, name: str) -> Bits:
        return self.rule(name).bits

    def truths(self, name: str) -> Truths:
        return _everywhere(self.rule(name))[self.known]

    def numbers(self, name: str) -> Numbers:
        found = self.answers[name]
        assert isinstance(found, ValueAnswer)
        return _raw(found)[self.known]


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
    heard = _hear(evaluate(reading.snapshot, plan.asked, vocabulary, at))
    if _ranks_many(reading, plan):
        notes.append("sizes are those of five instants, since ranking so many anew takes long")
    weeks, before = _weeks(reading, plan, heard, at)
    declared = frozenset(sensitive)
    _refuse_unknown(declared, reading)
    compared = tuple(_behaviours(plan, heard))
    names = [it.name for it in plan.behaviours if it.is_profile]
    first_at = _first_at(reading)
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
        overlaps=tuple(_overlaps(plan, heard, reading)),
        behaviours=compared,
        conditions=tuple(_conditions(plan, heard)),
        dropped=tuple(
            Dropped(text, differing(heard.bits(IT), heard.bits(f"dropped {index}")))
            for index, (text, _) in enumerate(plan.dropped)
        ),
        moved=tuple(_moved(plan, heard)),
        resampled=_resampled(plan, heard, reading, at),
        ranked=plan.ranked,
        fields=tuple(_fields(plan, heard, reading)),
        first_at=first_at,
        channels=tuple(_channels(plan, heard)),
        reachable=_reachable(plan, heard),
        consenting=shared(heard.bits(IT), heard.bits(CONSENT)) if purpose else None,
        outcome=_outcome(plan, heard, before, reading),
        sensitive=frozenset(sensitive_names(names, declared)),
        young=_is_young(plan, reading, weeks),
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
    told = f"not compared, since they look back on changes of other segments: {', '.join(slow)}"
    return {other: rule for other, rule in rules.items() if other not in slow}, [told]


def _purpose(reading: Reading, name: str | None) -> str | None:
    found = reading.definitions.segments.get(name or "")
    return found.purpose if found else None


def _polarity(reading: Reading, name: str | None) -> str | None:
    found = reading.definitions.segments.get(name or "")
    return found.polarity if found else None


def _hear(answers: Mapping[str, RuleAnswer | ValueAnswer]) -> _Heard:
    it = answers[IT]
    assert isinstance(it, RuleAnswer)
    parts = [unpack(bits, size) for bits, size in zip(it.known_bits, it.sizes, strict=True)]
    return _Heard(answers, np.concatenate([np.empty(0, np.bool_), *parts]))


def _everywhere(answer: RuleAnswer) -> Truths:
    return np.concatenate([np.empty(0, np.bool_), *answer.chosen()])


def _raw(answer: ValueAnswer) -> Numbers:
    """Values of all profiles: doubles, spans and instants in microseconds, truths 0 and 1."""
    return np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])


def _known_worth(worth: Chosen | None, heard: _Heard, *, chosen: bool) -> Worth | None:
    if worth is None:
        return None
    return Worth(worth.text, heard.numbers(WORTH), worth.currency, chosen)


# --- over time -----------------------------------------------------------------------------------


def _weeks(
    reading: Reading, plan: Plan, heard: _Heard, at: int
) -> tuple[tuple[Week, ...], Truths | None]:
    """The last weeks, this instant included; and who belonged at the beginning of the outcome."""
    first_at = _first_at(reading)
    backs = FEW_WEEKS if _ranks_many(reading, plan) else range(WEEKS, 0, -1)
    instants = [at - back * WEEK for back in backs]
    instants = [it for it in instants if first_at is not None and it >= first_at]
    asked = {name: plan.asked[name] for name in (IT, WORTH) if name in plan.asked}
    found = evaluate_at(reading.snapshot, asked, reading.vocabulary, instants)
    rows: list[tuple[int, Truths, Numbers | None]] = []
    for instant, answers in zip([*instants, at], [*found, heard.answers], strict=True):
        members, worth = answers[IT], answers.get(WORTH)
        assert isinstance(members, RuleAnswer)
        values = _raw(worth) if isinstance(worth, ValueAnswer) else None
        rows.append((instant, _everywhere(members), values))
    then = at - OUTCOME_DAYS * DAY
    before = next((members for instant, members, _ in rows if instant == then), None)
    return weeks_of(rows), before


def _ranks_many(reading: Reading, plan: Plan) -> bool:
    return plan.ranked and reading.snapshot.rows >= MANY_ROWS


def _outcome(plan: Plan, heard: _Heard, before: Truths | None, reading: Reading) -> Outcome | None:
    """What those who belonged four weeks ago have done since."""
    if plan.outcome is None or before is None or not before.any():
        return None
    done = _everywhere(heard.rule(DONE))[before]
    entry = reading.vocabulary.events.get(plan.outcome)
    words = (entry.title if entry else None) or _done(plan.outcome)
    mean = deviation = None
    brought = heard.answers.get(SINCE)
    if isinstance(brought, ValueAnswer) and len(done) > 1:
        values = np.nan_to_num(_raw(brought)[before])
        mean, deviation = float(values.mean()), float(values.std(ddof=1))
    return Outcome(words, OUTCOME_DAYS, len(done), float(done.mean()), mean, deviation)


def _done(event: str) -> str:
    """``order_completed`` as in "have placed an order since"."""
    if event.startswith("order"):
        return "placed an order"
    return "bought" if event.startswith(("purchase", "transaction", "sale")) else f"done `{event}`"


def _first_at(reading: Reading, events: Iterable[str] = ()) -> int | None:
    """When the first of these events happened; of any where none of them did."""
    known = {
        name: facts.first_at
        for name, facts in reading.snapshot.catalogue.events.items()
        if not name.startswith("$") and facts.first_at is not None
    }
    found = [known[name] for name in events if name in known] or list(known.values())
    return min(found) if found else None


def _is_young(plan: Plan, reading: Reading, weeks: tuple[Week, ...]) -> bool:
    """Whether value looked back to before the data began, at the first of the weeks."""
    first_at = _first_at(reading, [plan.outcome] if plan.outcome else ())
    if first_at is None or not weeks or not plan.has_worth:
        return False
    zone = reading.vocabulary.zone
    return any(
        zone.add(weeks[0].at, node.window.span, -1) < first_at
        for node in reached(plan.asked[WORTH], reading.vocabulary)
        if isinstance(node, Selection) and isinstance(node.window, InLast)
    )


# --- at the instant ------------------------------------------------------------------------------


def _overlaps(plan: Plan, heard: _Heard, reading: Reading) -> Iterator[Overlap]:
    it, own = heard.bits(IT), heard.rule(IT).count
    for name in plan.segments:
        other = heard.rule(f"segment {name}")
        title = reading.vocabulary.segments[name].title or name
        yield Overlap(name, title, other.count, shared(it, other.bits), own)


def _behaviours(plan: Plan, heard: _Heard) -> Iterator[Behaviour]:
    for index, asked in enumerate(plan.behaviours):
        answer = heard.answers[f"behaviour {index}"]
        assert isinstance(answer, ValueAnswer)
        labels: tuple[str, ...] | None = None
        if answer.type is ValueType.TEXT:
            coded = _categories(answer)
            if coded is None:
                continue
            values, labels = coded[0][heard.known], coded[1]
        elif answer.type in {ValueType.NUMBER, ValueType.SPAN, ValueType.BOOLEAN}:
            values = heard.numbers(f"behaviour {index}")
            labels = ("no", "yes") if answer.type is ValueType.BOOLEAN else None
        else:
            continue
        yield Behaviour(
            asked.name, asked.title, values, labels, asked.by_rule, asked.is_profile, asked.unit
        )


def _categories(answer: ValueAnswer) -> tuple[Numbers, tuple[str, ...]] | None:
    """Texts of all profiles as numbers 0, 1, … with those texts; None where they are no categories."""
    places: dict[str, int] = {}
    parts: list[Numbers] = [np.empty(0)]
    for bucket in answer.buckets:
        codes = bucket.values[answer.index]
        present = ~np.isnan(codes)
        # codes are places in the bucket's own pool
        distinct, places_here = np.unique(codes[present], return_inverse=True)
        if len(distinct) > MOST_CATEGORIES:
            return None
        texts = [bucket.bound.pool[int(code)].as_py() for code in distinct]
        numbers = np.array([places.setdefault(text, len(places)) for text in texts], np.float64)
        coded = np.full(len(codes), np.nan)
        coded[present] = numbers[places_here] if len(distinct) else np.empty(0)
        parts.append(coded)
    if not 2 <= len(places) <= MOST_CATEGORIES:
        return None
    return np.concatenate(parts), tuple(places)


def _conditions(plan: Plan, heard: _Heard) -> Iterator[Condition]:
    for index, rule in enumerate(plan.conditions):
        answer = heard.rule(f"condition {index}")
        yield Condition(rule, to_text(rule), answer.count, answer.unknown)


def _moved(plan: Plan, heard: _Heard) -> Iterator[Moved]:
    for index, nudge in enumerate(plan.moved):
        answer = heard.rule(f"moved {index}")
        yield Moved(
            nudge.text, nudge.number, nudge.to, answer.count, jaccard(heard.bits(IT), answer.bits)
        )


def _fields(plan: Plan, heard: _Heard, reading: Reading) -> Iterator[Field]:
    catalogue, known = reading.snapshot.catalogue, len(heard.truths(IT))
    for index, read in enumerate(plan.reads):
        if read.event is None:
            yield Field(read.text, "trait", heard.rule(f"field {index}").count, known)
            continue
        if read.event in {"session_started", "session_ended"}:
            continue  # worked out, not received
        facts = catalogue.events.get(read.event)
        rows = facts.rows if facts else 0
        if read.name is None:
            last_at = facts.last_at if facts else None
            first_at = facts.first_at if facts else None
            yield Field(read.text, "event", rows, rows, first_at, last_at)
            continue
        found = catalogue.property(read.event, read.name)
        filled = found.set if found else 0
        yield Field(read.text, "property", max(filled, 0), rows)


def _channels(plan: Plan, heard: _Heard) -> Iterator[Channel]:
    it = heard.bits(IT)
    for index, way in enumerate(plan.channels):
        have, may = (heard.bits(f"{kind} {index}") for kind in ("have", "may"))
        yield Channel(way.name, way.needs, shared(it, have), shared(it, may))


def _reachable(plan: Plan, heard: _Heard) -> int:
    if not plan.channels:
        return 0
    reached = np.zeros(len(heard.truths(IT)), np.bool_)
    for index in range(len(plan.channels)):
        reached |= heard.truths(f"may {index}")
    return int((reached & heard.truths(IT)).sum())


def _resampled(plan: Plan, heard: _Heard, reading: Reading, at: int) -> tuple[float, ...]:
    """Jaccards of the segment with itself, its cuts drawn again: one more pass."""
    cuts: list[tuple[Any, Numbers]] = []
    for index, ranked in enumerate(plan.ranks):
        values = heard.numbers(f"rank {index}")[heard.truths(f"scope {index}")]
        found = drawn_cuts(ranked, values[~np.isnan(values)], DRAWS, seed=index)
        if found is None:
            return ()
        cuts.append((ranked, found))
    if not cuts:
        return ()
    rules = {
        str(draw): with_cuts(
            plan.flat, {ranked: found[draw] for ranked, found in cuts}, reading.vocabulary
        )
        for draw in range(DRAWS)
    }
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    it = heard.bits(IT)
    return tuple(
        jaccard(it, answer.bits) for answer in answers.values() if isinstance(answer, RuleAnswer)
    )
