"""A file as event tables, a batch at a time, with everything that was rejected or noticed."""

from __future__ import annotations

import io
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.errors import ImportFileError
from shoal.core.instants import Zone
from shoal.events.columns import as_text
from shoal.events.fingerprint import Repetitions, id_fingerprints
from shoal.events.quarantine import Reason, Rejected
from shoal.events.source import ImportSource
from shoal.events.table import EventTable, LineTable
from shoal.sources.batch import Batch, Notices, Reader
from shoal.sources.binding import BoundRows, bind
from shoal.sources.delimited import DelimitedReader, Layout
from shoal.sources.ga4 import Ga4Reader
from shoal.sources.gathering import Gathered
from shoal.sources.json_lines import JsonLinesReader
from shoal.sources.mapping import FileMapping, event_name
from shoal.sources.mapping_file import mapping_to_json
from shoal.sources.opening import FileKind, content_hash, examine
from shoal.sources.parquet import ParquetReader
from shoal.sources.rows import (
    BatchView,
    Taken,
    line_columns,
    pick,
    properties_of,
    received_of,
    some,
    types_of,
)

MOST_EVENTS = 5_000
"""More names than that in a column are no event names."""


_IN_MEMORY = 1 << 24


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come; bytes are of the file as it lies on disk."""

    rows: int
    bytes: int
    total_bytes: int


class RejectedRows(Iterable[Rejected]):
    """Rejected rows in their order. Beyond some megabytes they wait on disk, in a nameless file."""

    def __init__(self) -> None:
        self.reasons: Counter[Reason] = Counter()
        self._waiting: list[Rejected] = []
        self._size = 0
        self._file: IO[str] | None = None

    def __len__(self) -> int:
        return self.reasons.total()

    def add(self, one: Rejected) -> None:
        """Keeps a row."""
        self.reasons[one.code] += 1
        self._waiting.append(one)
        self._size += len(one.raw) + 200
        if self._size > _IN_MEMORY:
            self._put_away()

    def __iter__(self) -> Iterator[Rejected]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                row, reason, raw, code, number = json.loads(line)
                yield Rejected(row, reason, raw, Reason(code), number)
        yield from self._waiting

    def close(self) -> None:
        """Lets go of the rows."""
        self._waiting = []
        if self._file is not None:
            self._file.close()

    def _put_away(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile("w+", encoding="utf-8", prefix="shoal-")  # noqa: SIM115
            self._file.seek(0, io.SEEK_END)
            for one in self._waiting:
                cells = (one.row, one.reason, one.raw, one.code, one.line)
                self._file.write(json.dumps(cells) + "\n")
            self._file.flush()
        except OSError as error:
            raise ImportFileError(f"rejected rows find no room on disk: {error}") from error
        self._waiting, self._size = [], 0


@dataclass(slots=True, eq=False)
class ImportStream:
    """What a file becomes. ``tables`` can be read once; the rest is complete after that.

    ``rows`` counts the data rows of the file, those ``passed_over`` of which no part of the mapping
    speaks included.
    """

    source: ImportSource
    tables: Iterator[EventTable]
    rejected: RejectedRows = field(default_factory=RejectedRows)
    notices: Notices = field(default_factory=Notices)
    rows: int = 0
    passed_over: int = 0

    def close(self) -> None:
        """Lets go of the file and of what was rejected."""
        self.rejected.close()


def open_reader(
    path: str | Path, mapping: FileMapping | None = None, *, first_rows: int | None = None
) -> Reader:
    """The file at the path, ready to be read as the mapping says. Raises ImportFileError.

    With ``first_rows`` its batches are small, for somebody who wants only the first.
    """
    opened = examine(path, mapping.kind if mapping else None)
    layout = mapping.layout if mapping else Layout()
    if opened.kind is FileKind.PARQUET:
        return ParquetReader(opened, rows=first_rows)
    size = len(opened.head) if first_rows else None
    if opened.kind is FileKind.GA4:
        return Ga4Reader(opened, encoding=layout.encoding, block=size)
    if opened.kind is FileKind.JSONL:
        return JsonLinesReader(opened, encoding=layout.encoding, block=size)
    return DelimitedReader(opened, layout, block=size)


def read_file(
    path: str | Path,
    mapping: FileMapping,
    zone: Zone,
    progress: Callable[[Progress], None] | None = None,
) -> ImportStream:
    """The file as a stream of event tables, understood by the mapping.

    Raises ImportFileError at once where the file cannot be opened or lacks a column, and from
    ``tables`` where it cannot be read to its end.
    """
    path = Path(path)
    reader = open_reader(path, mapping)
    opened = examine(path, mapping.kind)
    source = ImportSource(
        name=mapping.source,
        path=str(path),
        format=opened.kind.value,
        size=opened.size,
        content_hash=content_hash(path),
        mapping=mapping_to_json(mapping),
    )
    try:
        return read_batches(reader, mapping, source, zone, progress)
    except ImportFileError as error:
        if opened.misnamed is None:
            raise
        message = f"{opened.misnamed}; read as it is, {error.message}"
        raise ImportFileError(message, hint=error.hint) from error


def read_batches(
    reader: Reader,
    mapping: FileMapping,
    source: ImportSource,
    zone: Zone,
    progress: Callable[[Progress], None] | None = None,
) -> ImportStream:
    """What a reader gives, understood by the mapping."""
    name = Path(source.path).name
    parts = bind(mapping, reader.columns, name, reader.notices, complete=reader.complete)
    stream = ImportStream(source, iter(()), notices=reader.notices)
    stream.tables = _Translation(reader, parts, zone, stream, progress).tables()
    return stream


class _Translation:
    """One pass over a file."""

    def __init__(
        self,
        reader: Reader,
        parts: tuple[BoundRows, ...],
        zone: Zone,
        stream: ImportStream,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._reader = reader
        self._parts = parts
        self._zone = zone
        self._stream = stream
        self._progress = progress
        self._repetitions = Repetitions()
        self._gathered = {
            place: Gathered(part, stream.source.name, stream.notices)
            for place, part in enumerate(parts)
            if part.gathers
        }

    def tables(self) -> Iterator[EventTable]:
        """The events of the whole file."""
        from shoal.core.compiled import tell_first_use
        from shoal.events import hashing

        tell_first_use(hashing.count_repeats)
        stream, name = self._stream, self._stream.source.name
        with closing(_as_generator(self._reader.batches())) as batches:
            for batch in batches:
                view = BatchView(batch, self._zone, stream.notices)
                for place, part in enumerate(self._parts):
                    taken = view.take(part)
                    if place in self._gathered:
                        self._gathered[place].add(taken, view)
                    else:
                        yield from _tables(taken, view, name, self._repetitions, stream.notices)
                for one in view.rejected():
                    stream.rejected.add(one)
                stream.passed_over += view.passed_over()
                stream.rows += len(batch) + len(batch.rejected)
                self._tell(batch.position)
        for gathered in self._gathered.values():
            yield from gathered.tables(self._repetitions)
        self._tell(stream.source.size)
        if not stream.rows:
            stream.notices.add("the file has no rows")

    def _tell(self, position: int) -> None:
        if self._progress is not None:
            size = self._stream.source.size
            self._progress(Progress(self._stream.rows, min(position, size), size))


def _as_generator(batches: Iterator[Batch]) -> Generator[Batch]:
    yield from batches


def _tables(
    taken: Taken, view: BatchView, source: str, repetitions: Repetitions, notices: Notices
) -> Iterator[EventTable]:
    """The events of the taken rows, by name."""
    bound = taken.bound
    if not len(taken.places):
        return
    if bound.rows.ids:
        ids = [taken.column(name) for name in bound.rows.ids]
        fingerprints = id_fingerprints(source, bound.identity, _one_id(ids))
    else:
        fingerprints = repetitions.fingerprints(view.contents(bound.identity)[taken.places])
    properties = properties_of(taken, notices)
    types = types_of(taken)
    lines = line_columns(taken.batch.elements, taken.places, len(taken.batch))
    whole = EventTable(
        event=bound.event or "",
        raw_event=bound.rows.event or "",
        user_ids=taken.users,
        anonymous_ids=taken.anonymous,
        occurred_at=taken.occurred_at,
        order=taken.numbers,
        fingerprints=fingerprints,
        properties=properties,
        lines=None
        if lines is None
        else LineTable(
            event=f"{bound.event}_line",
            parent=lines.parent,
            order=taken.numbers[lines.parent],
            properties=some(
                {bound.line_names.of(name): array for name, array in lines.columns.items()}
            ),
            types={bound.line_names.of(name): kind for name, kind in lines.types.items()},
        ),
        types=types,
        received=received_of(taken),
    )
    if bound.rows.event_column is None:
        yield whole
    else:
        yield from _by_name(whole, taken.column(bound.rows.event_column), bound.rows.event_column)


def _one_id(ids: list[pa.Array]) -> pa.StringArray:
    texts = [as_text(array) for array in ids]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, "\x1f")


def _by_name(whole: EventTable, names: pa.Array, column: str) -> Iterator[EventTable]:
    """One table for each name in the column."""
    coded = as_text(names).dictionary_encode()
    known = coded.dictionary.to_pylist()
    if len(known) > MOST_EVENTS:
        raise ImportFileError(
            f"column `{column}` has more than {MOST_EVENTS:,} different values",
            hint="is it the name of what happened?",
        )
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(known) + 1))
    for code, raw in enumerate(known):
        places = order[ends[code] : ends[code + 1]]
        event = event_name(raw)
        yield EventTable(
            event=event,
            raw_event=raw,
            user_ids=pick(whole.user_ids, places),
            anonymous_ids=None
            if whole.anonymous_ids is None
            else pick(whole.anonymous_ids, places),
            occurred_at=whole.occurred_at[places],
            order=whole.order[places],
            fingerprints=whole.fingerprints[places],
            properties=some({key: pick(one, places) for key, one in whole.properties.items()}),
            lines=_lines_of(whole.lines, places, f"{event}_line", len(whole)),
            types=whole.types,
            received={key: pick(one, places) for key, one in whole.received.items()},
        )


def _lines_of(
    lines: LineTable | None, places: npt.NDArray[np.int64], event: str, rows: int
) -> LineTable | None:
    if lines is None:
        return None
    rank = np.full(rows, -1, dtype=np.int64)
    rank[places] = np.arange(len(places))
    parent = rank[lines.parent]
    kept = np.flatnonzero(parent >= 0)
    if not len(kept):
        return None
    return LineTable(
        event=event,
        parent=parent[kept],
        order=lines.order[kept],
        properties=some({key: pick(one, kept) for key, one in lines.properties.items()}),
        types=lines.types,
    )
