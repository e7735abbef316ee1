"""Files that nobody can read: one clear sentence, no traceback of ours, nothing taken in."""

from __future__ import annotations

import gzip
import os
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.core.errors import ImportFileError
from shoal.core.instants import Zone
from shoal.events.quarantine import Reason
from shoal.sources import guess, mapping_from_options, read_file, sample
from tests.sources.reading import ORDERS, put, read


def fails(path, says, mapping=ORDERS):
    with pytest.raises(ImportFileError, match=says):
        read(path, mapping)


def test_what_is_not_there_or_not_a_file(tmp_path):
    fails(tmp_path / "no.csv", "there is no file")
    fails(tmp_path, "is a folder")
    fails(tmp_path / "a\0b.csv", "cannot be read")
    fails(put(tmp_path, "x.csv", ""), "is empty")
    fails(put(tmp_path, "x.csv.gz", ""), "is empty")
    fails(put(tmp_path, "y.csv", "\n\r\n \n"), "only blank lines")


@pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")
def test_what_may_not_be_read(tmp_path):
    path = put(tmp_path, "x.csv", "user,at\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    fails(path, "may not be read")


@pytest.mark.skipif(os.name != "posix", reason="devices as on POSIX")
def test_what_never_ends(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    fails(tmp_path / "pipe.csv", "not a regular file")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (random.Random(1).randbytes(5000), "is not text"),
        (b"PK\x03\x04rest", "an Excel or zip file"),
        (b"%PDF-1.7", "a PDF"),
        (b'[{"user": 1}]', "one JSON array"),
    ],
)  # fmt: skip
def test_what_is_something_else(tmp_path, content, says):
    fails(put(tmp_path, "data", content), says)


def test_content_decides_over_names(tmp_path):
    table = pa.table({"user": ["1"], "at": ["2026-01-01"]})
    pq.write_table(table, tmp_path / "x.csv")
    assert read(tmp_path / "x.csv").events[0]["user"] == "1"
    fails(put(tmp_path, "y.parquet", "user,at\n1,2026-01-01\n"), "is not a Parquet file")
    packed = put(tmp_path, "z.csv", gzip.compress(b"user,at\n1,2026-01-01\n"))
    assert len(read(packed).events) == 1


def test_a_name_that_promises_a_packing_the_file_has_not(tmp_path):
    def as_it_is(name, content):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    assert len(read(as_it_is("plain.csv.gz", b"user,at\n1,2026-01-01\n")).events) == 1
    not_packed = "is not packed with gzip, whatever its name says"
    fails(as_it_is("words.csv.gz", b"this is no archive\n"), f"{not_packed}; read as it is, ")
    fails(as_it_is("noise.csv.gz", bytes(range(256)) * 9), not_packed)
    for name, start in {"a.csv.gz": b"\x1f\x8b", "b.csv.zst": b"\x28\xb5\x2f\xfd"}.items():
        fails(as_it_is(name, start + b"no archive at all"), "nothing of it can be unpacked")


