"""What was known of people at an instant: one column a feature, numbers or texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    SPAN = "span"  # in days
    BOOLEAN = "boolean"  # 0 or 1
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Feature:
    """Something known of people: as rules write it, and as people say it."""

    name: str
    title: str
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One value a person; NaN where unset. Of texts, their places among ``names``."""

    values: npt.NDArray[np.float32]
    names: tuple[str, ...] = ()

    def rows(self, chosen: Truths | Numbers) -> Column:
        """The same of some people."""
        return Column(self.values[chosen], self.names)

    def is_one(self, name: str) -> npt.NDArray[np.float32]:
        """1 where the text is this one, 0 where it is another or unset."""
        if name not in self.names:
            return np.zeros(len(self.values), np.float32)
        return (self.values == self.names.index(name)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """People and what was known of them; columns in the order of the features."""

    features: tuple[Feature, ...]
    columns: tuple[Column, ...]
    people: int

    def __post_init__(self) -> None:
        assert len(self.features) == len(self.columns)
        assert all(len(it.values) == self.people for it in self.columns)

    def rows(self, chosen: Truths | Numbers) -> Sight:
        """The same of some people."""
        columns = tuple(it.rows(chosen) for it in self.columns)
        people = int(chosen.sum()) if chosen.dtype == np.bool_ else len(chosen)
        return Sight(self.features, columns, people)


def together(sights: Sequence[Sight]) -> Sight:
    """The people of several sights of the same features, one sight after the other."""
    first = sights[0]
    assert all(it.features == first.features for it in sights)
    columns = tuple(_joined([it.columns[place] for it in sights])
                    for place in range(len(first.features)))  # fmt: skip
    return Sight(first.features, columns, sum(it.people for it in sights))


def _joined(columns: Sequence[Column]) -> Column:
    names = tuple(dict.fromkeys(name for it in columns for name in it.names))
    if not names:
        return Column(np.concatenate([it.values for it in columns]))
    place = {name: float(number) for number, name in enumerate(names)}
    parts: list[npt.NDArray[np.float32]] = []
    for it in columns:
        moved = np.array([*(place[name] for name in it.names), np.nan], np.float32)
        unset = np.isnan(it.values)
        parts.append(
            moved[np.where(unset, len(it.names), np.where(unset, 0, it.values)).astype(int)]
        )
    return Column(np.concatenate(parts), names)
