"""Draws from numbers, weights and truths, as a sample's traits and properties declare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from shoal.samples.behaviour import People
from shoal.samples.spec import Given, chance
from shoal.samples.stream import Floats, Ints, Stream, Values, only_where, texts

Weights = Mapping[Any, float]
"""Values, and how likely each is."""


def by_weight(weights: Weights, size: int, rng: np.random.Generator) -> Values:
    """So many of the keys, each as often as its weight says."""
    keys = texts(list(weights))
    share = np.array([float(it) for it in weights.values()])
    return keys[rng.choice(len(keys), size=size, p=share / share.sum())]


@dataclass(frozen=True, eq=False)
class Draw:
    """Values for some rows: whose they are, what they follow on, and what is drawn already."""

    people: People
    person: Ints
    rng: np.random.Generator
    cause: Stream | None = None
    """The rows that these follow on, one each."""

    def columns(self, given: Given) -> dict[str, Values]:
        """A column for each name, in their order; later ones may follow on earlier ones."""
        drawn: dict[str, Values] = {}
        for name, value in given.items():
            drawn[name] = self._column(value, drawn)
        return drawn

    def _column(self, value: Any, drawn: Mapping[str, Values]) -> Values:
        size = len(self.person)
        if not isinstance(value, dict):
            return texts([value] * size)
        given = cast("dict[str, Any]", value)
        column = self._drawn(given, drawn)
        if "chance" in given and "truth" not in given:
            there = self.rng.random(size) < self._chance(given["chance"])
            column = only_where(there, column)
        return column

    def _chance(self, given: Any) -> Floats | float:
        """A number for all, or a parameter of each person."""
        if isinstance(given, str) and not given.endswith("%"):
            return self.people.numbers(given)[self.person]
        return chance(given)

    def _drawn(  # noqa: PLR0911  one way of drawing each
        self, given: dict[str, Any], drawn: Mapping[str, Values]
    ) -> Values:
        rng, size = self.rng, len(self.person)
        match given:
            case {"given": name, "any": table}:
                return self._given(drawn[str(name)], table)
            case {"any": str(name)}:
                return self._by_kind(name)
            case {"any": weights}:
                return by_weight(weights, size, rng)
            case {"between": [low, high], **rest} if "around" not in rest:
                return _between(low, high, size, rng)
            case {"around": middle}:
                return self._around(given, middle)
            case {"dates": [first, last]}:
                return _dates(first, last, size, rng)
            case {"from": name}:
                assert self.cause is not None, f"`from: {name}` follows on nothing"
                return self.cause.known(str(name))
            case {"by": name, "up_to": limits}:
                return _steps(drawn[str(name)], limits)
            case {"truth": name}:
                return self._truth(str(name), chance(given.get("chance", 1)))
            case {"parameter": name}:
                return self.people.objects(str(name))[self.person]
            case {"number": digits}:
                top = 10 ** int(digits)
                return texts([f"{it:0{digits}d}" for it in rng.integers(0, top, size)])
            case _:
                raise ValueError(f"`{given}` says nothing that can be drawn")

    def _by_kind(self, name: str) -> Values:
        """A draw by each person's own weights."""
        column = texts([None] * len(self.person))
        kinds = self.people.kind[self.person]
        for kind, weights in enumerate(self.people.of_kinds(name)):
            rows = np.flatnonzero(kinds == kind)
            if len(rows) and weights:
                column[rows] = by_weight(weights, len(rows), self.rng)
        return column

    def _given(self, known: Values, table: Mapping[Any, Weights]) -> Values:
        """A draw by weights that another column decides; unset where it has none."""
        column = texts([None] * len(known))
        for value, weights in table.items():
            rows = np.flatnonzero(known == value)
            if len(rows):
                column[rows] = by_weight(weights, len(rows), self.rng)
        return column

    def _around(self, given: Mapping[str, Any], middle: Any) -> Values:
        mean = (
            self.people.numbers(middle)[self.person] if isinstance(middle, str) else float(middle)
        )
        spread = given.get("spread", 1)
        # As a percentage it is a part of each person's own middle.
        deviation = chance(spread) * mean if isinstance(spread, str) else float(spread)
        found = self.rng.normal(mean, deviation, len(self.person))
        if "between" in given:
            found = np.clip(found, *given["between"])
        whole = given.get("whole", False)
        return texts([int(it) for it in np.rint(found)] if whole else np.round(found, 2).tolist())

    def _truth(self, name: str, honest: float) -> Values:
        """The truth; or, as often as it is not told, another value of it."""
        truth = self.people.truths[name][self.person]
        values = texts(sorted(set(self.people.truths[name])))
        others = self.rng.integers(0, max(len(values) - 1, 1), len(truth))
        place = np.searchsorted(values.astype(str), truth.astype(str))
        wrong = values[(place + 1 + others) % len(values)]
        return np.where(self.rng.random(len(truth)) < honest, truth, wrong)


def _between(low: Any, high: Any, size: int, rng: np.random.Generator) -> Values:
    if isinstance(low, int) and isinstance(high, int):
        return texts(rng.integers(low, high + 1, size).tolist())
    return texts(np.round(rng.uniform(low, high, size), 2).tolist())


def _dates(first: Any, last: Any, size: int, rng: np.random.Generator) -> Values:
    begin, end = (
        it if isinstance(it, date) else date.fromisoformat(str(it)) for it in (first, last)
    )
    days = rng.integers(0, (end - begin).days + 1, size)
    return texts([(begin + timedelta(days=int(it))).isoformat() for it in days])


def _steps(values: Values, limits: Mapping[float, Any]) -> Values:
    """For each value what its limit says: the first that it does not exceed."""
    steps = sorted(limits.items())
    return texts([next((said for top, said in steps if it <= top), steps[-1][1]) for it in values])
