"""How many people to leave alone: as few as still tell whether the others were helped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from shoal.core.errors import UsageError
from shoal.experiments.power import POWER, Question, drift_needed, power_once


@dataclass(frozen=True, slots=True)
class Holdout:
    """A proposed holdout: its share and people, the power it gives, and what it forgoes.

    ``forgone`` is what those left alone would have brought if the expected effect is there.
    ``enough`` is False where even half of the people would not do; then half is proposed, and
    ``smallest`` is the effect that would be noticed.
    """

    share: float
    people: int
    power: float
    forgone: float
    enough: bool
    smallest: float


def propose_holdout(
    audience: int, question: Question, *, power: float = POWER, alpha: float = 0.05
) -> Holdout:
    """The smallest holdout of an audience that notices the effect with that power."""
    if audience < 4:
        raise UsageError("an audience of fewer than four people cannot be divided")
    wanted = drift_needed("once", 1, power, alpha)

    def at(share: float) -> Question:
        return replace(question, control_share=share, variant_share=1 - share)

    people = audience // 2
    enough = at(people / audience).drift(audience) >= wanted
    if enough:
        low, high = 1, people  # the larger the holdout up to half, the more is noticed
        while low < high:
            middle = (low + high) // 2
            if at(middle / audience).drift(audience) >= wanted:
                high = middle
            else:
                low = middle + 1
        people = high
    chosen = at(people / audience)
    return Holdout(
        share=people / audience,
        people=people,
        power=power_once(chosen.drift(audience), alpha),
        forgone=people * (question.raised - question.baseline),
        enough=enough,
        smallest=wanted * sqrt(chosen.variance / audience),
    )
