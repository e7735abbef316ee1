"""A mapping bound to the columns that a file really has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shoal.core.errors import ImportFileError, ShoalError
from shoal.core.names import nearest
from shoal.sources.batch import Notices
from shoal.sources.expression import (
    Aggregate,
    ColumnCell,
    Expression,
    columns_of,
    has_aggregate,
    parse,
)
from shoal.sources.mapping import EventRows, FileMapping, LineRows, event_name, property_name

Columns = tuple[str, ...]


@dataclass(slots=True)
class Names:
    """The property name of each column that is taken as it is; no two columns share one."""

    notices: Notices
    _of: dict[str, str] = field(default_factory=dict[str, str])
    _taken: set[str] = field(default_factory=set[str])

    def of(self, column: str) -> str:
        """The name of the column's property."""
        name = self._of.get(column)
        if name is None:
            # What the Segment format wraps in `properties` or `traits` is meant without it.
            wanted = property_name(re.sub(r"^(properties|traits)\.", "", column))
            name, count = wanted, 2
            while name in self._taken:
                name, count = f"{wanted}_{count}", count + 1
            if name != wanted:
                self.notices.add(
                    "`{1}` is taken; column `{2}` is called `{3}`", wanted, column, name
                )
            self._of[column] = name
            self._taken.add(name)
        return name


@dataclass(frozen=True, slots=True)
class BoundRows:
    """One part of a mapping, its expressions parsed.

    ``properties`` and ``lines`` are None where every column that is left becomes a property.
    ``ordinal`` counts the parts before it that make the same event of a row.
    """

    rows: EventRows
    names: Names
    line_names: Names
    ordinal: int = 0
    properties: dict[str, Expression] | None = None
    lines: dict[str, Expression] | None = None

    @property
    def event(self) -> str | None:
        """The event's name in rules, where it is not in a column."""
        rows = self.rows
        return rows.event if rows.is_profile or rows.event is None else event_name(rows.event)

    @property
    def gathers(self) -> bool:
        """Whether several rows become one event."""
        return bool(self.rows.group_by) or self.rows.per_user

    @property
    def identity(self) -> str:
        """What the content of a row is hashed with."""
        event = self.event or "*"
        return f"{event}\0{self.ordinal}" if self.ordinal else event

    def is_left(self, column: str) -> bool:
        """Whether a column is used for nothing else, so that it becomes a property by itself."""
        rows = self.rows
        used = (rows.user, rows.anonymous, rows.time, rows.event_column, *rows.without)
        return column not in used


def bind(
    mapping: FileMapping, columns: tuple[str, ...], name: str, notices: Notices, *, complete: bool
) -> tuple[BoundRows, ...]:
    """The mapping's parts over these columns. Raises ImportFileError for what the file lacks.

    Not ``complete``: more columns may turn up, so only those that every row needs must be there.
    """
    seen: dict[str | None, int] = {}
    result: list[BoundRows] = []
    optional = mapping.optional
    for rows in mapping.rows:
        _require(rows, (*columns, *optional), columns, name, complete=complete)
        ordinal = seen.get(rows.event, 0)
        seen[rows.event] = ordinal + 1
        properties = _properties(rows, columns, optional, name)
        lines = None
        if rows.lines is not None:
            lines = _line_properties(rows, rows.lines, columns, optional, name)
        if complete:
            for expression in (*(properties or {}).values(), *(lines or {}).values()):
                _check_columns(expression, columns, optional, name)
        result.append(BoundRows(rows, Names(notices), Names(notices), ordinal, properties, lines))
    return tuple(result)


def _required(rows: EventRows) -> Iterator[str]:
    yield from (name for name in (rows.user, rows.time, rows.event_column) if name is not None)
    yield from rows.group_by


def _mentioned(rows: EventRows) -> Iterator[str]:
    if rows.anonymous is not None:
        yield rows.anonymous
    yield from rows.ids
    yield from rows.without
    yield from (condition.column for condition in rows.when)
    yield from rows.judged.values()


def _require(
    rows: EventRows, enough: Columns, columns: Columns, name: str, *, complete: bool
) -> None:
    wanted = [*_required(rows), *(_mentioned(rows) if complete else ())]
    for column in wanted:
        if column not in enough:
            raise _missing(column, columns, name)


def _missing(column: str, columns: tuple[str, ...], name: str) -> ImportFileError:
    if not columns:
        return ImportFileError(
            f"`{name}` has no column `{column}`",
            hint="none of its rows can be read: of JSON lines each is one whole object, on one line",
        )
    near = nearest(column, columns) or nearest(column.lower(), columns)
    has = ", ".join(columns[:20]) + (" …" if len(columns) > 20 else "")
    hint = f"did you mean `{near}`? It has: {has}" if near else f"it has: {has}"
    return ImportFileError(f"`{name}` has no column `{column}`", hint=hint)


def _check_columns(expression: Expression, columns: Columns, optional: Columns, name: str) -> None:
    for column in columns_of(expression):
        if column not in columns and column not in optional:
            raise _missing(column, columns, name)


def _properties(
    rows: EventRows, columns: Columns, optional: Columns, name: str
) -> dict[str, Expression] | None:
    if rows.properties is not None:
        properties = _parsed(rows.properties, columns, optional, name)
        if not rows.group_by and not rows.per_user:
            for key, expression in properties.items():
                if has_aggregate(expression):
                    raise ImportFileError(
                        f"`{key}` of {rows.title} sums over rows, but nothing gathers them",
                        hint="say by which columns with `group_by`",
                    )
        if rows.per_user:
            properties = {key: _last(expression) for key, expression in properties.items()}
        return properties
    if rows.per_user:
        left = [column for column in columns if column not in _used(rows)]
        return {property_name(column): Aggregate("last", ColumnCell(column)) for column in left}
    if rows.group_by and rows.lines is not None:
        return {property_name(column): ColumnCell(column) for column in rows.group_by}
    return None


def _line_properties(
    rows: EventRows, lines: LineRows, columns: Columns, optional: Columns, name: str
) -> dict[str, Expression]:
    if lines.properties is None:
        left = [column for column in columns if column not in (*_used(rows), *rows.group_by)]
        return {property_name(column): ColumnCell(column) for column in left}
    parsed = _parsed(lines.properties, columns, optional, name)
    for key, expression in parsed.items():
        if has_aggregate(expression):
            raise ImportFileError(f"the line property `{key}` sums over rows; a line is one row")
    return parsed


def _used(rows: EventRows) -> tuple[str | None, ...]:
    return (rows.user, rows.anonymous, rows.time, rows.event_column, *rows.without)


def _last(expression: Expression) -> Expression:
    return expression if has_aggregate(expression) else Aggregate("last", expression)


def _parsed(
    properties: Mapping[str, str], columns: Columns, optional: Columns, name: str
) -> dict[str, Expression]:
    result: dict[str, Expression] = {}
    for key, text in properties.items():
        try:
            result[key] = parse(text, (*columns, *optional))
        except ShoalError as error:
            hint = error.hint or f"`{name}` has: {', '.join(columns[:20])}"
            raise ImportFileError(f"property `{key}`: {error.message}", hint=hint) from error
    return result
