"""Plain counts of events by what they carry, bucket by bucket: rows, people and sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from shoal.project.views import arrow_type, histories_of, row_values

if TYPE_CHECKING:
    from shoal.engine.history import History
    from shoal.store import Snapshot

PERSON = "$person"
Condition = Any
"""A pyarrow expression over the columns that are read."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is stored of a stretch of time: events after one instant, up to another."""

    snapshot: Snapshot
    after: int
    until: int


def tally(  # noqa: PLR0913  what a count consists of
    stretch: Stretch,
    event: str,
    keys: Sequence[str],
    *,
    sums: Sequence[str] = (),
    where: Condition | None = None,
    reads: Sequence[str] = (),
    folded: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The key's properties with ``events``, ``people`` and sums.

    ``where`` is a condition over the keys, the sums and the properties in ``reads``. Texts of the
    keys in ``folded`` count as one whatever their case and spaces around them. A person is in
    one bucket only, so people of buckets add up. Without keys, it is one row.
    """
    columns = list(dict.fromkeys((*keys, *sums, *reads)))
    parts: list[pa.Table] = []
    for history in histories_of(stretch.snapshot):
        table = _table(stretch, history, event, columns)
        if where is not None:
            table = table.filter(where)
        for name in folded:
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, _folded(table[name]))
        if table.num_rows:
            parts.append(_grouped(table, keys, sums))
    if not parts:
        return []
    grouping = pa.concat_tables(parts).group_by(list(keys))
    names = ["events", "people", *(f"sum_{name}" for name in sums)]
    found = grouping.aggregate([(name, "sum") for name in names])
    found = found.rename_columns([name.removesuffix("_sum") for name in found.column_names])
    return cast("list[dict[str, Any]]", found.to_pylist())


def item_table(
    stretch: Stretch,
    viewed: tuple[str, str],
    bought: tuple[str, str],
    price: str | None = None,
) -> list[dict[str, Any]]:
    """Per item: ``views``, ``viewers``, those ``buyers`` among them who bought it, its ``price``.

    ``viewed`` and ``bought`` are an event and the property that names the item.
    """
    parts: list[pa.Table] = []
    for history in histories_of(stretch.snapshot):
        columns = [viewed[1], *([price] if price else [])]
        seen = _table(stretch, history, viewed[0], columns)
        seen = seen.rename_columns([PERSON, "item", *(["price"] if price else [])])
        if not price:
            seen = seen.append_column("price", pa.nulls(seen.num_rows, pa.float64()))
        seen = seen.filter(_is_valid("item"))
        if not seen.num_rows:
            continue
        taken = _table(stretch, history, bought[0], [bought[1]])
        taken = taken.rename_columns([PERSON, "item"]).filter(_is_valid("item"))
        pairs = taken.group_by([PERSON, "item"]).aggregate([([], "count_all")])
        both = seen.group_by([PERSON, "item"]).aggregate([([], "count_all"), ("price", "max")])
        joined = both.join(pairs, [PERSON, "item"], right_suffix="_bought")
        parts.append(_by_item(joined))
    if not parts:
        return []
    found = (
        pa.concat_tables(parts)
        .group_by("item")
        .aggregate([("views", "sum"), ("viewers", "sum"), ("buyers", "sum"), ("price", "max")])
    )
    found = found.rename_columns([name.rsplit("_", 1)[0] for name in found.column_names])
    return cast("list[dict[str, Any]]", found.to_pylist())


def _by_item(joined: pa.Table) -> pa.Table:
    """Pairs of person and item as one row an item."""
    grouped = joined.group_by("item").aggregate(
        [
            ("count_all", "sum"),
            (PERSON, "count"),
            ("count_all_bought", "count"),  # null where the person never bought it
            ("price_max", "max"),
        ]
    )
    return pa.table(
        {
            "item": grouped["item"],
            "views": grouped["count_all_sum"],
            "viewers": grouped[f"{PERSON}_count"],
            "buyers": grouped["count_all_bought_count"],
            "price": grouped["price_max_max"],
        }
    )


def _grouped(table: pa.Table, keys: Sequence[str], sums: Sequence[str]) -> pa.Table:
    wanted: list[Any] = [([], "count_all"), (PERSON, "count_distinct")]
    wanted += [(name, "sum") for name in sums]
    found = table.group_by(list(keys)).aggregate(wanted)
    return pa.table(
        {
            **{key: found[key] for key in keys},
            "events": found["count_all"],
            "people": found[f"{PERSON}_count_distinct"],
            **{f"sum_{name}": found[f"{name}_sum"] for name in sums},
        }
    )


def _table(stretch: Stretch, history: History, event: str, names: Sequence[str]) -> pa.Table:
    """Who (by place in the bucket) and these properties, for the event's rows of the span."""
    facts = stretch.snapshot.catalogue.events[event]
    rows = history.rows_of(event)
    at = history.occurred_at[rows]
    rows = rows[(at > stretch.after) & (at <= stretch.until)]
    person = np.searchsorted(history.offsets, rows, side="right") - 1
    kinds = {name: arrow_type(str(facts.properties[name].type)) for name in names}
    values = {
        name: row_values(history.column(event, name), rows, kind).cast(kind)
        for name, kind in kinds.items()
    }
    return pa.table({PERSON: pa.array(person.astype(np.int64)), **values})


def _folded(texts: pa.ChunkedArray) -> Any:
    import pyarrow.compute as pc

    functions = cast("Any", pc)
    return functions.utf8_lower(functions.utf8_trim_whitespace(texts))


def _is_valid(name: str) -> Condition:
    import pyarrow.compute as pc

    return cast("Any", pc).field(name).is_valid()
