"""When people come: the days on which they are active, and their visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from shoal.samples.behaviour import People
from shoal.samples.spec import Spec, chance
from shoal.samples.stream import Bools, Floats, Ints, Values

DAY = 86_400_000_000
AHEAD = 14
"""Days before a date on which it is prepared for."""
MOST_REGULAR = 400.0
"""Gaps of this gamma shape differ by a twentieth."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Days:
    """The days of a sample: the first one, how many, and on which of them each person is active."""

    first: date
    active: Bools
    """People by days."""

    def __len__(self) -> int:
        return self.active.shape[1]

    @property
    def start(self) -> int:
        """The first local midnight, in microseconds."""
        return (self.first - _EPOCH).days * DAY

    @property
    def end(self) -> int:
        """The local midnight after the last day."""
        return self.start + len(self) * DAY

    def dates(self) -> list[date]:
        """Every day."""
        return [self.first + timedelta(days=it) for it in range(len(self))]

    def some_time(self, person: Ints, rng: np.random.Generator, *, always: bool) -> Ints:
        """For each of these people an instant of one of their active days, by waking hours."""
        if always:
            day = rng.integers(0, len(self), len(person))
        else:
            passed = np.cumsum(self.active, axis=1)
            wanted = np.floor(rng.random(len(person)) * passed[person, -1]).astype(np.int64)
            apart = len(self) + 1  # so that each person's days rise above those before
            flat = (passed + np.arange(len(passed))[:, None] * apart).reshape(-1)
            found = cast("Ints", np.searchsorted(flat, person * apart + wanted, side="right"))
            day = found - person * len(self)
        hour = np.clip(rng.normal(15, 4, len(person)), 7, 23.9)
        return self.start + np.minimum(day, len(self) - 1) * DAY + (hour * 3.6e9).astype(np.int64)


def make_days(spec: Spec, people: People, until: date, rng: np.random.Generator) -> Days:
    """Which days people are there: from their start, until they stop, and again on return."""
    first = until - timedelta(days=spec.days)
    day = np.arange(spec.days)[None, :]
    start = spec.days - _days_before_end(people, "starts", rng)
    stop = spec.days - _days_before_end(people, "stops", rng)
    back = spec.days - _days_before_end(people, "returns", rng)
    stop = np.where(np.isnan(stop), spec.days, stop)[:, None]
    back = np.where(np.isnan(back), spec.days, back)[:, None]
    start = np.minimum(np.maximum(start, 0), spec.days - 1)[:, None]
    return Days(first, (day >= np.floor(start)) & ((day < stop) | (day >= back)))


def _days_before_end(people: People, name: str, rng: np.random.Generator) -> Floats:
    """Days before the end, anywhere between the two that are given; NaN where none are."""
    given = people.of_kinds(name)
    pairs = np.array([it or (np.nan, np.nan) for it in given], dtype=np.float64)[people.kind]
    return pairs[:, 0] + (pairs[:, 1] - pairs[:, 0]) * rng.random(len(people))


def rates(
    spec: Spec,
    people: People,
    days: Days,
    birthdays: Values | None,
    rng: np.random.Generator,
) -> Floats:
    """Visits expected of each person on each day."""
    spread = np.maximum(people.numbers("spread"), 1e-3)
    own = rng.gamma(1 / spread**2, spread**2)
    by_kind = np.stack(
        [_calendar(parameters, spec, days) for parameters in people.parameters]
    )  # kinds by days
    rate = by_kind[people.kind] * (people.numbers("visits") / 30 * own)[:, None] * days.active
    if birthdays is not None:
        factors = [chance(it.get("birthday", 1)) for it in people.of_kinds("before")]
        rate *= _birthday_factors(days, birthdays, np.array(factors)[people.kind])
    return rate


def _calendar(parameters: Any, spec: Spec, days: Days) -> Floats:
    """What the calendar does to a kind's visits, day by day."""
    found = np.ones(len(days))
    weekend = chance(parameters["weekend"])
    dates = days.dates()
    weekdays = np.array([it.weekday() >= 5 for it in dates])
    found *= np.where(weekdays, weekend, 1) * 7 / (5 + 2 * weekend)
    season = {int(month): chance(it) for month, it in parameters["season"].items()}
    found *= np.array([season.get(it.month, 1.0) for it in dates])
    for when, factor in parameters["before"].items():
        if when == "birthday":
            continue
        month, day = (int(it) for it in str(when).split("-"))
        found *= _near(dates, month, day, chance(factor))
    fading = np.arange(len(days)) >= len(days) - int(parameters["fades_days"])
    found *= np.where(fading, chance(parameters["fades"]), 1)
    if spec.promotions is not None:
        found *= np.where(in_promotion(spec, np.arange(len(days))), spec.promotions.visits, 1)
    return found


def in_promotion(spec: Spec, day: Ints) -> Bools:
    """Whether a promotion runs on these days."""
    if spec.promotions is None:
        return np.zeros(len(day), dtype=np.bool_)
    return day % spec.promotions.every < spec.promotions.lasts


def _near(dates: list[date], month: int, day: int, factor: float) -> Floats:
    """The factor in the days before each such date."""
    left = np.array([(_next(it, month, day) - it).days for it in dates])
    return np.where(left <= AHEAD, factor, 1.0)


def _next(today: date, month: int, day: int) -> date:
    day = 28 if (month, day) == (2, 29) else day
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _birthday_factors(days: Days, birthdays: Values, factor: Floats) -> Floats:
    """People by days: the factor before their birthdays."""
    found = np.ones((len(birthdays), len(days)))
    marks = {it: place for place, it in enumerate(days.dates())}
    for person in np.flatnonzero(factor != 1):
        if birthdays[person] is None:
            continue
        born = date.fromisoformat(birthdays[person])
        for year in range(days.first.year, days.first.year + len(days) // 365 + 2):
            on = date(year, born.month, 28 if (born.month, born.day) == (2, 29) else born.day)
            for back in range(AHEAD + 1):
                place = marks.get(on - timedelta(days=back))
                if place is not None:
                    found[person, place] = factor[person]
    return found


def visit_times(
    people: People, days: Days, rate: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Who comes when, by person and time: as many as expected, as regularly as each is."""
    shape = np.minimum(1 / np.maximum(1 - people.numbers("regularity"), 0.05) ** 2, MOST_REGULAR)
    axis = np.arange(len(days) + 1)
    persons: list[Ints] = []
    places: list[Floats] = []
    for person in range(len(people)):
        passed = np.concatenate([[0.0], np.cumsum(rate[person])])
        whole = passed[-1]
        gaps = rng.gamma(shape[person], 1 / shape[person], int(whole + 6 * np.sqrt(whole)) + 8)
        gaps[0] *= rng.random()
        at = np.cumsum(gaps)
        at = at[at < whole]
        persons.append(np.full(len(at), person, dtype=np.int64))
        places.append(np.interp(at, passed, axis))
    person, place = np.concatenate(persons), np.concatenate(places)
    hour = rng.normal(people.numbers("hour")[person], people.numbers("hour_spread")[person])
    # Nobody shops at four in the morning: what falls before six is put off to the evening.
    hour = np.clip(np.where(hour < 6, 18 + hour % 6, hour), 6, 23.2)
    day = np.minimum(np.floor(place).astype(np.int64), len(days) - 1)
    at = days.start + day * DAY + (hour * 3.6e9).astype(np.int64)
    order = np.lexsort((at, person))
    return person[order], at[order]
