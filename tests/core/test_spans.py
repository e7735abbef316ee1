"""Spans are exact or follow the calendar, and say so."""

from __future__ import annotations

import pytest

from shoal.core.spans import MICROSECONDS, MONTHS, UNITS, Span


@pytest.mark.parametrize("unit", UNITS)
def test_a_span_is_exact_or_of_months(unit):
    span = Span(3, unit)
    assert span.is_calendar == (unit in MONTHS)
    assert (span.microseconds == 0) == span.is_calendar
    assert (span.months == 0) != span.is_calendar
    assert str(span) == f"3{unit}"


def test_units_are_multiples_of_each_other():
    assert Span(60, "s").microseconds == Span(1, "m").microseconds
    assert Span(60, "m").microseconds == Span(1, "h").microseconds
    assert Span(24, "h").microseconds == Span(1, "d").microseconds
    assert Span(7, "d").microseconds == Span(1, "w").microseconds == MICROSECONDS["w"]
    assert Span(12, "mo").months == Span(1, "y").months
