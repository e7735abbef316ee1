"""Messages of any shape, read by a mapping as files are (``shoal import --map``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch
from shoal.capture.telling import IDENTIFY, Told, named, no_object, read
from shoal.core.errors import ShoalError
from shoal.sources.expression import Aggregate, ColumnCell, Constant, Expression, Operation, parse
from shoal.sources.mapping import Condition, EventRows, FileMapping, Operand

DEPTH = 16

Flat = Mapping[str, object]


def read_mapped(
    mapping: FileMapping, document: object, circumstances: Circumstances, each: str | None = None
) -> Captured:
    """Every message of a body; one that no part of the mapping takes is passed over."""
    items = _at(document, each) if each is not None else document
    if isinstance(items, list):
        return of_batch(
            cast("list[object]", items), lambda one: _message(mapping, one, circumstances)
        )
    return _message(mapping, items, circumstances)


def _message(mapping: FileMapping, item: object, circumstances: Circumstances) -> Captured:
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    message = cast("dict[str, Any]", item)
    flat = flattened(message)
    return Captured.together(
        _event(rows, place, message, flat, circumstances)
        for place, rows in enumerate(mapping.rows)
        if all(_holds(condition, flat) for condition in rows.when)
    )


def _event(
    rows: EventRows, place: int, item: object, flat: Flat, circumstances: Circumstances
) -> Captured:
    if rows.is_profile:
        name, written = IDENTIFY, IDENTIFY
    else:
        name, written = named(rows.event or flat.get(rows.event_column or ""))
    ids = [str(flat[key]) for key in rows.ids if flat.get(key) is not None]
    told = Told(
        item,
        name,
        flat.get(rows.user or ""),
        flat.get(rows.anonymous or ""),
        flat.get(rows.time or ""),
        # Several parts may make an event each of one message.
        message_id=":".join((*ids, str(place)) if place else ids) if ids else None,
        properties=_properties(rows, flat),
        written=written,
    )
    return read(told, circumstances)


def _properties(rows: EventRows, flat: Flat) -> dict[str, object]:
    if rows.properties is None:
        used = {rows.user, rows.anonymous, rows.time, rows.event_column, *rows.without}
        found = {key: value for key, value in flat.items() if key not in used}
    else:
        found = {key: value_of(text, flat) for key, text in rows.properties.items()}
    return {**found, **rows.constants}


def flattened(given: Mapping[str, Any]) -> dict[str, object]:
    """Nested objects under dotted names as they are written; arrays stay."""
    found: dict[str, object] = {}

    def walk(inner: Mapping[str, Any], prefix: str, depth: int) -> None:
        for key, value in inner.items():
            if isinstance(value, dict) and depth < DEPTH:
                walk(cast("dict[str, Any]", value), f"{prefix}{key}.", depth + 1)
            else:
                found[f"{prefix}{key}"] = value

    walk(given, "", 0)
    return found


def value_of(text: str, flat: Flat) -> object:
    """What an expression says of a message; None where a part of it is unset.

    >>> value_of("price * quantity", {"price": "2.50", "quantity": 2})
    5
    """
    if text in flat:
        return flat[text]
    found = _evaluated(parsed_expression(text), flat)
    if isinstance(found, Decimal):
        return int(found) if found == found.to_integral_value() else float(found)
    return found


@lru_cache(maxsize=1_000)
def parsed_expression(text: str) -> Expression:
    """The expression; what is none is a field's very name."""
    try:
        return parse(text, ())
    except ShoalError:
        return ColumnCell(text)


def _evaluated(expression: Expression, flat: Flat) -> object:
    if isinstance(expression, ColumnCell):
        return flat.get(expression.name)
    if isinstance(expression, Constant):
        return expression.value
    assert not isinstance(expression, Aggregate)  # refused when the file is read
    return _reckoned(expression, flat)


def _reckoned(expression: Operation, flat: Flat) -> Decimal | None:
    left = _number(_evaluated(expression.left, flat))
    right = _number(_evaluated(expression.right, flat))
    if left is None or right is None:
        return None
    if expression.sign == "+":
        return left + right
    return left - right if expression.sign == "-" else left * right


def _number(value: object) -> Decimal | None:
    """A number, also one written as text; none that is longer than any amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return None
    text = str(value)
    try:
        found = Decimal(text[:40])
    except ArithmeticError:
        return None
    return found if found.is_finite() and len(text) <= 40 and abs(found) < 10**18 else None


def _at(document: object, path: str) -> object:
    for part in path.split("."):
        document = (
            cast("dict[str, Any]", document).get(part) if isinstance(document, dict) else None
        )
    return document


_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _holds(condition: Condition, flat: Flat) -> bool:
    """As for the cells of a file: against a number as numbers, against a text as texts."""
    cell, operator, operand = flat.get(condition.column), condition.operator, condition.operand
    if operator == "is set":
        return (cell is not None) == bool(operand)
    if operator.startswith("not ") or operator == "!=":
        positive = "=" if operator == "!=" else operator.removeprefix("not ")
        return not _holds(Condition(condition.column, positive, operand), flat)
    if isinstance(operand, tuple):
        return any(_equals(cell, one) for one in operand)
    if operator == "starts with":
        return isinstance(cell, str) and cell.startswith(str(operand))
    if operator == "=":
        return _equals(cell, operand)
    left, right = _number(cell), _number(operand)
    return left is not None and right is not None and _COMPARED[operator](left, right)


def _equals(cell: object, operand: Operand) -> bool:
    if cell is None:
        return False
    if isinstance(operand, bool):
        return str(cell).lower() == str(operand).lower()
    if isinstance(operand, int | float):
        return _number(cell) == _number(operand)
    return str(cell) == str(operand)
