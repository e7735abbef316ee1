"""Funnels: a sequence looked at step by step. Everything about people in it is a rule.

Coming to a step is the sequence up to that step; dropping out there is coming to it and not to the
next. So every figure of a funnel can be saved as a segment, explained and asked as of any instant.
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shoal.core.errors import UsageError
from shoal.core.instants import EARLIEST, format_instant
from shoal.core.spans import Span
from shoal.engine.calendars import NEVER
from shoal.language import parse_rule, to_text
from shoal.language.tree import (
    And,
    BetweenAgo,
    EventRef,
    FromTo,
    InLast,
    InstantLiteral,
    Not,
    Rule,
    Sequence,
    SequenceMatch,
    Since,
    Step,
    Window,
)
from shoal.language.vocabulary import Vocabulary

Instants = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Funnel:
    """A sequence whose positive steps people come to, one after another."""

    sequence: Sequence

    def __post_init__(self) -> None:
        steps = self.sequence.steps
        if steps[-1].negated:
            raise UsageError("a funnel ends with a step that people come to, not with a `not`")
        if self.size < 2:
            raise UsageError("a funnel has two steps or more")

    @property
    def size(self) -> int:
        """How many steps people can come to."""
        return len(self._ends)

    @property
    def _ends(self) -> list[int]:
        return [place + 1 for place, step in enumerate(self.sequence.steps) if not step.negated]

    def step(self, number: int) -> Step:
        """The step people come to as the ``number``-th, from 0."""
        return self.sequence.steps[self._ends[number] - 1]

    def named(self, number: int) -> str:
        """The step in the words of the language, with what must not happen on the way to it."""
        start = self._ends[number - 1] if number else 0
        own = self.sequence.steps[start : self._ends[number]]
        # the steps stand alone, so the first of them needs no `not` before it to be written
        text = to_text(SequenceMatch(Sequence(own)))
        return text.removeprefix("sequence (").removesuffix(")")

    def reached(self, number: int) -> SequenceMatch:
        """Who came to the ``number``-th step, from 0, whatever came after."""
        return self._of(self.sequence.steps[: self._ends[number]])

    def dropped(self, number: int) -> Rule:
        """Who came to the ``number``-th step and not to the next."""
        return And((self.reached(number), Not(self.reached(number + 1))))

    def gave_up(self, number: int) -> Rule | None:
        """Who came to a step and for whom the time for the next went by at least once.

        None where the next step has no end of its time, or other conditions on the way to it.
        """
        end, after = self._ends[number], self._ends[number + 1]
        following = self.sequence.steps[after - 1]
        if following.within is None or after != end + 1:
            return None
        return self._of((*self.sequence.steps[:end], replace(following, negated=True)))

    def did_after(self, number: int, event: str, *, then: bool) -> Rule:
        """Who, having come to a step, did the event in the time that the next step has.

        With ``then`` the next step came after it, in its own time.
        """
        end, after = self._ends[number], self._ends[number + 1]
        between = Step(EventRef((event,)), within=self.sequence.steps[after - 1].within)
        rest = self.sequence.steps[end:after] if then else ()
        return self._of((*self.sequence.steps[:end], between, *rest))

    def fixed(self, vocabulary: Vocabulary, as_of: int) -> Funnel:
        """The same funnel with a window that does not move with the instant it is asked at."""
        window = fixed_window(self.sequence.window, vocabulary, as_of)
        return Funnel(replace(self.sequence, window=window))

    def _of(self, steps: tuple[Step, ...]) -> SequenceMatch:
        return SequenceMatch(replace(self.sequence, steps=steps))


def funnel_of(
    steps: Several[str], *, by: str | None = None, within: Span | None = None, window: str = ""
) -> Funnel:
    """A funnel from its steps' texts; or from one text, a whole ``sequence (…)``.

    ``within`` holds for every step after the first that has none of its own.
    """
    if len(steps) == 1 and steps[0].lstrip().casefold().startswith("sequence"):
        text = steps[0]
    else:
        named = f" by {by}" if by else ""
        text = f"sequence{named} ({', '.join(steps)}) {window}"
    rule = parse_rule(text)
    if not isinstance(rule, SequenceMatch):
        raise UsageError(f"`{text}` is no sequence of steps", hint="give each step by itself")
    sequence = rule.sequence
    if within is not None:
        timed = (
            replace(step, within=within) if place and not step.negated and not step.within else step
            for place, step in enumerate(sequence.steps)
        )
        sequence = replace(sequence, steps=tuple(timed))
    return Funnel(sequence)


def fixed_window(window: Window | None, vocabulary: Vocabulary, as_of: int) -> Window | None:
    """A window of the same events at ``as_of`` that begins at a fixed instant."""

    def instant(at: int) -> InstantLiteral:
        return InstantLiteral(format_instant(max(at, EARLIEST)))

    if isinstance(window, InLast):
        return Since(instant(vocabulary.zone.add(as_of, window.span, -1) + 1))
    if isinstance(window, BetweenAgo):
        start = vocabulary.zone.add(as_of, window.older, -1) + 1
        end = vocabulary.zone.add(as_of, window.newer, -1) + 1
        return FromTo(instant(start), instant(end))
    return window


def median_seconds(earlier: Instants, later: Instants) -> float | None:
    """The median time from the one to the other, in seconds, where both came; None where none did.

    >>> median_seconds(np.array([0, 0, NEVER]), np.array([2_000_000, 4_000_000, 5]))
    3.0
    """
    both = (earlier != NEVER) & (later != NEVER)
    if not both.any():
        return None
    return float(np.median((later[both] - earlier[both]).astype(np.float64))) / 1e6


def share(part: int, whole: int) -> float | None:
    """The part of the whole; None of nothing."""
    return part / whole if whole else None
