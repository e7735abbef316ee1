"""The kernel reads the calendar as the zone does."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.instants import EPOCH, LATEST, Zone
from shoal.core.spans import Span
from shoal.engine.calendars import (
    DAY,
    NEVER,
    calendar_next,
    civil,
    day_number,
    local_to_instant,
    months_before,
    offset_at,
    time_part,
)

ZONES = ["UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
YEAR_1700, YEAR_2200 = -8_520_336_000_000_000, 7_258_118_400_000_000


@cache
def arrays(name: str) -> tuple[np.ndarray, np.ndarray]:
    starts, offsets = Zone(name).transitions()
    return np.array(starts, np.int64), np.array(offsets, np.int64)


@st.composite
def places(draw: st.DrawFn) -> tuple[Zone, int]:
    """A zone, and any instant or one near a change of its clocks."""
    zone = Zone(draw(st.sampled_from(ZONES)))
    changes = [at for at in zone.transitions()[0] if YEAR_1700 < at < YEAR_2200]
    anywhere = st.integers(YEAR_1700, YEAR_2200)
    if not changes or draw(st.booleans()):
        return zone, draw(anywhere)
    near = st.integers(-26 * 60, 26 * 60).map(lambda minutes: minutes * 60_000_000)
    return zone, draw(st.sampled_from(changes)) + draw(near) + draw(st.sampled_from([-1, 0, 1]))


@given(places())
def test_offsets_are_the_zones(place):
    zone, instant = place
    assert offset_at(instant, *arrays(zone.name)) == zone.offset_at(instant)


@given(places())
def test_local_times_are_read_as_the_zone_reads_them(place):
    zone, instant = place
    local = EPOCH.replace(tzinfo=None) + timedelta(microseconds=instant)
    assert local_to_instant(instant, *arrays(zone.name)) == zone.from_local(local)


@given(places(), st.integers(-400, 400))
def test_months_are_counted_as_the_zone_counts_them(place, months):
    zone, instant = place
    expected = zone.add(instant, Span(1, "mo"), -months)
    assert months_before(instant, months, *arrays(zone.name)) == expected


@given(places())
def test_parts_of_the_time_are_local(place):
    zone, instant = place
    local = zone.to_local(instant)
    expected = [local.hour, local.isoweekday(), local.day, local.month, local.timetuple().tm_yday]
    assert [time_part(part, instant, *arrays(zone.name)) for part in range(5)] == expected


@given(st.dates(date(1600, 1, 1), date(2300, 1, 1)))
def test_dates_are_numbered(day):
    number = (day - date(1970, 1, 1)).days
    assert day_number(day.year, day.month, day.day) == number
    assert civil(number) == (day.year, day.month, day.day)


@given(
    places(),
    st.integers(1, 30),
    st.integers(-6, 6),
    st.lists(st.floats(0, 1, exclude_max=True), max_size=10),
)
def test_nothing_changes_before_the_clock_is_looked_at_again(place, months, days, parts):
    zone, instant = place
    starts, offsets = arrays(zone.name)
    mark = months_before(instant, months, starts, offsets) + days * DAY
    following = calendar_next(instant, mark, months, starts, offsets)
    assert following > instant
    inside = mark > months_before(instant, months, starts, offsets)
    end = min(following, instant + 40 * DAY, LATEST)
    for part in (*parts, 0.999999999):
        later = min(instant + int((end - instant) * part), end - 1)
        assert (mark > months_before(later, months, starts, offsets)) == inside


def test_what_is_long_past_never_changes():
    starts, offsets = arrays("UTC")
    assert calendar_next(0, -400 * DAY, 1, starts, offsets) == NEVER


@pytest.mark.parametrize("name", ZONES)
def test_the_day_a_clock_change_skips_is_no_trouble(name):
    starts, offsets = arrays(name)
    for at in starts[1:]:
        for shift in (-1, 0, 1):
            local = int(at) + shift + offset_at(int(at) + shift, starts, offsets)
            assert local_to_instant(local, starts, offsets) <= int(at) + shift
