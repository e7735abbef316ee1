"""The compiled loops put rows in the same order as a plain sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.store.arranging import first_seen, merge_rows, sort_rows
from shoal.store.run import frozen

row = st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(0, 2))
many = st.lists(row, max_size=20) | st.lists(
    st.tuples(st.just(1), st.integers(-9, 9), st.integers(0, 2)), min_size=60, max_size=150
)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return [frozen(np.array(cells, np.int64)) for cells in zip(*rows, strict=True)] or [
        frozen(np.zeros(0, np.int64)) for _ in range(3)
    ]


@given(many)
def test_rows_are_sorted_and_ties_keep_their_order(rows) -> None:
    rank, at, arrival = columns(rows)
    order = sort_rows(rank, 4, at, arrival)
    assert order.tolist() == sorted(range(len(rows)), key=lambda place: rows[place])


def run_of(rows) -> tuple[np.ndarray, ...]:
    number, at, arrival = columns(sorted(rows))
    profiles, starts = np.unique(number, return_index=True)
    return frozen(profiles), frozen(np.append(starts, len(rows)).astype(np.int64)), at, arrival


@given(many, many)
def test_two_runs_merge_as_if_sorted_together(one, other) -> None:
    profiles, offsets, places, others = merge_rows(*run_of(one), *run_of(other))
    whole = sorted([*sorted(one), *sorted(other)])  # stable: ties take from the first
    got = [None] * len(whole)
    for place, cells in zip([*places, *others], [*sorted(one), *sorted(other)], strict=True):
        got[place] = cells
    assert got == whole
    assert profiles.tolist() == sorted({cells[0] for cells in whole})
    assert offsets.tolist() == [
        *(sum(cells[0] < profile for cells in whole) for profile in profiles.tolist()),
        len(whole),
    ]


def test_first_seen_passes_over_what_makes_nobody_known() -> None:
    offsets = frozen(np.array([0, 2, 3]))
    at = frozen(np.array([5, 7, 9]))
    counts = frozen(np.array([False, True]))
    event = frozen(np.array([0, 1, 0], np.uint16))
    assert first_seen(offsets, at, counts, event).tolist() == [7, np.iinfo(np.int64).max]


@pytest.mark.parametrize("few", [0, 10**9])
def test_large_parts_are_assembled_like_small_ones(monkeypatch, few: int, tmp_path) -> None:
    from shoal.identity import keys
    from shoal.store import assembly, create
    from tests.store.model import SOURCE, Row, people_in, tables

    monkeypatch.setattr(assembly, "_FEW_ROWS", few)
    monkeypatch.setattr(keys, "_FEW", min(few, 256))
    rows = [Row("order", f"user {n % 9}", None, n * 7 % 50, n, x=n / 4) for n in range(300)]
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(rows), imported_at=10**15)
    found = people_in(store.snapshot())
    expected = sorted((row.at, n) for n, row in enumerate(rows) if row.user == "user 4")
    assert [(at, told["x"] * 4) for _, at, _, _, told in found["user 4"][1]] == expected
