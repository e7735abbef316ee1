"""Products made from their groups, and what people of each kind choose among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np

from shoal.samples.behaviour import People
from shoal.samples.drawing import by_weight
from shoal.samples.spec import Group, Spec, chance
from shoal.samples.stream import Bools, Floats, Ints, Values, texts


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Every product, those of a category side by side."""

    columns: Mapping[str, Values]
    price: Floats
    category: Ints
    starts: Ints
    """Where each category begins, and the end."""
    popularity: Floats
    cheapness: Floats
    """The price within its category, as a standard score of its logarithm."""

    def __len__(self) -> int:
        return len(self.price)

    @property
    def categories(self) -> int:
        """How many there are."""
        return len(self.starts) - 1


def make_catalogue(spec: Spec, rng: np.random.Generator) -> Catalogue:
    """The products of all groups."""
    names = {name for group in spec.catalogue for name in (*group.vary, *group.same)}
    rows: list[dict[str, Any]] = []
    sizes: list[int] = []
    for number, group in enumerate(spec.catalogue):
        made = _products(group, number, rng)
        sizes.append(len(made))
        rows += made
    columns = {
        name: texts([row.get(name) for row in rows])
        for name in ("product_id", "name", "category", "brand", "price", "premium", *sorted(names))
    }
    price = np.array([row["price"] for row in rows], dtype=np.float64)
    category = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    logs = np.log(price)
    score = np.zeros(len(price))
    for first, last in pairwise(starts.tolist()):
        within = logs[first:last]
        score[first:last] = (within - within.mean()) / (within.std() or 1.0)
    weights = np.array([group.popularity / group.products for group in spec.catalogue])[category]
    return Catalogue(columns, price, category, starts, weights, score)


def _products(group: Group, number: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    low, high = np.log(group.price[0]), np.log(group.price[1])
    spread = (np.arange(group.products) + rng.random(group.products)) / group.products
    evenly: Floats = np.exp(low + (high - low) * spread)
    prices = cast("list[float]", np.round(evenly, 2).tolist())
    brands = by_weight(group.brands, group.products, rng)
    varied = {name: by_weight(them, group.products, rng) for name, them in group.vary.items()}
    for name, value in group.cheap.items():
        # The products with that value and the low prices find each other.
        has = np.argsort(varied[name] != value, kind="stable")
        varied[name] = varied[name][has]
    made: list[dict[str, Any]] = []
    for place, price in enumerate(prices):
        extra = {name: values[place] for name, values in varied.items()}
        words = " ".join(str(it) for it in extra.values() if isinstance(it, str))
        made.append(
            {
                "product_id": f"p{number + 1:02d}{place + 1:03d}",
                "name": " ".join(filter(None, (brands[place], group.category, words)))
                + f" {place + 1}",
                "category": group.category,
                "brand": brands[place],
                "price": price,
                "premium": group.premium_from is not None and price >= group.premium_from,
                **extra,
                **group.same,
            }
        )
    return made


@dataclass(frozen=True, eq=False)
class Tastes:
    """What people of each kind choose, as cumulated weights, and everybody's usual products."""

    catalogue: Catalogue
    cumulated: Floats
    """Kinds by products, each row rising to 1."""
    flat: Floats
    """The same rows end to end, each risen by its number."""
    usual: Floats
    """People by categories: the throw that settles a person's usual product."""
    repeats: Floats
    kind: Ints
    refused: Bools
    """Kinds by products: viewed, never bought."""

    def pick(self, person: Ints, rng: np.random.Generator) -> Ints:
        """A product for each of these people."""
        product = self._search(self.kind[person], rng.random(len(person)))
        again = rng.random(len(person)) < self.repeats[person]
        category = self.catalogue.category[product]
        throw = self.usual[person, category]
        first, last = self.catalogue.starts[category], self.catalogue.starts[category + 1]
        kind = self.kind[person]
        low = np.where(first > 0, self.cumulated[kind, first - 1], 0.0)
        high = self.cumulated[kind, last - 1]
        usual = self._search(kind, low + throw * (high - low))
        return np.where(again, np.clip(usual, first, last - 1), product)

    def refuses(self, person: Ints, product: Ints) -> Bools:
        """Whether each person never buys the product."""
        return self.refused[self.kind[person], product]

    def _search(self, kind: Ints, throw: Floats) -> Ints:
        """The product at which each kind's cumulated weights pass the throw."""
        size = len(self.catalogue)
        found = np.searchsorted(self.flat, kind + np.minimum(throw, 1 - 1e-9), side="right")
        return np.minimum(found - kind * size, size - 1)


def make_tastes(catalogue: Catalogue, people: People, rng: np.random.Generator) -> Tastes:
    """The tastes of all kinds of people."""
    weights = np.stack([_weights(catalogue, one) for one in people.parameters])
    cumulated = np.cumsum(weights, axis=1)
    cumulated /= cumulated[:, -1:]
    refused = np.stack(
        [
            np.isin(
                catalogue.columns[one["likes_by"]].astype(str), [str(x) for x in one["never_buys"]]
            )
            for one in people.parameters
        ]
    )
    return Tastes(
        catalogue,
        cumulated,
        (cumulated + np.arange(len(cumulated))[:, None]).reshape(-1),
        rng.random((len(people), catalogue.categories)),
        people.numbers("repeats"),
        people.kind,
        refused,
    )


def _weights(catalogue: Catalogue, parameters: Mapping[str, Any]) -> Floats:
    weights = catalogue.popularity * np.exp(float(parameters["price_taste"]) * catalogue.cheapness)
    liked = catalogue.columns[parameters["likes_by"]]
    for value, factor in parameters["likes"].items():
        weights = np.where(liked == value, weights * chance(factor), weights)
    for name, value in parameters["prefers"].items():
        weights = np.where(catalogue.columns[name] == value, weights * parameters["pull"], weights)
    return np.maximum(weights, 1e-12)
