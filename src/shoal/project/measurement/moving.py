"""Migrations: how people move between segments, or between the parts of a partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.project.answers import TOGETHER, segment_named
from shoal.runners import RuleAnswer, evaluate_at
from shoal.segments.flows import NONE, UNKNOWN, Flow, flow, places_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from shoal.project.reading import Reading


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows between the instants asked for, in their order.

    Segments may overlap: somebody in several counts in the first of those named.
    """

    names: tuple[str, ...]
    flows: tuple[Flow, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The rows and columns of every matrix."""
        return (*self.names, NONE, UNKNOWN)

    def as_json(self) -> dict[str, Any]:
        """``{"places", "flows": [{"from", "to", "matrix", "sizes_before", "sizes_after"}]}``."""
        return {
            "places": list(self.places),
            "flows": [
                {
                    "from": format_instant(one.start),
                    "to": format_instant(one.end),
                    "matrix": one.matrix.tolist(),
                    "sizes_before": one.matrix.sum(axis=1).tolist(),
                    "sizes_after": one.matrix.sum(axis=0).tolist(),
                }
                for one in self.flows
            ],
        }


def segment_flows(reading: Reading, wanted: Sequence[str], instants: Sequence[int]) -> Flows:
    """How people moved between segments from each instant to the next.

    A partition's name stands for its parts.
    """
    if len(instants) < 2:
        raise UsageError("a flow needs two instants", hint="let --to be later than --from")
    names = tuple(dict.fromkeys(name for one in wanted for name in parts_named(reading, one)))
    rules = {name: segment_named(reading, name).rule for name in names}
    found: list[Flow] = []
    before: npt.NDArray[np.int32] | None = None
    at_before = instants[0]
    for first in range(0, len(instants), TOGETHER):
        some = instants[first : first + TOGETHER]
        answers = evaluate_at(reading.snapshot, rules, reading.vocabulary, some)
        for at, answer in zip(some, answers, strict=True):
            after = _places([answer[name] for name in names])
            if before is not None:
                found.append(flow(at_before, at, before, after, len(names) + 2))
            before, at_before = after, at
    return Flows(names, tuple(found))


def parts_named(reading: Reading, name: str) -> list[str]:
    """The parts of the partition of that name, or the segment itself."""
    parts = [part for part in reading.vocabulary.segments if part.startswith(f"{name}.")]
    if parts and all(reading.definitions.partition_of(part) == name for part in parts):
        return parts
    try:
        segment_named(reading, name)
    except NotFoundError as error:
        raise NotFoundError(
            f"no segment or partition `{name}` is applied", hint=error.hint
        ) from None
    return [name]


def _places(answers: Sequence[object]) -> npt.NDArray[np.int32]:
    rules = [answer for answer in answers if isinstance(answer, RuleAnswer)]
    members = [np.concatenate(answer.chosen()) for answer in rules]
    return places_of(members, np.concatenate(rules[0].known_profiles()))
