from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.cli.output import Format, csv_lines, print_json, print_table, write_table
from shoal.core.errors import ShoalError, UsageError


def written(table):
    return "".join(csv_lines(table))


def test_csv_quotes_only_where_needed_and_alters_nothing():
    ids = ["007", "=1+1", 'a"b', "a,b", "a\nb", " pad", "", "é", "\U0001f41f", None]
    text = written(pa.table({"user_id": ids}))
    assert text.splitlines()[:3] == ["user_id", "007", "=1+1"]
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] if row else "" for row in rows[1:]] == [it or "" for it in ids]


def test_values_are_written_plainly():
    table = pa.table(
        {
            "number": pa.array([1.0, 0.1, None, 1e300], pa.float64()),
            "whole": pa.array([1, None, 3, 4], pa.int64()),
            "truth": [True, False, None, True],
            "moment": pa.array([0, 1_500_000, None, 0], pa.timestamp("us", "UTC")),
            "span": pa.array([86_400_000_000, 1_500_000, None, 0], pa.duration("us")),
            "list": pa.array([["a", "b"], [], None, ['"']], pa.list_(pa.string())),
        }
    )
    rows = list(csv.DictReader(io.StringIO(written(table))))
    assert [row["number"] for row in rows] == ["1", "0.1", "", repr(1e300)]
    assert [row["whole"] for row in rows] == ["1", "", "3", "4"]
    assert [row["truth"] for row in rows] == ["true", "false", "", "true"]
    assert rows[0]["moment"] == "1970-01-01T00:00:00Z"
    assert rows[1]["moment"] == "1970-01-01T00:00:01.5Z"
    assert [row["span"] for row in rows] == ["86400", "1.5", "", "0"]
    assert [row["list"] for row in rows] == ['["a", "b"]', "[]", "", '["\\""]']


def test_an_empty_table_is_its_header():
    assert written(pa.table({"user_id": pa.array([], pa.string())})) == "user_id\n"


def test_tables_go_to_files_in_every_format(tmp_path, capsys):
    table = pa.table({"user_id": ["a", "b"]})
    write_table(table, Format.CSV, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == b"user_id\na\nb\n"
    write_table(table, Format.JSON, tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text()) == [{"user_id": "a"}, {"user_id": "b"}]
    write_table(table, Format.PARQUET, tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").to_pylist() == table.to_pylist()
    write_table(pa.table({"user_id": pa.array([], pa.string())}), Format.JSON, None)
    assert json.loads(capsys.readouterr().out) == []
    assert sorted(it.name for it in tmp_path.iterdir()) == ["x.csv", "x.json", "x.parquet"]


def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path):
    table = pa.table({"user_id": ["a"]})
    with pytest.raises(ShoalError, match="cannot write"):
        write_table(table, Format.CSV, tmp_path / "no" / "x.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ShoalError, match="cannot write"):
        write_table(table, Format.CSV, tmp_path / "folder")
    with pytest.raises(UsageError, match="--out"):
        write_table(table, Format.PARQUET, None)
    assert [it.name for it in tmp_path.iterdir()] == ["folder"]


def test_json_is_one_document(capsys):
    print_json({"name": "João", "n": None})
    assert json.loads(capsys.readouterr().out) == {"name": "João", "n": None}


def test_tables_for_people_align(capsys):
    print_table(("name", "size"), [("a", 1234), ("bcd", 5)])
    assert capsys.readouterr().out == "name   size\na     1,234\nbcd       5\n"