def test_cut_off_files(tmp_path):
    rows = "".join(f"{i},2026-01-01,{i * 7919 % 1013}\n" for i in range(40_000))
    whole = gzip.compress(("user,at,x\n" + rows).encode())
    cut = put(tmp_path, "cut.csv", whole[: len(whole) // 2])
    fails(cut, "cannot be unpacked to its end")
    pq.write_table(pa.table({"user": ["1"] * 1000, "at": ["2026-01-01"] * 1000}), tmp_path / "w")
    data = (tmp_path / "w").read_bytes()
    fails(put(tmp_path, "cut.parquet", data[: len(data) // 2]), "no whole Parquet file")
    fails(put(tmp_path, "cut.parquet.gz", data[: len(data) // 2]), "no whole Parquet file")
    damaged = data[:4] + b"\xff" * 60 + data[64:]
    fails(put(tmp_path, "damaged.parquet", damaged), "no whole Parquet file")


def test_columns_that_are_not_there(tmp_path):
    path = put(tmp_path, "x.csv", "user_id,at\n1,2026-01-01\n")
    with pytest.raises(ImportFileError) as caught:
        read(path)
    assert str(caught.value) == (
        "`x.csv` has no column `user`; did you mean `user_id`? It has: user_id, at"
    )
    fails(path, "no column `nope`", mapping_from_options(
        event="e", user="user_id", time="at", properties=["x=nope"]))  # fmt: skip
    fails(put(tmp_path, "x.jsonl", '{"a": 1}\n'), "no column `user`")
    fails(put(tmp_path, "y.jsonl", '{"a": 1\n'), "none of its rows can be read")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    fails(tmp_path / "x.parquet", "no column `user`")


def test_a_header_and_no_rows(tmp_path):
    found = read(put(tmp_path, "x.csv", "user,at\n"))
    assert (found.events, found.rejected, found.stream.rows) == ([], [], 0)
    assert found.notices == ["the file has no rows"]
    pq.write_table(pa.table({"user": pa.array([], "string"), "at": []}), tmp_path / "x.parquet")
    assert read(tmp_path / "x.parquet").stream.rows == 0
    assert sample(put(tmp_path, "y.csv", "user,at")).batch is None
    assert guess(put(tmp_path, "z.csv", "user,at")).mapping is None


def test_every_row_bad(tmp_path):
    found = read(put(tmp_path, "x.csv", "user,at\n" + ",2026-01-01\n" * 50 + "x,never\n" * 50))
    assert found.events == []
    assert found.stream.rows == 100
    assert found.stream.rejected.reasons == {Reason.NO_USER: 50, Reason.BAD_TIME: 50}
    lines = read(put(tmp_path, "x.txt", "user,at\nno\n"))
    assert (lines.events, len(lines.rejected)) == ([], 1)


def test_rows_that_cannot_be_events_say_why(tmp_path):
    text = (
        "user,at,x\n1,2026-01-01,a\n,2026-01-01,b\n 2 ,,c\n3,32/01/2026,d\n4,9999-12-31,e\n"
        "5,2026-01-02\n  ,2026-01-03,f\n6,2026-01-04,g\n"
    )
    found = read(put(tmp_path, "x.csv", text))
    assert [(one.row, one.line, one.code, one.reason, one.raw) for one in found.rejected] == [
        (2, 3, Reason.NO_USER, "nobody is named: `user` is empty", ",2026-01-01,b"),
        (3, 4, Reason.NO_TIME, "has no time: `at` is empty", " 2 ,,c"),
        (4, 5, Reason.BAD_TIME, "`at` is not a time: `32/01/2026`", "3,32/01/2026,d"),
        (
            5, 6, Reason.IMPOSSIBLE_TIME, "`at` is before 1684 or after 2255: `9999-12-31`",
            "4,9999-12-31,e",
        ),
        (6, 7, Reason.RAGGED, "2 cells where the header has 3 cells", "5,2026-01-02"),
        (7, 8, Reason.NO_USER, "nobody is named: `user` is empty", "  ,2026-01-03,f"),
    ]  # fmt: skip
    assert [event["row"] for event in found.events] == [1, 8]


def test_hostile_names_are_only_names(tmp_path):
    text = 'user,at,"""; drop table","../..",a.b,sum(x)\n"Robert\'); --",2026-01-01,1,2,3,4\n'
    found = read(put(tmp_path, "x.csv", text))
    assert found.events[0] == {
        "event": "order_completed", "user": "Robert'); --", "at": "2026-01-01T00:00:00Z", "row": 1,
        "drop_table": "1", "_": "2", "a.b": "3", "sum_x": "4",
    }  # fmt: skip


def test_rejected_rows_wait_on_disk_when_there_are_many(tmp_path):
    from shoal.events.quarantine import Rejected
    from shoal.sources.stream import RejectedRows

    rows = RejectedRows()
    long = "\n\u2028é" * 3000
    for number in range(4000):
        rows.add(Rejected(number, "why", long, Reason.NUL, number + 1))
    assert len(rows) == 4000
    assert [one.row for one in rows] == list(range(4000))
    assert next(iter(rows)) == Rejected(0, "why", long, Reason.NUL, 1)
    rows.close()


def test_a_reader_that_stops_early_lets_go(tmp_path):
    path = put(tmp_path, "x.csv", "user,at\n" + "1,2026-01-01\n" * 10)
    stream = read_file(path, ORDERS, Zone())
    next(stream.tables)
    stream.tables.close()
    stream.close()
