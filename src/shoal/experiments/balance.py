"""What ought to be alike in all arms: what was known before, and for how many nothing is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shoal.experiments.effects import effect_of, p_value
from shoal.experiments.metric import Outcome
from shoal.experiments.moments import Floats, Moments
from shoal.language.told import Figure, Told

ALPHA = 1e-4
"""Strict, since there may be many columns and people look often."""

Codes = npt.NDArray[np.int64]


def unlike_before(arms: Sequence[str], arm: Codes, name: str, values: Floats) -> Iterator[str]:
    """A sentence for each arm whose people were unlike the control's before anything was done."""
    known = ~np.isnan(values)
    for place, other in enumerate(arms[1:], start=1):
        p = _p(values[known & (arm == 0)], values[known & (arm == place)])
        if p is not None and p < ALPHA:
            yield Told(
                "`{0}` differs between {1} and {2} (p {3}): was it really known before the start?",
                name,
                arms[0],
                other,
                Figure(p, ".1g"),
            )


def unlike_unset(arms: Sequence[str], arm: Codes, outcome: Outcome) -> Iterator[str]:
    """A sentence for each arm that misses other people's outcomes than the control does."""
    unset = (~outcome.known).astype(np.float64)
    for place, other in enumerate(arms[1:], start=1):
        here, there = unset[arm == 0], unset[arm == place]
        p = _p(here, there)
        if p is not None and p < ALPHA:
            yield Told(
                "{0} is unset for {1} of {2} and {3} of {4}: who is missing may be all the difference",
                outcome.metric.name,
                Figure(float(here.mean()), ".1%"),
                arms[0],
                Figure(float(there.mean()), ".1%"),
                other,
            )


def _p(here: Floats, there: Floats) -> float | None:
    if min(len(here), len(there)) < 2:
        return None
    return p_value(effect_of(Moments.of([here]), Moments.of([there])))
