"""Did people land in the arms as often as planned? A check that may be asked at every instant.

The evidence is the chance of the counts under arms of unknown shares (Dirichlet, around the planned
ones) over their chance under the planned shares: an e-value, whose maximum over all instants
reaches 1 / p with a chance of at most p (Ville 1939; Lindon and Malek 2022, *Anytime-valid inference
for multinomial count data*). Two concentrations are averaged, which is an e-value too: the loose
one finds a gross mismatch within a hundred people, the tight one a small mismatch sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from shoal.experiments.distributions import log_gamma
from shoal.experiments.moments import Floats

CONCENTRATIONS = (30.0, 3_000.0)
ALPHA = 0.01


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """People by arm, the planned shares, and the evidence against them.

    ``p`` is one over the evidence (at most 1): valid under unlimited looks. ``ok`` is p >= 1 %.
    """

    counts: tuple[int, ...]
    shares: tuple[float, ...]
    evidence: float

    @property
    def p(self) -> float:
        """The chance that evidence ever grows so strong if all is well, at most."""
        return min(1.0, 1 / self.evidence) if self.evidence > 0 else 1.0

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the planned shares."""
        return self.p >= ALPHA


def sample_ratio(counts: Sequence[int], shares: Sequence[float]) -> SampleRatio:
    """The check of people by arm against shares in any unit."""
    total = sum(shares)
    planned = tuple(share / total for share in shares)
    logged = log_evidence(np.array(counts, dtype=np.float64), np.array(planned))
    return SampleRatio(tuple(counts), planned, exp(min(float(logged), 700.0)))


def log_evidence(counts: Floats, shares: Floats) -> Floats:
    """The log of the evidence; counts have shape (..., arms)."""
    people = counts.sum(axis=-1)
    expected = (counts * np.log(shares)).sum(axis=-1)
    each: list[Floats] = []
    for size in CONCENTRATIONS:
        prior = size * shares
        seen = (log_gamma(prior + counts) - log_gamma(prior)).sum(axis=-1)
        whole = log_gamma(np.asarray(size)) - log_gamma(size + people)
        each.append(seen + whole - expected)
    stacked = np.stack(each)
    most = stacked.max(axis=0)
    return most + np.log(np.exp(stacked - most).mean(axis=0))
