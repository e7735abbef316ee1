"""JSONL files as batches of text columns, one object per line.

Numbers stay the text they were written in, nested objects become dotted columns, an array of
objects becomes elements, any other array its JSON. A field that holds only JSON strings is declared
text: somebody who writes ``"12"`` does not mean a number. One that holds only JSON numbers is
declared a number, however long: somebody who writes ``12`` does not mean a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.events.property_type import PropertyType, majority_type
from shoal.events.quarantine import Reason, Rejected
from shoal.sources.batch import LINES, Batch, Elements, Notices
from shoal.sources.encoding import whole_lines
from shoal.sources.opening import HEAD, Opened

BLOCK = 1 << 23
_BLANKS = " \t\r\n\f\v"
_DEPTH = 32
MOST_FIELDS = 2_000
MANY = 1_000
MORE = "more_fields"
"""Where fields beyond that many go, as one JSON object: their names are somebody's data."""


class Written(str):
    """A number as its text."""

    __slots__ = ()


class JsonLinesReader:
    """A JSONL file."""

    def __init__(
        self, opened: Opened, *, encoding: str | None = None, block: int | None = None
    ) -> None:
        self._opened = opened
        self._encoding = encoding
        self._block = block or BLOCK
        self._instants: dict[str, bool] = {}
        self.notices = Notices()
        self.columns = self._first_columns()

    def _first_columns(self) -> tuple[str, ...]:
        """Every name in the first lines: fields may come and go."""
        names: dict[str, None] = {}
        notices, self.notices = self.notices, Notices()
        block, self._block = self._block, min(self._block, HEAD)
        batches = self.batches()
        first = next(batches, None)
        self.complete = next(batches, None) is None
        self.notices, self._block, self._instants = notices, block, {}
        if first is not None:
            names.update(dict.fromkeys(chain(first.columns, first.elements)))
        return tuple(names)

    def shaped(self, cells: dict[str, Any]) -> dict[str, Any]:
        """The object of a line as it is understood; here, as it is."""
        return cells

    def batches(self) -> Iterator[Batch]:
        """The objects, some thousand at a time."""
        count = line = 0
        for data, position in whole_lines(self._opened, self._encoding, self.notices, self._block):
            texts = data.decode("utf-8", "replace").split("\n")
            if not texts[-1]:
                texts.pop()
            batch = _Table()
            rejected: list[Rejected] = []
            numbers: list[int] = []
            lines: list[int] = []
            raws: list[str] = []
            for text in texts:
                line += 1
                raw = text.strip(_BLANKS)
                if not raw:
                    continue
                count += 1
                reason, cells = _parse(raw)
                if cells is None:
                    code = Reason.NOT_AN_OBJECT if reason == _NO_OBJECT else Reason.NOT_JSON
                    rejected.append(Rejected(count, reason, raw, code, line))
                    continue
                batch.add(self.shaped(cells))
                numbers.append(count)
                lines.append(line)
                raws.append(raw)
            columns = batch.arrays()
            yield Batch(
                columns=columns,
                numbers=np.array(numbers, dtype=np.int64),
                lines=np.array(lines, dtype=np.int64),
                raw=partial(_picked, raws),
                position=position,
                elements=self._elements(batch),
                types=self._declared(columns, batch),
                rejected=tuple(rejected),
            )

    def _declared(
        self, columns: dict[str, pa.Array], table: _Table, within: str = ""
    ) -> dict[str, PropertyType]:
        """Types by column, as this stretch declares them: a column may be of several events."""
        result: dict[str, PropertyType] = {}
        for name, array in columns.items():
            kinds = table.kinds[name]
            if kinds == {Written}:
                result[name] = PropertyType.NUMBER
            elif kinds == {str} and not self._holds_instants(f"{within}\0{name}", array):
                result[name] = PropertyType.TEXT
        return result

    def _holds_instants(self, key: str, array: pa.Array) -> bool:
        """Whether the strings are instants; asked until a stretch has had many of them."""
        found = self._instants.get(key)
        if found is None:
            found = majority_type(array) is PropertyType.INSTANT
            if len(array) - array.null_count >= MANY:
                self._instants[key] = found
        return found

    def _elements(self, table: _Table) -> dict[str, Elements]:
        result: dict[str, Elements] = {}
        for name, (parents, inner) in table.elements.items():
            columns = inner.arrays()
            types = self._declared(columns, inner, name)
            self.notices.add(LINES, name, count=len(parents))
            result[name] = Elements(np.array(parents, dtype=np.int64), columns, types)
        return result


