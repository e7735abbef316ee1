"""Who was given which arm of a campaign, and what they did in the days after that, each in their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shoal.campaigns.terms import ASSIGNMENT
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Comparator,
    Compare,
    Did,
    EventRef,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
    Value,
)

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """Who has an arm: places among everybody, the arm of each as a place in ``arms``, and when."""

    arms: tuple[str, ...]
    arm: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    crossed: int
    sizes: tuple[int, ...]

    def chosen(self, some: Bools) -> Assigned:
        """Some of them."""
        return Assigned(
            self.arms, self.arm[some], self.at[some], self.places[some], self.crossed, self.sizes
        )


def assigned_in(
    reading: Reading, definition: CampaignDefinition, arms: tuple[str, ...], at: int
) -> Assigned:
    """Who was given which arm, and when first; who was given several, the holdout or the first."""
    from shoal.runners import RuleAnswer, ValueAnswer, evaluate

    mine = _is("campaign", definition.name)
    event = EventRef((ASSIGNMENT,), (True,))
    questions: dict[str, Rule | Value] = {
        f"arm {arm}": Did(Selection(event, where=And((mine, _is("arm", arm))))) for arm in arms
    }
    questions["at"] = Aggregate(AggregateFunction.FIRST, Selection(event, where=mine))
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    times = answers["at"]
    assert isinstance(times, ValueAnswer)
    first = np.concatenate([np.empty(0), *(it.values[times.index] for it in times.buckets)])
    sizes = tuple(it.size for it in times.buckets)
    arm = np.full(len(first), -1, np.int64)
    several = np.zeros(len(first), np.int64)
    # The first of the arms wins, which is the holdout where there is one.
    for place in reversed(range(len(arms))):
        answer = answers[f"arm {arms[place]}"]
        assert isinstance(answer, RuleAnswer)
        truths = np.concatenate([np.empty(0, np.bool_), *answer.chosen()])
        arm[truths] = place
        several += truths
    places = np.flatnonzero((arm >= 0) & ~np.isnan(first))
    moments = np.rint(first[places]).astype(np.int64)
    return Assigned(arms, arm[places], moments, places, int((several > 1).sum()), sizes)


def values_after(
    reading: Reading,
    questions: Mapping[str, Rule | Value],
    whom: Assigned,
    horizon: int,
    at: int,
) -> dict[str, Floats]:
    """Each question's number for each person, asked ``horizon`` after their assignment."""
    from shoal.runners import RuleAnswer
    from shoal.runners.shifting import evaluate_shifted

    by = np.zeros(sum(whom.sizes), np.int64)
    by[whom.places] = at - (whom.at + horizon)
    ends = np.cumsum(whom.sizes)[:-1].tolist()
    answers = evaluate_shifted(
        reading.snapshot, questions, reading.vocabulary, at, np.split(by, ends)
    )
    late = whom.at + horizon > at
    found: dict[str, Floats] = {}
    for name, answer in answers.items():
        if isinstance(answer, RuleAnswer):
            truths = np.concatenate([np.empty(0, np.bool_), *answer.chosen()])
            numbers = truths.astype(np.float64)[whom.places]
        else:
            parts = (it.values[answer.index] for it in answer.buckets)
            numbers = np.array(np.concatenate([np.empty(0), *parts])[whom.places], np.float64)
        numbers[late] = np.nan
        found[name] = numbers
    return found


def _is(name: str, text: str) -> Rule:
    return Compare(PropertyValue(name), Comparator.EQUAL, TextLiteral(text))
