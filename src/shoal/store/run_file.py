"""A run as an Arrow IPC file: one record batch of one row, whose lists are the run's arrays.

All columns of a run lie one after another in a few long lists (``positions``, ``integers``,
``doubles``, ``flags``, ``codes``, ``strings``), and a directory says where each begins. So a file
of thousands of sparse columns opens as fast as one of three, and a column that nobody asks for is
never touched. Any Arrow library reads it.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.arrow import numbers_of
from shoal.core.errors import StoreDamagedError
from shoal.engine.history import Kind
from shoal.identity import LinkLayer
from shoal.store.files import writing
from shoal.store.linking import linked
from shoal.store.run import ColumnKey, EventSpan, People, Run, RunColumn, RunLinks, Seen

FORMAT = 1
_VALUES = {
    Kind.EXACT: "integers",
    Kind.INSTANT: "integers",
    Kind.DOUBLE: "doubles",
    Kind.BOOLEAN: "flags",
    Kind.TEXT: "codes",
}
_TYPES: dict[str, Any] = {"integers": np.int64, "doubles": np.float64, "flags": np.uint8}


def write_run(path: Path, run: Run) -> int:
    """Bytes written, durable on return (its folder not yet)."""
    arrays = _fixed(run) | _column_lists(run) | _links(linked(run))
    batch = pa.record_batch(
        [
            pa.LargeListArray.from_arrays(np.array([0, len(a)], np.int64), a)
            for a in arrays.values()
        ],
        names=list(arrays),
    )
    facts = {
        "format": FORMAT,
        "events": list(run.event_names),
        "spans": [list(span) for span in run.event_spans],
        "latest_event_at": run.latest_event_at,
        "imports": list(run.imports),
        "rows": len(run),
    }
    schema = batch.schema.with_metadata({"shoal": json.dumps(facts)})
    with writing(path) as file, pa.ipc.new_file(file, schema) as writer:
        writer.write_batch(batch.replace_schema_metadata(schema.metadata))
    return path.stat().st_size


def read_run(path: Path) -> Run:
    """The run, memory-mapped: only what is asked for is read."""
    try:
        source = pa.memory_map(str(path))
        reader = pa.ipc.open_file(source)
        batch = reader.get_batch(0)
        facts = json.loads(reader.schema.metadata[b"shoal"])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError) as error:
        raise StoreDamagedError(f"`{path.name}` cannot be read: {error}") from error
    names = {name: at for at, name in enumerate(reader.schema.names)}

    def array(name: str) -> Any:
        return batch.column(names[name]).values

    def numbers(name: str) -> npt.NDArray[Any]:
        return numbers_of(array(name))

    directory = _Directory(array)
    return Run(
        People(numbers("profiles"), array("identifiers"), numbers("anonymous")),
        numbers("offsets"),
        numbers("first_seen"),
        numbers("occurred_at"),
        numbers("received_at"),
        numbers("arrival"),
        numbers("event"),
        numbers("import_id"),
        tuple(facts["events"]),
        numbers("event_rows"),
        numbers("event_offsets"),
        tuple(EventSpan(*span) for span in facts["spans"]),
        facts["latest_event_at"],
        Seen(numbers("seen_high"), numbers("seen_low"), numbers("seen_rows")),
        directory,
        directory.kinds,
        tuple(facts["imports"]),
        _read_links(numbers) if _LINKS[0] in names else None,
    )


def _fixed(run: Run) -> dict[str, Any]:
    numbers = {
        "profiles": run.profiles,
        "offsets": run.offsets,
        "first_seen": run.first_seen,
        "anonymous": run.people.anonymous,
        "occurred_at": run.occurred_at,
        "received_at": run.received_at,
        "arrival": run.arrival,
        "event": run.event,
        "import_id": run.import_id,
        "event_rows": run.event_rows,
        "event_offsets": run.event_offsets,
        "seen_high": run.seen.high,
        "seen_low": run.seen.low,
        "seen_rows": run.seen.rows,
    }
    found: dict[str, Any] = {name: pa.array(values) for name, values in numbers.items()}
    found["identifiers"] = run.people.texts
    return found


_LINKS = ("link_weak", "link_strong", "link_strengths", "pair_owner", "pair_other", "pair_form")


def _links(links: RunLinks) -> dict[str, Any]:
    seen = links.seen
    arrays = (seen.weak, seen.strong, seen.strengths, links.owner, links.other, links.form)
    return {name: pa.array(array) for name, array in zip(_LINKS, arrays, strict=True)}


def _read_links(numbers: Callable[[str], npt.NDArray[Any]]) -> RunLinks:
    weak, strong, strengths, owner, other, form = map(numbers, _LINKS)
    return RunLinks(LinkLayer(weak, strong, strengths), owner, other, form)


def _column_lists(run: Run) -> dict[str, Any]:
    """The long lists, and the directory of where each column begins in them."""
    positions: list[npt.NDArray[np.int32]] = []
    values: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in (*_TYPES, "codes")}
    strings: list[Any] = []
    lengths = dict.fromkeys((*values, "positions", "strings"), 0)
    directory: list[tuple[Any, ...]] = []
    starts: dict[int, int] = {}
    for key, column in sorted(run.columns.items(), key=lambda item: item[0]):
        start = starts.get(id(column.rows))
        if start is None:
            start = starts[id(column.rows)] = lengths["positions"]
            positions.append(column.rows)
            lengths["positions"] += len(column.rows)
        texts = column.dictionary if column.texts is None else column.texts
        text_start, text_count = lengths["strings"], 0 if texts is None else len(texts)
        if texts is not None:
            strings.append(texts)
            lengths["strings"] += text_count
        where = _VALUES[column.kind]
        value_start = lengths[where]
        coded = column.texts is None
        if coded:
            values[where].append(column.values)
            lengths[where] += len(column.values)
        directory.append(
            (
                *key,
                int(column.kind),
                len(column.rows),
                start,
                value_start,
                coded,
                text_start,
                text_count,
            )
        )
    found: dict[str, Any] = {
        "positions": _long(positions, np.int32),
        "codes": _long(values["codes"], np.int32),
    }
    for name, kind in _TYPES.items():
        found[name] = _long(values[name], kind)
    found["strings"] = pa.concat_arrays(strings) if strings else pa.array([], pa.large_string())
    fields = list(zip(*directory, strict=True)) if directory else [()] * len(_DIRECTORY)
    for (name, kind), cells in zip(_DIRECTORY.items(), fields, strict=True):
        found[name] = pa.array(list(cells), kind)
    return found


_DIRECTORY: dict[str, Any] = {
    "column_event": pa.large_string(),
    "column_property": pa.large_string(),
    "column_raw": pa.bool_(),
    "column_kind": pa.uint8(),
    "column_count": pa.int64(),
    "column_position": pa.int64(),
    "column_value": pa.int64(),
    "column_coded": pa.bool_(),
    "column_string": pa.int64(),
    "column_strings": pa.int64(),
}


def _long(arrays: list[npt.NDArray[Any]], kind: Any) -> Any:
    if len(arrays) == 1:
        return pa.array(arrays[0])
    return pa.array(np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind))


class _Directory(Mapping[ColumnKey, RunColumn]):
    """The columns of a file, each made when it is asked for."""

    def __init__(self, array: Any) -> None:
        self._array = array
        self._positions: dict[tuple[int, int], npt.NDArray[np.int32]] = {}
        self._made: dict[ColumnKey, RunColumn] = {}

    @cached_property
    def _entries(self) -> dict[ColumnKey, tuple[Any, ...]]:
        cells = [self._array(name).to_pylist() for name in _DIRECTORY]
        return {
            ColumnKey(event, name, raw): tuple(rest)
            for event, name, raw, *rest in zip(*cells, strict=True)
        }

    @cached_property
    def kinds(self) -> Mapping[ColumnKey, tuple[Kind, int]]:
        return _Kinds(self)

    def entry(self, key: ColumnKey) -> tuple[Any, ...] | None:
        """The cells of a key. The directory is in the order of its keys."""
        if "_entries" in self.__dict__:
            return self._entries.get(key)
        at = bisect_left(range(len(self)), key, key=self._key)
        if at == len(self) or self._key(at) != key:
            return None
        return tuple(self._array(name)[at].as_py() for name in list(_DIRECTORY)[3:])

    def _key(self, at: int) -> ColumnKey:
        event, name, raw = (self._array(name)[at].as_py() for name in list(_DIRECTORY)[:3])
        return ColumnKey(event, name, raw)

    def __iter__(self) -> Iterator[ColumnKey]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._array("column_kind"))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, ColumnKey) and self.entry(key) is not None

    def __getitem__(self, key: ColumnKey) -> RunColumn:
        made = self._made.get(key)
        if made is None:
            entry = self.entry(key)
            if entry is None:
                raise KeyError(key)
            made = self._made[key] = self._column(entry)
        return made

    def _column(self, entry: tuple[Any, ...]) -> RunColumn:
        kind, count, position, value, coded, string, strings = entry
        rows = self._positions.get((position, count))
        if rows is None:  # columns set in the same rows share them
            rows = numbers_of(self._array("positions").slice(position, count))
            self._positions[(position, count)] = rows
        texts = self._array("strings").slice(string, strings) if strings else None
        if not coded:
            return RunColumn(Kind.TEXT, rows, np.zeros(0, np.int32), texts=texts)
        values = numbers_of(self._array(_VALUES[Kind(kind)]).slice(value, count))
        return RunColumn(Kind(kind), rows, values, texts)


class _Kinds(Mapping[ColumnKey, "tuple[Kind, int]"]):
    """Kind and count of each column, straight from the directory."""

    def __init__(self, directory: _Directory) -> None:
        self._directory = directory

    def __iter__(self) -> Iterator[ColumnKey]:
        return iter(self._directory)

    def __len__(self) -> int:
        return len(self._directory)

    def __getitem__(self, key: ColumnKey) -> tuple[Kind, int]:
        entry = self._directory.entry(key)
        if entry is None:
            raise KeyError(key)
        return Kind(entry[0]), entry[1]
