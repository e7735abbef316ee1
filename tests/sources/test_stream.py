"""A file as a stream: what rows become, who they are, and that the same file adds nothing."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from shoal.core.errors import ImportFileError
from shoal.core.instants import EARLIEST, Zone
from shoal.events.property_type import PropertyType
from shoal.sources import mapping_from_document, mapping_from_options, read_file
from shoal.sources.encoding import BLOCK
from tests.sources.reading import ORDERS, put, read

TEXT = (
    "Order ID,user,at,Total Price,note\n"
    "1,007,2026-01-01,12.50,\n"
    "2,7,2026-01-01 10:00,n/a,x\n"
    "2,7,2026-01-01 10:00,n/a,x\n"
)


def test_every_other_column_becomes_a_property(tmp_path):
    found = read(put(tmp_path, "x.csv", TEXT), zone="Europe/Lisbon")
    assert found.events == [
        {
            "event": "order_completed", "user": "007", "at": "2026-01-01T00:00:00Z", "row": 1,
            "order_id": "1", "total_price": "12.50",
        },
        *(
            {
                "event": "order_completed", "user": "7", "at": "2026-01-01T10:00:00Z", "row": row,
                "order_id": "2", "total_price": "n/a", "note": "x",
            }
            for row in (2, 3)
        ),
    ]  # fmt: skip
    (table,) = found.tables
    assert (table.event, table.raw_event) == ("order_completed", "Order Completed")
    assert found.stream.rows == 3


def test_the_same_file_has_the_same_identities(tmp_path):
    first = read(put(tmp_path, "x.csv", TEXT))
    again = read(put(tmp_path, "other name.csv.gz", TEXT))
    assert again.fingerprints == first.fingerprints
    assert len(set(first.fingerprints)) == 3
    fewer = mapping_from_options(
        event="order_completed", user="user", time="at", properties=["note"]
    )
    assert read(tmp_path / "x.csv", fewer).fingerprints == first.fingerprints
    other = mapping_from_options(event="refunded", user="user", time="at")
    assert not set(read(tmp_path / "x.csv", other).fingerprints) & set(first.fingerprints)
    longer = read(put(tmp_path, "longer.csv", TEXT + "3,9,2026-02-01,1,\n"))
    assert longer.fingerprints[:3] == first.fingerprints


def test_an_id_is_the_identity(tmp_path):
    mapping = mapping_from_options(event="e", user="user", time="at", id_column="Order ID")
    found = read(put(tmp_path, "x.csv", TEXT), mapping)
    assert len(set(found.fingerprints)) == 2
    corrected = read(put(tmp_path, "y.csv", TEXT.replace("12.50", "13")), mapping)
    assert corrected.fingerprints == found.fingerprints
    assert found.events[0]["order_id"] == "1"


def test_blocks_do_not_matter(tmp_path, monkeypatch):
    rows = [f"{i % 5},2026-01-{i % 28 + 1:02},{i % 3}" for i in range(500)]
    path = put(tmp_path, "x.csv", "user,at,x\n" + "\n".join(rows))
    whole = read(path)
    monkeypatch.setattr("shoal.sources.delimited.BLOCK", 64)
    parts = read(path)
    assert BLOCK > 64
    assert len(parts.tables) > 10
    assert parts.events == whole.events
    assert parts.fingerprints == whole.fingerprints


def test_events_by_column(tmp_path):
    text = (
        "what,user,at,n,m\nOrder Completed,1,2026-01-01,5,\n,1,2026-01-01,,\npage,2,2026-01-02,,x\n"
    )
    mapping = mapping_from_options(event_column="what", user="user", time="at")
    found = read(put(tmp_path, "x.csv", text), mapping)
    assert [(table.event, sorted(table.properties)) for table in found.tables] == [
        ("order_completed", ["n"]),
        ("page", ["m"]),
    ]
    assert [one.reason for one in found.rejected] == ["no event is named: `what` is empty"]
    many = "what,user,at\n" + "".join(f"e{i},1,2026-01-01\n" for i in range(6000))
    with pytest.raises(ImportFileError, match="more than 5,000 different values"):
        read(put(tmp_path, "many.csv", many), mapping)


def test_chosen_properties_and_their_types(tmp_path):
    document = {
        "events": {
            "event": "e", "user": "user", "time": "at",
            "properties": {"Order Id": "Order ID", "double": "`Total Price` * 2"},
            "constants": {"currency": "EUR", "rate": 2, "online": True},
            "types": {"order_id": "text"},
        }
    }  # fmt: skip
    found = read(put(tmp_path, "x.csv", TEXT), mapping_from_document(document))
    assert found.events[0] | {"at": ""} == {
        "event": "e", "user": "007", "at": "", "row": 1, "order_id": "1", "double": "25",
        "currency": "EUR", "rate": "2", "online": "true",
    }  # fmt: skip
    assert found.tables[0].types == {"order_id": PropertyType.TEXT, "currency": PropertyType.TEXT}
    assert found.notices == ["2 cells of `Total Price` are not numbers and count as unset in sums"]


def test_profiles(tmp_path):
    text = "id,Home Town,age\n1,Porto,40\n2,,\n1,Lisbon,\n"
    path = put(tmp_path, "x.csv", text)
    found = read(path, mapping_from_options(profiles=True, user="id"))
    assert found.events[0] == {
        "event": "$identify", "user": "1", "at": found.events[1]["at"], "row": 1,
        "home_town": "Porto", "age": "40",
    }  # fmt: skip
    assert set(found.tables[0].occurred_at.tolist()) == {EARLIEST}
    assert len(found.events) == 3
    chosen = mapping_from_options(profiles=True, user="id", traits=["city=Home Town"])
    assert sorted(read(path, chosen).tables[0].properties) == ["city"]


def test_names_that_collide_are_kept_apart(tmp_path):
    found = read(put(tmp_path, "x.csv", "user,at,Price,price,PRICE\n1,2026-01-01,1,2,3\n"))
    assert {"price": "1", "price_2": "2", "price_3": "3"}.items() <= found.events[0].items()
    assert found.notices[0] == "`price` is taken; column `price` is called `price_2`"


def test_anonymous_visitors(tmp_path):
    text = "user,cookie,at\n1,a,2026-01-01\n,b,2026-01-01\n,,2026-01-01\n"
    mapping = mapping_from_options(event="e", user="user", anonymous="cookie", time="at")
    found = read(put(tmp_path, "x.csv", text), mapping)
    assert [(event["user"], event["anonymous"]) for event in found.events] == [
        ("1", "a"),
        (None, "b"),
    ]
    assert [one.row for one in found.rejected] == [3]


def test_several_events_of_one_row(tmp_path):
    document = {
        "events": [
            {"event": "order_completed", "user": "u", "time": "at", "when": {"kind": "sale"}},
            {"event": "seen", "user": "u", "time": "at", "properties": {}},
            {"event": "seen", "user": "u", "time": "later", "properties": {}},
        ]
    }
    text = "u,at,later,kind\n1,2026-01-01,2026-01-02,sale\n2,2026-01-01,,other\n"
    found = read(put(tmp_path, "x.csv", text), mapping_from_document(document))
    assert [event["event"] for event in found.events] == ["order_completed"] + ["seen"] * 3
    assert len(set(found.fingerprints)) == 4
    assert [(one.row, one.reason) for one in found.rejected] == [
        (2, "has no time: `later` is empty")
    ]
    only = mapping_from_document({"events": document["events"][:1]})
    assert read(tmp_path / "x.csv", only).stream.passed_over == 1


def test_the_source_says_where_rows_come_from(tmp_path):
    found = read(put(tmp_path, "x.csv", TEXT))
    source = found.stream.source
    assert (source.name, source.format, source.size) == ("files", "csv", len(TEXT))
    assert len(source.content_hash) == 64
    assert json.loads(source.mapping)["events"][0]["event"] == "Order Completed"


def test_progress_ends_at_the_end(tmp_path):
    told = []
    read(put(tmp_path, "x.csv", TEXT), progress=told.append)
    assert (told[-1].rows, told[-1].bytes, told[-1].total_bytes) == (3, len(TEXT), len(TEXT))
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)


def test_a_million_rows(tmp_path):
    rows = 1_000_000
    numbers = np.arange(rows)
    table = pa.table(
        {
            "user": pa.array(numbers % 1000).cast(pa.string()),
            "at": pa.array(1_700_000_000 + numbers),
            "x": pa.array(numbers % 7),
        }
    )
    pc.write_csv(table, tmp_path / "x.csv")
    pq.write_table(table, tmp_path / "x.parquet")
    for name in ("x.csv", "x.parquet"):
        stream = read_file(tmp_path / name, ORDERS, Zone())
        assert sum(len(table) for table in stream.tables) == stream.rows == rows
        assert len(stream.rejected) == 0
