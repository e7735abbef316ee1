"""E1: When something is due, and when it is quiet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.campaigns.timing import due, is_quiet
from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.language.campaign_definitions import QuietHours, Timing, When

HOUR = 3_600_000_000
UTC = Zone()


def test_once_is_due_once():
    at = Timing(When.ONCE, at="2026-12-01T09:00")
    then = UTC.parse("2026-12-01T09:00")
    assert due(at, 0, None, then - 1, UTC) is None
    found = due(at, 0, then - 5, then, UTC)
    assert (found.occasion, found.is_last) == ("once", True)
    assert due(at, 0, then, then + 1, UTC) is None


@given(st.lists(st.integers(1, 30 * 24), min_size=1, max_size=30, unique=True))
def test_every_occasion_of_a_rhythm_is_due_at_most_once(hours):
    weekly = Timing(When.EVERY, every=Span(1, "w"))
    passed, seen = None, []
    for hour in sorted(hours):
        found = due(weekly, 0, passed, hour * HOUR, UTC)
        if found is not None:
            seen.append(found.occasion)
        passed = hour * HOUR
    assert len(seen) == len(set(seen))
    assert seen == sorted({str(hour // 168) for hour in hours}, key=int)


@pytest.mark.parametrize("minute", range(0, 1440, 30))
def test_quiet_hours_may_run_over_midnight(minute):
    now = minute * 60_000_000
    night = is_quiet(QuietHours(21 * 60, 8 * 60), now, UTC)
    day = is_quiet(QuietHours(8 * 60, 21 * 60), now, UTC)
    assert night != day
    assert is_quiet(None, now, UTC) is False
    assert night == (minute >= 21 * 60 or minute < 8 * 60)
