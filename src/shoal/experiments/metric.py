"""What is measured of each person, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from shoal.experiments.moments import Floats


class Kind(StrEnum):
    """What a metric's numbers are."""

    CONVERSION = "conversion"  # 0 or 1 for each person
    RETENTION = "retention"  # 0 or 1; unset while it is too early to tell
    MEAN = "mean"  # an amount for each person
    RATIO = "ratio"  # a sum over a sum, such as clicks over exposures


SHARES = frozenset({Kind.CONVERSION, Kind.RETENTION})


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric. ``winsorise`` is the share of people whose amounts stay as they are: 0.99."""

    name: str
    kind: Kind
    less_is_better: bool = False
    winsorise: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A metric's numbers, one a person; NaN where unset. ``below`` is what a ratio is over."""

    metric: Metric
    values: Floats
    below: Floats | None = None

    @property
    def known(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whose outcome is known."""
        known = ~np.isnan(self.values)
        return known if self.below is None else known & ~np.isnan(self.below)


def cap_of(outcome: Outcome) -> float | None:
    """The amount above which amounts count as that much: a quantile over all arms together.

    One cap for all arms, or the caps themselves would differ by arm.
    """
    share = outcome.metric.winsorise
    values = outcome.values[outcome.known]
    if share is None or not len(values):
        return None
    return float(np.quantile(values, share, method="higher"))


def events_of(outcome: Outcome, values: Floats) -> int:
    """How many people make up what is known of the metric's variance: the burn-in counts them."""
    some = int(np.count_nonzero(values))
    return min(some, len(values) - some) if outcome.metric.kind in SHARES else some
