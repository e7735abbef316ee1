"""Anniversaries and public holidays, day by day; and the instants at which the clock moves them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

import holidays

from shoal.core.instants import DAY, EARLIEST, LATEST
from shoal.language import tree as T
from tests.oracle.timeline import At, Person

if TYPE_CHECKING:
    from tests.oracle.oracle import World

NEXT = ("next_anniversary", "next_holiday", "days_to_holiday")
YEARS = range(1970, 2061)
MICROSECOND = timedelta(microseconds=1)


def occasion(world: World, node: T.Value, person: Person, as_of: int, held: object) -> object:
    """What an anniversary (of the value held) or a holiday is for the person."""
    today = world.zone.to_local(as_of).date()
    if isinstance(node, T.Anniversary):
        day = None
        if isinstance(held, At) and EARLIEST <= held.us <= LATEST:
            local = world.zone.to_local(math.floor(held.us))
            day = anniversary(local.month, local.day, today, 1 if node.function in NEXT else -1)
    else:
        day = holiday(country_of(world, person, as_of), node.name, today, node.function in NEXT)
    return None if day is None else At(world.zone.midnight(day))


def anniversary(month: int, day: int, today: date, step: int) -> date:
    """Walk from today until the month and day are right."""
    while not is_anniversary(today, month, day):
        today += timedelta(days=step)
    return today


def is_anniversary(today: date, month: int, day: int) -> bool:
    leaps = (today + timedelta(days=1)).month == 2
    clipped = (month, day) == (2, 29) and (today.month, today.day) == (2, 28) and not leaps
    return clipped or (today.month, today.day) == (month, day)


def country_of(world: World, person: Person, as_of: int) -> str | None:
    """The last that was said to be theirs, else the project's."""
    own = [
        country
        for row in world.visible(person, as_of)
        if row.name == "$identify" and isinstance(country := row.properties.get("country"), str)
    ]
    return own[-1] if own else world.vocabulary.country


def holiday(country: str | None, name: str | None, today: date, is_next: bool) -> date | None:
    days = () if country is None else holidays_of(country.upper(), name)
    if is_next:
        return next((day for day in days if day >= today), None)
    return next((day for day in reversed(days) if day <= today), None)


def days_to(world: World, node: T.HolidayDays, person: Person, as_of: int, t: int) -> float | None:
    on = world.zone.to_local(t).date()
    day = holiday(country_of(world, person, as_of), node.name, on, node.function in NEXT)
    return None if day is None else float(abs((day - on).days))


@cache
def holidays_of(country: str, name: str | None) -> tuple[date, ...]:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = holidays.country_holidays(country).supported_languages
        language = "en_US" if "en_US" in names else None
        found = holidays.country_holidays(country, years=YEARS, language=language)
        return tuple(sorted(d for d in found if name is None or name in found.get_list(d)))


def turning_days(world: World, parts: list[object], person: Person, said: set[int]) -> Iterator:
    """Local midnights at which an occasion of the rule begins or is over, in years about the people's.

    Anniversaries of whatever was said to be an instant.
    """
    wanted = [part for part in parts if isinstance(part, T.Anniversary | T.Holiday)]
    if not wanted:
        return
    years = [world.zone.to_local(t).year for t in said] or [2016, 2028]
    first, last = min(years) - 3, max(years) + 4
    days: set[date] = set()
    for part in wanted:
        if isinstance(part, T.Holiday):
            own = [world.vocabulary.country] + [
                row.properties.get("country") for row in world.rows[person.id]
            ]
            days |= {
                day
                for country in own
                if isinstance(country, str)
                for day in holidays_of(country.upper(), part.name)
                if first <= day.year <= last
            }
            continue
        marks = {world.zone.to_local(t) for t in said}
        for year in range(first, last + 1):
            ends = {date(year, 2, 28), date(year, 3, 1) - timedelta(days=1)}
            days |= {date(year, m.month, m.day) for m in marks if (m.month, m.day) != (2, 29)}
            days |= ends if any((m.month, m.day) == (2, 29) for m in marks) else set()
    starts, _ = world.zone.transitions()
    for start in starts:  # a clock set back over midnight begins a day anew
        local = world.zone.to_local(start)
        if first <= local.year <= last:
            yield start
            yield start + DAY - (local - datetime.combine(local.date(), time())) // MICROSECOND
    for day in days:
        yield world.zone.midnight(day)
        yield world.zone.midnight(day + timedelta(days=1))
