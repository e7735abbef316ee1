"""What a model says, made true: held against what came at a later time than it was learned from.

Of chances, log-odds are shifted and stretched (Platt 1999); of amounts, what is said becomes the
mean of what came, never falling where the model rises. Both remember how many people stand behind
each height, for the interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shoal.predictions.judging import likely_share
from shoal.predictions.sight import Floats, Truths
from shoal.predictions.weighing import chance, fit_logistic

FEWEST_BEHIND = 50
MOST_PARTS = 20
ALIKE = 1e-9
"""Sums that lie no further apart say the same of people."""


@dataclass(frozen=True, slots=True)
class Part:
    """People of like scores at the calibration: up to which score, how many, said and came."""

    upto: float
    people: int
    said: float
    came: float
    error: float  # the standard error of what came


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """From a model's sums to chances (``shift``, ``stretch``) or to amounts (``knots``)."""

    shift: float
    stretch: float
    knots: tuple[tuple[float, float], ...]
    parts: tuple[Part, ...]
    is_rule: bool

    def apply(self, sums: Floats) -> Floats:
        """Chances, or expected amounts."""
        if self.is_rule:
            return chance(self.shift + self.stretch * sums)
        at, means = (np.array(it, np.float64) for it in zip(*self.knots, strict=True))
        return np.interp(sums, at, means)

    def interval(self, said: Floats) -> tuple[Floats, Floats]:
        """Between what limits the truth lies for people of whom this is said (95 %).

        As many people stand behind it as had a like score at the calibration, and what was said of
        them too high or too low then widens it.
        """
        limits = np.array([it.upto for it in self.parts[:-1]])
        which = np.searchsorted(limits, said, "left")
        low, high = np.empty(len(said)), np.empty(len(said))
        for number, part in enumerate(self.parts):
            here = np.flatnonzero(which == number)
            if not len(here):
                continue
            over, under = max(0.0, part.said - part.came), max(0.0, part.came - part.said)
            if self.is_rule:
                shares, places = np.unique(np.round(said[here], 4), return_inverse=True)
                ends = np.array([likely_share(it * part.people, part.people) for it in shares])
                low[here] = np.minimum(np.maximum(ends[places, 0] - over, 0.0), said[here])
                high[here] = np.maximum(np.minimum(ends[places, 1] + under, 1.0), said[here])
            else:
                low[here] = said[here] - 1.96 * part.error - over
                high[here] = said[here] + 1.96 * part.error + under
        return low, high

    def as_json(self) -> dict[str, Any]:
        """The calibration as a document."""
        return {
            "is_rule": self.is_rule,
            "shift": self.shift,
            "stretch": self.stretch,
            "knots": [list(it) for it in self.knots],
            "parts": [[it.upto, it.people, it.said, it.came, it.error] for it in self.parts],
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Calibration:
        """What ``as_json`` told."""
        return cls(
            form["shift"],
            form["stretch"],
            tuple((at, mean) for at, mean in form["knots"]),
            tuple(Part(*it) for it in form["parts"]),
            form["is_rule"],
        )


def calibrate_chances(sums: Floats, did: Truths) -> Calibration:
    """Shifts and stretches log-odds to fit what came; no stretch turns them round."""
    spread = float(sums.std())
    shift, stretch = float(np.log((did.sum() + 0.5) / ((~did).sum() + 0.5))), 0.0
    if spread > 1e-9:
        middle = float(sums.mean())
        fitted = fit_logistic(((sums - middle) / spread)[:, None], did, held_back=1e-3)
        stretch = max(0.0, float(fitted.each[0]) / spread)
        if stretch > 0:
            shift = fitted.constant - stretch * middle
    bare = Calibration(shift, stretch, (), (), is_rule=True)
    return Calibration(
        shift, stretch, (), _parts(bare.apply(sums), did.astype(np.float64)), is_rule=True
    )


def calibrate_amounts(sums: Floats, amounts: Floats) -> Calibration:
    """The mean of what came, by what was said, made to rise by pooling neighbours that fall."""
    order = np.argsort(sums, kind="stable")
    count = max(2, min(MOST_PARTS, len(order) // FEWEST_BEHIND))
    blocks: list[tuple[float, float, int]] = []  # mean sum, mean amount, people
    for some in np.array_split(order, count):
        if not len(some):
            continue
        blocks.append((float(sums[some].mean()), float(amounts[some].mean()), len(some)))
        while len(blocks) > 1 and (
            blocks[-2][1] >= blocks[-1][1] or blocks[-1][0] - blocks[-2][0] < ALIKE
        ):
            (a, b, n), (c, d, m) = blocks.pop(), blocks.pop()
            blocks.append(((a * n + c * m) / (n + m), (b * n + d * m) / (n + m), n + m))
    knots = tuple((at, mean) for at, mean, _ in blocks)
    bare = Calibration(0.0, 1.0, knots, (), is_rule=False)
    return Calibration(0.0, 1.0, knots, _parts(bare.apply(sums), amounts), is_rule=False)


def _parts(said: Floats, came: Floats) -> tuple[Part, ...]:
    order = np.argsort(said, kind="stable")
    count = max(1, min(MOST_PARTS, len(order) // FEWEST_BEHIND))
    return tuple(
        Part(
            float(said[some].max()),
            len(some),
            float(said[some].mean()),
            float(came[some].mean()),
            float(came[some].std() / np.sqrt(len(some))),
        )
        for some in np.array_split(order, count)
        if len(some)
    )
