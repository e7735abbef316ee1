"""Profiles that hardly anybody of flesh and blood could be, each with the reason why.

Instants are counted, not events: forty lines of one receipt are one moment. Nothing is removed:
a rule can leave these people out once somebody has looked at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.audits.findings import Verdict
from shoal.audits.quality import Check, QualityFinding, counted, weight
from shoal.audits.quality_calendar import Calendar
from shoal.audits.quality_measuring import Rows
from shoal.audits.wording import first_few, people, share
from shoal.core.instants import SECOND
from shoal.engine.history import Int32s, Int64s
from shoal.language.told import Figure, Told

MINUTE = 60 * SECOND
RATES = (60, 120, 300, 600)
"""Different instants within a minute: the first is more than a person clicks, the others tell how much."""
AWAKE = 20
"""Hours of one local day with something in them: nobody sleeps so little."""
HAMMERED = 200
"""Times one thing is looked at within a local day."""
PAGES = ("url", "path", "page", "product_id", "title", "name")
VIEWS = ("_viewed", "_view", "pageview")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sign:
    """What makes a profile suspect, and how much of it there is."""

    name: str
    figure: int
    reason: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A profile of a bucket by its index, its received rows, and why it is suspect."""

    index: int
    rows: int
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class NamedSuspect:
    """A suspect by the name under which outputs know it."""

    user_id: str
    suspect: Suspect


def suspects(rows: Rows, calendar: Calendar) -> list[Suspect]:
    """The suspects of a bucket."""
    bucket = rows.bucket
    at, person = bucket.occurred_at[rows.received], rows.person[rows.received]
    if not len(at):
        return []
    places = rows.places[rows.received]
    moment = np.ones(len(at), np.bool_)
    moment[1:] = (np.diff(at) != 0) | (np.diff(person) != 0)
    found: dict[int, list[Sign]] = {}
    for index, rate in _rates(at[moment], person[moment]):
        reason = Told("{0} or more moments within one minute", rate)
        found.setdefault(index, []).append(Sign("rate", rate, reason))
    for index, hours in _sleepless(calendar.hours[places[moment]], person[moment]):
        reason = Told("active in {0} of the 24 hours of a day", hours)
        found.setdefault(index, []).append(Sign("round the clock", hours, reason))
    for index, times, what in _hammering(rows, calendar):
        reason = Told("{0} {1} times within a day", what, Figure(times))
        found.setdefault(index, []).append(Sign("one page", times, reason))
    sizes = np.bincount(person, minlength=len(bucket.profiles))
    return [Suspect(index, int(sizes[index]), tuple(found[index])) for index in sorted(found)]


def judge_bots(named: Sequence[NamedSuspect], profiles: int, rows: int) -> Iterator[QualityFinding]:
    """What is to be said about the suspects of all buckets."""
    if not named:
        yield QualityFinding(
            Check.BOTS, Verdict.GOOD, 20,
            Told("Nobody acts faster, longer or more one-sidedly than a person could."),
        )  # fmt: skip
        return
    theirs = sum(it.suspect.rows for it in named)
    by: dict[str, int] = {}
    for it in named:
        for name in dict.fromkeys(sign.name for sign in it.suspect.signs):
            by[name] = by.get(name, 0) + 1
    most = sorted(named, key=lambda it: (-it.suspect.rows, it.user_id))[:SHOWN]
    reasons = [Told("{0} ({1})", it.user_id, it.suspect.signs[0].reason) for it in most[:2]]
    part = theirs / rows if rows else 0.0
    is_bad = part >= 0.05
    yield QualityFinding(
        Check.BOTS,
        Verdict.POOR if is_bad else Verdict.CAREFUL,
        weight(40, part),
        Told(
            "{0} {1:looks|look} like a program or a shared device, with {2} of all events: {3}.",
            people(len(named)),
            Figure(len(named)),
            share(part),
            first_few(reasons),
        ),
        Told(
            "Look at them, and leave them out of rules if they are no customers; "
            "nothing was removed."
        ),
        {
            "profiles": len(named),
            "of": profiles,
            "rows": theirs,
            "share_of_rows": round(part, 4),
            "by_sign": by,
            "examples": [
                {
                    "user_id": it.user_id,
                    "rows": it.suspect.rows,
                    "why": [sign.reason for sign in it.suspect.signs],
                }
                for it in most
            ],
        },
    )


