from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.capture.times import OLDEST, instant_of, moment
from shoal.core.instants import SECOND, Zone

UTC = Zone()
NOW = UTC.parse("2026-11-01T12:00:00Z")


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6))
def test_a_wrong_clock_does_not_matter_when_it_says_when_it_sent(wrong, ago):
    """However far off the client's clock is, the span between its two times is right."""
    sent = NOW // SECOND + wrong
    found = moment(sent - ago, sent, NOW, UTC)
    assert found.at == max(OLDEST, NOW - ago * SECOND)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2031-01-01", NOW),
        ("0001-01-01T00:00:00Z", OLDEST),
        ("1969-12-31", OLDEST),
        (-5, OLDEST),
    ],
)
def test_impossible_times_are_clamped_and_kept(said, at):
    found = moment(said, None, NOW, UTC)
    assert (found.at, found.said) == (at, str(said))


def test_a_time_without_an_offset_is_local_and_a_changed_clock_takes_the_first_reading():
    lisbon = Zone("Europe/Lisbon")
    assert instant_of("2026-07-01T10:00:00", lisbon) == UTC.parse("2026-07-01T09:00:00Z")
    assert instant_of("2026-10-25T01:30:00", lisbon) == UTC.parse("2026-10-25T00:30:00Z")


@pytest.mark.parametrize("said", ["soon", True, [], {}, "1e400", float("nan"), "9" * 400, ""])
def test_what_is_no_time_is_none(said):
    assert instant_of(said, UTC) is None


@pytest.mark.parametrize("said", [1_700_000_000, 1_700_000_000_000, "1700000000.0", 1.7e15])
def test_numbers_are_seconds_milliseconds_or_microseconds(said):
    assert instant_of(said, UTC) == 1_700_000_000 * SECOND


def test_nothing_said_is_now():
    assert moment(None, None, NOW, UTC).at == NOW
    assert moment(None, None, NOW, UTC, now_if_unset=False) is None
