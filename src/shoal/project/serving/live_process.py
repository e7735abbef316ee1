"""The process beside a served project in which membership is kept live: its answers to the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from shoal.core.errors import ShoalError, StoreError
from shoal.project.opening import open_project
from shoal.project.serving.live_loop import TROUBLES, Loop
from shoal.store.beside import answer_all
from shoal.store.log import Place

NICE = 5


def answer_to(loop: Loop, request: dict[str, Any]) -> dict[str, Any]:
    """What is answered: every request says up to where the log is durable."""
    if "durable" in request:
        loop.durable = Place(*request["durable"])
    match request["ask"]:
        case "page":
            return loop.page(request["after"], request["limit"])
        case "status":
            return loop.status()
        case "erase":
            return {"removed": loop.erase(request["numbers"])}
        case _:
            return {
                "last_seq": loop.lately.last_seq,
                "correct_as_of": loop.correct_as_of,
                "trouble": loop.trouble,
                "last_failure": loop.last_failure,
                "notes": loop.notes(),
            }


def main() -> None:
    """Begins with the request that says who was erased; ends with the last."""
    loop: Loop | None = None

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        nonlocal loop
        if loop is None:
            if "erased" not in request:  # somebody asked before it was told to begin
                raise StoreError("live membership begins just now")
            loop = Loop(open_project(Path(sys.argv[1])), request["erased"])
            loop.durable = Place(*request["durable"])
            loop.start()
        try:
            return answer_to(loop, request)
        except TROUBLES as error:
            if isinstance(error, ShoalError):
                raise
            raise StoreError(f"live membership cannot say: {type(error).__name__}") from error

    answer_all(answer, NICE)
    if loop is not None:
        loop.stop()


if __name__ == "__main__":
    main()
