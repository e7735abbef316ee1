"""What sets a segment apart: the categories its money goes to more, or less, than everyone's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shoal.core.instants import format_instant
from shoal.project.report.figures import Contrast

if TYPE_CHECKING:
    from shoal.project.demo.asking import Bools, People
    from shoal.project.shop import Shop

LEAST_SHARE = 0.005
"""Of a group's spending: what takes less is no trait of the group."""
LEAST_BUYERS = 0.15
"""Of a group: a category that few of them buy says little about the others."""

_NAMES = {
    "REFRIGERATED": "Chilled juice, soy and tofu",
    "WATER - CARBONATED/FLVRD DRINK": "Sparkling or flavoured water",
}
"""Categories whose own name says little, by what is in them."""
_WORDS = {
    "frzn": "frozen",
    "refrgratd": "refrigerated",
    "drnks": "drinks",
    "wtr": "water",
    "sft": "soft",
    "pkgd": "packaged",
    "conv": "convenience",
    "brkfst": "breakfast",
    "vegs": "vegetables",
    "veg": "vegetables",
    "misc": "miscellaneous",
    "prep": "prepared",
    "foods/snacks": "foods and snacks",
    "sald": "salad",
    "drsng/sndwch": "dressing and sandwich",
    "sprd": "spread",
    "hshld": "household",
    "prods": "products",
    "dom": "domestic",
    "cleang": "cleaning",
    "carbonated/flvrd": "carbonated or flavoured",
    "flvrd": "flavoured",
}


@dataclass(frozen=True, eq=False)
class Spending:
    """Revenue per person and category."""

    labels: tuple[str, ...]
    amounts: npt.NDArray[np.float64]
    """People by categories."""


def spending(shop: Shop, people: People, as_of: int) -> Spending:
    """Revenue per person and category up to an instant, by `shoal sql`."""
    table = shop.sql(
        "select user_id, case when fuel then 'FUEL' else category end as category, "
        "sum(revenue) as revenue from order_completed_line where category is not null group by all",
        as_of=format_instant(as_of),
    )
    given: list[str] = table.column("category").to_pylist()
    names = sorted(set(given))
    place = {name: index for index, name in enumerate(names)}
    columns = np.array([place[name] for name in given], np.int64)
    rows, places = people.places(table.column("user_id"))
    amounts = np.zeros((len(people), len(names)))
    np.add.at(amounts, (places, columns[rows]), table.column("revenue").to_numpy()[rows])
    return Spending(tuple(readable(name) for name in names), amounts)


def set_apart(spent: Spending, inside: Bools, most: int, least: int = 0) -> tuple[Contrast, ...]:
    """What takes more of the group's money than of everyone's, and what takes less.

    At most ``most`` and ``least`` categories, by how many times; the least last.
    """
    group, everyone = spent.amounts[inside], spent.amounts
    here = group.sum(axis=0) / max(group.sum(), 1e-9)
    overall = everyone.sum(axis=0) / max(everyone.sum(), 1e-9)
    buyers = (group > 0).mean(axis=0) if len(group) else np.zeros(len(here))
    telling = (np.maximum(here, overall) >= LEAST_SHARE) & (overall > 0)
    ratio = np.divide(here, overall, out=np.ones_like(here), where=overall > 0)
    order = np.argsort(-ratio, kind="stable")
    places: list[int] = order.tolist()
    more = [i for i in places if telling[i] and buyers[i] >= LEAST_BUYERS and ratio[i] > 1][:most]
    less = [i for i in places[::-1] if telling[i] and ratio[i] < 1][:least]
    return tuple(
        Contrast(spent.labels[i], float(here[i]), float(overall[i]))
        for i in [*more, *reversed(less)]
    )


def readable(raw: str) -> str:
    """A category's name without the till's abbreviations.

    >>> readable("FRZN NOVELTIES/WTR ICE")
    'Frozen novelties/water ice'
    """
    if raw in _NAMES:
        return _NAMES[raw]
    parts = [
        "/".join(_WORDS.get(piece, piece) for piece in _WORDS.get(word, word).split("/"))
        for word in raw.lower().split()
    ]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]
