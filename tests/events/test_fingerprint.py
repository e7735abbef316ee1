# ruff: noqa: DTZ001 - local times on purpose
"""Identities of rows: stable, told apart by content and repetition, blind to batches."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shoal.events.fingerprint import Repetitions, add_members, content_hashes, id_fingerprints

cells = st.one_of(st.none(), st.text(max_size=20))
tables = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=30)


def hashes(rows, event="e", names=("a", "b", "c")):
    columns = {
        name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)
    }
    return content_hashes(event, columns, len(rows))


@given(tables, st.data())
def test_batches_do_not_matter(rows, data):
    whole = Repetitions().fingerprints(hashes(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=5)))
    repetitions = Repetitions()
    parts = [
        repetitions.fingerprints(hashes(rows[start:end]))
        for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)
    ]
    assert np.array_equal(whole, np.concatenate(parts))


@given(tables)
def test_equal_rows_are_told_apart_by_their_count(rows):
    found = Repetitions().fingerprints(hashes(rows))
    assert len({tuple(one) for one in found.tolist()}) == len(rows)
    contents = {tuple(one) for one in hashes(rows).tolist()}
    assert len(contents) == len(set(rows))


@given(tables)
def test_the_order_of_columns_and_absent_ones_do_not_matter(rows):
    columns = {
        name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate("abc")
    }
    turned = dict(reversed(columns.items())) | {"d": pa.nulls(len(rows), pa.string())}
    expected = content_hashes("e", columns, len(rows))
    assert np.array_equal(expected, content_hashes("e", turned, len(rows)))


def test_unset_empty_and_moved_cells_differ():
    rows = [(None, "x", None), ("", "x", None), ("x", None, None), (None, None, "x")]
    assert len({tuple(one) for one in hashes(rows).tolist()}) == 4
    assert not np.array_equal(hashes(rows), hashes(rows, event="other"))
    assert not np.array_equal(hashes(rows), hashes(rows, names=("a", "b", "z")))


def test_widths_and_codings_do_not_matter_but_kinds_do():
    def of(array):
        return content_hashes("e", {"a": array}, len(array)).tolist()

    assert of(pa.array([1, None], pa.int8())) == of(pa.array([1, None], pa.int64()))
    assert of(pa.array([1, None])) == of(pa.array([1.0, None]))
    assert of(pa.array(["x", "x"])) == of(pa.array(["x", "x"]).dictionary_encode())
    moment = [datetime(2026, 1, 1)]
    assert of(pa.array(moment, pa.timestamp("s"))) == of(pa.array(moment, pa.timestamp("ns")))
    kinds = [pa.array(["1"]), pa.array([1]), pa.array([True]), pa.array([1.5]), pa.array([[1]])]
    assert len({str(of(kind)) for kind in kinds}) == len(kinds)
    assert of(pa.array(["abcdefgh", "y"]).slice(1)) == of(pa.array(["y"]))


def test_many_repetitions_are_counted_across_batches():
    repetitions = Repetitions()
    row = hashes([("x", None, "y")])
    seen = {tuple(repetitions.fingerprints(row)[0].tolist()) for _ in range(5)}
    many = repetitions.fingerprints(np.repeat(row, 5_000, axis=0))
    seen |= {tuple(one) for one in many.tolist()}
    assert len(seen) == 5_005


def test_ids_are_of_a_source_and_an_event():
    ids = pa.array(["1", "2"])
    found = id_fingerprints("files", "order_completed", ids)
    assert np.array_equal(found, id_fingerprints("files", "order_completed", pa.array([1, 2])))
    for other in (
        id_fingerprints("shop", "order_completed", ids),
        id_fingerprints("files", "order_refunded", ids),
    ):
        assert not (found == other).any()


def test_members_count_in_their_order():
    members = hashes([("a", None, None), ("b", None, None)])
    one, two = hashes([(None, None, None)]), hashes([(None, None, None)])
    add_members(one, "rows", members, np.array([0, 2]))
    add_members(two, "rows", members[::-1].copy(), np.array([0, 2]))
    assert not np.array_equal(one, two)
    none = hashes([(None, None, None)])
    add_members(none, "rows", members, np.array([1, 1]))
    assert np.array_equal(none, hashes([(None, None, None)]))


def test_stored_identities_never_change():
    """Stores depend on these values; another one means that every import would come in again."""
    content = content_hashes(
        "order_completed",
        {
            "text": pa.array(["naïve text of more than eight bytes", ""]),
            "whole": pa.array([1, None]),
            "double": pa.array([1.5, None]),
            "flag": pa.array([True, False]),
            "at": pa.array([datetime(2026, 1, 1), None], pa.timestamp("us")),
        },
        2,
    )
    assert Repetitions().fingerprints(content).tolist() == CONTENT
    assert id_fingerprints("files", "order_completed", pa.array(["o-1"])).tolist() == IDS


CONTENT = [[9464935430093311553, 14736720108790528460], [12398532696857160601, 8264990883980544300]]
IDS = [[5341053114204108184, 8167774489309751057]]
