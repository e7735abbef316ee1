"""Parquet: types as they are, structs dotted, lists of structs as lines."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.events.property_type import PropertyType
from tests.sources.reading import read

AT = [datetime(2026, 7, 1, 10), datetime(2026, 7, 2, 10), None]  # noqa: DTZ001 - local on purpose


def test_typed_columns(tmp_path):
    table = pa.table(
        {
            "user": [12345.0, 7.0, 8.0],
            "at": pa.array(AT, pa.timestamp("ns")),
            "price": pa.array([Decimal("1.50"), None, None], pa.decimal128(10, 2)),
            "code": pa.array(["1", "2", "3"]).dictionary_encode(),
            "day": ["2026-01-01", "2026-01-02", None],
            "place": [{"city": "Porto", "zip": None}, None, None],
            "items": [[{"id": 1}, {"id": 2}], [], None],
            "tags": [["a"], None, None],
            "raw": [b"x", b"\xff", None],
            "nothing": pa.nulls(3),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    found = read(tmp_path / "x.parquet", zone="Europe/Lisbon")
    assert found.events == [
        {
            "event": "order_completed", "user": "12345", "at": "2026-07-01T09:00:00Z", "row": 1,
            "price": "1.5", "code": "1", "day": "2026-01-01", "place.city": "Porto", "tags": '["a"]',
            "raw": "x", "lines": [{"id": "1"}, {"id": "2"}],
        },
        {
            "event": "order_completed", "user": "7", "at": "2026-07-02T09:00:00Z", "row": 2,
            "code": "2", "day": "2026-01-02", "raw": "ff", "lines": [],
        },
    ]  # fmt: skip
    assert found.tables[0].types == dict.fromkeys(
        ("code", "place.city", "tags", "raw"), PropertyType.TEXT
    )
    assert [one.row for one in found.rejected] == [3]
    assert '"user": 8.0' in found.rejected[0].raw
    assert any("12345.0 is `12345`" in notice for notice in found.notices)


def test_packed_parquet_reads_the_same(tmp_path):
    pq.write_table(pa.table({"user": ["1"], "at": ["2026-01-01"]}), tmp_path / "x.parquet")
    packed = tmp_path / "x.parquet.gz"
    packed.write_bytes(gzip.compress((tmp_path / "x.parquet").read_bytes()))
    assert read(packed).fingerprints == read(tmp_path / "x.parquet").fingerprints


def test_batches_do_not_matter(tmp_path):
    rows = 3_000
    table = pa.table({"user": [i % 7 for i in range(rows)], "at": [1_767_261_600] * rows})
    pq.write_table(table, tmp_path / "one.parquet")
    pq.write_table(table, tmp_path / "many.parquet", row_group_size=100)
    one, many = read(tmp_path / "one.parquet"), read(tmp_path / "many.parquet")
    assert one.fingerprints == many.fingerprints
    assert len(set(one.fingerprints)) == rows
