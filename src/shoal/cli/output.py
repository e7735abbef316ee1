"""What commands print: one JSON document, CSV, Parquet, or a table for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, UsageError
from shoal.core.instants import SECOND, format_instant

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 65_536
NEEDS_QUOTES = r'[",\r\n]|^$|^\s|\s$'


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def print_json(document: object) -> None:
    """Exactly one JSON document on stdout."""
    print(_text_of_json(document, getattr(sys.stdout, "encoding", None) or "utf-8"))


def say(text: str = "") -> None:
    """A line for people, beside the answer: on stderr."""
    print(text, file=sys.stderr)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows in aligned columns; numbers to the right."""
    cells = [[shown(value) for value in row] for row in rows]
    right = [_is_number_column(column) for column in zip(*cells, strict=True)] if cells else []
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for row in [list(header), *cells]:
        parts = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(row, widths, right or [False] * len(widths), strict=True)
        ]
        print("  ".join(parts).rstrip())


def shown(value: object) -> str:
    """A value for people."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("\n", " ")


def write_table(table: pa.Table, form: Format, out: Path | None) -> None:
    """The table to stdout, or to a file that is there whole or not at all."""
    if form is Format.PARQUET and out is None:
        raise UsageError("parquet is not text", hint="give --out FILE")
    if out is None:
        for text in _rendered(table, form):
            sys.stdout.write(text)
        return
    beside = out.parent / f".{out.name}.part"
    try:
        if form is Format.PARQUET:
            import pyarrow.parquet as pq

            pq.write_table(table, beside)
        else:
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.writelines(_rendered(table, form))
        beside.replace(out)
    except (OSError, ValueError) as error:
        beside.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise ShoalError(f"cannot write {out}: {reason}") from error


def write_privately(document: object, out: Path) -> None:
    """One JSON document to a file that is there whole or not at all, and only its owner can read."""
    beside = out.parent / f".{out.name}.part"
    try:
        beside.unlink(missing_ok=True)  # what was left there may be read by others
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_text_of_json(document) + "\n")
        beside.replace(out)
    except (OSError, ValueError) as error:
        beside.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise ShoalError(f"cannot write {out}: {reason}") from error


def _text_of_json(document: object, encoding: str = "utf-8") -> str:
    """The document as text, in ASCII where the encoding has no signs for what is in it."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(document, indent=2, allow_nan=False)
    return text


def print_rows(table: pa.Table) -> None:
    """A table for people."""
    columns = [_plain(column.combine_chunks()) for column in table.columns]
    print_table(table.column_names, list(zip(*columns, strict=True)))


def _rendered(table: pa.Table, form: Format) -> Iterator[str]:
    return csv_lines(table) if form is Format.CSV else _json_lines(table)


def csv_lines(table: pa.Table) -> Iterator[str]:
    """The table as CSV, in pieces: a header, quotes only where needed, unset is empty.

    Values are written as they are: nothing is put before a leading ``=``.
    """
    yield ",".join(table.column_names) + "\n"
    for batch in table.to_batches(max_chunksize=CHUNK):
        if batch.num_rows:
            yield _joined([_texts(column) for column in batch.columns])


def _joined(columns: Sequence[pa.Array]) -> str:
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, ",")
    whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return str(pc.binary_join(whole, "\n")[0].as_py()) + "\n"


def _texts(column: pa.Array) -> pa.Array:
    """Each value as a CSV cell, without nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
        needs = pc.match_substring_regex(column, NEEDS_QUOTES)
        return pc.fill_null(pc.if_else(needs, quoted, column), "").cast(pa.string())
    if pa.types.is_integer(column.type):
        return pc.fill_null(column.cast(pa.string()), "")
    cells = [_csv_cell(value) for value in _plain(column)]
    return pa.array(cells, pa.string())


def _csv_cell(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else _text_of(value)
    if any(sign in text for sign in '",\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def _json_lines(table: pa.Table) -> Iterator[str]:
    """One JSON list of objects, a line each."""
    names = table.column_names
    first = True
    for batch in table.to_batches(max_chunksize=CHUNK):
        for row in zip(*(_plain(column) for column in batch.columns), strict=True):
            record = dict(zip(names, row, strict=True))
            yield ("[" if first else ",\n ") + json.dumps(record, ensure_ascii=False)
            first = False
    yield "[]\n" if first else "]\n"


def _plain(column: Any) -> list[object]:
    """Values as JSON has them: instants RFC 3339, spans in seconds."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):
        whole = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist()
        return [None if value is None else format_instant(value) for value in whole]
    if pa.types.is_duration(kind):
        spans = column.cast(pa.duration("us")).cast(pa.int64()).to_pylist()
        return [None if value is None else _seconds(value) for value in spans]
    values: list[Any] = column.to_pylist()
    return values


def _seconds(microseconds: int) -> int | float:
    whole, rest = divmod(microseconds, SECOND)
    return microseconds / SECOND if rest else whole


def indented(text: str, by: int = 2) -> str:
    """The text with every line moved to the right."""
    return "\n".join(" " * by + line for line in text.splitlines())


def counted(count: int, noun: str) -> str:
    """``1 event``, ``1,234 events``.

    >>> counted(2, "profile")
    '2 profiles'
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(counts: Mapping[str, int]) -> str:
    """``3 order_completed, 1 order_refunded``."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _is_number_column(cells: Sequence[str]) -> bool:
    return all(
        cell == "-" or cell.lstrip("-").replace(",", "").replace(".", "").isdigit()
        for cell in cells
    )
