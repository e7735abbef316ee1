"""The answers to an audit's questions at one instant, as arrays over everybody known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shoal.audits.facts import (
    Numbers,
    Truths,
)
from shoal.audits.overlap import Bits
from shoal.audits.questions import (
    IT,
)
from shoal.engine.running import unpack
from shoal.runners import RuleAnswer, ValueAnswer

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)
class Heard:
    """The answers of one instant, over everybody known."""

    answers: Mapping[str, RuleAnswer | ValueAnswer]
    known: Truths  # over all profiles of the reading

    def rule(self, name: str) -> RuleAnswer:
        """The answer to a rule."""
        found = self.answers[name]
        assert isinstance(found, RuleAnswer)
        return found

    def bits(self, name: str) -> Bits:
        """Who a rule is true for, as bits of all profiles."""
        return self.rule(name).bits

    def truths(self, name: str) -> Truths:
        """Which of the known a rule is true for."""
        return everywhere(self.rule(name))[self.known]

    def numbers(self, name: str) -> Numbers:
        """The numbers of the known."""
        found = self.answers[name]
        assert isinstance(found, ValueAnswer)
        return raw(found)[self.known]


def hear(answers: Mapping[str, RuleAnswer | ValueAnswer]) -> Heard:
    """The answers, and who was known."""
    it = answers[IT]
    assert isinstance(it, RuleAnswer)
    parts = [unpack(bits, size) for bits, size in zip(it.known_bits, it.sizes, strict=True)]
    return Heard(answers, np.concatenate([np.empty(0, np.bool_), *parts]))


def everywhere(answer: RuleAnswer) -> Truths:
    """Who of all profiles it is true for."""
    return np.concatenate([np.empty(0, np.bool_), *answer.chosen()])


def raw(answer: ValueAnswer) -> Numbers:
    """Values of all profiles: doubles, spans and instants in microseconds, truths 0 and 1."""
    return np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])
