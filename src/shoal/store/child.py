"""A child process of low priority for the long work of a fold, so that its owner stays responsive.

Parent and child speak JSON, a line for a task and a line for its answer. The child changes nothing
but by files that nothing names yet; the commit is the owner's. It ends when its owner does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shoal.core import errors
from shoal.core.errors import ShoalError, StoreError
from shoal.store.catalogue import (
    catalogue_from_json,
    catalogue_to_json,
    naming_from_json,
    naming_to_json,
)
from shoal.store.folded import Folded, FoldTask, folded
from shoal.store.manifest import BucketFiles, RunFile, read_manifest

NICE = 10


class Child:
    """The child, as the owner sees it: started when first needed, again if it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, task: FoldTask) -> Folded:
        """Has the task done."""
        request = {
            "root": str(task.root.resolve()),
            "manifest": task.manifest.number,
            "segment": task.segment,
            "is_compact": task.is_compact,
        }
        answer = self.ask(request)
        return _from_json(answer)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request; StoreError where there is none."""
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = b""
            if not line.endswith(b"\n"):
                process.kill()
                self._let_go()
                raise StoreError("the process that moves events into the buckets ended early")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            kind = getattr(errors, str(answer["error"]), StoreError)
            raise kind(answer["message"], hint=answer.get("hint"))
        return answer

    def close(self) -> None:
        """Lets the child finish what it does, and end."""
        with self._lock:
            self._let_go()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._let_go()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "shoal.store.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        return self._process

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # half a line for a child that is gone
                    pipe.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """What the child answers."""
    try:
        root = Path(request["root"])
        manifest = read_manifest(root, request["manifest"])
        done = folded(FoldTask(root, manifest, request["segment"], request["is_compact"]))
    except ShoalError as error:
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    except OSError as error:
        return {"error": "StoreError", "message": f"the log cannot be folded: {error}"}
    return _to_json(done)


def main() -> None:
    """Answers requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides when to stop
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICE)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer_to(json.loads(line))).encode() + b"\n")
        out.flush()


def _to_json(done: Folded) -> dict[str, Any]:
    return {
        "events": done.events,
        "buckets": [
            [None if file is None else asdict(file) for file in (files.base, files.delta)]
            for files in done.buckets
        ],
        "naming": naming_to_json(done.naming),
        "catalogue": catalogue_to_json(done.catalogue),
        "latest_event_at": done.latest_event_at,
        "quarantine": done.quarantine,
        "merged": done.merged,
    }


def _from_json(form: dict[str, Any]) -> Folded:
    return Folded(
        form["events"],
        tuple(
            BucketFiles(*(None if file is None else RunFile(**file) for file in pair))
            for pair in form["buckets"]
        ),
        naming_from_json(form["naming"]),
        catalogue_from_json(form["catalogue"], form["naming"]["declared"]),
        form["latest_event_at"],
        form["quarantine"],
        form["merged"],
    )


if __name__ == "__main__":
    main()
