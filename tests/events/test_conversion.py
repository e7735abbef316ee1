# ruff: noqa: DTZ001 - local times on purpose
"""Cells as values: exact against `decimal`, typed by a clear majority, never silently wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.instants import DAY, EARLIEST, LATEST, Zone, from_datetime
from shoal.events.columns import as_text
from shoal.events.conversion import convert, local_to_utc
from shoal.events.property_type import PropertyType, majority_type

NUMBER, TEXT, BOOLEAN, INSTANT = (
    PropertyType.NUMBER,
    PropertyType.TEXT,
    PropertyType.BOOLEAN,
    PropertyType.INSTANT,
)
UTC_ZONE = Zone()

digits = st.text("0123456789", min_size=1, max_size=24)
written = st.builds(
    lambda sign, whole, point, exponent: f"{sign}{whole}{point}{exponent}",
    st.sampled_from(["", "-", "+"]),
    digits.map(lambda text: text.lstrip("0") or "0"),
    st.one_of(st.just(""), digits.map(lambda text: "." + text)),
    st.one_of(st.just(""), st.integers(-30, 20).map(lambda power: f"e{power}")),
)


def is_exact(number: Decimal) -> bool:
    scaled = number.scaleb(6)
    return scaled == scaled.to_integral_value() and abs(number) <= 9_000_000_000_000


def is_somebodys_id(text: str) -> bool:
    plain = text.lstrip("+-")
    if not plain.isdigit():
        return False
    return text[0] == "+" and len(plain) >= 7


@given(st.lists(written, min_size=1, max_size=20))
def test_numbers_are_those_of_decimal(texts):
    found = convert(pa.array(texts), NUMBER, UTC_ZONE)
    for text, value, valid, failed in zip(
        texts, found.values, found.valid, found.failed, strict=True
    ):
        if is_somebodys_id(text):
            assert failed, text
        elif not np.isfinite(float(text)):
            assert not valid, text
        elif found.kind == "exact":
            assert valid, text
            assert int(value) == Decimal(text).scaleb(6), text
        else:
            assert valid, text
            assert value == float(text), text
    if found.kind == "double":
        numbers = [Decimal(text) for text in texts if not is_somebodys_id(text)]
        assert not all(is_exact(number) for number in numbers)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_doubles_are_exact_when_their_text_is(values):
    found = convert(pa.array(values), NUMBER, UTC_ZONE)
    expected = [Decimal(repr(value)) for value in values]
    assert (found.kind == "exact") == all(map(is_exact, expected))
    if found.kind == "exact":
        assert [int(value) for value in found.values] == [int(it.scaleb(6)) for it in expected]
    else:
        assert found.values.tolist() == values


@given(st.lists(st.decimals(-(10**12), 10**12, places=4), min_size=1, max_size=20))
def test_decimal_arrays_are_exact(values):
    found = convert(pa.array(values, type=pa.decimal128(30, 4)), NUMBER, UTC_ZONE)
    assert found.kind == "exact"
    assert [int(value) for value in found.values] == [int(it.scaleb(6)) for it in values]


def numbers_of(cells):
    found = convert(pa.array(cells), NUMBER, UTC_ZONE)
    unit = 1e6 if found.kind == "exact" else 1
    return [
        value / unit if valid else ("raw" if failed else None)
        for value, valid, failed in zip(found.values, found.valid, found.failed, strict=True)
    ], found


def test_cells_that_are_no_numbers_stay_raw_and_nan_is_unset():
    values, found = numbers_of(
        [" 12.50 ", "1e3", ".5", "5.", "1,000", "0x10", "", "  ", None, "NaN", "-inf", "1_0", "--1"]
    )
    assert values == [
        12.5, 1000, 0.5, 5, "raw", "raw", None, None, None, None, None, "raw", "raw",
    ]  # fmt: skip
    assert found.nonfinite == 2
    assert found.kind == "exact"


def test_digits_that_mean_no_number_are_none():
    values, _ = numbers_of(["007", "-01", "+351912345678", "0.5", "0", "+5"])
    assert values == ["raw", "raw", "raw", 0.5, 0, 5]


@pytest.mark.parametrize("whole", [9 * 10**12 + 1, 2**53 + 1, -(2**60), 2**63 - 1])
def test_a_long_integer_is_a_number_that_is_not_exact(whole):
    for cells in (pa.array([whole, 1]), pa.array([str(whole), "1"])):
        found = convert(cells, NUMBER, UTC_ZONE)
        assert found.kind == "double"
        assert found.values.tolist() == [float(whole), 1.0]
        assert found.valid.all()
        assert not found.failed.any()


def test_a_column_of_long_integers_holds_identifiers_and_one_among_numbers_is_a_number():
    assert majority_type(pa.array(["1234567890123456789", "1234567890123456790"])) is TEXT
    assert majority_type(pa.array(["12", "1234567890123456789", "3.5"])) is NUMBER
    assert majority_type(pa.array([2**60, 2**61])) is NUMBER


def test_one_number_that_is_not_exact_makes_doubles():
    values, found = numbers_of(["0.1", "0.1234567", "8999999999999.999999"])
    assert found.kind == "double"
    assert values == [0.1, 0.1234567, float("8999999999999.999999")]
    assert convert(pa.array(["1.5000000"]), NUMBER, UTC_ZONE).kind == "exact"


def test_typed_arrays_convert_by_what_they_are():
    assert convert(pa.array([3, None], pa.int32()), NUMBER, UTC_ZONE).values[0] == 3_000_000
    assert convert(pa.array([0.1], pa.float32()), NUMBER, UTC_ZONE).values[0] == 100_000
    doubles = convert(pa.array([1.5, float("nan"), None]), NUMBER, UTC_ZONE)
    assert doubles.valid.tolist() == [True, False, False]
    assert doubles.nonfinite == 1
    flags = convert(pa.array([True, None]), BOOLEAN, UTC_ZONE)
    assert (flags.values.tolist(), flags.valid.tolist()) == ([1, 0], [True, False])
    assert convert(pa.array([True]), NUMBER, UTC_ZONE).failed.all()
    assert convert(pa.array([5]), INSTANT, UTC_ZONE).failed.all()
    coded = convert(pa.array(["a", "a"]).dictionary_encode(), TEXT, UTC_ZONE)
    assert coded.values.to_pylist() == ["a", "a"]


def test_booleans_in_any_case():
    found = convert(pa.array(["true", "FALSE", " True ", "yes", "1", None, ""]), BOOLEAN, UTC_ZONE)
    assert found.valid.tolist() == [True, True, True, False, False, False, False]
    assert found.failed.tolist() == [False, False, False, True, True, False, False]
    assert found.values[:3].tolist() == [1, 0, 1]


LISBON = Zone("Europe/Lisbon")
INSTANTS = {
    "2026-07-01": "2026-06-30T23:00:00+00:00",
    "2026-07-01 10:00": "2026-07-01T09:00:00+00:00",
    "2026-07-01T10:00:05.25": "2026-07-01T09:00:05.250000+00:00",
    "2026-07-01T10:00:00Z": "2026-07-01T10:00:00+00:00",
    "2026-07-01T10:00:00+02": "2026-07-01T08:00:00+00:00",
    "2026-07-01T10:00:00-0330": "2026-07-01T13:30:00+00:00",
    "2026-07-01 10:00:00 UTC": "2026-07-01T10:00:00+00:00",
    "2026-07-01T10:00:00.1234567891+00:00": "2026-07-01T10:00:00.123456+00:00",
    "2024-02-29": "2024-02-29T00:00:00+00:00",
}


@pytest.mark.parametrize(("text", "expected"), INSTANTS.items())
def test_instants_are_iso(text, expected):
    found = convert(pa.array([text]), INSTANT, LISBON)
    assert found.valid[0]
    assert found.values[0] == from_datetime(datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    "text",
    ["2026-13-01", "2025-02-29", "01/02/2026", "2026-07-01T25:00", "2026-07-01T", "20260701", "now",
     "2026-07-01 10:00:00+99:00", "1500-01-01", "9999-12-31", "2026-07-01T10:60"],
)  # fmt: skip
def test_other_texts_are_no_instants(text):
    assert convert(pa.array([text]), INSTANT, UTC_ZONE).failed[0]


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)))
def test_instants_are_those_of_datetime(moment):
    found = convert(pa.array([moment.isoformat()]), INSTANT, UTC_ZONE)
    assert found.values[0] == from_datetime(moment.replace(tzinfo=UTC))


@given(
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
)
def test_local_times_read_as_the_zone_reads_them(name, moment):
    zone = Zone(name)
    local = np.array([from_datetime(moment.replace(tzinfo=UTC))])
    assert local_to_utc(local, zone)[0] == zone.from_local(moment)


def test_local_times_that_exist_twice_or_never_take_the_first_reading():
    for text in ("2026-03-29T01:30:00", "2026-10-25T01:30:00", "2026-10-25T02:00:00"):
        found = convert(pa.array([text]), INSTANT, LISBON)
        assert found.values[0] == LISBON.from_local(datetime.fromisoformat(text))


def test_typed_instants_are_local_without_a_zone():
    naive = pa.array([datetime(2026, 7, 1, 10)], pa.timestamp("ns"))
    assert convert(naive, INSTANT, LISBON).values[0] == LISBON.parse("2026-07-01T10:00:00")
    aware = pa.array([datetime(2026, 7, 1, 10)], pa.timestamp("s", "Asia/Tokyo"))
    assert convert(aware, INSTANT, LISBON).values[0] == LISBON.parse("2026-07-01T10:00:00Z")
    dates = pa.array([20_000], pa.int32()).cast(pa.date32())
    assert convert(dates, INSTANT, UTC_ZONE).values[0] == 20_000 * DAY
    far = pa.array([2**60], pa.timestamp("s"))
    assert convert(far, INSTANT, UTC_ZONE).failed[0]
    assert EARLIEST < 0 < LATEST


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.5", "oops"], NUMBER),  # a small column with a slip
        (["1", "x"], TEXT),  # half is no majority
        (["1"] * 95 + ["x"] * 5, NUMBER),
        (["1"] * 80 + ["x"] * 20, TEXT),
        (["1"] * 60 + ["n/a"] * 40, NUMBER),  # n/a speaks neither for nor against
        (["1"] * 60 + [None] * 40 + [""] * 40, NUMBER),
        (["02134", "90210", "10001"], TEXT),
        (["1"] * 5000 + ["007"], NUMBER),  # one slip in thousands
        (["+351912345678", "+351912345679"], TEXT),
        (["123456789012345678"] * 3, TEXT),
        (["true", "False", ""], BOOLEAN),
        (["0", "1"], NUMBER),
        (["2026-01-01", "2026-01-01T10:00:00Z"], INSTANT),
        (["1e3", "NaN", "2"], NUMBER),
        ([None, ""], TEXT),
        (["n/a"], TEXT),
    ],
)
def test_the_clear_majority_decides(cells, expected):
    assert majority_type(pa.array(cells, pa.string())) is expected


def test_a_long_column_is_asked_evenly():
    cells = ["1"] * 150_000 + ["x"] * 50_000
    assert majority_type(pa.array(cells)) is TEXT


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1.5, 2.0, None, 1e20]), ["1.5", "2", None, "1e+20"]),
        (pa.array([12345.0, None]), ["12345", None]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([datetime(2026, 1, 2)], pa.timestamp("ms", "UTC")), ["2026-01-02T00:00:00Z"]),
        (pa.array([b"a", b"\xff"]), ["a", "ff"]),
        (pa.array([[1, 2], None]), ["[1, 2]", None]),
        (pa.array([Decimal("12.50"), Decimal("100.00")]), ["12.5", "100"]),
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_text_is_what_one_would_write(array, expected):
    assert as_text(array).to_pylist() == expected


def test_slices_convert_as_themselves():
    cells = pa.array(["x", "1.5", None, "2", "y"])
    found = convert(cells.slice(1, 3), NUMBER, UTC_ZONE)
    assert found.values.tolist() == [1_500_000, 0, 2_000_000]
    assert found.valid.tolist() == [True, False, True]
    money = pa.array([Decimal("9.99"), Decimal("1.25"), None]).slice(1)
    assert convert(money, PropertyType.MONEY, UTC_ZONE).values.tolist() == [1_250_000, 0]
