"""The process beside a served project that fits, scores and tests predictions.

It reads the files, and hands what it appends over to the owner like anybody else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from shoal.project.answering import Answering
from shoal.project.opening import open_project
from shoal.project.predictions.backtesting import backtest_prediction
from shoal.project.predictions.predicting import fit_prediction, score_prediction
from shoal.project.predictions.runs import BACKTEST, FIT
from shoal.project.reading import read
from shoal.store.talking import Ask, Message, answer_asking

NICE = 10


def answer_to(request: Message, ask: Ask) -> Message:
    """What the step of a prediction told that the request names; its progress is told meanwhile."""
    form = request.form
    reading = read(Answering(open_project(Path(sys.argv[1]))).project)
    at, name, more = reading.at(form["as_of"]), form["name"], form["more"]

    def tell(step: str, done: int, total: int) -> None:
        ask(Message({"asks": "go on", "step": str(step), "done": done, "total": total}))

    found: dict[str, Any]
    if form["step"] == FIT:
        found = fit_prediction(reading, name, at, **more, tell=tell)
    elif form["step"] == BACKTEST:
        found = backtest_prediction(reading, name, at, **more, tell=tell)
    else:
        _, found = score_prediction(reading, name, at, tell=tell)
    return Message(found)


if __name__ == "__main__":
    answer_asking(answer_to, NICE, "the prediction cannot be worked out")
