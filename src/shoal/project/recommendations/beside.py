"""Models of recommendations learned in a process beside: it takes long, and nobody's answer waits for it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from shoal.store.beside import Beside
from shoal.store.talking import Message

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.project.recommendations.asked import HavingAsked
    from shoal.project.recommendations.recommending import Model

PROGRAM = "shoal.project.recommendations.process"
ENDED = "the process that learns recommendations ended early; ask again"


def learn_beside(reading: Reading, asked: HavingAsked, at: int) -> Model:
    """The model of all that happened up to an instant; raises what learning raises."""
    asked.sources(reading)  # an event that is not there is told at once
    beside = Beside(PROGRAM, [str(reading.project.folder.resolve())], ENDED)
    beside.start()
    try:
        told = beside.talk(Message({"event": asked.event}, pickle.dumps((asked, at))))
    finally:
        beside.close()
    return pickle.loads(told.data)  # noqa: S301 -- our own child's
