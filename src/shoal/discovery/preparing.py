"""A table made ready for measures of likeness, and every choice made on the way in words.

Numbers that are never negative and have a long tail are taken by their logarithm; the outermost
half per cent of each side is pulled in; then every feature has mean 0 and deviation 1. Unset is
the middle value, or for spans of time the longest (what never happened is longest ago). Features
that say nothing, or what another says already, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.discovery.features import Feature, Floats, Kind, Matrix, Numbers
from shoal.language.told import Figure, Told, joined

UNSET_MOST = 0.6
SELDOM = 0.02
SAME_VALUE = 0.99
SAME_FEATURE = 0.95
OUTERMOST = 0.5  # per cent
LONG_TAIL = 1.0  # skewness


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A feature that takes no part, and why."""

    feature: Feature
    why: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How a feature's values become comparable with others'."""

    fill: float
    logarithm: bool
    low: float
    high: float
    mean: float
    deviation: float

    def apply(self, column: Floats) -> npt.NDArray[np.float32]:
        """The column, prepared."""
        filled = np.where(np.isnan(column), self.fill, column)
        bent = np.log1p(np.maximum(filled, 0.0)) if self.logarithm else filled
        scaled = (np.clip(bent, self.low, self.high) - self.mean) / self.deviation
        return scaled.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Prepared:
    """``points[person, feature]`` over the features that were kept (``places`` in the matrix)."""

    matrix: Matrix
    places: tuple[int, ...]
    scales: tuple[Scale, ...]
    points: npt.NDArray[np.float32]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features that were kept."""
        return tuple(self.matrix.features[place] for place in self.places)


def prepare(matrix: Matrix, sample: Numbers) -> Prepared:
    """The matrix made ready; what is estimated, is from the rows of the sample."""
    places: list[int] = []
    scales: list[Scale] = []
    columns: list[npt.NDArray[np.float32]] = []
    left_out: list[LeftOut] = []
    for place, feature in enumerate(matrix.features):
        column = matrix.values[:, place]
        why = _says_nothing(column[sample], matrix.unset[place])
        if why is not None:
            left_out.append(LeftOut(feature, why))
            continue
        scale = _scale(column[sample], feature)
        scaled = scale.apply(column)
        twin = _twin(scaled[sample], [kept[sample] for kept in columns])
        if twin is not None:
            other = matrix.features[places[twin]].title
            left_out.append(LeftOut(feature, Told("says the same as “{0}”", other)))
            continue
        places.append(place)
        scales.append(scale)
        columns.append(scaled)
    points = np.column_stack(columns) if columns else np.empty((matrix.people, 0), np.float32)
    notes = _unset_notes(matrix, places, scales)
    notes += _bent_note([matrix.features[it] for it in places], scales)
    return Prepared(matrix, tuple(places), tuple(scales), points, tuple(left_out), tuple(notes))


def _says_nothing(column: Floats, unset: float) -> str | None:
    found = column[~np.isnan(column)]
    if unset > UNSET_MOST or not len(found):
        return Told("unset for {0} of the people", Figure(unset, ".0%"))
    commonest = np.unique(found, return_counts=True)[1].max() / len(found)
    if commonest >= SAME_VALUE:
        if commonest == 1:
            return Told("everybody with a value has the same one")
        return Told("{0} of the people with a value has the same one", Figure(commonest, ".1%"))
    return None


def _scale(column: Floats, feature: Feature) -> Scale:
    found = column[~np.isnan(column)]
    if feature.kind in {Kind.BOOLEAN, Kind.CATEGORY}:
        deviation = float(found.std()) or 1.0
        return Scale(float(found.mean()), False, 0.0, 1.0, float(found.mean()), deviation)
    fill = float(np.percentile(found, 100 - OUTERMOST) if feature.kind is Kind.SPAN
                 else np.median(found))  # fmt: skip
    filled = np.where(np.isnan(column), fill, column)
    logarithm = bool(found.min() >= 0) and _skewness(filled) > LONG_TAIL
    bent = np.log1p(filled) if logarithm else filled
    low, high = (float(it) for it in np.percentile(bent, (OUTERMOST, 100 - OUTERMOST)))
    if low == high:
        low, high = float(bent.min()), float(bent.max())
    pulled = np.clip(bent, low, high)
    return Scale(fill, logarithm, low, high, float(pulled.mean()), float(pulled.std()) or 1.0)


def _skewness(column: Floats) -> float:
    deviation = float(column.std())
    return float(((column - column.mean()) ** 3).mean()) / deviation**3 if deviation else 0.0


def _twin(column: npt.NDArray[np.float32], kept: list[npt.NDArray[np.float32]]) -> int | None:
    """The kept column that this one restates, of equal or of opposite sign."""
    centred = column - column.mean()
    length = float(np.sqrt((centred**2).sum()))
    for index, other in enumerate(kept):
        beside = other - other.mean()
        product = length * float(np.sqrt((beside**2).sum()))
        if product and abs(float((centred * beside).sum())) / product >= SAME_FEATURE:
            return index
    return None


def _unset_notes(matrix: Matrix, places: list[int], scales: list[Scale]) -> list[str]:
    told: list[str] = []
    seldom: list[str] = []
    for place, scale in zip(places, scales, strict=True):
        feature, unset = matrix.features[place], matrix.unset[place]
        if unset >= SELDOM:
            told.append(
                Told(
                    "{0}: unset for {1}, counted {2}",
                    feature.title,
                    Figure(unset, ".0%"),
                    _as_what(feature, scale),
                )
            )
        elif unset:
            seldom.append(feature.title)
    if seldom:
        how = "counted as the middle value, spans of time as the longest"
        told.append(
            Told(
                "unset for fewer than {0}, {1}: {2}",
                Figure(SELDOM, ".0%"),
                how,
                joined(list(dict.fromkeys(seldom))),
            )
        )
    return told


def _as_what(feature: Feature, scale: Scale) -> str:
    if feature.kind is Kind.SPAN:
        return Told("as the longest, {0} days", Figure(scale.fill, ",.0f"))
    if feature.kind is Kind.NUMBER:
        return Told("as the middle value, {0}", Figure(scale.fill, ",.4g"))
    return "as the mean"


def _bent_note(features: list[Feature], scales: list[Scale]) -> list[str]:
    bent = [
        feature.title for feature, scale in zip(features, scales, strict=True) if scale.logarithm
    ]
    return [Told("by the logarithm, for their long tails: {0}", joined(bent))] if bent else []
