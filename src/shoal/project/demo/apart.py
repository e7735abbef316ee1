"""What sets a segment apart: the categories its money goes to more, or less, than everyone's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shoal.core.instants import format_instant
from shoal.project.report.figures import Apart, Contrast

if TYPE_CHECKING:
    from shoal.project.demo.asking import Bools, People
    from shoal.project.shop import Shop

LEAST_SHARE = 0.005
"""Of a group's spending: what takes less is no trait of the group."""
LEAST_BUYERS = 0.15
"""Of a group: a category that few of them buy says little about the others."""

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
}


@dataclass(frozen=True, eq=False)
class Spending:
    """Revenue per person and category."""

    labels: tuple[str, ...]
    amounts: npt.NDArray[np.float64]
    """People by categories."""


def spending(shop: Shop, people: People, as_of: int, days: int) -> Spending:
    """Revenue per person and category in the days before an instant."""
    until = format_instant(as_of)
    table = shop.sql(
        "select user_id, category, sum(revenue) as revenue from order_completed_line "
        f"where category is not null and occurred_at <= timestamptz '{until}' "
        f"and occurred_at > timestamptz '{until}' - interval {days} day group by all"
    )
    names = sorted(set(table.column("category").to_pylist()))
    place = {name: index for index, name in enumerate(names)}
    columns = np.array([place[name] for name in table.column("category").to_pylist()], np.int64)
    rows, places = people.places(table.column("user_id"))
    amounts = np.zeros((len(people), len(names)))
    given = table.column("revenue").to_numpy()
    np.add.at(amounts, (places, columns[rows]), given[rows])
    return Spending(tuple(readable(name) for name in names), amounts)


def set_apart(
    spent: Spending, inside: Bools, name: str, title: str, most: int, least: int = 0
) -> Apart:
    """The ``most`` categories that take more of the group's money than of everyone's, by how many
    times, and the ``least`` that take less."""
    group, everyone = spent.amounts[inside], spent.amounts
    here = group.sum(axis=0) / max(group.sum(), 1e-9)
    overall = everyone.sum(axis=0) / max(everyone.sum(), 1e-9)
    buyers = (group > 0).mean(axis=0) if len(group) else np.zeros(len(here))
    telling = (np.maximum(here, overall) >= LEAST_SHARE) & (overall > 0)
    ratio = np.divide(here, overall, out=np.ones_like(here), where=overall > 0)
    order = np.argsort(-ratio, kind="stable")
    more = [i for i in order if telling[i] and buyers[i] >= LEAST_BUYERS and ratio[i] > 1][:most]
    less = [i for i in order[::-1] if telling[i] and ratio[i] < 1][:least]
    chosen = [*more, *reversed(less)]
    contrasts = tuple(
        Contrast(spent.labels[i], float(here[i]), float(overall[i])) for i in chosen
    )
    return Apart(name, title, int(inside.sum()), contrasts)


def readable(raw: str) -> str:
    """A category's name without the till's abbreviations.

    >>> readable("FRZN NOVELTIES/WTR ICE")
    'Frozen novelties/water ice'
    """
    parts = [
        "/".join(_WORDS.get(piece, piece) for piece in _WORDS.get(word, word).split("/"))
        for word in raw.lower().split()
    ]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]
