"""What is known of items: from the project's own table of them, or from the rows that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shoal.core.errors import ImportFileError
from shoal.recommendations.items import Property, Shelf, property_of, shelf_of
from shoal.runners.having import Source, values_of_items

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.project.recommendations.asked import HavingAsked

ITEM = "item"
MOST_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rows of a table of items: by property, the text of each item that has one."""

    names: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, dict[str, str]])


def catalogue_of(reading: Reading, asked: HavingAsked) -> Catalogue:
    """The project's table of items; an empty one where none is named. Of equal items the last row.

    Raises ImportFileError for a file that is not there or names no items.
    """
    if asked.file is None:
        return Catalogue()
    from shoal.sources.columns import read_columns
    from shoal.sources.stream import open_reader

    path = reading.project.folder / asked.file
    if not path.resolve().is_relative_to(reading.project.folder.resolve()):
        raise ImportFileError(
            f"`{asked.file}` is outside the project's folder", hint="put the table of items into it"
        )
    if not path.is_file():
        raise ImportFileError(f"there is no table of items `{asked.file}` in the project's folder")
    named = [it for it in open_reader(path).columns if it]
    key = asked.item if asked.item in named else ITEM
    file = read_columns(path, list(dict.fromkeys([key, *named])))
    if len(file) > MOST_ITEMS:
        raise ImportFileError(f"`{asked.file}` has more than {MOST_ITEMS:,} items")
    texts: dict[str, Sequence[str | None]] = {}
    for name in file.arrays:
        codes, values = file.codes(name)
        texts[name] = [values[it] if it >= 0 else None for it in codes.tolist()]
    items = texts.pop(key)
    names = dict.fromkeys(it for it in items if it)
    columns = {
        name: {item: text for item, text in zip(items, some, strict=True) if item and text}
        for name, some in texts.items()
    }
    return Catalogue(tuple(names), columns)


def shelf_for(  # noqa: PLR0913, PLR0917  where properties come from
    reading: Reading,
    asked: HavingAsked,
    source: Source,
    at: int,
    names: Sequence[str],
    catalogue: Catalogue,
) -> tuple[Shelf, dict[str, Property]]:
    """The items as the rules see them, and every property that is known of them.

    A property is what the table of items says, else what the latest row says that names the item.
    """
    places = {name: number for number, name in enumerate(names)}
    wanted = [*asked.rules.properties, *asked.properties, *catalogue.columns]
    if asked.title is not None:
        wanted.append(asked.title)
    carried = reading.vocabulary.events[source.event].properties
    found: dict[str, Property] = {}
    for name in dict.fromkeys(wanted):
        if name in catalogue.columns:
            column = catalogue.columns[name]
            found[name] = property_of([column.get(it) for it in names])
        elif name in carried:
            found[name] = property_of(values_of_items(reading.snapshot, source, name, at, places))
    titles: Sequence[str | None] = ()
    if asked.title in found:
        titles = [found[asked.title].of(number) for number in range(len(names))]
    return shelf_of(len(names), asked.rules, found, titles), found
