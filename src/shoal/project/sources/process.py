"""The process beside a served project that runs sources: it reads them and hands their imports over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from shoal.project.opening import open_project
from shoal.project.sources.sourcing import run_named
from shoal.store.beside import answer_all

NICE = 10
PROGRAM = "shoal.project.sources.process"


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """How the sources that are named in the request went."""
    project, anew = open_project(Path(sys.argv[1])), bool(request.get("anew"))
    return {"rows": run_named(project, list(request["run"]), anew=anew)}


if __name__ == "__main__":
    answer_all(answer_to, NICE)
