"""Public holidays of the world: on which local days they fall, country by country.

The calendars are those of the ``holidays`` package, loaded when a rule first asks for one, under
their English names where the package has them, from 1970 to 2060. A country is an ISO 3166 code of
two letters, in any case. A day that stands in for another has its own name, such as
``Christmas Day (observed)``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

from shoal.core.names import nearest

FIRST_YEAR = 1970
LAST_YEAR = 2060
NAMED = range(2010, 2036)
"""The years whose names, of all countries, are known to the checks."""
ENGLISH = "en_US"

_loading = Lock()


def holidays_of(country: str, name: str | None = None) -> tuple[int, ...]:
    """Ascending days since 1970-01-01 of a country's holidays, of one name or of any.

    None where the country has no calendar, or the calendar no such name.

    >>> holidays_of("pt", "Christmas Day")[:2]
    (358, 723)
    """
    found = _calendar(country.upper())
    if name is not None:
        return found.get(name, ())
    return tuple(sorted({day for days in found.values() for day in days}))


def has_calendar(country: str) -> bool:
    """Whether the holidays of a country are known."""
    return country.upper() in _countries()


def is_holiday_name(name: str, country: str | None) -> bool:
    """Whether any calendar knows the name; that of ``country`` is asked first."""
    if country is not None and name in _calendar(country.upper()):
        return True
    return any(name in _names(code) for code in sorted(_countries()))


def nearest_holiday_name(name: str) -> str | None:
    """The name of a holiday, anywhere, that is nearest to what was written."""
    lowered = {known.lower(): known for code in sorted(_countries()) for known in _names(code)}
    near = nearest(name.lower(), lowered)
    return lowered[near] if near is not None else None


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    from holidays import list_supported_countries

    return frozenset(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=512)
def _calendar(country: str) -> Mapping[str, tuple[int, ...]]:
    """Days by name; empty where the country has no calendar."""
    return _days_by_name(country, range(FIRST_YEAR, LAST_YEAR + 1))


@lru_cache(maxsize=512)
def _names(country: str) -> frozenset[str]:
    """Names that a calendar knows."""
    return frozenset(_days_by_name(country, NAMED))


def _days_by_name(country: str, wanted: range) -> Mapping[str, tuple[int, ...]]:
    if country not in _countries():
        return {}
    from holidays.utils import country_holidays

    known: Any = country_holidays(country)
    years = [year for year in wanted if known.start_year <= year <= known.end_year]
    language = ENGLISH if ENGLISH in known.supported_languages else None
    with _loading, warnings.catch_warnings():
        # some calendars follow the moon: the package says for which years that is known
        warnings.simplefilter("ignore")
        table: Any = country_holidays(country, years=years, language=language)
        named = [(name, day) for day in sorted(table) for name in table.get_list(day)]
    return _grouped((name, _day_number(day)) for name, day in named)


def _day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _grouped(named: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    days: dict[str, list[int]] = {}
    for name, day in named:
        days.setdefault(name, []).append(day)
    return {name: tuple(found) for name, found in days.items()}
