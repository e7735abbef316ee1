"""What the rules of a project keep off a list: what would stand there without them, and which keeps it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.recommendations.items import Property, Rules

if TYPE_CHECKING:
    from shoal.project.recommendations.recommending import Recommending


class Kept(StrEnum):
    """Which kind of rule keeps an item off."""

    STOCK = "stock"
    HIDDEN = "hidden"
    KIND = "kind"


def without_rules(found: Recommending) -> Recommending:
    """The same, to be asked as if everything were in stock and shown, and any number of a kind."""
    shelf = found.model.shelf
    free = replace(shelf, hidden=np.zeros(len(shelf.hidden), np.bool_), caps=())
    return replace(found, model=replace(found.model, shelf=free))


def left_out(
    found: Recommending,
    shown: Mapping[str, Sequence[Mapping[str, Any]]],
    free: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Items that stand on a list without rules and not on the one that is shown, each with its rule."""
    model, rules = found.model, found.model.asked.rules
    there: list[dict[str, Any]] = []
    for name, rows in free.items():
        listed = [it["item"] for it in shown.get(name, ())]
        places = [model.places[it] for it in listed]
        for row in rows:
            if row["item"] in listed:
                continue
            place = model.places[row["item"]]
            why, by = kept_off(place, places, rules, model.properties)
            value = None if by is None else model.properties[by].of(place)
            told = {"item": row["item"], "why": why, "property": by, "value": value}
            there.append({**told, **({"title": row["title"]} if "title" in row else {})})
    return there


def kept_off(
    item: int, shown: Sequence[int], rules: Rules, properties: Mapping[str, Property]
) -> tuple[Kept, str | None]:
    """The kind of rule that keeps an item off a list, and the property that it reads."""
    stock = rules.stock
    if stock is not None and stock in properties and properties[stock].numbers()[item] <= 0:
        return Kept.STOCK, stock
    for name, values in rules.hide.items():
        if name in properties and properties[name].among(values)[item]:
            return Kept.HIDDEN, name
    for name, most in rules.most_per.items():
        if name not in properties:
            continue
        codes = properties[name].codes
        if codes[item] >= 0 and int((codes[list(shown)] == codes[item]).sum()) >= most:
            return Kept.KIND, name
    return Kept.KIND, next((it for it in rules.most_per if it in properties), None)
