"""Scores of a served project are refreshed at its midnight, by a process beside that may be killed."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

import shoal
from shoal.core.errors import ShoalError, StoreError
from shoal.core.instants import DAY, SECOND
from shoal.language.reading_definitions import parse_definitions
from shoal.project.predictions import beside as predicting_beside
from shoal.project.predictions import schedule as prediction_schedule
from shoal.project.predictions.predicting import fit_prediction, score_prediction
from shoal.project.predictions.runs import SCORE
from shoal.project.predictions.schedule import due_predictions
from shoal.project.reading import read
from shoal.project.serving.served import serving
from shoal.project.serving.watching import status_of
from shoal.project.settings import Now
from shoal.store.model_books import ModelBooks
from tests.project.test_predicting import made_project, scores_at

WRITTEN = """\
predictions:
  will_buy:
    target: did order_completed in next 30d
    features: [count(order_completed), age(last(order_completed))]
  by_hand:
    target: did order_completed in next 30d
    features: [count(order_completed)]
    refresh: never
"""


@pytest.fixture
def project(tmp_path):
    """Both predictions fitted as of a day and a half before the clock of the project."""
    project = made_project(tmp_path, 120)
    (project.folder / "predictions" / "p.yml").write_text(WRITTEN)
    (project.folder / "segments").mkdir(exist_ok=True)
    shoal.open(project.folder).apply()
    assert project.settings.now is not Now.CLOCK
    at = read(project).at(None) - 36 * 3_600 * SECOND
    for name in ("will_buy", "by_hand"):
        fit_prediction(read(project), name, at)
    return project


def midnight_of(project):
    zone = project.settings.time_zone
    return zone.midnight(zone.to_local(read(project).at(None)).date())


def test_what_is_due_what_fails_and_what_is_not(project, monkeypatch):
    midnight, now = midnight_of(project), project.clock()
    assert due_predictions(project, now) == (["will_buy"], midnight, {})

    def fails(*_, **__):
        raise ShoalError("there is no room for it")

    monkeypatch.setattr("shoal.project.predictions.predicting.store_scores", fails)
    with pytest.raises(ShoalError, match="no room"):
        score_prediction(read(project), "will_buy", midnight)
    now = project.clock()
    assert due_predictions(project, now) == ([], midnight, {"will_buy": "there is no room for it"})
    assert due_predictions(project, now + DAY).names == ["will_buy"]
    monkeypatch.undo()
    score_prediction(read(project), "will_buy", midnight)
    assert due_predictions(project, now + DAY) == ([], midnight, {})
    (project.folder / "predictions" / "p.yml").write_text(
        WRITTEN.replace("count(order_completed), age", "days(order_completed), age")
    )
    shoal.open(project.folder).apply()
    assert due_predictions(project, now).names == []  # it is another, and never fitted


def test_one_whose_process_ends_without_a_word_holds_no_other(project, monkeypatch):
    begun: list[str] = []

    def run(_, step, **__):
        begun.append(step.name)
        if len(begun) == 1:
            raise StoreError("the process ended early")
        return score_prediction(read(project), step.name, step.at)[1]

    (project.folder / "predictions" / "p.yml").write_text(WRITTEN.replace("never", "daily"))
    shoal.open(project.folder).apply()
    monkeypatch.setattr(prediction_schedule, "run_step_beside", run)
    schedule = prediction_schedule.PredictionSchedule(lambda: project)
    first, other = due_predictions(project, project.clock()).names
    with pytest.raises(StoreError, match="ended early"):
        schedule._look()
    assert begun == [first, other]
    assert due_predictions(project, project.clock()).names == [first]


@pytest.mark.serving
def test_a_served_project_scores_at_midnight_and_a_killed_run_is_done_again(project, monkeypatch):
    midnight, killed = midnight_of(project), threading.Event()
    monkeypatch.setattr(prediction_schedule, "LOOK_EVERY", 0.2)
    begun = predicting_beside.Beside

    class Killed(begun):
        def start(self):
            super().start()
            if not killed.is_set():
                killed.set()
                assert self.number is not None
                os.kill(self.number, signal.SIGKILL)

    monkeypatch.setattr(predicting_beside, "Beside", Killed)
    model = scores_at(project, midnight)
    with serving(project) as served:
        end = time.monotonic() + 120
        while due_predictions(project, project.clock()).names and time.monotonic() < end:
            time.sleep(0.1)
        assert killed.is_set()
        while served.predictions.troubles and time.monotonic() < end:
            time.sleep(0.1)
        assert status_of(project)["problems"] == []
    runs = ModelBooks(project.store.books).runs("will_buy")
    (last,) = (it for it in runs if it.step == SCORE and it.failure is None)
    assert (last.as_of, last.body["stored"]) == (midnight, last.body["scored"])
    now = scores_at(project, midnight)
    assert now.keys() == model.keys()
    assert now != model
    by_hand = ModelBooks(project.store.books).runs("by_hand")
    assert all(it.as_of < midnight for it in by_hand)


def test_how_often_is_daily_or_never():
    found = parse_definitions(WRITTEN)
    assert [it.refresh for it in found.predictions] == ["daily", "never"]
    (problem,) = parse_definitions(WRITTEN.replace("never", "hourly")).problems
    assert problem.message == "`hourly` is not how scores are refreshed"
    assert problem.hint == "daily or never"
