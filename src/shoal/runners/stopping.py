"""Answers that somebody may stop waiting for: evaluation that looks up between buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from shoal.core.errors import ShoalError
from shoal.engine.binding import bind
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import Question, prepare, rank_inputs, with_derived
from shoal.engine.running import BucketAnswer, everyone_in, run_program, spread
from shoal.language.vocabulary import Vocabulary
from shoal.runners.machine import Answer, answers_of, histories_of
from shoal.store.snapshot import Snapshot


class StoppedError(ShoalError):
    """Nobody waits for the answer any longer."""


def evaluate_while(
    going_on: Callable[[], bool],
    snapshot: Snapshot,
    questions: Mapping[str, Question],
    vocabulary: Vocabulary,
    as_of: int,
) -> dict[str, Answer]:
    """As ``evaluate``, as long as ``going_on`` says so; StoppedError soon after it does not.

    Before every bucket of the last pass, and between the passes that ranks and changes of segments
    take before it.
    """

    def look_up() -> None:
        if not going_on():
            raise StoppedError("nobody waits for this answer any longer")

    prepared = prepare(questions, vocabulary)
    look_up()
    histories = with_derived(prepared, histories_of(snapshot), as_of, as_of, NEVER)
    look_up()
    instants = np.array([as_of], dtype=np.int64)
    stored, constants = rank_inputs(prepared, histories, instants, NEVER)

    def work(bucket: int) -> BucketAnswer:
        look_up()
        bound = bind(prepared.final, histories[bucket], stored[bucket], constants)
        return run_program(bound, everyone_in(histories[bucket]), instants, NEVER)

    buckets = spread(work, histories)
    return answers_of(snapshot, prepared, buckets, as_of, NEVER)
