"""Models in memory: learned once, learned anew in the background, never in the way of an answer."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from shoal.core.errors import ShoalError, StoreBusyError, TooFewError
from shoal.project.recommendations.asked import HavingAsked
from shoal.project.recommendations.kept import DAY, REST, Models

ASKED = HavingAsked("order", "item")


def reading(version, at=100):
    project = SimpleNamespace(folder="shop")
    return SimpleNamespace(
        project=project, snapshot=SimpleNamespace(version=version), at=lambda _: at
    )


class Learning:
    """Learns when it is let, and remembers from what."""

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.seen = []
        self.begun = threading.Semaphore(0)
        self.error = None

    def __call__(self, found, asked, at):
        self.begun.release()
        assert self.gate.wait(30)
        self.seen.append(found.snapshot.version)
        if self.error:
            raise self.error
        return SimpleNamespace(version=found.snapshot.version, at=at)


@pytest.fixture
def now():
    return SimpleNamespace(at=0.0)


def done(models):
    for thread in threading.enumerate():
        if thread.name == "recommendations":
            thread.join(30)


def test_the_old_model_answers_until_the_new_one_is_there(now):
    learning = Learning()
    models = Models(learning, lambda: now.at)
    assert models.of(reading("1"), ASKED).model.version == "1"
    assert models.of(reading("1"), ASKED).model.version == "1"
    assert learning.seen == ["1"]
    learning.gate.clear()
    assert models.of(reading("2"), ASKED).model.version == "1"  # too soon to learn anew
    now.at = REST
    assert models.of(reading("2"), ASKED).model.version == "1"
    assert learning.begun.acquire(timeout=30)
    assert models.of(reading("3"), ASKED).model.version == "1"  # one is being learned already
    learning.gate.set()
    done(models)
    assert models.of(reading("2"), ASKED).model.version == "2"
    assert learning.seen == ["1", "2"]


def test_a_day_later_the_same_data_are_learned_from_again(now):
    learning = Learning()
    models = Models(learning, lambda: now.at)
    models.of(reading("1", at=0), ASKED)
    now.at = REST
    models.of(reading("1", at=DAY - 1), ASKED)
    done(models)
    assert learning.seen == ["1"]
    models.of(reading("1", at=DAY), ASKED)
    done(models)
    assert learning.seen == ["1", "1"]


def test_what_fails_is_told_and_tried_again(now):
    learning = Learning()
    learning.error = TooFewError("too few")
    models = Models(learning, lambda: now.at)
    with pytest.raises(TooFewError, match="too few"):
        models.of(reading("1"), ASKED)
    learning.error = ZeroDivisionError()
    with pytest.raises(ShoalError, match="the log says why"):
        models.of(reading("1"), ASKED)
    learning.error = None
    assert models.of(reading("1"), ASKED).model.version == "1"
    learning.error = TooFewError("too few")
    now.at = REST
    models.of(reading("2"), ASKED)
    done(models)
    assert models.of(reading("2"), ASKED).model.version == "1"  # what was learned stays


def test_whoever_cannot_wait_is_told(now):
    learning = Learning()
    learning.gate.clear()
    models = Models(learning, lambda: now.at)
    with pytest.raises(StoreBusyError, match="being learned"):
        models.of(reading("1"), ASKED, patience=0.01)
    learning.gate.set()
    assert models.of(reading("1"), ASKED).model.version == "1"
    assert learning.seen == ["1"]


def test_a_few_models_are_kept_the_longest_unused_goes(now):
    learning = Learning()
    models = Models(learning, lambda: now.at)
    for item in ("a", "b", "a", "c", "a"):
        models.of(reading("1"), HavingAsked("order", item))
    assert len(learning.seen) == 3
    models.of(reading("1"), HavingAsked("order", "b"))
    assert len(learning.seen) == 4
