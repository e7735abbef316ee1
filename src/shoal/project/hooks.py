"""The webhooks of a project: ``hooks/NAME.yml``, read when first asked for and when changed."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shoal.capture.hook_file import Hook, read_hook
from shoal.core.errors import DefinitionError, Problem, ShoalError

FOLDER = "hooks"
LARGEST_CERTIFICATE = 100_000
SECONDS = 5.0
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")


@dataclass
class Hooks:
    """Finds a project's hooks by name; safe from any thread."""

    folder: Path
    _known: dict[str, tuple[tuple[int, int], Hook]] = field(
        default_factory=dict[str, tuple[tuple[int, int], Hook]]
    )
    _certificates: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, name: str) -> Hook | None:
        """The hook of that name; None where there is no file.

        What is wrong with a file is nothing for strangers: they hear that it cannot be read now,
        and come again; ``shoal check`` tells the rest.
        """
        path = self.folder / FOLDER / f"{name}.yml"
        if not _NAME.match(name):
            return None
        try:
            status = path.stat()
        except OSError:
            return None
        stamp = status.st_mtime_ns, status.st_size
        with self._lock:
            known = self._known.get(name)
            if known is not None and known[0] == stamp:
                return known[1]
        try:
            hook = load_hook(self.folder, name, self._fetch)
        except ShoalError as error:
            raise ShoalError("this hook is not set up right now") from error
        with self._lock:
            self._known[name] = stamp, hook
        return hook

    def _fetch(self, address: str) -> bytes:
        with self._lock:
            known = self._certificates.get(address)
        if known is None:
            known = fetched(address)
            with self._lock:
                if len(self._certificates) > 20:
                    self._certificates.clear()
                self._certificates[address] = known
        return known


def load_hook(folder: Path, name: str, fetch: Any = None) -> Hook:
    """A hook from its file. Raises DefinitionError with every problem in it."""
    import yaml

    file = f"{FOLDER}/{name}.yml"
    try:
        document = yaml.safe_load((folder / file).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Problem(f"{file}: cannot be read: {error}")]) from error
    except yaml.YAMLError as error:
        raise DefinitionError([Problem(f"{file}: this is not YAML: {error}")]) from error
    return read_hook(document, name, lambda kind, at: _secret(folder, kind, at), fetch or fetched)


def check_hooks(folder: Path) -> list[Problem]:
    """Every problem of every hook's file."""
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.yml")):
        if not _NAME.match(path.stem):
            problems.append(
                Problem(f"{FOLDER}/{path.name}: a hook's name has small letters, digits, _ and -")
            )
            continue
        try:
            load_hook(folder, path.stem)
        except DefinitionError as error:
            problems += error.problems
    return problems


def _secret(folder: Path, kind: str, at: str) -> str:
    if kind == "env":
        found = os.environ.get(at)
        if found is None:
            raise ShoalError(f"the environment variable {at} is not set")
        return found
    path = Path(at)
    if not path.is_absolute():
        path = folder / path
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ShoalError(f"the file {at} cannot be read") from error


def fetched(address: str) -> bytes:
    """A certificate from the web. The address was checked; wherever else it leads is not followed."""
    import urllib.error
    import urllib.request

    class _Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            return None

    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(address, timeout=SECONDS) as answer:
            return answer.read(LARGEST_CERTIFICATE)
    except (urllib.error.URLError, OSError) as error:
        raise ShoalError("the sender's certificate cannot be had right now") from error
