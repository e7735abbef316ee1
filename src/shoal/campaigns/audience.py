"""The waterfall: from those a rule is true for to those a message may be sent to.

Everybody matched ends in exactly one state, that of the first step that stops them. So the counts
add up, whatever the arrays say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

Truths = npt.NDArray[np.bool_]


class State(StrEnum):
    """What becomes of a person whom the audience's rule is true for."""

    SENDABLE = "sendable"
    HELD_OUT = "held_out"
    CAPPED = "capped"
    SUPPRESSED = "suppressed"
    UNREACHABLE = "unreachable"
    NO_CONSENT = "no_consent"


STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Stood:
    """One truth a person for each question of the waterfall, all of the same people."""

    matched: Truths
    consented: Truths
    reachable: Truths
    suppressed: Truths
    held_out: Truths
    capped: Truths


@dataclass(frozen=True, eq=False)
class Audience:
    """Who is where: ``places`` of the people matched, and their state as a place in ``STATES``."""

    places: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint8]

    @cached_property
    def _counts(self) -> dict[State, int]:
        counted = np.bincount(self.codes, minlength=len(STATES)).tolist()
        return dict(zip(STATES, counted, strict=True))

    def count(self, state: State) -> int:
        """How many people are in that state."""
        return self._counts[state]

    def of(self, state: State) -> npt.NDArray[np.int64]:
        """The places of the people in that state, ascending."""
        return self.places[self.codes == STATES.index(state)]

    def as_json(self) -> dict[str, int]:
        """What remains after each of the first three steps, and what the next three take away.

        >>> yes, no = np.ones(2, bool), np.zeros(2, bool)
        >>> waterfall(Stood(yes, yes, yes, no, no, no)).as_json()["sendable"]
        2
        """
        matched = len(self.codes)
        consented = matched - self.count(State.NO_CONSENT)
        return {
            "matched": matched,
            "consented": consented,
            "reachable": consented - self.count(State.UNREACHABLE),
            "suppressed": self.count(State.SUPPRESSED),
            "held_out": self.count(State.HELD_OUT),
            "capped": self.count(State.CAPPED),
            "sendable": self.count(State.SENDABLE),
        }


def waterfall(stood: Stood) -> Audience:
    """Everybody matched with the state of the first step that stops them."""
    places = np.flatnonzero(stood.matched)
    codes = np.full(len(places), STATES.index(State.SENDABLE), np.uint8)
    steps = (  # the last written is the first step: what stops somebody first wins
        (State.CAPPED, stood.capped[places]),
        (State.HELD_OUT, stood.held_out[places]),
        (State.SUPPRESSED, stood.suppressed[places]),
        (State.UNREACHABLE, ~stood.reachable[places]),
        (State.NO_CONSENT, ~stood.consented[places]),
    )
    for state, stopped in steps:
        codes[stopped] = STATES.index(state)
    return Audience(places.astype(np.int64), codes)
