"""What to be told of a fitted model: what drifted since, and what is too good to be true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.predictions.judging import MOVED, auc, stability
from shoal.predictions.model import Seen
from shoal.predictions.sight import Column, Floats, Kind, Sight, Truths

TOO_GOOD = 0.95
"""The area under the curve of one feature alone from which it probably knows the outcome."""
TELLS_BY_BEING = 0.9
"""The same of whether a feature is set at all."""
MOST_LOOKED_AT = 100_000
PARTS = 10


@dataclass(frozen=True, slots=True)
class Leak:
    """A feature that probably knows the outcome, and how it gives itself away."""

    feature: str
    title: str
    area: float
    by_being_set: bool

    @property
    def text(self) -> str:
        """As people are told."""
        told = f"`{self.feature}` alone sorts people with an AUC of {self.area:.3f}"
        if self.by_being_set:
            return (
                f"whether `{self.feature}` is set sorts people with an AUC of {self.area:.3f}: it seems "
                "to exist only after the outcome; leave it out with `without`"
            )
        return (
            f"{told}: too good to be true; if it becomes known only with the outcome, "
            "leave it out with `without`"
        )


def leaks_of(seen: Seen) -> list[Leak]:
    """Features that are too good, or that are set only where the outcome came."""
    if seen.came.dtype != np.bool_:
        came = seen.came > np.median(seen.came)
    else:
        came = seen.came.astype(np.bool_)
    if len(came) > MOST_LOOKED_AT:
        some = np.arange(0, len(came), -(-len(came) // MOST_LOOKED_AT))
        seen, came = seen.rows(some), came[some]
    if not came.any() or came.all():
        return []
    found: list[Leak] = []
    for feature, column in zip(seen.sight.features, seen.sight.columns, strict=True):
        is_set = (~np.isnan(column.values)).astype(np.float64)
        being = _either(is_set, came)
        if being >= TELLS_BY_BEING:
            found.append(Leak(feature.name, feature.title, being, by_being_set=True))
            continue
        area = _alone(column, feature.kind, came)
        if area >= TOO_GOOD:
            found.append(Leak(feature.name, feature.title, area, by_being_set=False))
    return found


def _alone(column: Column, kind: Kind, came: Truths) -> float:
    """How well one feature sorts by itself; a text by how many of those with it did."""
    known = ~np.isnan(column.values)
    if known.sum() < len(known) / 20 or not came[known].any() or came[known].all():
        return 0.5
    values = column.values[known].astype(np.float64)
    if kind is Kind.TEXT:
        codes = values.astype(np.int64)
        counts = np.bincount(codes)
        shares = np.bincount(codes, came[known]) / np.maximum(1, counts)
        values = shares[codes]
    return _either(values, came[known])


def _either(values: Floats, came: Truths) -> float:
    area = auc(values, came)
    return max(area, 1 - area)


# --- drift ---------------------------------------------------------------------------------------


def spread_of(sight: Sight, scores: Floats) -> dict[str, Any]:
    """How features and scores are spread: limits of equal parts and the share in each."""
    found: dict[str, Any] = {"": _spread(scores)}
    for feature, column in zip(sight.features, sight.columns, strict=True):
        if feature.kind is Kind.TEXT:
            found[feature.name] = {"names": _shares_of_names(column)}
        else:
            found[feature.name] = _spread(column.values.astype(np.float64))
    return found


def drift(before: Mapping[str, Any], sight: Sight, scores: Floats) -> dict[str, float]:
    """The population stability index of the scores (under no name) and of each feature."""
    found = {"": stability(*_both(before[""], scores))}
    for feature, column in zip(sight.features, sight.columns, strict=True):
        kept = before.get(feature.name)
        if kept is None:
            continue
        if "names" in kept:
            now = _shares_of_names(column)
            names = sorted({*kept["names"], *now})
            pair = [np.array([it.get(name, 0.0) for name in names]) for it in (kept["names"], now)]
            found[feature.name] = stability(*pair)
        else:
            found[feature.name] = stability(*_both(kept, column.values.astype(np.float64)))
    return found


def moved(found: Mapping[str, float]) -> list[str]:
    """Features whose distribution is another by now, the most moved first."""
    names = [it for it, value in found.items() if it and value >= MOVED]
    return sorted(names, key=lambda it: -found[it])


def _spread(values: npt.NDArray[np.float64]) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    limits: list[float] = []
    if len(known):
        limits = [float(it) for it in np.unique(np.quantile(known, np.arange(1, PARTS) / PARTS))]
    return {"limits": limits, "shares": [float(it) for it in _shares(limits, values)]}


def _both(before: Mapping[str, Any], values: Floats) -> tuple[Floats, Floats]:
    return np.array(before["shares"], np.float64), _shares(before["limits"], values)


def _shares(limits: list[float], values: Floats) -> Floats:
    """Shares at or below each limit, above the last, and unset."""
    unset = np.isnan(values)
    places = np.searchsorted(np.array(limits), values[~unset], "left")
    counts = np.bincount(places, minlength=len(limits) + 1).astype(np.float64)
    whole = np.append(counts, float(unset.sum()))
    return whole / max(1, len(values))


def _shares_of_names(column: Column) -> dict[str, float]:
    unset = np.isnan(column.values)
    counts = np.bincount(column.values[~unset].astype(np.int64), minlength=len(column.names))
    shares = {name: float(n) / max(1, len(unset)) for name, n in
              zip(column.names, counts.tolist(), strict=True)}  # fmt: skip
    return {**shares, "(unset)": float(unset.mean()) if len(unset) else 0.0}
