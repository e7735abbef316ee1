"""CSV and TSV files as batches of text columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import ImportFileError
from shoal.events.property_type import PropertyType
from shoal.events.quarantine import Reason, Rejected
from shoal.language.told import Figure, Told
from shoal.sources.batch import Batch, Notices
from shoal.sources.decimal_commas import Commas, commas_of, with_points
from shoal.sources.encoding import BLOCK, whole_lines
from shoal.sources.opening import FileKind, Opened

SPACES = "spaces"
"""A delimiter of one or more spaces, as in tables laid out for the eye."""

_DELIMITERS = ",\t;|"
_ROWS = 1 << 19
_ASKED = 1_000
"""Lines that say whether numbers have a decimal comma."""
_CELLS = 1 << 25
"""Cells held at a time, so that a very wide header asks for no more memory than a narrow one."""

Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written; what is None is found out."""

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    columns: tuple[str, ...] | None = None  # given: the file has no header


class DelimitedReader:
    """A CSV or TSV file."""

    def __init__(self, opened: Opened, layout: Layout, *, block: int | None = None) -> None:
        self._opened = opened
        self._encoding = layout.encoding
        self._block = block or BLOCK
        self.notices = Notices()
        self.complete = True
        head = self._head()
        self._quote = layout.quote or _find_quote(head)
        self._delimiter = layout.delimiter or _find_delimiter(head, opened.kind, self._quote)
        self._skip, self._first_line = 0, 1
        if layout.columns is None:
            names, self._skip, self._first_line = self._header(head)
        else:
            names = layout.columns
        self.columns = self._unique(names)
        commas = self._find_commas(head)
        self._decimal = [name for name, found in commas.items() if found is Commas.DECIMAL]
        self._types = {
            name: PropertyType.TEXT
            for name, found in commas.items()
            if found is Commas.ALL_DOUBTFUL
        }

    def _head(self) -> bytes:
        lines = whole_lines(self._opened, self._encoding, Notices(), len(self._opened.head))
        return next(lines, (b"", 0))[0]

    def _header(self, head: bytes) -> tuple[list[str], int, int]:
        """Names, bytes and lines of the first row that is not blank."""
        lines = head.decode("utf-8", "replace").splitlines(keepends=True)
        separator = " " if self._delimiter == SPACES else self._delimiter
        rows = csv.reader(
            lines,
            delimiter=separator,
            quotechar=self._quote,
            skipinitialspace=self._delimiter == SPACES,
        )
        try:
            names = next((row for row in rows if any(cell.strip() for cell in row)), None)
        except csv.Error as error:
            raise ImportFileError(
                f"the header of `{self._opened.name}` cannot be read: {error}"
            ) from error
        if names is None:
            raise ImportFileError(f"`{self._opened.name}` holds only blank lines")
        read = "".join(lines[: rows.line_num])
        return names, len(read.encode()), rows.line_num + 1

    def _find_commas(self, head: bytes) -> Mapping[str, Commas]:
        if self._delimiter != ";":
            return {}
        lines = head[self._skip :].decode("utf-8", "replace").splitlines(keepends=True)
        rows = csv.reader(lines[:_ASKED], delimiter=";", quotechar=self._quote)
        try:
            found = commas_of(self.columns, rows)
        except csv.Error:
            return {}
        for name, commas in found.items():
            if commas is Commas.DECIMAL:
                self.notices.add("the numbers of `{1}` have a decimal comma", name)
            else:
                self.notices.add(
                    "the commas of `{1}` could be of thousands or of decimals, so its numbers are"
                    " not read with them: write it with decimal points and nothing between"
                    " thousands",
                    name,
                )
        return found

    def _unique(self, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        taken: dict[str, int] = {}
        result: list[str] = []
        for place, raw in enumerate(names, start=1):
            name = raw.strip().replace("\0", "")
            if not name:
                name = f"column_{place}"
                self.notices.add("column {1} has no name and is called `{2}`", str(place), name)
            if name in taken:
                other = name
                while other in taken:
                    taken[name] += 1
                    other = f"{name}_{taken[name]}"
                self.notices.add(
                    "`{1}` stands twice in the header; the later one is `{2}`", name, other
                )
                name = other
            taken[name] = 1
            result.append(name)
        return tuple(result)

    def batches(self) -> Iterator[Batch]:
        """The rows after the header, a stretch of the file at a time."""
        from shoal.sources import splitting

        collapse = self._delimiter == SPACES
        delimiter = 32 if collapse else ord(self._delimiter)
        quote = ord(self._quote)
        special = np.zeros(256, dtype=np.bool_)
        special[[0, 10, delimiter]] = True
        width = len(self.columns)
        count, rest, skip, line = 0, b"", self._skip, self._first_line
        pieces = whole_lines(self._opened, self._encoding, self.notices, self._block)
        coming = next(pieces, None)
        while coming is not None:
            block, place = coming
            coming = next(pieces, None)
            text = rest + block if rest else block
            data = np.frombuffer(text, dtype=np.uint8)
            position, skip = min(skip, len(data)), max(0, skip - len(data))
            most = min(_ROWS, max(16, _CELLS // width))
            room = min(most, block.count(b"\n") + rest.count(b"\n") + 2)
            while True:
                cells = np.empty((2, width, room), dtype=np.int32)
                begins, stops, found = np.empty((3, room), dtype=np.int32)
                lines = np.empty(room, dtype=np.int64)
                status = np.empty(room, dtype=np.uint8)
                rows, position, line = splitting.split_rows(
                    data, coming is None, special, delimiter, quote, collapse, cells[0], cells[1],
                    begins, stops, lines, status, found, position, line,
                )  # fmt: skip
                if not rows:
                    break
                split = _Split(
                    data, cells, begins[:rows], stops[:rows], lines[:rows], status[:rows], found
                )
                yield self._batch(split, count, place, quote)
                count += rows
            rest = text[position:]

    def _batch(self, split: _Split, before: int, position: int, quote: int) -> Batch:
        from shoal.sources import splitting

        good = np.flatnonzero(split.status == splitting.OK).astype(np.int32)
        bad = np.flatnonzero(split.status != splitting.OK)
        columns = {
            name: _column(split.data, split.cells[0, i], split.cells[1, i], good, quote)
            for i, name in enumerate(self.columns)
        }
        rejected = tuple(self._rejected(split, int(row), before) for row in bad)
        return Batch(
            columns=columns,
            numbers=good.astype(np.int64) + (before + 1),
            lines=split.lines[good],
            raw=lambda places: [split.text(row) for row in good[places].tolist()],
            position=position,
            rejected=rejected,
            types=self._types,
            pointed={name: with_points(columns[name]) for name in self._decimal},
        )

    def _rejected(self, split: _Split, row: int, before: int) -> Rejected:
        from shoal.sources import splitting

        found, wanted = int(split.found[row]), len(self.columns)
        code, reason = {
            splitting.RAGGED: (
                Reason.RAGGED,
                Told("{0} where the header has {1}", _cells(found), _cells(wanted)),
            ),
            splitting.UNCLOSED: (Reason.UNCLOSED_QUOTE, Told("a quoted cell is not closed")),
            splitting.NUL: (Reason.NUL, Told("holds a NUL byte")),
        }[int(split.status[row])]
        return Rejected(before + row + 1, reason, split.text(row), code, int(split.lines[row]))


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """A stretch of text cut into rows and cells."""

    data: npt.NDArray[np.uint8]
    cells: Int32s
    begins: Int32s
    stops: Int32s
    lines: npt.NDArray[np.int64]
    status: npt.NDArray[np.uint8]
    found: Int32s

    def text(self, row: int) -> str:
        raw = self.data[self.begins[row] : self.stops[row]].tobytes()
        return raw.decode("utf-8", "replace").rstrip("\r")


def _column(
    data: npt.NDArray[np.uint8], starts: Int32s, ends: Int32s, rows: Int32s, quote: int
) -> pa.StringArray:
    """A column's cells as text; empty ones are null."""
    from shoal.sources import splitting

    offsets = np.empty(len(rows) + 1, dtype=np.int32)
    splitting.cell_sizes(data, starts, ends, rows, quote, offsets)
    text = np.empty(int(offsets[-1]), dtype=np.uint8)
    splitting.copy_cells(data, starts, ends, rows, quote, text)
    is_set = offsets[1:] > offsets[:-1]
    nulls = len(rows) - int(is_set.sum())
    bitmap = pa.py_buffer(np.packbits(is_set, bitorder="little")) if nulls else None
    return pa.StringArray.from_buffers(
        len(rows), pa.py_buffer(offsets), pa.py_buffer(text), bitmap, nulls
    )


def _cells(count: int) -> Told:
    return Told("{0} {0:cell|cells}", Figure(count, "d"))


def _find_quote(head: bytes) -> str:
    """A single quote where the header's cells stand in such, else the double quote."""
    first = head.lstrip()[:1]
    closing = head.partition(b"\n")[0].rstrip()[-1:]
    return "'" if first == closing == b"'" and len(head) > 1 else '"'


def _find_delimiter(head: bytes, kind: FileKind, quote: str) -> str:
    """The sign that cuts the first rows into equally many cells, the most of them.

    A tab where the name says TSV and the header has one; runs of spaces where no sign cuts
    anything and they make a table.
    """
    lines = head.decode("utf-8", "replace").splitlines(keepends=True)[:200]
    if kind is FileKind.TSV and any("\t" in line for line in lines[:1]):
        return "\t"
    best, best_score = None, 0.0
    for sign in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=sign, quotechar=quote) if row]
        except csv.Error:
            continue
        if not rows or len(rows[0]) == 1:
            continue
        alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        score = alike * alike + min(len(rows[0]), 50) / 1000
        if score > best_score:
            best, best_score = sign, score
    if best is None and _is_laid_out(lines):
        return SPACES
    return best or ("\t" if kind is FileKind.TSV else ",")


def _is_laid_out(lines: list[str]) -> bool:
    """Whether blanks cut the lines into equally many cells, at least three."""
    counts = [len(line.split()) for line in lines if line.strip()][:-1]
    return len(counts) > 1 and counts[0] >= 3 and counts.count(counts[0]) == len(counts)
