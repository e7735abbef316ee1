"""Delimited text: the cells of Python's `csv`, whatever the block size, and honest rejections."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.events.quarantine import Reason
from shoal.sources.delimited import SPACES, DelimitedReader, Layout
from shoal.sources.opening import examine
from tests.sources.reading import put

# a file mostly of control characters is no text, and is refused as such
cell = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
nasty = st.text(st.sampled_from('a,;"\n\r\t é'), max_size=8)
rows = st.lists(st.lists(st.one_of(cell, nasty), min_size=3, max_size=3), min_size=1, max_size=12)


def cells_of(path, layout=Layout(), block=None):  # noqa: B008 - frozen
    reader = DelimitedReader(examine(path), layout, block=block)
    found, rejected = [], []
    for batch in reader.batches():
        columns = [array.to_pylist() for array in batch.columns.values()]
        raws = batch.raw(np.arange(len(batch)))
        found += zip(
            batch.numbers.tolist(), batch.lines.tolist(), zip(*columns, strict=True), raws,
            strict=True,
        )  # fmt: skip
        rejected += batch.rejected
    return reader, found, rejected


@given(rows, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]), st.integers(1, 60))
def test_cells_are_those_of_csv(table, delimiter, ending, block):
    text = io.StringIO()
    # With a bare line feed, Python leaves carriage returns unquoted, which nobody could tell apart.
    quoting = csv.QUOTE_ALL if ending == "\n" else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow(["a", "b", "c"])
    writer.writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "x.csv", text.getvalue())
        layout = Layout(delimiter=delimiter, quote='"')
        _, found, rejected = cells_of(path, layout, block)
    assert rejected == []
    assert [cells for _, _, cells, _ in found] == [
        tuple(one or None for one in row) for row in table
    ]
    assert [number for number, _, _, _ in found] == list(range(1, len(table) + 1))


BROKEN = (
    b"a,b,c\r\n"
    b"1,2,3\r\n"
    b'"x ""q""",5"x,"l1\nl2"\r\n'
    b"\r\n"
    b"1,2\r\n"
    b'1,"abc,2\r\n'
    b'3,"def",4\r\n'
    b"5,6,7\0\r\n"
    b'"ab"c,1,2\n'
    b"1,2,3,4\n"
    b'1,2,"un\n'
    b"7,8,9"
)


@pytest.mark.parametrize("block", [None, 1, 2, 7, 30])
def test_a_broken_row_costs_one_row(tmp_path, block):
    _, found, rejected = cells_of(put(tmp_path, "x.csv", BROKEN), block=block)
    assert found == [
        (1, 2, ("1", "2", "3"), "1,2,3"),
        (2, 3, ('x "q"', '5"x', "l1\nl2"), '"x ""q""",5"x,"l1\nl2"'),
        (5, 8, ("3", "def", "4"), '3,"def",4'),
        (7, 10, ("abc", "1", "2"), '"ab"c,1,2'),
        (10, 13, ("7", "8", "9"), "7,8,9"),
    ]
    assert [(one.row, one.line, one.code, one.raw) for one in rejected] == [
        (3, 6, Reason.RAGGED, "1,2"),
        (4, 7, Reason.UNCLOSED_QUOTE, '1,"abc,2'),
        (6, 9, Reason.NUL, "5,6,7\0"),
        (8, 11, Reason.RAGGED, "1,2,3,4"),
        (9, 12, Reason.UNCLOSED_QUOTE, '1,2,"un'),
    ]
    assert rejected[0].reason == "2 cells where the header has 3 cells"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2\n2,5;3\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("a,b\n1;2,3\n4;5,6\n", ","),
        ("only\n1\n", ","),
        ('"a;b",c\n"1;2",3\n', ","),
    ],
)
def test_the_delimiter_is_found(tmp_path, text, delimiter):
    reader, _, rejected = cells_of(put(tmp_path, "x.csv", text))
    assert (reader._delimiter, rejected) == (delimiter, [])


def test_names_of_columns_are_made_unique(tmp_path):
    reader, found, _ = cells_of(put(tmp_path, "x.csv", "a,,a, b ,a_2\n1,2,3,4,5\n"))
    assert reader.columns == ("a", "column_2", "a_2", "b", "a_2_2")
    assert len(list(reader.notices)) == 3
    assert found[0][2] == ("1", "2", "3", "4", "5")


def test_single_quotes_and_old_line_ends(tmp_path):
    _, found, _ = cells_of(put(tmp_path, "x.csv", "'a','b'\n'1,5','it''s'\n"))
    assert found[0][2] == ("1,5", "it's")
    _, found, _ = cells_of(put(tmp_path, "y.csv", "a,b\r1,2\r3,4\r"))
    assert [row[2] for row in found] == [("1", "2"), ("3", "4")]


def test_tables_of_spaces(tmp_path):
    path = put(tmp_path, "x.txt", " 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00 \n\n")
    layout = Layout(delimiter=SPACES, columns=("who", "day", "n", "sum"))
    _, found, rejected = cells_of(path, layout)
    assert [row[2] for row in found] == [
        ("00001", "19970101", "1", "11.77"),
        ("00002", "19970112", "1", "12.00"),
    ]
    assert rejected == []


ENCODED = "name,city\nJosé,Évora\nZoë,Łódź\n"


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("block", [None, 3])
def test_marked_encodings_are_found(tmp_path, name, block):
    reader, found, _ = cells_of(put(tmp_path, "x.csv", ENCODED.encode(name)), block=block)
    assert reader.columns == ("name", "city")
    assert [row[2] for row in found] == [("José", "Évora"), ("Zoë", "Łódź")]
    assert list(reader.notices) == []


def test_lines_that_are_not_utf8_are_read_as_windows(tmp_path):
    data = "name\nJosé\n".encode() + "Zoë €\n".encode("cp1252") + b"a\x81b\nplain\n"
    reader, found, _ = cells_of(put(tmp_path, "x.csv", data))
    assert [row[2][0] for row in found] == ["José", "Zoë €", "a\x81b", "plain"]
    assert list(reader.notices) == ["2 lines are not UTF-8 and were read as Windows-1252"]
    forced = Layout(encoding="latin-1")
    assert cells_of(put(tmp_path, "y.csv", b"n\n\xe9\n"), forced)[1][0][2] == ("é",)


def test_packed_files_read_the_same(tmp_path):
    import pyarrow as pa

    plain = cells_of(put(tmp_path, "x.csv", BROKEN))[1:]
    assert cells_of(put(tmp_path, "x.csv.gz", BROKEN))[1:] == plain
    packed = pa.compress(BROKEN, codec="zstd", asbytes=True)
    assert cells_of(put(tmp_path, "x.csv.zst", packed))[1:] == plain


def test_a_long_quoted_cell_is_kept(tmp_path):
    long = "x\n" * 200_000
    _, found, rejected = cells_of(put(tmp_path, "x.csv", f'a,b\n1,"{long}"\n2,y\n'), block=1 << 14)
    assert [row[2] for row in found] == [("1", long), ("2", "y")]
    assert found[1][1] == 400_000 // 2 + 3
    assert rejected == []


def test_a_wide_header_over_narrow_rows(tmp_path):
    header = ",".join(f"c{i}" for i in range(20_000))
    _, found, rejected = cells_of(put(tmp_path, "x.csv", header + "\n" + "1,2\n" * 5_000))
    assert (found, len(rejected)) == ([], 5_000)
    assert rejected[-1].row == 5_000
