"""What is known of people as a table of numbers: one row a person, one column a behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from shoal.language.tree import Value

Floats: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    SPAN = "span"  # in days
    BOOLEAN = "boolean"  # 0 or 1
    CATEGORY = "category"  # 1 where a text is this category, 0 where it is another


@dataclass(frozen=True, slots=True)
class Feature:
    """A behaviour as rules write it (``value``) and as people say it (``title``)."""

    name: str
    value: Value
    title: str
    kind: Kind = Kind.NUMBER
    category: str | None = None
    reads: Value | None = field(default=None, compare=False)  # the value behind a trait's name


@dataclass(frozen=True, eq=False)
class Matrix:
    """``values[person, feature]``, NaN where unset.

    By feature: ``whole`` where all numbers are whole ones, ``shares`` where they are parts of 1.
    """

    features: tuple[Feature, ...]
    values: Floats
    whole: tuple[bool, ...]
    shares: tuple[bool, ...]

    @property
    def people(self) -> int:
        """Rows."""
        return self.values.shape[0]

    @cached_property
    def unset(self) -> tuple[float, ...]:
        """The share of people without a value, by feature."""
        if not self.people:
            return (0.0,) * len(self.features)
        return tuple(
            float(np.isnan(self.values[:, index]).mean()) for index in range(len(self.features))
        )

    def rows(self, chosen: Truths | Numbers) -> Matrix:
        """The same of some people."""
        return Matrix(self.features, self.values[chosen], self.whole, self.shares)

    def columns(self, chosen: Sequence[int]) -> Matrix:
        """Some of the features."""
        return Matrix(
            tuple(self.features[it] for it in chosen),
            self.values[:, list(chosen)],
            tuple(self.whole[it] for it in chosen),
            tuple(self.shares[it] for it in chosen),
        )


def matrix_of(features: Sequence[Feature], columns: Sequence[Floats], people: int) -> Matrix:
    """The table of these columns; of none, a table of so many people without features."""
    values = np.column_stack(columns) if columns else np.empty((people, 0))
    assert values.shape == (people, len(features))
    numbers = [feature.kind is Kind.NUMBER for feature in features]
    whole = tuple(
        number and is_whole(column) for number, column in zip(numbers, columns, strict=True)
    )
    shares = tuple(
        number and not each and _is_share(column)
        for number, each, column in zip(numbers, whole, columns, strict=True)
    )
    return Matrix(tuple(features), values, whole, shares)


def _is_share(column: Floats) -> bool:
    found = column[~np.isnan(column)]
    return bool(len(found)) and float(found.min()) >= 0 and float(found.max()) <= 1 + 1e-9


def is_whole(column: Floats) -> bool:
    """Whether every set number is a whole one."""
    found = column[~np.isnan(column)]
    return bool(len(found)) and bool((found == np.rint(found)).all())


def sampled(people: int, most: int, seed: int) -> Numbers:
    """The rows of a random sample in their order; everyone where they are few enough."""
    if people <= most:
        return np.arange(people)
    chosen = np.random.default_rng(seed).choice(people, most, replace=False, shuffle=False)
    return np.sort(chosen)
