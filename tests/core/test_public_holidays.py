"""Calendars of public holidays: which days, of which countries, by which names."""

from __future__ import annotations

from datetime import date

import pytest

from shoal.core.public_holidays import (
    has_calendar,
    holidays_of,
    is_holiday_name,
    nearest_holiday_name,
)


def days_in(year: int, country: str, name: str | None = None) -> list[str]:
    days = [
        date.fromordinal(date(1970, 1, 1).toordinal() + day) for day in holidays_of(country, name)
    ]
    return [day.isoformat() for day in days if day.year == year]


@pytest.mark.parametrize(
    ("country", "name", "expected"),
    [
        ("PT", "Good Friday", ["2024-03-29"]),
        ("pt", "Freedom Day", ["2024-04-25"]),  # English names, codes in any case
        ("US", "Thanksgiving Day", ["2024-11-28"]),
        ("GB", "Good Friday", ["2024-03-29"]),
        ("PT", "Thanksgiving Day", []),
        ("PT", "good friday", []),  # exactly
        ("XX", None, []),
        ("", None, []),
    ],
)
def test_a_holiday_falls_on_its_days(country, name, expected):
    assert days_in(2024, country, name) == expected


def test_any_holiday_is_each_day_once_in_order():
    days = holidays_of("PT")
    assert list(days) == sorted(set(days))
    assert len(days_in(2026, "PT")) == 13
    assert (days_in(1970, "PT")[0], days_in(2060, "PT")[-1]) == ("1970-01-01", "2060-12-25")
    assert days_in(1969, "PT") == days_in(2061, "PT") == []


def test_a_day_off_instead_has_its_own_name():
    assert days_in(2021, "US", "Christmas Day") == ["2021-12-25"]
    assert days_in(2021, "US", "Christmas Day (observed)") == ["2021-12-24"]
    assert "2021-12-24" in days_in(2021, "US")


def test_a_calendar_that_is_known_for_some_years_only_is_quiet_about_it():
    assert days_in(2024, "IN", "Diwali") == ["2024-10-31"]


def test_names_are_known_or_the_nearest_is_told():
    assert has_calendar("br")
    assert not has_calendar("Brasil")
    assert is_holiday_name("Christmas Day", None)
    assert is_holiday_name("Freedom Day", "PT")
    assert not is_holiday_name("Chrismas Day", "PT")
    assert nearest_holiday_name("chrismas day") == "Christmas Day"
    assert nearest_holiday_name("qqqqqqqq") is None
