"""Counts that took long, kept in the store so that a server that begins again has them at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import shoal
from shoal.core.errors import StoreError
from shoal.store.files import writing

MOST = 8
"""Answers that are kept; the longest ago made goes first."""


@dataclass
class Lasting:
    """Plain answers in one file, by what they are the answers to. Counts only: nobody is in them.

    A file that is damaged, or of another Shoal, holds nothing; one that cannot be written is left.
    """

    path: Path
    _lock: Lock = field(default_factory=Lock)

    def find(self, key: Hashable) -> Any:
        """The answer to what ``key`` says whole; None where there is none."""
        return self._read().get(_digest(key))

    def keep(self, key: Hashable, answer: Any) -> None:
        """Keeps an answer beside the latest others."""
        with self._lock, suppress(OSError, StoreError):
            answers = self._read()
            answers.pop(_digest(key), None)
            answers[_digest(key)] = answer
            latest = dict(list(answers.items())[-MOST:])
            with writing(self.path) as file:
                file.write(json.dumps({"code": _code(), "answers": latest}).encode())

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found: Any = json.loads(self.path.read_bytes())
            if isinstance(found, dict):
                held = cast("dict[str, Any]", found)
                answers: Any = held.get("answers")
                if held.get("code") == _code() and isinstance(answers, dict):
                    return cast("dict[str, Any]", answers)
        return {}


def _digest(key: Hashable) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()


@cache
def _code() -> str:
    """What changes whenever Shoal itself does: another one may count otherwise."""
    total = hashlib.sha256()
    root = Path(shoal.__file__).parent
    for path in sorted(root.rglob("*.py")):
        about = path.stat()
        total.update(f"{path.relative_to(root)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return total.hexdigest()
