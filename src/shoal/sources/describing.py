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
from shoal.events.table import IDENTIFY, EventTable, LineTable
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
        lines.append("No row becomes an event.")
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
        who = f"customer {user}"
    else:
        assert table.anonymous_ids is not None
        who = f"anonymous visitor {table.anonymous_ids[row].as_py()}"
    values = _values(table.properties, types, row, zone)
    at = int(table.occurred_at[row])
    if table.event == IDENTIFY:
        when = "" if at == EARLIEST else f" from {_moment(at, zone)} on"
        return f"Row {number} becomes: {who} has {values or 'no traits'}{when}"
    text = f"Row {number} becomes: {who} did {table.event} on {_moment(at, zone)}"
    text += f" with {values}" if values else ""
    if table.lines is not None:
        text += _line_sentence(table.lines, row, zone)
    return text


def _line_sentence(lines: LineTable, parent: int, zone: Zone) -> str:
    rows = np.flatnonzero(lines.parent == parent)
    if not len(rows):
        return ""
    types = _types(lines)
    values = _values(lines.properties, types, int(rows[0]), zone)
    count = "1 line" if len(rows) == 1 else f"{len(rows)} lines, the first"
    return f"; and {count} ({lines.event}): {values or 'nothing'}"


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
        note = str(kind) if found.valid[0] else f"not a {kind}: unset"
        shown.append(f"{name} {text} ({note})")
    more = f" and {len(shown) - _VALUES} more" if len(shown) > _VALUES else ""
    return ", ".join(shown[:_VALUES]) + more


def _as_planned(table: EventTable, planned: Planned) -> EventTable:
    def types(part: EventTable | LineTable) -> dict[str, PropertyType]:
        found = ((name, planned.get((part.event, name))) for name in part.properties)
        return {**part.types, **{name: it for name, it in found if it is not None}}

    lines = table.lines
    if lines is not None:
        lines = replace(lines, types=types(lines))
    return replace(table, types=types(table), lines=lines)


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
        said = ", ".join(
            f"{count:,} {'profiles' if event == IDENTIFY else event}"
            for event, count in counts.items()
        )
        yield f"The first rows give {said}."


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
            used |= set(columns_of(parse(text, sample.columns)))
    left = [column for column in sample.columns if column not in used]
    if left:
        yield f"Columns that are not used: {', '.join(f'`{column}`' for column in left)}."


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
            cells = "1 cell does" if len(failed) == 1 else f"{len(failed):,} cells do"
            yield (
                f"`{event}.{name}` is a {kind}; {cells} not convert and will be unset, for example"
                f" `{cell}` in row {int(order[first]) + 1}."
            )
        if found.nonfinite:
            yield f"`{event}.{name}`: {found.nonfinite:,} cells are NaN or infinite: unset."


def _not_taken(stream: ImportStream) -> Iterator[str]:
    if len(stream.rejected):
        rows = "1 row" if len(stream.rejected) == 1 else f"{len(stream.rejected):,} rows"
        yield f"{rows} of the first {stream.rows:,} cannot be imported and go to quarantine:"
        for place, one in enumerate(stream.rejected):
            if place == _SHOWN:
                break
            yield f"  row {one.row}: {one.reason}"
    if stream.passed_over:
        yield f"{stream.passed_over:,} rows meet no condition of the mapping and are passed over."
    for notice in stream.notices:
        yield f"Note: {notice}."
