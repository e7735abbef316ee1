"""What clients send as nested JSON, as the flat properties and lines of an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, cast

from shoal.sources.mapping import property_name

DEPTH = 16
"""Objects within objects beyond this are kept as their JSON."""
MOST = 1_000
"""Properties of one event; what is beyond goes into ``more_fields`` as JSON."""
MORE = "more_fields"
LONGEST = 8_192
"""Characters of one text; more is cut off."""
LONGEST_NAME = 200
LARGEST = 1 << 63
LONGEST_NUMBER = 40

Cells = dict[str, object]
Lines = tuple[Mapping[str, object], ...]
_PLAIN = frozenset({str, int, float, bool})


def shaped(given: Mapping[str, object]) -> tuple[Cells, Lines]:
    """Properties under dotted snake_case names, and the elements of the first array of objects.

    A number that is not finite is unset.

    >>> shaped({"orderId": 7, "products": [{"sku": "a"}], "shipping": {"city": "Faro"}})
    ({'order_id': 7, 'shipping.city': 'Faro'}, ({'sku': 'a'},))
    """
    cells: Cells = {}
    lines: list[Cells] = []
    more: dict[str, object] = {}
    _fill(cells, lines, more, given, "", 0)
    if more:
        cells[MORE] = _json(more)
    return cells, tuple(lines)


def _fill(  # noqa: PLR0913, PLR0917  what grows while the object is walked
    cells: Cells,
    lines: list[Cells] | None,
    more: dict[str, object],
    given: Mapping[str, object],
    prefix: str,
    depth: int,
) -> None:
    for key, value in given.items():
        if value is None:
            continue
        name = _known_name(key, prefix) if len(key) <= LONGEST_NAME else _name(key, prefix)
        kind = type(value)  # exact types first: nearly all cells are plain, and this is every cell
        if kind in _PLAIN:
            if len(cells) >= MOST and name not in cells:
                more[name] = value
            elif (cell := _cell(value)) is not None:
                cells[name] = cell
        elif kind is dict and depth < DEPTH:
            within = cast("Mapping[str, object]", value)
            _fill(cells, lines, more, within, f"{name}.", depth + 1)
        elif lines is not None and not lines and _are_objects(value):
            for item in cast("list[Mapping[str, object]]", value):
                line: Cells = {}
                _fill(line, None, more, item, "", depth + 1)
                lines.append(line)
        elif len(cells) >= MOST and name not in cells:
            more[name] = value
        else:
            cells[name] = _json(value)[:LONGEST]


def _name(key: str, prefix: str) -> str:
    """A name rules can say; the Segment format's own dots are kept."""
    return (prefix + property_name(whole(key).lstrip("$")))[:LONGEST_NAME]


_known_name = lru_cache(maxsize=8_192)(_name)
"""Clients say the same few names again and again; very long ones are not worth the room."""


_lists_of_names: dict[tuple[str, ...], tuple[str, ...] | None] = {}
_MOST_LISTS = 4_096
_LONGEST_LIST = 4_000
"""Characters of names that are remembered together: what clients send over and over is short."""


def names_of(keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """The names of an object's keys; empty where the keys are names already.

    None where they are too many or too long to be taken as they come.
    """
    try:
        return _lists_of_names[keys]
    except KeyError:
        pass
    is_usual = len(keys) <= MOST and all(len(key) <= LONGEST_NAME for key in keys)
    names = tuple(_known_name(key, "") for key in keys) if is_usual else None
    names = () if names == keys else names
    if sum(map(len, keys)) <= _LONGEST_LIST:
        if len(_lists_of_names) >= _MOST_LISTS:
            _lists_of_names.clear()
        _lists_of_names[keys] = names
    return names


def _cell(value: Any) -> object:
    """A plain value as it is kept; None for unset."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            value = value[:LONGEST]
        return value if value.isascii() and "\0" not in value else whole(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bool) or -LARGEST < value < LARGEST:
        return value
    return _long(value)


def _long(value: int) -> str | None:
    """The digits of a number no column holds; None beyond what anybody counts."""
    return str(value) if abs(value) < 10**LONGEST_NUMBER else None


def _json(value: object) -> str:
    return whole(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))


def whole(text: str) -> str:
    """The text without what no UTF-8 can hold and no file should."""
    if text.isascii():
        return text.replace("\0", "�") if "\0" in text else text
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and _all_objects(cast("list[object]", value))


def _all_objects(items: list[object]) -> bool:
    return bool(items) and all(map(_is_object, items))


def _is_object(item: object) -> bool:
    return isinstance(item, dict)
