"""Times: the readings of strptime and of the zone, in one pass."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import UsageError
from shoal.core.instants import Zone, format_instant, from_datetime
from shoal.sources.times import check_format, read_times

FORMATS = [
    "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%y %I:%M %p", "%d %b %Y", "%B %d, %Y",
    "%Y%m%d", "%Y%m%d%H%M%S", "%d.%m.%Y %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%a %d %B %Y",
    "%H:%M %d-%m-%Y", "%j %Y", "%F %T", "100%% %Y",
]  # fmt: skip


def texts(cells, form=None, zone="UTC"):
    times = read_times(pa.array(cells), form, Zone(zone))
    return [
        format_instant(int(value)) if valid else ("empty" if empty else "bad")
        for value, valid, empty in zip(times.values, times.valid, times.empty, strict=True)
    ]


@given(st.sampled_from(FORMATS), st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)))  # noqa: DTZ001
def test_formats_read_as_strptime_reads_them(form, moment):
    written = moment.replace(tzinfo=UTC).strftime(form)
    long = form.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S")
    expected = datetime.strptime(written, long).replace(tzinfo=UTC)
    found = read_times(pa.array([written]), form, Zone())
    assert found.values[0] == from_datetime(expected)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("31/02/2026 10:00", "%d/%m/%Y %H:%M"),
        ("1/13/2026 10:00", "%d/%m/%Y %H:%M"),
        ("01/02/2026 24:00", "%d/%m/%Y %H:%M"),
        ("01/02/2026", "%d/%m/%Y %H:%M"),
        ("01/02/2026 10:00x", "%d/%m/%Y %H:%M"),
        ("Foo 2026", "%b %Y"),
        ("12345", "iso"),
        ("2026-01-01", "ms"),
    ],
)
def test_what_has_another_format_is_no_time(cell, form):
    assert texts([cell], form) == ["bad"]


def test_without_a_format():
    assert texts(
        ["2026-07-01", "1600000000", "1600000000.5", "1600000000000", "1600000000000000",
         "1600000000000000000", "20260701", "20260701103000", "2026-W01-1", "20260701T101500Z", "",
         " ", None, "x", "-1", "12/1/2010 8:26"],
        zone="Europe/Lisbon",
    ) == [
        "2026-06-30T23:00:00Z", "2020-09-13T12:26:40Z", "2020-09-13T12:26:40.5Z",
        "2020-09-13T12:26:40Z", "2020-09-13T12:26:40Z", "2020-09-13T12:26:40Z",
        "2026-06-30T23:00:00Z", "2026-07-01T09:30:00Z", "2025-12-29T00:00:00Z",
        "2026-07-01T10:15:00Z", "empty", "empty", "empty", "bad", "1969-12-31T23:59:59Z", "bad",
    ]  # fmt: skip


def test_units_can_be_forced():
    assert texts(["1000"], "ms") == ["1970-01-01T00:00:01Z"]
    assert texts([86_400], "s") == ["1970-01-02T00:00:00Z"]
    assert texts([1.5, None], "s") == ["1970-01-01T00:00:01.5Z", "empty"]


@pytest.mark.parametrize("form", ["%Q", "tomorrow", "%", "", "%d/%m/%Y %"])
def test_what_is_no_format_is_said(form):
    with pytest.raises(UsageError, match="is not a time format"):
        check_format(form)


@pytest.mark.parametrize("form", [None, "iso", "s", "ms", "us", "ns", *FORMATS])
def test_formats_are_known(form):
    check_format(form)
