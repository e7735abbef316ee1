"""Rows taken out of runs are those a plain filter takes, in order, with all they hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.arrow import strings_of
from shoal.engine.history import Kind
from shoal.store.assembly import assemble, text_column
from shoal.store.gathering import gather, gather_run
from shoal.store.run import ColumnKey, Part, People, Run, RunColumn, Seen

EVENTS = ("viewed", "bought", "$consent")
NUMBERS = range(1, 8)
ROW = st.tuples(
    st.sampled_from(NUMBERS),
    st.integers(0, 6),  # at
    st.sampled_from(range(len(EVENTS))),
    st.none() | st.integers(-3, 3),  # amount
    st.none() | st.sampled_from(["a", "b", "cc", "ddd"]),  # word
)
ROWS = st.lists(ROW, max_size=25)


def people_of(numbers: np.ndarray) -> People:
    texts = strings_of([f"u{number}" for number in numbers.tolist()]).cast(pa.large_string())
    return People(numbers, texts, np.zeros(len(numbers), np.uint8))


def run_of(rows, first: int, names: tuple[str, ...], *, double: bool) -> Run | None:
    numbers = np.array([row[0] for row in rows], np.int64)
    at = np.array([row[1] for row in rows], np.int64)
    codes = [names.index(EVENTS[row[2]]) for row in rows]
    columns = {}
    for code, name in enumerate(EVENTS):
        for key, place in (("amount", 3), ("word", 4)):
            there = [i for i, row in enumerate(rows) if row[2] == code and row[place] is not None]
            where = np.array(there, np.int32)
            values = [rows[i][place] for i in there]
            if not there:
                continue
            if key == "word":
                texts = pa.array(values, pa.large_string())
                columns[ColumnKey(name, key)] = text_column(where, texts)
            elif double:
                columns[ColumnKey(name, key)] = RunColumn(
                    Kind.DOUBLE, where, np.array(values, np.float64)
                )
            else:
                whole = np.array(values, np.int64) * 1_000_000
                columns[ColumnKey(name, key)] = RunColumn(Kind.EXACT, where, whole)
    arrival = np.arange(first, first + len(rows), dtype=np.int64)
    nothing = np.zeros(0, np.uint64)
    part = Part(
        numbers,
        at,
        at + 1,
        arrival,
        np.array(codes, np.uint16),
        names,
        np.full(len(rows), first, np.int32),
        Seen(nothing, nothing, np.zeros(0, np.int32)),
        columns,
        people_of(np.unique(numbers)),
    )
    return assemble([part])


def values_at(columns, keys, row: int) -> dict:
    found = {}
    for key in keys:
        column = columns[key]
        place = int(np.searchsorted(column.rows, row))
        if place == len(column.rows) or column.rows[place] != row:
            continue
        if column.kind is Kind.TEXT:
            found[key] = column.plain_texts()[place].as_py()
        else:
            scale = 1_000_000 if column.kind is Kind.EXACT else 1
            found[key] = float(column.values[place]) / scale
    return found


def said(run: Run | Part, numbers, row: int, keys) -> tuple:
    return (
        int(numbers[row]),
        int(run.occurred_at[row]),
        int(run.received_at[row]),
        int(run.arrival[row]),
        int(run.import_id[row]),
        run.event_names[run.event[row]],
        values_at(run.columns, keys, row),
    )


def all_rows(run: Run) -> list[tuple]:
    numbers = np.repeat(run.profiles, np.diff(run.offsets))
    return [said(run, numbers, row, list(run.columns)) for row in range(len(run))]


@given(ROWS, ROWS, st.lists(st.tuples(st.integers(0, 8), st.integers(-1, 6), st.integers(0, 7))))
def test_a_slice_is_what_a_filter_takes(base, delta, slices) -> None:
    runs = [
        run
        for run in (
            run_of(base, 0, EVENTS, double=False),
            run_of(delta, 100, EVENTS[::-1], double=True),
        )
        if run is not None
    ]
    numbers, after, until = (
        np.array([one[place] for one in slices], np.int64) for place in range(3)
    )
    found = gather(runs, numbers, after, until)
    keys = list(found.part.columns)
    assert found.part.event_names == tuple(
        name for name in found.part.event_names if name in {row[5] for r in runs for row in all_rows(r)}
    )  # fmt: skip
    wanted = [
        (at, row)
        for at, (number, low, high) in enumerate(slices)
        for run in runs
        for row in all_rows(run)
        if row[0] == number and low < row[1] <= high
    ]
    got = [
        (int(found.slices[row]), said(found.part, found.part.numbers, row, keys))
        for row in range(len(found.slices))
    ]
    assert got == wanted
    whose = sorted({row[0] for _, row in wanted})
    assert found.part.people.numbers.tolist() == whose
    assert found.part.people.texts.to_pylist() == [f"u{number}" for number in whose]


@given(ROWS, ROWS, st.permutations(NUMBERS), st.integers(0, 8))
def test_gathered_histories_are_a_run_of_their_own(low, high, numbers, count) -> None:
    """Two buckets that share nobody, as one run whose profiles are places in what was wanted."""
    runs = [
        run
        for run in (
            run_of([row for row in low if row[0] <= 3], 0, EVENTS, double=False),
            run_of([row for row in high if row[0] > 3], 100, EVENTS[1:] + EVENTS[:1], double=False),
        )
        if run is not None
    ]
    wanted = np.array(numbers[:count], np.int64)
    found = gather_run(runs, wanted)
    assert found.profiles.tolist() == list(range(len(wanted)))
    parts = [gather(runs, wanted[at : at + 1]).part for at in range(len(wanted))]
    expected = [
        row
        for part in parts
        for row in all_rows(assemble([part]) or found)
        if len(part.numbers)
    ]  # fmt: skip
    own = np.repeat(wanted, np.diff(found.offsets))
    assert [said(found, own, row, list(found.columns)) for row in range(len(found))] == expected
    for code, name in enumerate(found.event_names):
        rows = np.flatnonzero(found.event == code)
        assert found.rows_of(name).tolist() == rows.tolist()
        times = found.occurred_at[rows]
        assert found.event_spans[code] == (len(rows), times.min(), times.max())
    for at in range(len(wanted)):
        mine = [row[1] for row in expected if row[0] == wanted[at] and row[5] != "$consent"]
        assert found.first_seen[at] == min(mine, default=np.iinfo(np.int64).max)


def test_only_wanted_columns_are_taken() -> None:
    run = run_of([(1, 1, 0, 5, "a"), (2, 1, 1, 6, "b")], 0, EVENTS, double=False)
    assert run is not None
    wanted = ColumnKey("bought", "word")
    found = gather([run], np.array([1, 2]), wanted=lambda key: key == wanted)
    assert list(found.part.columns) == [wanted]
    assert ColumnKey("viewed", "word") not in found.part.columns
