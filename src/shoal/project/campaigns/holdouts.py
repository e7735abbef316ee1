"""How many people a campaign leaves alone by default: as few as still tell whether it helped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.campaigns import State
from shoal.campaigns.goal import measure_of
from shoal.core.errors import ShoalError
from shoal.experiments import Question, propose_holdout
from shoal.language.told import Figure, Told
from shoal.language.tree import Rule
from shoal.project.campaigns.terms import audience_for
from shoal.project.people.audiences import resolve

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

USUAL = 0.10
LEAST, MOST = 0.05, 0.20
LIFT = 0.20
"""The relative effect that is to be noticed."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A share to leave alone, and what it rests on.

    How large the audience was, which share of it reached the goal by themselves, and the effect
    that would be noticed, with which power.
    """

    share: float
    because: str
    audience: int | None = None
    baseline: float | None = None
    smallest_effect: float | None = None
    power: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def propose(reading: Reading, definition: CampaignDefinition) -> Proposed:
    """The share by power, from 5 % to 20 %; 10 % where the past says too little.

    How many reach the goal by themselves is asked of the audience as it was one goal's span ago.
    """
    if definition.holdout is not None:
        return Proposed(definition.holdout, Told("as the definition says"))
    if not isinstance(definition.goal, Rule):
        return Proposed(USUAL, Told("the goal is no rule, so that power says nothing of it"))
    now = reading.at(None)
    measure = measure_of(definition.goal)
    try:
        people, reached = _before(reading, definition, measure.asked, now - measure.horizon, now)
    except ShoalError:
        return Proposed(USUAL, Told("the audience's past cannot be asked"))
    baseline = reached / people if people else 0.0
    raised = baseline * (1 + LIFT)
    if people < 100 or reached < 10 or not raised < 1:
        return Proposed(
            USUAL, Told("too few reached the goal before to work out a share"), people, baseline
        )
    question = Question(
        baseline, raised, sqrt(baseline * (1 - baseline)), sqrt(raised * (1 - raised))
    )
    found = propose_holdout(people, question)
    share = min(max(found.share, LEAST), MOST)
    count = max(1.0, people * share)
    error = sqrt(
        baseline * (1 - baseline) / count + raised * (1 - raised) / max(1.0, people - count)
    )
    because = Told(
        "the smallest that notices {0} more who reach the goal, within 5 % and 20 %",
        Figure(LIFT, ".0%"),
    )
    if not found.enough or found.share > MOST:
        because = Told(
            "noticing {0} more would take {1}: no more than 20 % is taken",
            Figure(LIFT, ".0%"),
            Figure(found.share, ".0%"),
        )
    return Proposed(share, because, people, baseline, 2.8 * error, found.power)


def _before(
    reading: Reading, definition: CampaignDefinition, goal: Rule | Any, then: int, now: int
) -> tuple[int, int]:
    """How large the audience was, and how many of it reached the goal by themselves since."""
    from shoal.runners import RuleAnswer, evaluate

    resolved = resolve(reading, audience_for(reading, definition, 0.0), then)
    places = np.concatenate([resolved.audience.of(it) for it in (State.SENDABLE, State.CAPPED)])
    answer = evaluate(reading.snapshot, {"goal": goal}, reading.vocabulary, now)["goal"]
    assert isinstance(answer, RuleAnswer)
    truths = np.concatenate([np.empty(0, np.bool_), *answer.chosen()])
    return len(places), int(truths[places].sum())
