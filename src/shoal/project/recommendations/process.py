"""The process beside a served project that learns what recommendations are answered from.

It reads the files, and tells the model; nothing of the project is changed by it but the kept weights.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from shoal.project.answering import Answering
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.recommendations.recommending import learn
from shoal.store.talking import Ask, Message, answer_asking

NICE = 5


def answer_to(request: Message, ask: Ask) -> Message:
    """The model of what the request asks for, learned from the data as they are now."""
    del ask
    asked, at = pickle.loads(request.data)  # noqa: S301 -- its owner's own words
    reading = read(Answering(open_project(Path(sys.argv[1]))).project)
    model = learn(reading, asked, at)
    return Message({"version": model.version}, pickle.dumps(model, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    answer_asking(answer_to, NICE, "recommendations cannot be learned")
