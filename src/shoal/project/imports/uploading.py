"""Files sent through the page: kept inside the project for a while, until they are imported."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from shoal.core.errors import NotFoundError, ShoalError, UsageError
from shoal.project.settings import reason_of

FOLDER = "uploads"
MOST_BYTES = 1 << 30
"""Of one file; a larger one is imported where it lies, with ``shoal import``."""
MOST_FILES = 4
LONGEST_NAME = 200
"""Bytes of a file's name: a disk takes 255."""
HOLDS = 86_400.0
"""Seconds after which a file nobody imported goes."""
ROOM = 3
"""Times its size that a file needs on the disk: itself, and what it becomes."""
_ODD = re.compile(r"[^\w. ()+-]")


@dataclass(slots=True)
class Upload:
    """A file on its way: as it was called, how large it will be, how much of it is there."""

    id: str
    name: str
    size: int
    path: Path
    since: float
    received: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return self.received == self.size


@dataclass
class Uploads:
    """The files that were sent and not imported yet; of one server, for any thread.

    They lie in ``folder``, which is emptied at the start: nobody waits for files of another run.
    """

    folder: Path
    new_id: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    _files: dict[str, Upload] = field(default_factory=dict[str, Upload])
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self, name: str, size: int) -> Upload:
        """A place for a file of that name and size."""
        if not 0 < size <= MOST_BYTES:
            raise UsageError(
                f"a file sent through the page has 1 to {MOST_BYTES >> 20:,} MiB",
                hint="import a larger one with `shoal import FILE` where it lies",
            )
        with self._lock:
            self._forget_old()
            if len(self._files) >= MOST_FILES:
                raise UsageError(
                    f"{MOST_FILES} files were sent and not imported yet",
                    hint="import or drop one of them first",
                )
            key = self.new_id()
            place = self.folder / key
            try:
                place.mkdir(parents=True)
                if shutil.disk_usage(place).free < ROOM * size:
                    shutil.rmtree(place)
                    raise UsageError("there is not enough room on the disk for this file")
                upload = Upload(key, name, size, place / _safe(name), self.clock())
                upload.path.touch()
            except OSError as error:
                shutil.rmtree(place, ignore_errors=True)
                raise ShoalError(f"the file cannot be kept: {reason_of(error)}") from error
            self._files[key] = upload
            return upload

    def add(self, key: str, offset: int, part: bytes) -> Upload:
        """The next part of a file, which has to begin where the last one ended."""
        with self._lock:
            upload = self._found(key)
            if offset != upload.received:
                raise UsageError(f"{upload.received} bytes are there; the next part begins there")
            if upload.received + len(part) > upload.size:
                raise UsageError("the file is longer than it was said to be")
            try:
                with upload.path.open("r+b") as file:
                    file.seek(offset)  # over what a part before left that did not fit
                    file.write(part)
                    file.truncate()
            except OSError as error:
                raise ShoalError(f"the file cannot be kept: {reason_of(error)}") from error
            upload.received += len(part)
            return upload

    def get(self, key: str) -> Upload:
        """A file that is on its way or there."""
        with self._lock:
            return self._found(key)

    def whole(self, key: str) -> Upload:
        """A file all of which is there."""
        upload = self.get(key)
        if not upload.is_whole:
            raise UsageError(f"{upload.received} of {upload.size} bytes are there: send the others")
        return upload

    def drop(self, key: str) -> None:
        """Takes a file away."""
        with self._lock:
            upload = self._found(key)
            del self._files[key]
        shutil.rmtree(upload.path.parent, ignore_errors=True)

    def _found(self, key: str) -> Upload:
        try:
            return self._files[key]
        except KeyError:
            raise NotFoundError(
                "this file is not here any more", hint="send it once more"
            ) from None

    def forget_old(self) -> None:
        """Takes away what nobody imported for a day; called now and then, and before a new file."""
        with self._lock:
            self._forget_old()

    def _forget_old(self) -> None:
        for key, upload in list(self._files.items()):
            if self.clock() - upload.since > HOLDS:
                del self._files[key]
                shutil.rmtree(upload.path.parent, ignore_errors=True)


def _safe(name: str) -> str:
    """A file's name without what could lead elsewhere; its ending says what it is, so it stays."""
    last = re.split(r"[/\\]", name)[-1]
    short = _ODD.sub("_", last).encode()[-LONGEST_NAME:].decode(errors="ignore")
    return short.lstrip(".") or "file"
