"""The event export of Google Analytics 4 (BigQuery, as JSON lines): nested parameters made plain.

``event_params`` is an array of keys and typed values; each becomes a column of its own, under the
name that Shoal knows it by. Whole numbers come as strings there, and are numbers here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from shoal.sources.ga4_names import ITEM, NAMES
from shoal.sources.json_lines import JsonLinesReader, Written

KEY = (
    "user_pseudo_id", "event_timestamp", "event_name", "event_bundle_sequence_id",
    "batch_page_id", "batch_ordering_id", "batch_event_index",
)  # fmt: skip
"""What tells an event of the export from every other; a day that is exported again repeats it."""
_PLAIN = ("user_id", "user_pseudo_id", "event_timestamp", "platform")
_WITHIN = {
    "device": ("category", "operating_system", "language"),
    "geo": ("country", "city"),
    "traffic_source": ("source", "medium", "name"),
}
_OF_THE_MACHINE = frozenset({"debug_mode", "engaged_session_event", "batch_page_id"})
_MONEY = {"value": "purchase_revenue", "transaction_id": "transaction_id"}
_UNKNOWN: tuple[str | None, Mapping[str, str]] = (None, {})
_NOTHING = (None, "(not set)")
_NUMBERS = ("int_value", "float_value", "double_value")


class Ga4Reader(JsonLinesReader):
    """An exported table of events."""

    def shaped(self, cells: dict[str, Any]) -> dict[str, Any]:
        """The event of a line with its parameters as plain columns."""
        raw = cells.get("event_name")
        known, names = NAMES.get(raw, _UNKNOWN) if isinstance(raw, str) else _UNKNOWN
        found: dict[str, Any] = {key: cells.get(key) for key in _PLAIN}
        found["event"] = known or raw
        found["event_key"] = "|".join(str(cells.get(key) or "") for key in KEY)
        for whole, parts in _WITHIN.items():
            inner = _object(cells.get(whole))
            found |= {f"{whole}.{part}": inner.get(part) for part in parts}
        params = dict(_params(cells.get("event_params")))
        ecommerce = _object(cells.get("ecommerce"))
        for name, other in _MONEY.items():
            if params.get(name) is None and ecommerce.get(other) not in _NOTHING:
                params[name] = ecommerce[other]
        for name, value in params.items():
            plain = names.get(name, name)
            if name not in _OF_THE_MACHINE:
                found[f"params.{plain}" if plain in found else plain] = value
        for name, value in _params(cells.get("user_properties")):
            found[f"user_properties.{name}"] = value
        items = [_item(one) for one in _list(cells.get("items"))]
        if len(items) == 1 and known != "order_completed":
            found |= {key: value for key, value in items[0].items() if key not in found}
        elif items:
            found["products"] = items
        return found


def _params(given: object) -> Iterator[tuple[str, Any]]:
    for one in _list(given):
        key, value = one.get("key"), _object(one.get("value"))
        if not isinstance(key, str):
            continue
        text = value.get("string_value")
        if text is not None:
            yield key, text
            continue
        for name in _NUMBERS:
            number = value.get(name)
            if number is not None:
                yield key, Written(number)
                break


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A product; ids and names stay what they are, whole numbers are numbers."""
    found: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict | list) or value in _NOTHING:
            continue
        is_count = name == "quantity" and isinstance(value, str) and value.isdigit()
        found[ITEM.get(name, name)] = Written(value) if is_count else value
    return found


def _object(given: object) -> dict[str, Any]:
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _list(given: object) -> list[dict[str, Any]]:
    items = cast("list[object]", given) if isinstance(given, list) else []
    return [cast("dict[str, Any]", one) for one in items if isinstance(one, dict)]
