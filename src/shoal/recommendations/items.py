"""What is known of items, and what may be shown: stock, margin, and how many of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoal.recommendations.having import Floats, Int64s
from shoal.recommendations.popular import best_of

Truths = npt.NDArray[np.bool_]
AT_ONCE = 10
"""So many times what is wanted is looked at first, where only so many of one kind are shown."""


@dataclass(frozen=True, eq=False)
class Property:
    """One property of all items: ``codes`` count into ``values``, -1 where it is not known."""

    codes: Int64s
    values: tuple[str, ...]

    def numbers(self) -> Floats:
        """The values as numbers; NaN for what is none."""
        known = np.array([*(_number(it) for it in self.values), np.nan])
        return known[self.codes]

    def among(self, texts: Sequence[str]) -> Truths:
        """Where the value is one of these, however they are capitalised."""
        wanted = {it.casefold() for it in texts}
        told = np.array([*(it.casefold() in wanted for it in self.values), False])
        return told[self.codes]

    def of(self, item: int) -> str | None:
        """The value of one item."""
        code = int(self.codes[item])
        return None if code < 0 else self.values[code]


def property_of(values: Sequence[str | None]) -> Property:
    """A property from one text for each item."""
    names = sorted({it for it in values if it})
    place = {name: code for code, name in enumerate(names)}
    codes = np.array([place[it] if it else -1 for it in values], np.int64)
    return Property(codes, tuple(names))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


@dataclass(frozen=True, slots=True)
class Rules:
    """What a business wants kept, by the names of properties.

    ``stock``: an item with 0 or less is not shown. ``margin``: that of most margin counts up to
    ``margin_counts`` more. ``most_per``: so many of one kind on a list. ``hide``: values that are
    not shown at all. ``owned``: whether what somebody had may stand on lists of what is new.
    """

    category: str | None = None
    stock: str | None = None
    margin: str | None = None
    margin_counts: float = 0.2
    most_per: Mapping[str, int] = field(default_factory=dict[str, int])
    hide: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    owned: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        """Every property that is read."""
        named = [it for it in (self.category, self.stock, self.margin) if it is not None]
        return tuple(dict.fromkeys([*named, *self.most_per, *self.hide]))


@dataclass(frozen=True, eq=False)
class Shelf:
    """The items as the rules see them."""

    hidden: Truths
    factor: Floats
    """By what a score above 0 is multiplied; 1 for the least margin."""
    caps: tuple[tuple[Int64s, int], ...] = ()
    category: Property | None = None
    titles: Sequence[str | None] = ()

    def title(self, item: int) -> str | None:
        """How people call an item."""
        return self.titles[item] if self.titles else None

    def best(self, scores: Floats, without: Int64s, count: int) -> list[int]:
        """The items with the best scores that may be shown, no more of a kind than may be."""
        weighed = np.where(scores > 0, scores * self.factor, scores)
        weighed = np.where(self.hidden, -np.inf, weighed)
        if not self.caps:
            return best_of(weighed, without, count)
        for looked_at in (count * AT_ONCE, len(scores)):
            found = self._capped(best_of(weighed, without, looked_at), count)
            if len(found) == count:
                break
        return found

    def _capped(self, order: Sequence[int], count: int) -> list[int]:
        found: list[int] = []
        held: dict[tuple[int, int], int] = {}
        for item in order:
            kinds = [(number, int(codes[item])) for number, (codes, _) in enumerate(self.caps)]
            if any(
                code >= 0 and held.get((number, code), 0) >= self.caps[number][1]
                for number, code in kinds
            ):
                continue
            for kind in kinds:
                held[kind] = held.get(kind, 0) + 1
            found.append(item)
            if len(found) == count:
                break
        return found


def shelf_of(
    count: int,
    rules: Rules,
    properties: Mapping[str, Property],
    titles: Sequence[str | None] = (),
) -> Shelf:
    """What the rules say of ``count`` items; a property that is not known hides nothing."""
    hidden = np.zeros(count, np.bool_)
    if rules.stock is not None and rules.stock in properties:
        hidden |= properties[rules.stock].numbers() <= 0
    for name, values in rules.hide.items():
        if name in properties:
            hidden |= properties[name].among(values)
    factor = np.ones(count)
    if rules.margin is not None and rules.margin in properties:
        margin = properties[rules.margin].numbers()
        known = np.isfinite(margin)
        if known.any():
            low, high = float(margin[known].min()), float(margin[known].max())
            share = (margin - low) / (high - low) if high > low else np.zeros(count)
            factor = 1 + rules.margin_counts * np.where(known, share, 0.0)
    caps = tuple(
        (properties[name].codes, most)
        for name, most in rules.most_per.items()
        if name in properties
    )
    category = None if rules.category is None else properties.get(rules.category)
    return Shelf(hidden, factor, caps, category, titles)


def plain_shelf(count: int) -> Shelf:
    """Everything may be shown."""
    return shelf_of(count, Rules(), {})
