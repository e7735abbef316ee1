"""One pass of the running campaigns: who is due gets an arm, once, and a message in the outbox.

An arm is planned in the books, then appended to the person's history, then its message is queued:
whatever is killed in between, the next pass goes on where it stopped, and nobody is planned twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.campaigns import State, questions_of
from shoal.campaigns.terms import ASSIGNMENT
from shoal.campaigns.timing import LATE, Due, due, instant_of_trigger
from shoal.core.instants import format_instant, from_datetime
from shoal.core.spans import Span
from shoal.events.event import Event
from shoal.experiments import HOLDOUT
from shoal.experiments.assignment import arm_of, is_held_out
from shoal.language.campaign_definitions import CampaignDefinition, When
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Comparator,
    Compare,
    Did,
    EventRef,
    InLast,
    Nobody,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
    Value,
)
from shoal.project.campaigns.terms import arms_for, audience_for, digest_of
from shoal.project.people.audiences import resolve
from shoal.project.reading import Reading, read
from shoal.store.campaign_books import CampaignBooks, CampaignState, Pass, Stands
from shoal.store.outbox import Outbox, Planned

if TYPE_CHECKING:
    from shoal.project.opening import Project

TOLD_AT_ONCE = 5_000
Append = Callable[[Sequence[Event]], object]
"""Appends events to the log; they are durable when it returns."""
STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass did for one campaign; ``waterfall`` is None where nothing was due."""

    campaign: str
    occasion: str | None = None
    waterfall: dict[str, int] | None = None
    assigned: int = 0
    trouble: str | None = None


def pass_campaigns(project: Project, append: Append, only: str | None = None) -> list[Passed]:
    """Gives arms to whoever is due in the running campaigns, those of higher priority first."""
    kept, outbox = CampaignBooks(project.store.books), Outbox(project.store.books)
    tell_assigned(outbox, append, project.clock())
    found: list[Passed] = []
    running = [it for it in kept.all().values() if it.state is CampaignState.RUNNING]
    if not running:
        return found
    reading = read(project)
    definitions = reading.definitions.campaigns
    order = sorted(
        running, key=lambda it: -definitions[it.name].priority if it.name in definitions else 0
    )
    for stands in order:
        if only is not None and stands.name != only:
            continue
        found.append(_passed(reading, kept, outbox, stands, append))
        reading = read(project)
    return found


def is_as_approved(reading: Reading, stands: Stands) -> bool:
    """Whether the campaign that is applied now is the one that was approved."""
    definition = reading.definitions.campaigns.get(stands.name)
    return definition is not None and digest_of(definition) == stands.digest


def _passed(
    reading: Reading, kept: CampaignBooks, outbox: Outbox, stands: Stands, append: Append
) -> Passed:
    if not is_as_approved(reading, stands):
        said = "its definition is not the one that was approved"
        return Passed(stands.name, trouble=f"{said}: check and approve it again")
    definition = reading.definitions.campaigns[stands.name]
    now = reading.at(None)
    zone = reading.vocabulary.zone
    assert stands.started_at is not None
    if definition.ends_at is not None and now >= zone.parse(definition.ends_at):
        outbox.drop(stands.name, "the campaign is over", now)
        kept.passed(stands.name, now, [], is_over=True)
        return Passed(stands.name)
    what = due(definition.timing, stands.started_at, stands.passed_at, now, zone)
    if what is None or stands.is_over:
        return Passed(stands.name)
    planned, passes = plan_arms(reading, definition, stands, what, now)
    outbox.plan(planned)
    tell_assigned(outbox, append, reading.project.clock())
    kept.passed(stands.name, now, passes, is_over=what.is_last)
    first = passes[0] if passes else None
    return Passed(
        stands.name,
        first.occasion if first else None,
        dict(first.waterfall) if first else None,
        len(planned),
    )


