"""The same question asked of everybody at an instant of their own, in one pass.

A rule over exact spans says the same of a history that is moved in time as of the history itself,
asked as much earlier. So everybody's rows are moved to where their own instant falls on one that all
share, and the one kernel answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shoal.core.instants import EARLIEST
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import Question, evaluate_prepared, prepare
from shoal.engine.history import Column, History, Int32s, Int64s
from shoal.language.vocabulary import Vocabulary
from shoal.runners.machine import Answer, answers_of, histories_of
from shoal.store.snapshot import Snapshot


class ShiftedHistory:
    """A bucket whose profiles' rows happened so much later; ``by`` is one span a profile."""

    def __init__(self, base: History, by: Int64s) -> None:
        self._base = base
        self.event_names = base.event_names
        self.profiles: Int64s = base.profiles
        self.offsets: Int64s = base.offsets
        self.first_seen: Int64s = _moved(base.first_seen, by)
        self.occurred_at: Int64s = _moved(base.occurred_at, np.repeat(by, np.diff(base.offsets)))

    @property
    def received_at(self) -> Int64s:
        """When each row was received, as it was."""
        return self._base.received_at

    @property
    def event(self) -> npt.NDArray[np.uint16]:
        """Codes of the rows' events."""
        return self._base.event

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event."""
        return self._base.rows_of(event)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the protocol's name
        """Values of a property; those that are instants are not moved."""
        return self._base.column(event, property)


def evaluate_shifted(
    snapshot: Snapshot,
    questions: Mapping[str, Question],
    vocabulary: Vocabulary,
    as_of: int,
    shifts: Sequence[Int64s],
) -> dict[str, Answer]:
    """Answers as of ``as_of`` less each profile's shift, bucket by bucket.

    Questions speak of exact spans, and of no calendar and no instant.
    """
    prepared = prepare(questions, vocabulary)
    moved = [
        ShiftedHistory(history, by)
        for history, by in zip(histories_of(snapshot), shifts, strict=True)
    ]
    buckets = evaluate_prepared(prepared, moved, as_of, NEVER)
    return answers_of(snapshot, prepared, buckets, as_of, NEVER)


def _moved(times: Int64s, by: Int64s) -> Int64s:
    """Times moved; what holds always stays."""
    return np.where(times <= EARLIEST, times, np.maximum(times + by, EARLIEST + 1))
