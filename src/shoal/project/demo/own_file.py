"""A file of one's own, understood as orders: by the mapping beside it, else by a guess that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.core.errors import ImportFileError

if TYPE_CHECKING:
    from shoal.project.imports.importing import Wanted
    from shoal.project.opening import Project
    from shoal.sources import FileMapping

ORDER = "order_completed"
AMOUNTS = (
    "revenue",
    "amount",
    "total",
    "order_value",
    "value",
    "total_price",
    "price",
    "sales",
    "sales_value",
    "payment_value",
    "spend",
    "paid",
)
"""Names of columns that say what an order was worth, the likeliest first."""


def orders_of(project: Project, path: Path) -> tuple[Wanted, tuple[str, ...]]:
    """How the rows of a file become orders with a revenue, and how that reads in words.

    A file ``orders.map.yml`` beside ``orders.csv`` says it, else it is guessed. Raises
    ImportFileError where it is not to be seen.
    """
    from shoal.project.imports.importing import Wanted
    from shoal.project.imports.understanding import guess_mapping, preview

    beside = path.with_name(f"{path.name.partition('.')[0]}.map.yml")
    if beside.is_file():
        wanted, said = Wanted(map_file=beside), f"{path.name} is understood as {beside.name} says:"
    else:
        guessed = guess_mapping(project, [path])
        wanted = Wanted(mapping=as_orders(guessed.mapping, path))
        said = f"{path.name} is understood by a guess:"
    seen = preview(project, [path], wanted)
    return wanted, (said, *(sentence for _, sentences in seen.files for sentence in sentences))


def as_orders(mapping: FileMapping, path: Path) -> FileMapping:
    """The mapping with rows as orders, worth what the likeliest column says."""
    from shoal.sources.mapping import property_name
    from shoal.sources.sampling import sample

    first = mapping.rows[0]
    if first.group_by or first.event_column is not None:
        return mapping
    if first.is_profile:
        raise ImportFileError(
            f"the rows of `{path.name}` look like people, not like what they did",
            hint="a report needs orders: who, when, how much",
        )
    named = {property_name(column): column for column in sample(path).columns}
    likely = [name for name in AMOUNTS if name in named]
    likely += [name for name in named if set(name.split("_")) & set(AMOUNTS)]
    amount = named[likely[0]] if likely else None
    if amount is None:
        raise ImportFileError(
            f"no column of `{path.name}` looks like what an order was worth",
            hint=f"call it revenue, or say it in a file {path.name.partition('.')[0]}.map.yml "
            "beside it: see docs/your-own-csv.md",
        )
    used = {first.user, first.anonymous, first.time, amount}
    kept = {name: f"`{column}`" for name, column in named.items() if column not in used}
    rows = replace(first, event=ORDER, properties={**kept, "revenue": f"`{amount}`"})
    return replace(mapping, rows=(rows, *mapping.rows[1:]))


def check_orders(project: Project, names: Sequence[str]) -> None:
    """Raises ImportFileError where the project holds no orders with a revenue."""
    facts = project.store.snapshot().catalogue.events.get(ORDER)
    if facts is None or not facts.rows or "revenue" not in facts.properties:
        raise ImportFileError(
            f"{' and '.join(names)} brought no orders with a revenue, which the report is about",
            hint="`shoal import` takes any other behaviour; segments and traits work on it alike",
        )
