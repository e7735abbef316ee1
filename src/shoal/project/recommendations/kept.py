"""Models in memory: learned again in the background when the data have changed.

Until the new one is there the old one answers, from the rows that people have now.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from shoal.core.errors import ShoalError, StoreBusyError
from shoal.project.recommendations.recommending import Model, Recommending, learn

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.project.recommendations.asked import HavingAsked

journal = logging.getLogger("shoal.serve")

MOST_MODELS = 2
"""Models in memory at once: at 8,000 items one takes 300 MB."""
PATIENCE = 25.0
"""Seconds that whoever asks first waits."""
REST = 30.0
"""Seconds after which a model is learned again, at the earliest …"""
TIMES_COST = 10
"""… and so many times as long as it took: learning takes a tenth of the time at most."""
DAY = 86_400_000_000
TROUBLES = (
    OSError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError, MemoryError,
    RuntimeError, pa.ArrowException,
)  # fmt: skip
"""What must not leave somebody waiting, should it happen."""


@dataclass
class _Place:
    """One question's model, and whether a newer one is being learned."""

    model: Model | None = None
    learning: bool = False
    again_at: float = 0.0
    error: ShoalError | None = None


@dataclass
class Models:
    """Models by what was asked for; a few of them."""

    learn: Callable[[Reading, HavingAsked, int], Model] = learn
    clock: Callable[[], float] = time.monotonic
    _places: OrderedDict[str, _Place] = field(default_factory=OrderedDict[str, _Place])
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def of(
        self,
        reading: Reading,
        asked: HavingAsked,
        patience: float = PATIENCE,
        as_of: int | None = None,
    ) -> Recommending:
        """The model to answer from now, or as of an instant; whoever asks first waits for it.

        Raises what learning raised, and StoreBusyError where it takes longer than the patience.
        """
        at = reading.at(as_of)
        key = f"{reading.project.folder}\n{asked!r}\n{as_of}"
        with self._changed:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > MOST_MODELS:
                oldest = next(iter(self._places))
                if self._places[oldest].learning:
                    raise StoreBusyError("other recommendations are being learned")
                del self._places[oldest]
            if not place.learning and self._is_due(place, reading, at):
                place.learning = True
                place.error = None
                threading.Thread(
                    target=self._learn, args=(place, reading, asked, at), daemon=True,
                    name="recommendations",
                ).start()  # fmt: skip
            self._changed.wait_for(
                lambda: place.model is not None or not place.learning, timeout=patience
            )
            if place.model is not None:
                return Recommending(place.model, reading, at)
            if place.error is not None:
                raise place.error
        raise StoreBusyError("recommendations are being learned", hint="ask again in a minute")

    def _is_due(self, place: _Place, reading: Reading, at: int) -> bool:
        model = place.model
        if model is None:
            return True
        if model.version == reading.snapshot.version and at - model.at < DAY:
            return False
        return self.clock() >= place.again_at

    def _learn(self, place: _Place, reading: Reading, asked: HavingAsked, at: int) -> None:
        began = self.clock()
        model: Model | None = None
        error: ShoalError | None = None
        try:
            model = self.learn(reading, asked, at)
        except ShoalError as raised:
            error = raised
        except TROUBLES as raised:  # whoever waits is told; the log says why
            journal.exception("recommendations", extra={"error": type(raised).__name__})
            error = ShoalError("recommendations could not be learned; the log says why")
        finally:
            with self._changed:
                took = self.clock() - began
                place.again_at = self.clock() + max(REST, TIMES_COST * took)
                place.model, place.error = model or place.model, error
                place.learning = False
                self._changed.notify_all()


@cache
def models_here() -> Models:
    """The models of this process, for whoever makes messages in it."""
    return Models()
