"""Sufficient statistics of an arm: all that its people leave behind, small, and addable.

Every array may have leading axes, so that one call works out a thousand experiments, or one
experiment at a thousand instants, by the very formulas that one analysis uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """People, and the means and centred cross products of their k columns.

    ``count`` has shape (...), ``means`` (..., k), ``products`` (..., k, k): the sums of
    ``(x - mean of x) * (y - mean of y)``. Centred, because sums of squares of large amounts cancel.
    """

    count: Floats
    means: Floats
    products: Floats

    @classmethod
    def of(cls, columns: Sequence[Floats]) -> Moments:
        """The moments of some people, one array of numbers per column."""
        table = np.stack(columns)
        people = table.shape[1]
        means = table.mean(axis=1) if people else np.zeros(len(table))
        centred = table - means[:, None]
        # Row by row: sums in pairs keep more digits than a matrix product, and wait for no thread.
        products = np.stack([(centred * row).sum(axis=1) for row in centred])
        return cls(np.float64(people) + np.zeros(()), means, products)

    @classmethod
    def from_sums(cls, count: Floats, sums: Floats, products: Floats) -> Moments:
        """The same of plain sums, such as a database gives: n, sums, sums of products."""
        people = np.maximum(count, 1.0)
        means = sums / people[..., None]
        centred = products - people[..., None, None] * means[..., :, None] * means[..., None, :]
        return cls(count, means, centred)

    def __add__(self, other: Moments) -> Moments:
        """The moments of both groups together (Chan, Golub and LeVeque 1983)."""
        count = self.count + other.count
        people = np.maximum(count, 1.0)
        gap = other.means - self.means
        share = (other.count / people)[..., None]
        weight = (self.count * other.count / people)[..., None, None]
        return Moments(
            count,
            self.means + gap * share,
            self.products + other.products + weight * gap[..., :, None] * gap[..., None, :],
        )

    @property
    def covariance(self) -> Floats:
        """The sample covariances of the columns (divided by n - 1)."""
        return self.products / np.maximum(self.count - 1.0, 1.0)[..., None, None]