def _rates(at: Int64s, person: Int32s) -> Iterator[tuple[int, int]]:
    found: dict[int, int] = {}
    for rate in RATES:
        if len(at) < rate:
            break
        ahead = slice(rate - 1, None)
        back = slice(None, len(at) - rate + 1)
        fast = (at[ahead] - at[back] < MINUTE) & (person[ahead] == person[back])
        if not fast.any():
            break
        for index in np.unique(person[back][fast]).tolist():
            found[index] = rate
    yield from found.items()


def _sleepless(hours: Int32s, person: Int32s) -> Iterator[tuple[int, int]]:
    """Profiles with their most wakeful day; both arrays in the order of the history."""
    changed = np.ones(len(hours), np.bool_)
    changed[1:] = (np.diff(hours) != 0) | (np.diff(person) != 0)
    hour, whose = hours[changed], person[changed]
    day = hour // 24
    begins = np.ones(len(day), np.bool_)
    begins[1:] = (np.diff(day) != 0) | (np.diff(whose) != 0)
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(day)))
    wakeful = (lengths >= AWAKE) & (hour[first] >= 0)
    most: dict[int, int] = {}
    for index, length in zip(
        whose[first][wakeful].tolist(), lengths[wakeful].tolist(), strict=True
    ):
        most[index] = max(most.get(index, 0), min(length, 24))
    yield from most.items()


def _hammering(rows: Rows, calendar: Calendar) -> Iterator[tuple[int, int, str]]:
    """Profiles that looked at one thing over and over on one day."""
    bucket = rows.bucket
    for event in bucket.event_names:
        if not event.endswith(VIEWS):
            continue
        chosen = bucket.rows_of(event)
        heavy = _heavy(chosen, rows.person[chosen], calendar.days[rows.places[chosen]])
        if not len(heavy):
            continue
        name = next((it for it in PAGES if bucket.column(event, it) is not None), None)
        column = bucket.column(event, name) if name else None
        if column is None or column.dictionary is None:
            continue
        at = np.minimum(np.searchsorted(column.rows, heavy), len(column.rows) - 1)
        has = column.rows[at] == heavy
        heavy, codes = heavy[has], cast("Int32s", column.values)[at[has]]
        keys = np.stack([rows.person[heavy], calendar.days[rows.places[heavy]], codes], axis=1)
        groups, times = np.unique(keys, axis=0, return_counts=True)
        best: dict[int, int] = {}
        for place in np.flatnonzero(times >= HAMMERED).tolist():
            index = int(groups[place, 0])
            best[index] = max(best.get(index, 0), int(times[place]))
        what = event.replace("_", " ")
        for index, most in best.items():
            yield (
                index,
                most,
                Told(
                    "the same {0} in `{1}`", name.replace("_", " ") if name else Told("page"), what
                ),
            )


def _heavy(chosen: Int32s, person: Int32s, day: Int32s) -> Int32s:
    """The rows of those days on which somebody has at least as many as count as hammering."""
    if len(chosen) < HAMMERED:
        return chosen[:0]
    begins = np.ones(len(chosen), np.bool_)
    begins[1:] = (np.diff(person) != 0) | (np.diff(day) != 0)
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(chosen)))
    return chosen[np.repeat(lengths >= HAMMERED, lengths)]


# --- accounts that somebody made to try things out -----------------------------------------------

TRIED = (
    r"(?i)(^|[^a-z])(test|tests|tester|testing|testuser|testaccount|dummy|fake|qa|asdf+|qwerty|"
    r"foobar|lorem|nobody|noreply|no-reply)[0-9]*([^a-z]|$)|@(example|test|invalid|localhost)\b|"
    r"@mailinator\."
)
"""Ids, names and addresses of accounts that nobody shops with."""


def looks_tried(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts are called like an account made to try things out; unset ones are not."""
    import pyarrow.compute as pc

    found = cast("Any", pc).match_substring_regex(texts, TRIED)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def judge_tests(number: int, rows: int, all_rows: int, profiles: int) -> Iterator[QualityFinding]:
    """What is to be said about accounts that look like tests."""
    if not number:
        return
    part = rows / all_rows if all_rows else 0.0
    yield QualityFinding(
        Check.TESTS,
        Verdict.CAREFUL,
        weight(20, max(part, number / max(profiles, 1))),
        Told(
            "{0} {1:is|are} called like test accounts, with {2} ({3}).",
            people(number),
            Figure(number),
            counted(rows, "event"),
            share(part),
        ),
        Told("Send tests to a project of their own, or leave these people out by a trait."),
        {"profiles": number, "rows": rows, "share_of_rows": round(part, 4)},
    )
