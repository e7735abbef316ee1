"""When a campaign's messages are due: which occasion it is, for everybody or for each person.

Times are microseconds; a person's occasion is told by a text that is the same however often one
looks, so that nobody is written to twice on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.language.campaign_definitions import QuietHours, Timing, When
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Anniversary,
    AnniversaryFunction,
    EventRef,
    Holiday,
    HolidayFunction,
    Selection,
    TraitValue,
    Value,
)

ONCE = "once"
LATE = Span(1, "d").microseconds
"""How long after it happened a trigger that came late still counts, and how long one holds."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due now.

    ``occasion`` is everybody's, None where each person has their own; then ``since`` is from when on
    triggers count. ``is_last`` says that nothing will be due after this.
    """

    occasion: str | None
    since: int = 0
    is_last: bool = False


def due(timing: Timing, started_at: int, passed_at: int | None, now: int, zone: Zone) -> Due | None:
    """What is due; None where nothing is yet, or no more.

    >>> due(Timing(When.ONCE), 5, None, 5, Zone())
    Due(occasion='once', since=0, is_last=True)
    """
    match timing.when:
        case When.ONCE:
            at = started_at if timing.at is None else zone.parse(timing.at)
            is_due = passed_at is None or passed_at < at
            return Due(ONCE, is_last=True) if now >= at and is_due else None
        case When.EVERY:
            assert timing.every is not None
            step = timing.every.microseconds
            number = (now - started_at) // step
            before = -1 if passed_at is None else (passed_at - started_at) // step
            return Due(f"{number}") if number > before else None
        case _:
            reached = started_at if passed_at is None else max(started_at, passed_at - LATE)
            return Due(None, since=reached)


def next_due(
    timing: Timing, started_at: int, passed_at: int | None, now: int, zone: Zone
) -> int | None:
    """When the next pass will find something by the clock; None where people decide, or never."""
    if timing.when is When.ONCE:
        at = started_at if timing.at is None else zone.parse(timing.at)
        return None if passed_at is not None and passed_at >= at else max(at, now)
    if timing.when is When.EVERY and timing.every is not None:
        step = timing.every.microseconds
        number = (now - started_at) // step
        is_done = passed_at is not None and (passed_at - started_at) // step >= number
        return started_at + (number + 1) * step if is_done else now
    return None


def instant_of_trigger(timing: Timing, traits: frozenset[str] | set[str]) -> Value | None:
    """The value that says when a person's occasion is: an event's last time, the next anniversary.

    None where segments are entered or left, which is not a value.
    """
    name = timing.name or ""
    if timing.when is When.EVENT:
        return Aggregate(AggregateFunction.LAST, Selection(EventRef((name,))))
    if timing.when is When.OCCASION:
        if name in traits:
            return Anniversary(AnniversaryFunction.NEXT, TraitValue(name))
        return Holiday(HolidayFunction.NEXT, name)
    return None


def is_quiet(quiet: QuietHours | None, now: int, zone: Zone) -> bool:
    """Whether nothing is sent now.

    >>> is_quiet(QuietHours(21 * 60, 8 * 60), 0, Zone())
    True
    """
    if quiet is None:
        return False
    local = zone.to_local(now)
    minute = local.hour * 60 + local.minute
    if quiet.start < quiet.end:
        return quiet.start <= minute < quiet.end
    return minute >= quiet.start or minute < quiet.end
