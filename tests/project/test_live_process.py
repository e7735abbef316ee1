"""The process beside a server is asked too early, and its thread meets what nobody thought of."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from shoal.core.errors import StoreError
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.live_loop import Loop
from shoal.project.serving.living import ENDED
from shoal.store.beside import Beside


def test_whoever_asks_before_it_begins_is_sent_away_and_it_begins(tmp_path) -> None:
    init_project(tmp_path)
    beside = Beside("shoal.project.serving.live_process", [str(tmp_path)], ENDED)
    try:
        beside.start()
        number = beside.number
        with pytest.raises(StoreError, match="begins just now"):
            beside.ask({"ask": "page", "durable": [1, 16], "after": 0, "limit": 10})
        assert beside.ask({"ask": "begin", "durable": [1, 16], "erased": []})["last_seq"] == 0
        assert beside.number == number
    finally:
        beside.close()


def test_a_failure_of_any_kind_is_told_and_it_goes_on(tmp_path) -> None:
    init_project(tmp_path)
    project = open_project(tmp_path)
    failures = [RuntimeError("nobody thought of this")]

    def clock() -> int:
        if failures:
            raise failures.pop()
        return 1_760_000_000_000_000

    loop = Loop(replace(project, clock=clock))
    loop.start()
    try:
        until = time.monotonic() + 60
        while loop.last_failure is None and time.monotonic() < until:
            time.sleep(0.01)
        assert loop.last_failure is not None
        assert loop.last_failure["reason"] == "RuntimeError: nobody thought of this"
        assert loop.status()["state"] == "failed"
        assert [note["level"] for note in loop.notes()] == ["error"]
    finally:
        loop.stop()
