"""Instants are read, written and moved as people write them, through the zone's clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import ShoalError
from shoal.core.instants import (
    EARLIEST,
    LATEST,
    SECOND,
    Zone,
    format_instant,
    from_datetime,
    to_datetime,
)
from shoal.core.spans import Span

UTC, LISBON, NEW_YORK = Zone(), Zone("Europe/Lisbon"), Zone("America/New_York")
HOUR = 3600 * SECOND
instants = st.integers(EARLIEST, LATEST)


@given(instants)
def test_what_is_written_reads_back(instant):
    assert UTC.parse(format_instant(instant)) == instant
    assert from_datetime(to_datetime(instant)) == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01 00:00:01.5z", 1_500_000),
        ("1970-01-01t01:00+0100", 0),
        ("1970-01-01T01:00:00+01", 0),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
    ],
)
def test_instants_are_read(text, expected):
    assert UTC.parse(text) == expected


def test_a_date_is_the_local_midnight():
    assert NEW_YORK.parse("2026-07-01") == UTC.parse("2026-07-01T04:00:00Z")
    assert NEW_YORK.parse("2026-07-01T09:30:00") == UTC.parse("2026-07-01T13:30:00Z")


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01", "2026-02-30", "12:00", "20261101", "2026-W45", "2026-W45-1",
     "2026-11-01T09", "2026-11-01T0930", "2026-11-01x09:30", "2026-11-01_09:30:00", "2026-11-01T",
     "2026-11-01T09:30:00,5Z", "2026-11-01T09:30:00+01:00:30", "2026-11-01T24:00", "2026-11-01\n",
     "2026-11-01T09:30:00 Z", "2026-11-0\u0661"],
)  # fmt: skip
def test_what_is_no_instant_is_said(text):
    with pytest.raises(ShoalError, match="is not a date or an instant"):
        UTC.parse(text)


def test_what_is_no_zone_is_said():
    with pytest.raises(ShoalError, match="is not a time zone"):
        Zone("Europe/Atlantis")


def test_a_local_time_that_exists_twice_is_its_first_reading():
    # New York, 1 November 2026: 01:30 comes at 05:30Z and again at 06:30Z.
    assert NEW_YORK.parse("2026-11-01T01:30:00") == UTC.parse("2026-11-01T05:30:00Z")


def test_a_local_time_that_does_not_exist_is_read_by_the_clock_before():
    # New York, 8 March 2026: 02:30 is skipped; by the winter clock it is 07:30Z, shown as 03:30.
    skipped = NEW_YORK.parse("2026-03-08T02:30:00")
    assert skipped == UTC.parse("2026-03-08T07:30:00Z")
    assert NEW_YORK.to_local(skipped) == datetime.fromisoformat("2026-03-08T03:30:00")


def test_days_are_exact_and_months_follow_the_clock():
    before = NEW_YORK.parse("2026-03-07T12:00:00")
    assert NEW_YORK.add(before, Span(1, "d")) == before + 24 * HOUR
    start = NEW_YORK.parse("2026-02-15T12:00:00")
    assert NEW_YORK.add(start, Span(1, "mo")) == NEW_YORK.parse("2026-03-15T12:00:00")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -13, "2024-12-15"),
    ],
)
def test_months_keep_the_day_or_clip_it(start, months, expected):
    assert LISBON.add(LISBON.parse(start), Span(1, "mo"), months) == LISBON.parse(expected)


def test_months_beyond_the_calendar_end_at_its_ends():
    assert UTC.add(0, Span(3000, "y"), -1) == EARLIEST
    assert UTC.add(0, Span(9000, "y")) == LATEST


@given(instants)
def test_transitions_say_the_offset(instant):
    local = NEW_YORK.to_local(instant)
    starts, offsets = NEW_YORK.transitions()
    assert starts[0] == EARLIEST
    assert list(starts) == sorted(set(starts))
    assert len(starts) == len(offsets)
    shown = to_datetime(instant).astimezone(ZoneInfo(NEW_YORK.name))
    assert shown.replace(tzinfo=None) == local
