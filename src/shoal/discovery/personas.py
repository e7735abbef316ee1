"""A segment as a character: what sets it apart, when it comes, what it likes, one typical member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.audits.differences import rank_biserial, standardised
from shoal.discovery.features import Feature, Floats, Kind, Matrix, Truths, sampled
from shoal.discovery.naming import phrase
from shoal.discovery.preparing import Prepared

NOTABLE = 0.2
RANKED = 20_000
FEWEST_FOR_TYPICAL = 10
"""Members below which a typical one would be a person one could know."""


@dataclass(frozen=True, slots=True)
class Apart:
    """How members differ from all others in one behaviour; ``strength`` is rank-biserial."""

    feature: Feature
    here: float
    others: float
    strength: float
    standardised: float | None
    words: str


def sets_apart(matrix: Matrix, members: Truths, *, seed: int = 0) -> tuple[Apart, ...]:
    """Every notable difference between members and others, the largest first."""
    found: list[Apart] = []
    for place, feature in enumerate(matrix.features):
        column = matrix.values[:, place]
        known = ~np.isnan(column)
        own, others = column[known & members], column[known & ~members]
        if min(len(own), len(others)) < 5:
            continue
        strength = rank_biserial(_few(own, seed), _few(others, seed))
        if abs(strength) < NOTABLE:
            continue
        middle = np.mean if feature.kind in {Kind.BOOLEAN, Kind.CATEGORY} else np.median
        found.append(
            Apart(
                feature,
                float(middle(own)),
                float(middle(others)),
                strength,
                standardised(own, others),
                _words(feature, strength),
            )
        )
    return tuple(sorted(found, key=lambda it: -abs(it.strength)))


def _few(values: Floats, seed: int) -> Floats:
    return values[sampled(len(values), RANKED, seed)]


def _words(feature: Feature, strength: float) -> str:
    if feature.kind is Kind.CATEGORY:
        return f"{feature.title} {'more' if strength > 0 else 'less'} often {feature.category}"
    if feature.kind is Kind.BOOLEAN:
        return f"{'more' if strength > 0 else 'less'} often {feature.title}"
    return phrase(feature, more=strength > 0, very=abs(strength) >= 0.7)


def typical(prepared: Prepared, members: Truths, *, seed: int = 0) -> int | None:
    """The row of the member nearest to the middle of all members; None of too few."""
    rows = np.flatnonzero(members)
    if len(rows) < FEWEST_FOR_TYPICAL or not prepared.features:
        return None
    some = rows[sampled(len(rows), RANKED, seed)]
    points = prepared.points[some]
    distance = ((points - np.median(points, axis=0)) ** 2).sum(axis=1)
    return int(some[int(np.argmin(distance))])


def blurred(number: float) -> float:
    """Two figures of it: enough to imagine somebody, too little to find them.

    >>> blurred(1234.5), blurred(0.467), blurred(7.0)
    (1200.0, 0.47, 7.0)
    """
    return float(f"{number:.2g}")


@dataclass(frozen=True, slots=True)
class Favourite:
    """A text that members have more often than everyone: its share here and there."""

    title: str
    value: str
    here: float
    everyone: float

    @property
    def lift(self) -> float:
        """How many times as often."""
        return self.here / self.everyone if self.everyone else float("inf")


def favourites(
    title: str, texts: Sequence[str | None], members: Truths, most: int = 3
) -> tuple[Favourite, ...]:
    """The members' commonest texts, with everyone's share beside each."""
    everyone = np.array(["" if it is None else it for it in texts], np.object_)
    known = everyone != ""
    own = everyone[known & members].astype(str)
    if not len(own):
        return ()
    values, counts = np.unique(own, return_counts=True)
    order = np.lexsort((values, -counts))[:most]
    return tuple(
        Favourite(
            title,
            str(values[it]),
            float(counts[it] / len(own)),
            float((everyone[known] == values[it]).mean()),
        )
        for it in order
    )
