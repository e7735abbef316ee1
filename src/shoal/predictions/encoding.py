"""Features as the numbers a model is fitted to, and the way back from these to features.

Two forms. *Plain*, for trees: numbers as they are, a column for each common text. *Bent*, for sums
of weights: long tails by their logarithm, the outermost half per cent pulled in, unset as the middle
with a column that says so, and broken lines in place of straight ones, so that what helps up to a
point need not help beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.predictions.sight import Column, Feature, Floats, Kind, Sight

MOST_TEXTS = 8
RARE_TEXT = 0.01
RARE = 0.005
"""A value or its absence is looked at from this share of the people on."""
BENDS = (0.2, 0.4, 0.6, 0.8)
FEWEST_DISTINCT = 8
"""A number of fewer different values has no bends."""

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Encoded:
    """How one feature becomes columns.

    ``texts`` are those with a column of their own. Of numbers: ``low`` and ``high`` are the limits
    after the logarithm (if ``is_log``), ``fill`` stands for unset, ``bends`` are where lines break.
    """

    place: int
    texts: tuple[str, ...] = ()
    is_log: bool = False
    low: float = 0.0
    high: float = 1.0
    fill: float = 0.0
    tells_unset: bool = False
    bends: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """Columns of the bent form."""
        return (len(self.texts) or 1 + len(self.bends)) + self.tells_unset


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """How all features that tell people apart become columns; ``scale`` is of the bent ones."""

    features: tuple[Feature, ...]
    parts: tuple[Encoded, ...]
    means: Floats
    scales: Floats

    def bent(self, sight: Sight) -> Points:
        """The columns for a sum of weights, each of mean 0 and spread 1 over those it was made of."""
        found = self.columns(sight)
        found -= self.means
        found /= self.scales
        return found

    def plain(self, sight: Sight) -> npt.NDArray[np.float32]:
        """The columns for trees."""
        columns: list[npt.NDArray[np.float32]] = []
        for part in self.parts:
            column = sight.columns[part.place]
            columns += [column.is_one(it) for it in part.texts] or [column.values]
        # Trees need something to stand on, if it tells nobody apart.
        return np.column_stack(columns) if columns else np.zeros((sight.people, 1), np.float32)

    def owners(self, *, bent: bool) -> npt.NDArray[np.int64]:
        """Of each column, the number of the part it belongs to."""
        widths = [it.width if bent else len(it.texts) or 1 for it in self.parts]
        return np.repeat(np.arange(len(self.parts)), widths)

    def columns(self, sight: Sight) -> Points:
        """The bent columns as they are before they are scaled."""
        found = np.empty((sight.people, sum(it.width for it in self.parts)))
        at = 0
        for part in self.parts:
            column = sight.columns[part.place]
            for each in _bent(part, column):
                found[:, at] = each
                at += 1
        return found

    def as_json(self) -> dict[str, Any]:
        """The encoding as a document."""
        return {
            "features": [[it.name, it.title, str(it.kind)] for it in self.features],
            "parts": [
                [it.place, list(it.texts), it.is_log, it.low, it.high, it.fill, it.tells_unset,
                 list(it.bends)]
                for it in self.parts
            ],
            "means": self.means.tolist(),
            "scales": self.scales.tolist(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Encoding:
        """What ``as_json`` told."""
        return cls(
            tuple(Feature(name, title, Kind(kind)) for name, title, kind in form["features"]),
            tuple(
                Encoded(place, tuple(texts), is_log, low, high, fill, tells, tuple(bends))
                for place, texts, is_log, low, high, fill, tells, bends in form["parts"]
            ),
            np.array(form["means"], np.float64),
            np.array(form["scales"], np.float64),
        )


def encoding_of(sight: Sight) -> Encoding:
    """How these features are best told as numbers; those that tell nobody apart are left out."""
    parts: list[Encoded] = []
    for place, (feature, column) in enumerate(zip(sight.features, sight.columns, strict=True)):
        part = _texts(place, column) if feature.kind is Kind.TEXT else _numbers(place, column)
        if part is not None:
            parts.append(part)
    width = sum(it.width for it in parts)
    bare = Encoding(sight.features, tuple(parts), np.zeros(width), np.ones(width))
    columns = bare.columns(sight)
    scales = columns.std(axis=0) if sight.people else np.ones(width)
    means = columns.mean(axis=0) if sight.people else np.zeros(width)
    return Encoding(sight.features, tuple(parts), means, np.where(scales > 1e-9, scales, 1.0))


def _texts(place: int, column: Column) -> Encoded | None:
    known = column.values[~np.isnan(column.values)].astype(np.int64)
    counts = np.bincount(known, minlength=len(column.names))
    order = sorted(range(len(column.names)), key=lambda it: (-int(counts[it]), column.names[it]))
    least = max(2, RARE_TEXT * len(column.values))
    common = [it for it in order if column.names[it] and counts[it] >= least]
    chosen = tuple(column.names[it] for it in common[:MOST_TEXTS])
    whole = len(common) == 1 and counts[common[0]] >= (1 - RARE) * len(column.values)
    return None if not chosen or whole else Encoded(place, chosen)


def _numbers(place: int, column: Column) -> Encoded | None:
    values = column.values.astype(np.float64)
    unset = np.isnan(values)
    known = values[~unset]
    share = float(unset.mean()) if len(values) else 1.0
    if share > 1 - RARE or not len(known):
        return None
    tells_unset = share >= RARE
    if np.ptp(known) == 0:
        # All that is known is whether it is known.
        value = float(known[0])
        return (
            Encoded(place, fill=value, low=value, high=value, tells_unset=True)
            if (tells_unset)
            else None
        )
    is_log = bool(np.abs(known).max() > 10 * (np.median(np.abs(known)) + 1e-9))
    is_log = is_log or bool(np.abs(known).max() > 20)
    shaped = _logarithm(known) if is_log else known
    low, high = (float(it) for it in np.quantile(shaped, (RARE, 1 - RARE)))
    if low == high:
        low, high = float(shaped.min()), float(shaped.max())
    clipped = np.clip(shaped, low, high)
    bends: list[float] = []
    if len(np.unique(clipped[:50_000])) >= FEWEST_DISTINCT:
        at = np.unique(np.quantile(clipped, BENDS))
        bends = [float(it) for it in at if low < it < high]
    fill = float(np.median(clipped))
    return Encoded(place, (), is_log, low, high, fill, tells_unset, tuple(bends))


def _bent(part: Encoded, column: Column) -> list[Floats]:
    if part.texts:
        return [column.is_one(it).astype(np.float64) for it in part.texts]
    values = column.values.astype(np.float64)
    unset = np.isnan(values)
    filled = np.where(unset, 0.0, values)
    shaped = np.clip(_logarithm(filled) if part.is_log else filled, part.low, part.high)
    shaped = np.where(unset, part.fill, shaped)
    found = [shaped, *(np.maximum(shaped - it, 0.0) for it in part.bends)]
    return [*found, unset.astype(np.float64)] if part.tells_unset else found


def _logarithm(values: Floats) -> Floats:
    return np.sign(values) * np.log1p(np.abs(values))
