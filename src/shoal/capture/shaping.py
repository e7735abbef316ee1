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


def shaped(given: Mapping[str, object]) -> tuple[Cells, tuple[Mapping[str, object], ...]]:
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
    given: Mapping[str, Any],
    prefix: str,
    depth: int,
) -> None:
    for key, value in given.items():
        name = _known_name(key, prefix) if len(key) <= LONGEST_NAME else _name(key, prefix)
        if value is None:
            continue
        if isinstance(value, dict) and depth < DEPTH:
            _fill(cells, lines, more, cast("dict[str, object]", value), f"{name}.", depth + 1)
        elif lines is not None and not lines and _are_objects(cast("object", value)):
            for item in cast("list[dict[str, object]]", value):
                line: Cells = {}
                _fill(line, None, more, item, "", depth + 1)
                lines.append(line)
        elif len(cells) >= MOST and name not in cells:
            more[name] = value
        else:
            cell = _cell(cast("object", value))
            if cell is not None:
                cells[name] = cell


def _name(key: str, prefix: str) -> str:
    """A name rules can say; the Segment format's own dots are kept."""
    return (prefix + property_name(whole(key).lstrip("$")))[:LONGEST_NAME]


_known_name = lru_cache(maxsize=8_192)(_name)
"""Clients say the same few names again and again; very long ones are not worth the room."""


def _cell(value: object) -> object:
    if isinstance(value, str):
        return whole(value[:LONGEST])
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -LARGEST < value < LARGEST else _long(value)
    return _json(value)[:LONGEST]


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
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, dict) for item in cast("list[object]", value))