def plan_arms(
    reading: Reading, definition: CampaignDefinition, stands: Stands, what: Due, now: int
) -> tuple[list[Planned], list[Pass]]:
    """Who is given which arm, and the waterfall as it was."""
    occasions = _occasions(reading, definition, what, now)
    if occasions is not None and not occasions:
        return [], []
    holdout = stands.holdout or 0.0
    asked = audience_for(reading, definition, holdout)
    resolved = resolve(reading, asked, now)
    ids: list[str] = resolved.user_ids.to_pylist()
    codes: list[int] = resolved.audience.codes.tolist()
    design = arms_for(reading, definition, holdout).design
    known = _known_before(reading, definition, what, now, asked.terms)
    planned: list[Planned] = []
    counted: Counter[State] = Counter()
    for who, code in zip(ids, codes, strict=True):
        if occasions is not None and not known.is_new(who, occasions.get(who)):
            continue
        state = STATES[code]
        counted[state] += 1
        if state not in {State.SENDABLE, State.HELD_OUT} or who in known.again:
            continue
        if state is State.HELD_OUT and (
            who in known.capped or is_held_out(design.global_salt, who, design.global_holdout)
        ):
            continue  # whoever would not have been sent it either is nobody to compare with
        arm = HOLDOUT if state is State.HELD_OUT else known.arms.get(who) or arm_of(design, who)
        occasion = what.occasion or (occasions or {})[who].name
        planned.append(
            Planned(definition.name, who, occasion, arm, definition.channel,
                    definition.priority, now)
        )  # fmt: skip
    if occasions is not None and not counted:
        return [], []
    told = what.occasion or f"{sum(counted.values())} at {format_instant(now)}"
    return planned, [Pass(now, told, _waterfall(counted))]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a campaign did to people before."""

    again: frozenset[str]
    """Who has an arm for this occasion already."""
    capped: frozenset[str]
    arms: dict[str, str]
    last: dict[str, int]
    """When each person was last given an arm by this campaign."""

    def is_new(self, who: str, occasion: Occasion | None) -> bool:
        """Whether a trigger was not answered before: late events move one, and make no other."""
        if occasion is None or who in self.again:
            return False
        last = self.last.get(who)
        return last is None or occasion.at > last + LATE


@dataclass(frozen=True, slots=True)
class Occasion:
    """What sets a message off for one person: what it is known by, and when it happened."""

    name: str
    at: int


def _known_before(
    reading: Reading, definition: CampaignDefinition, what: Due, now: int, terms: Any
) -> _Known:
    """By the people's histories, so that it holds for whoever was joined with somebody since."""
    from shoal.runners import RuleAnswer, evaluate

    mine = _is("campaign", definition.name)
    assigned = EventRef((ASSIGNMENT,), (True,))
    again: Rule = Nobody()
    if what.occasion is not None:
        where = And((mine, _is("occasion", what.occasion)))
        again = Did(Selection(assigned, where=where))
    elif definition.timing.before is not None:  # an occasion to come, and the days before it
        days = definition.timing.before.microseconds + LATE
        window = InLast(Span(days // 1_000_000, "s"))
        again = Did(Selection(assigned, where=mine, window=window))
    arm = Aggregate(AggregateFunction.FIRST, Selection(assigned, "arm", mine))
    questions: dict[str, Rule | Value] = {
        "again": again, "arm": arm, "capped": questions_of(terms)["capped"],
        "last": Aggregate(AggregateFunction.LAST, Selection(assigned, where=mine)),
    }  # fmt: skip
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, now)
    told: dict[str, frozenset[str]] = {}
    for name in ("again", "capped"):
        answer = answers[name]
        assert isinstance(answer, RuleAnswer)
        told[name] = frozenset(answer.members()["user_id"].to_pylist())
    names = {it.name for it in definition.variants}
    arms = {who: str(value) for who, value in _set(answers["arm"]) if value in names}
    last: dict[str, int] = {}
    if what.occasion is None and definition.timing.before is None:
        last = {who: from_datetime(value) for who, value in _set(answers["last"])}
    return _Known(told["again"], told["capped"], arms, last)


def _set(answer: Any) -> Iterator[tuple[str, Any]]:
    """Who has a value, and which."""
    table = answer.table()
    pairs = zip(table["user_id"].to_pylist(), table["value"].to_pylist(), strict=True)
    return ((who, value) for who, value in pairs if value is not None)


def _occasions(
    reading: Reading, definition: CampaignDefinition, what: Due, now: int
) -> dict[str, Occasion] | None:
    """Each person's occasion; None where it is everybody's."""
    from shoal.runners import ValueAnswer, evaluate, transitions

    if what.occasion is not None:
        return None
    timing, vocabulary = definition.timing, reading.vocabulary
    if timing.when in {When.ENTERING, When.LEAVING}:
        rule = vocabulary.segments[timing.name or ""].rule
        table = transitions(reading.snapshot, rule, vocabulary, what.since, now)
        wanted = timing.when is When.ENTERING
        rows = zip(
            table["user_id"].to_pylist(), table["at"].cast("int64").to_pylist(),
            table["entered"].to_pylist(), strict=True,
        )  # fmt: skip
        return {
            who: Occasion(format_instant(at), at) for who, at, entered in rows if entered is wanted
        }
    value = instant_of_trigger(timing, set(vocabulary.traits))
    assert value is not None
    answer = evaluate(reading.snapshot, {"at": value}, vocabulary, now)["at"]
    assert isinstance(answer, ValueAnswer)
    table = answer.table()
    at = table["value"].cast("int64").fill_null(np.iinfo(np.int64).min).to_pylist()
    if timing.when is When.EVENT:
        low, high = what.since + 1, now
    else:
        assert timing.before is not None
        low, high = now, now + timing.before.microseconds
    pairs = zip(table["user_id"].to_pylist(), at, strict=True)
    if timing.when is When.EVENT:
        return {who: Occasion(format_instant(it), it) for who, it in pairs if low <= it <= high}
    zone = vocabulary.zone
    return {
        who: Occasion(str(zone.to_local(it).date()), it) for who, it in pairs if low <= it <= high
    }


def tell_assigned(outbox: Outbox, append: Append, now: int) -> int:
    """Appends the arms that were planned to people's histories, then queues their messages."""
    count = 0
    while letters := outbox.planned(TOLD_AT_ONCE):
        append(
            [
                event_of(
                    ASSIGNMENT, it.user_id, it.assigned_at, now, f"assign-{it.key}",
                    {"campaign": it.campaign, "arm": it.arm, "occasion": it.occasion},
                )
                for it in letters
            ]
        )  # fmt: skip
        outbox.assigned(letters, HOLDOUT, now)
        count += len(letters)
    return count


def event_of(  # noqa: PLR0913, PLR0917  what an event is made of
    name: str, user_id: str, at: int, now: int, message_id: str, properties: dict[str, Any]
) -> Event:
    """A row of somebody's history that a campaign writes."""
    anonymous = user_id.startswith("anon:")
    return Event(
        name=name,
        user_id=None if anonymous else user_id,
        anonymous_id=user_id.removeprefix("anon:") if anonymous else None,
        occurred_at=at,
        received_at=now,
        message_id=message_id,
        properties=properties,
        source="campaigns",
    )


def _waterfall(counted: Counter[State]) -> dict[str, int]:
    """The counts as ``shoal audience show`` gives them, of those who were due."""
    matched = sum(counted.values())
    consented = matched - counted[State.NO_CONSENT]
    return {
        "matched": matched,
        "consented": consented,
        "reachable": consented - counted[State.UNREACHABLE],
        "suppressed": counted[State.SUPPRESSED],
        "held_out": counted[State.HELD_OUT],
        "capped": counted[State.CAPPED],
        "sendable": counted[State.SENDABLE],
    }


def _is(name: str, text: str) -> Rule:
    return Compare(PropertyValue(name), Comparator.EQUAL, TextLiteral(text))
