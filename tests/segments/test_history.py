from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shoal.core.errors import UsageError
from shoal.core.instants import Zone, format_instant
from shoal.core.spans import Span
from shoal.segments.history import sizes, steps

LISBON = Zone("Europe/Lisbon")


def shown(start, end, every, *, local):
    found = steps(LISBON.parse(start), LISBON.parse(end), every, LISBON, local=local)
    return [format_instant(at) for at in found]


def test_days_are_local_midnights_from_a_bare_date_and_exact_spans_otherwise():
    assert shown("2026-03-28", "2026-03-30", Span(1, "d"), local=True) == [
        "2026-03-28T00:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z",
    ]  # fmt: skip
    assert shown("2026-03-28T00:00:00", "2026-03-30", Span(1, "d"), local=False) == [
        "2026-03-28T00:00:00Z", "2026-03-29T00:00:00Z",
    ]  # fmt: skip


def test_calendar_steps_are_counted_from_the_start():
    assert shown("2026-01-31", "2026-04-30", Span(1, "mo"), local=True) == [
        "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-30T23:00:00Z", "2026-04-29T23:00:00Z",
    ]  # fmt: skip


def test_a_start_is_always_there_and_the_end_included():
    assert len(shown("2026-01-01", "2026-01-01", Span(1, "w"), local=True)) == 1
    assert len(shown("2026-01-01", "2026-01-08", Span(1, "w"), local=True)) == 2
    assert len(shown("2026-01-01", "2026-01-08", Span(999_999_999, "w"), local=True)) == 1
    assert len(shown("2026-01-01", "2026-01-08", Span(999_999_999, "y"), local=False)) == 1


def test_a_span_backwards_or_without_end_is_refused():
    with pytest.raises(UsageError, match="later than"):
        shown("2026-01-02", "2026-01-01", Span(1, "d"), local=True)
    with pytest.raises(UsageError, match="more than 100,000 steps"):
        shown("2026-01-02", "2026-06-01", Span(1, "s"), local=False)


def test_sizes_reconcile():
    members = [np.array(it, np.int64) for it in ([1, 2, 3], [], [2, 5], [2, 5])]
    rows = list(sizes([1, 2, 3, 4], members))
    assert [(r.size, r.entered, r.left) for r in rows] == [
        (3, 0, 0),
        (0, 0, 3),
        (2, 2, 0),
        (2, 0, 0),
    ]
    for before, after in pairwise(rows):
        assert after.size == before.size + after.entered - after.left
