"""What happens while serving, as JSON lines on stderr: no ids, no addresses, no query strings."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Any

from shoal.api.patience import App, Receive, Scope, Send

journal = logging.getLogger("shoal.serve")

_OWN = frozenset(vars(logging.makeLogRecord({})))


class LogLevel(StrEnum):
    """How much is told: every request, what changed, what went wrong."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class JsonLines(logging.Formatter):
    """One JSON object a record. Of an exception its type and where it was, not what it said."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        if record.name != journal.name:
            line["from"] = record.name
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info is not None and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["trace"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)[-8:]
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def open_journal(level: LogLevel) -> None:
    """Everything logged goes to stderr, from this level on."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [lines]
    root.setLevel(logging.WARNING)
    journal.setLevel(level.upper())
    logging.captureWarnings(capture=True)


def is_noted(status: int) -> bool:
    """Whether a request that was answered so is told at all."""
    return journal.isEnabledFor(_level_of(status))


def note_request(facts: dict[str, Any]) -> None:
    """One request: at debug level, or at info where something was wrong with it."""
    if is_noted(facts["status"]):
        journal.log(_level_of(facts["status"]), "request", extra=facts)


class Noted:
    """An app whose requests are noted: which route, how it went, how long it took."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, and how it went."""
        began = time.perf_counter()
        status = 0

        async def seen(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            spent = round((time.perf_counter() - began) * 1000, 1)
            note_request({"method": scope["method"], "route": route, "status": status, "ms": spent})


def _level_of(status: int) -> int:
    return logging.DEBUG if 0 < status < 400 else logging.INFO
