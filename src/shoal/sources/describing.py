"""What a mapping makes of the first rows of a file, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import EARLIEST, Zone
from shoal.events.columns import as_text
from shoal.events.conversion import convert
from shoal.events.property_type import PropertyType, majority_type
from shoal.events.source import ImportSource
from shoal.events.table import IDENTIFY, EventTable, LineTable, cells_of
from shoal.language.told import Figure, Told, joined
from shoal.sources.mapping import EventRows, FileMapping
from shoal.sources.sampling import Sample
from shoal.sources.stream import ImportStream, read_batches

_SHOWN = 3
_VALUES = 8


Planned = Mapping[tuple[str, str], PropertyType]


def describe(
    mapping: FileMapping, sample: Sample, zone: Zone, planned: Planned | None = None
) -> list[str]:
    """Sentences on what the first rows become; the same code reads them as in the import.

    ``planned`` are the types that the tracking plan declares, by event and property.

    Raises ImportFileError where the file lacks a column.
    """
    source = ImportSource(mapping.source, sample.name, "", 0, "", "")
    stream = read_batches(sample, mapping, source, zone)
    tables = [_as_planned(table, planned or {}) for table in stream.tables]
    kinds = [_types(table) for table in tables]
    lines = [sentence for _, sentence in sorted(_first_rows(tables, kinds, zone))][:_SHOWN]
    if not tables:
        lines.append(Told("No row becomes an event."))
    lines += _counts(tables)
    lines += _unused(mapping, sample)
    for table, types in zip(tables, kinds, strict=True):
        lines += _unconverted(table.event, table.properties, types, zone, table.order)
        if table.lines is not None:
            line_types = _types(table.lines)
            lines += _unconverted(
                table.lines.event, table.lines.properties, line_types, zone, table.lines.order
            )
    lines += _not_taken(stream)
    return lines


def _first_rows(
    tables: list[EventTable], kinds: list[dict[str, PropertyType]], zone: Zone
) -> Iterator[tuple[int, str]]:
    for table, types in zip(tables, kinds, strict=True):
        for row in range(min(_SHOWN, len(table))):
            yield int(table.order[row]), _sentence(table, row, types, zone)


def _sentence(table: EventTable, row: int, types: dict[str, PropertyType], zone: Zone) -> str:
    number = int(table.order[row]) + 1
    user = table.user_ids[row].as_py()
    if user is not None:
        who = Told("customer {0}", user)
    else:
        assert table.anonymous_ids is not None
        who = Told("anonymous visitor {0}", table.anonymous_ids[row].as_py())
    values = _values(table.properties, types, row, zone)
    at = int(table.occurred_at[row])
    if table.event == IDENTIFY:
        when = "" if at == EARLIEST else Told(" from {0} on", _moment(at, zone))
        return Told(
            "Row {0} becomes: {1} has {2}{3}", number, who, values or Told("no traits"), when
        )
    text = Told("Row {0} becomes: {1} did {2} on {3}", number, who, table.event, _moment(at, zone))
    text += Told(" with {0}", values) if values else ""
    if table.lines is not None:
        text += _line_sentence(table.lines, row, zone)
    return text


def _line_sentence(lines: LineTable, parent: int, zone: Zone) -> str:
    rows = np.flatnonzero(lines.parent == parent)
    if not len(rows):
        return ""
    types = _types(lines)
    values = _values(lines.properties, types, int(rows[0]), zone)
    count = Told("1 line") if len(rows) == 1 else Told("{0} lines, the first", Figure(len(rows)))
    return Told("; and {0} ({1}): {2}", count, lines.event, values or Told("nothing"))


def _one(kind: PropertyType) -> Told:
    """A value of the type, as a noun with its article."""
    return {
        PropertyType.NUMBER: Told("a number"),
        PropertyType.MONEY: Told("an amount of money"),
        PropertyType.BOOLEAN: Told("a boolean"),
        PropertyType.INSTANT: Told("an instant"),
        PropertyType.TEXT: Told("a text"),
    }[kind]


def _values(
    properties: Mapping[str, pa.Array],
    types: dict[str, PropertyType],
    row: int,
    zone: Zone,
) -> str:
    shown: list[str] = []
    for name, array in properties.items():
        cell = array.slice(row, 1)
        text = as_text(cell)[0].as_py()
        if text is None:
            continue
        kind = types[name]
        found = convert(cell, kind, zone)
        text = text if len(text) <= 40 else text[:39] + "…"
        if found.valid[0] and kind is PropertyType.INSTANT:
            text = _moment(int(found.values[0]), zone)
        note = Told(str(kind)) if found.valid[0] else Told("not {0}: unset", _one(kind))
        shown.append(Told("{0} {1} ({2})", name, text, note))
    more = Told(" and {0} more", len(shown) - _VALUES) if len(shown) > _VALUES else ""
    return joined(shown[:_VALUES]) + more


def _as_planned(table: EventTable, planned: Planned) -> EventTable:
    def types(part: EventTable | LineTable) -> dict[str, PropertyType]:
        found = ((name, planned.get((part.event, name))) for name in part.properties)
        return {**part.types, **{name: it for name, it in found if it is not None}}

    def cells(part: EventTable | LineTable) -> Mapping[str, pa.Array]:
        return cells_of(part, lambda event, name: planned.get((event, name)))

    lines = table.lines
    if lines is not None:
        lines = replace(lines, types=types(lines), properties=cells(lines))
    return replace(table, types=types(table), properties=cells(table), lines=lines)


def _types(table: EventTable | LineTable) -> dict[str, PropertyType]:
    return {
        name: table.types.get(name) or majority_type(array)
        for name, array in table.properties.items()
    }


def _moment(instant: int, zone: Zone) -> str:
    local: datetime = zone.to_local(instant)
    form = "%Y-%m-%d %H:%M:%S" if local.second or local.microsecond else "%Y-%m-%d %H:%M"
    return f"{local.strftime(form)} ({zone.name})"


def _counts(tables: list[EventTable]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for table in tables:
        counts[table.event] = counts.get(table.event, 0) + len(table)
        if table.lines is not None:
            lines = counts.get(table.lines.event, 0)
            counts[table.lines.event] = lines + len(table.lines.parent)
    if counts:
        said = joined(
            [
                Told("{0} {1}", Figure(count), Told("profiles") if event == IDENTIFY else event)
                for event, count in counts.items()
            ]
        )
        yield Told("The first rows give {0}.", said)


def _unused(mapping: FileMapping, sample: Sample) -> Iterator[str]:
    from shoal.sources.expression import columns_of, parse

    used: set[str | None] = set()
    for rows in mapping.rows:
        if _takes_all(rows):
            used |= set(sample.columns) - set(rows.without)
        used |= {rows.user, rows.anonymous, rows.time, rows.event_column, *rows.ids}
        used |= {*rows.group_by, *(condition.column for condition in rows.when)}
        texts = [*(rows.properties or {}).values()]
        texts += [*((rows.lines.properties if rows.lines else None) or {}).values()]
        for text in texts:
            used |= set(columns_of(parse(text, (*sample.columns, *mapping.optional))))
    left = [column for column in sample.columns if column not in used]
    if left:
        yield Told("Columns that are not used: {0}.", joined([f"`{column}`" for column in left]))


def _takes_all(rows: EventRows) -> bool:
    if rows.lines is not None:
        return rows.lines.properties is None
    return rows.properties is None


def _unconverted(
    event: str,
    properties: Mapping[str, pa.Array],
    types: dict[str, PropertyType],
    zone: Zone,
    order: npt.NDArray[np.int64],
) -> Iterator[str]:
    for name, array in properties.items():
        kind = types[name]
        found = convert(array, kind, zone)
        failed = np.flatnonzero(found.failed)
        if len(failed):
            first = int(failed[0])
            cell = as_text(array.slice(first, 1))[0].as_py()
            cells = (
                Told("1 cell does")
                if len(failed) == 1
                else Told("{0} cells do", Figure(len(failed)))
            )
            yield (
                Told(
                    "`{0}.{1}` is {2}; {3} not convert and will be unset, for example "
                    "`{4}` in row {5}.",
                    event,
                    name,
                    _one(kind),
                    cells,
                    cell,
                    int(order[first]) + 1,
                )
            )
        if found.nonfinite:
            yield Told(
                "`{0}.{1}`: {2} cells are NaN or infinite: unset.",
                event,
                name,
                Figure(found.nonfinite),
            )


def _not_taken(stream: ImportStream) -> Iterator[str]:
    if len(stream.rejected):
        rows = (
            Told("1 row")
            if len(stream.rejected) == 1
            else Told("{0} rows", Figure(len(stream.rejected)))
        )
        yield Told(
            "{0} of the first {1} cannot be imported and go to quarantine:",
            rows,
            Figure(stream.rows),
        )
        for place, one in enumerate(stream.rejected):
            if place == _SHOWN:
                break
            yield Told("  row {0}: {1}", one.row, one.reason)
    if stream.passed_over:
        yield Told(
            "{0} rows meet no condition of the mapping and are passed over.",
            Figure(stream.passed_over),
        )
    for notice in stream.notices:
        yield Told("Note: {0}.", notice)
