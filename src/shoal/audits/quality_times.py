"""Times that cannot be, events that arrive late, and weeks in which far more or less came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from shoal.audits.findings import Verdict
from shoal.audits.quality import Check, QualityFinding, counted, weight
from shoal.audits.quality_calendar import Calendar
from shoal.audits.quality_measuring import LATENESS_NAMES, EventTally, TimeTally
from shoal.audits.wording import first_few, listed, plain, share
from shoal.core.instants import DAY
from shoal.engine.history import Int64s
from shoal.language.told import Figure, Told

BEFORE = 8
"""Weeks whose median says what is usual."""
LOOKED_AT = 26
"""Weeks looked at, up to the last whole one."""
USUAL = 20
"""Events a week needs before a drop means anything."""
DROP, SPIKE = 0.4, 2.5
HIGHER = 1.3
"""How far a spike must stand above every one of the weeks before."""
BURSTS = 0.12
"""From this part of all weeks on, jumps are how the event comes."""
ONLY_DAYS = 0.99


@dataclass(frozen=True, slots=True)
class Jump:
    """A week in which far more or less came than in the eight before."""

    event: str
    monday: str
    rows: int
    usual: float

    @property
    def times(self) -> float:
        """How many times the usual."""
        return self.rows / self.usual

    @property
    def size(self) -> float:
        """How surprising: in both directions alike."""
        return abs(float(np.log((self.rows + 1) / (self.usual + 1))))


def judge_times(
    times: TimeTally, said: Mapping[str, int], tallies: Mapping[str, EventTally]
) -> Iterator[QualityFinding]:
    """Late, future, impossible and corrected times; events that only know their day."""
    yield from _late(times)
    if times.ahead:
        part = times.ahead / times.rows
        yield QualityFinding(
            Check.TIMES,
            Verdict.POOR if part >= 0.001 else Verdict.CAREFUL,
            weight(50, part),
            Told(
                "{0} ({1}) happened after {2:it was|they were} received, by up to {3}.",
                counted(times.ahead, "event"),
                share(part),
                Figure(times.ahead),
                _span(times.latest_ahead),
            ),
            Told("See the time zone of the file (`time_zone`), and which of two dates is taken."),
            {"rows": times.ahead, "most_seconds": times.latest_ahead / 1e6},
        )
    clamped = sum(said.values())
    if clamped:
        part = clamped / max(times.rows, 1)
        by = [Told("`{0}` ({1})", name, Figure(count)) for name, count in said.items()]
        yield QualityFinding(
            Check.TIMES,
            Verdict.POOR if part >= 0.01 else Verdict.CAREFUL,
            weight(35, part),
            Told(
                "{0} ({1}) gave an impossible time, after receipt or before 1970, and "
                "stand{2:s|} at the receipt or in 1970: {3}.",
                counted(clamped, "event"),
                share(part),
                Figure(clamped),
                first_few(by),
            ),
            Told(
                "What was said is kept in `said_at`: mend the clock, or send `sentAt` "
                "beside the time."
            ),
            {"rows": clamped, "by_event": dict(said)},
        )
    if times.epoch + times.outside:
        yield QualityFinding(
            Check.TIMES,
            Verdict.POOR,
            weight(40, (times.epoch + times.outside) / max(times.rows, 1)),
            Told(
                "{0} stand at the beginning of 1970, before it, or more than a year "
                "ahead: an empty or misread time.",
                counted(times.epoch + times.outside, "event"),
            ),
            Told("Correct the column of times in the mapping, and replace the import."),
            {"epoch": times.epoch, "outside": times.outside},
        )
    yield from _only_days(tallies)


def _late(times: TimeTally) -> Iterator[QualityFinding]:
    live = int(times.live.sum())
    if not live:
        yield QualityFinding(
            Check.TIMES, Verdict.UNKNOWN, 5,
            Told("Nothing came in live, so nobody can say how late events arrive."),
        )  # fmt: skip
        return
    figures = {name: int(count) for name, count in zip(LATENESS_NAMES, times.live, strict=True)}
    late = int(times.live[3:].sum()) / live
    some = int(times.live[2:].sum()) / live
    shown = [Told("{0} within {1}", share(count / live), Told(name)) for name, count in figures.items()
             if name != "longer" and count]  # fmt: skip
    beyond = (
        Told(", {0} later than a week", share(figures["longer"] / live))
        if figures["longer"]
        else ""
    )
    yield QualityFinding(
        Check.TIMES,
        Verdict.POOR if late >= 0.05 else Verdict.CAREFUL if some >= 0.05 else Verdict.GOOD,
        weight(25, late),
        Told(
            "Of {0} that came in live, {1}{2}.",
            counted(live, "event"),
            listed(shown) or Told("none came in time"),
            beyond,
        ),
        Told("Rules stay exact, since they are reckoned by when it happened; campaigns react late.")
        if some >= 0.05
        else None,
        {"live": live, "by_delay": figures},
    )


def _only_days(tallies: Mapping[str, EventTally]) -> Iterator[QualityFinding]:
    days = [
        name
        for name, it in tallies.items()
        if (rows := int(it.days.sum())) >= 100 and it.midnights >= ONLY_DAYS * rows
    ]
    if days:
        yield QualityFinding(
            Check.TIMES,
            Verdict.CAREFUL,
            8,
            Told(
                "Only the day is known of {0}.", first_few([Told("`{0}`", name) for name in days])
            ),
            Told(
                "`hour(time)` and sequences within a day say nothing there: send the "
                "time if there is one."
            ),
            {"events": days},
        )


def jumps(event: str, days: Int64s, calendar: Calendar, last_day: int) -> list[Jump]:
    """The weeks of the last half year that stand out, the most surprising first.

    None of an event that always comes in bursts, as answers to campaigns do.
    """
    weeks, mondays = calendar.weeks_of(days[: last_day + 1])
    began = int(np.argmax(weeks > 0)) if weeks.any() else len(weeks)
    weeks, mondays = weeks[began + 1 :], mondays[began + 1 :]  # its first week may be a part of one
    if len(weeks) <= BEFORE:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(weeks, BEFORE)[:-1]
    usual, least, most = np.median(windows, axis=1), windows.min(axis=1), windows.max(axis=1)
    found: list[Jump] = []
    for place in range(len(usual)):
        rows, before = int(weeks[BEFORE + place]), float(usual[place])
        chance = 4 * np.sqrt(max(before, 1.0))
        if before < USUAL or abs(rows - before) < chance:
            continue
        dropped = rows <= DROP * before and rows <= least[place]
        if dropped or (rows >= SPIKE * before and rows > HIGHER * most[place]):
            found.append(Jump(event, mondays[BEFORE + place], rows, before))
    if len(found) > max(3.0, BURSTS * len(usual)):
        return []
    late = set(mondays[-LOOKED_AT:])
    return sorted((it for it in found if it.monday in late), key=lambda it: -it.size)


def judge_volume(
    tallies: Mapping[str, EventTally], calendar: Calendar, last_day: int
) -> Iterator[QualityFinding]:
    """Weekly drops and spikes of each event, and those that have fallen silent."""
    looked_at = 0
    calm = True
    for event, tally in tallies.items():
        looked_at += int(tally.days.sum()) >= USUAL * BEFORE
        found = jumps(event, tally.days, calendar, last_day)
        if not found:
            continue
        calm = False
        most = found[0]
        word = Told("only ") if most.rows < most.usual else ""
        others = [it.monday for it in found[1:4]]
        also = Told("; weeks of {0} stand out too", listed(others)) if others else ""
        yield QualityFinding(
            Check.VOLUME,
            Verdict.POOR if most.rows <= 0.1 * most.usual else Verdict.CAREFUL,
            min(90.0, 30 + 15 * most.size),
            Told(
                "In the week of {0} {1}{2} `{3}` came, where {4} were usual{5}.",
                most.monday,
                word,
                Figure(most.rows),
                event,
                plain(most.usual),
                also,
            ),
            Told(
                "A campaign or a season, or something that sends twice or has stopped: "
                "look at that week."
            ),
            {
                "event": event,
                "weeks": [
                    {"monday": it.monday, "rows": it.rows, "usual": it.usual} for it in found
                ],
            },
        )
    if looked_at and calm:
        yield QualityFinding(
            Check.VOLUME, Verdict.GOOD, 10, Told("No week of the last half year stands out.")
        )


def _span(microseconds: int) -> str:
    days, rest = divmod(microseconds, DAY)
    if days:
        return Told("a day") if days == 1 else Told("{0} days", Figure(days))
    return Told("{0} minutes", Figure(max(1, rest // 60_000_000)))