def _picked(raws: list[str], places: npt.NDArray[np.int64]) -> list[str]:
    return [raws[place] for place in places.tolist()]


_NO_OBJECT = "is JSON, but no object"


def _number(text: str) -> Written:
    return Written(text)


_decoder = json.JSONDecoder(parse_float=_number, parse_int=_number, parse_constant=_number)


def _parse(raw: str) -> tuple[str, dict[str, Any] | None]:
    """The object of a line, or what is wrong with it."""
    try:
        value = _decoder.decode(raw)
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg.lower()} at column {error.colno}", None
    except RecursionError:
        return "is nested too deeply", None
    if not isinstance(value, dict):
        return _NO_OBJECT, None
    return "", value  # pyright: ignore[reportUnknownVariableType]


class _Table:
    """Columns that grow as objects come in."""

    def __init__(self, *, inner: bool = False) -> None:
        self.rows = 0
        self._inner = inner
        self._more: dict[str, str] = {}
        self.kinds: dict[str, set[type[object]]] = {}
        self._columns: dict[str, list[str | None]] = {}
        self.elements: dict[str, tuple[list[int], _Table]] = {}

    def add(self, cells: dict[str, Any]) -> None:
        """Adds one object as a row."""
        self._flatten(cells, "", 0)
        if self._more:
            more, self._more = self._more, {}
            self._set(MORE, json.dumps(more, ensure_ascii=False))
        self.rows += 1

    def _flatten(self, cells: dict[str, Any], prefix: str, depth: int) -> None:
        for key, value in cells.items():
            kind = cast("type[object]", type(value))
            if kind is str or kind is Written:
                self._set(prefix + key, value, kind)
            elif kind is bool:
                self._set(prefix + key, "true" if value else "false", bool)
            elif kind is dict and depth < _DEPTH:
                self._flatten(value, f"{prefix}{key}.", depth + 1)
            elif kind is list and not self._inner and value and _are_objects(value):
                self._add_elements(prefix + key, value)
            elif value is not None:
                self._set(prefix + key, _as_json(value))

    def _add_elements(self, name: str, items: list[dict[str, Any]]) -> None:
        if name not in self.elements:
            self.elements[name] = ([], _Table(inner=True))
        parents, table = self.elements[name]
        for item in items:
            parents.append(self.rows)
            table.add(item)

    def _set(self, name: str, value: str, kind: type[object] = str) -> None:
        column = self._columns.get(name)
        if column is None:
            if len(self._columns) >= MOST_FIELDS and name != MORE:
                self._more[name] = value
                return
            column = self._columns[name] = []
            self.kinds[name] = set()
        self.kinds[name].add(kind)
        missing = self.rows - len(column)
        if missing == 0:
            column.append(value)
        elif missing > 0:
            column.extend([None] * missing)
            column.append(value)
        else:  # the name twice in one object, once nested and once dotted
            column[self.rows] = value

    def arrays(self) -> dict[str, pa.Array]:
        """The columns, null where a row had nothing."""
        for values in self._columns.values():
            values.extend([None] * (self.rows - len(values)))
        return {name: _strings(values) for name, values in self._columns.items()}


def _are_objects(values: list[Any]) -> bool:
    return all(type(value) is dict for value in values)


def _as_json(value: Any) -> str:
    """Compact JSON; numbers in it as they were written."""
    if isinstance(value, Written):
        return value
    if isinstance(value, list):
        return "[" + ",".join(_as_json(item) for item in value) + "]"  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        inner = (f"{json.dumps(key)}:{_as_json(item)}" for key, item in value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "{" + ",".join(inner) + "}"
    return json.dumps(value, ensure_ascii=False)


def _strings(values: list[str | None]) -> pa.StringArray:
    try:
        return pa.array(values, type=pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair, which no text can hold
        whole = (None if text is None else text.encode("utf-8", "replace") for text in values)
        return pa.array(list(whole), type=pa.binary()).cast(pa.string())
