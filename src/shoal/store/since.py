"""What the log got since a snapshot was taken: asked as often as one likes, and cheap where it is nothing.

The log only is read. Where more than the log changed (a fold, an import, an undo, an erasure), or
where that cannot be known, everything is to be looked at anew.
"""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.store.files import LOG
from shoal.store.log import FRAME_HEAD, examine, examine_from, segment_numbers, segment_path
from shoal.store.manifest import manifest_numbers
from shoal.store.tail import Logged, decode

if TYPE_CHECKING:
    from shoal.store.snapshot import Snapshot


class Since:
    """The log behind a snapshot. It is made before the snapshot is taken, and then told of it.

    So an erasure that rewrites the log meanwhile does not go unseen. Close it, or let it go.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._version = -1
        self._first = 0
        self._ends: dict[int, int] = {}
        self._files: dict[int, int] = {}
        self._letting_go = weakref.finalize(self, _close, self._files)
        with suppress(FileNotFoundError):
            for number in segment_numbers(root / LOG):
                self._open(number)

    def close(self) -> None:
        """Lets go of the log's files."""
        self._letting_go()

    def follow(self, snapshot: Snapshot) -> None:
        """From where this snapshot ends."""
        self._version = snapshot.manifest.number
        self._first = snapshot.manifest.log
        position = snapshot.version.partition(":")[2]
        ends = (part.partition("+") for part in position.split(",") if part)
        self._ends = {int(number): int(end) for number, _, end in ends}

    def read(self) -> list[Logged] | None:
        """What came since the last look, durable or about to be; None where all may have changed."""
        found: list[Logged] = []
        try:
            if manifest_numbers(self._root)[-1:] != [self._version]:
                return None
            for number in segment_numbers(self._root / LOG):
                if number < self._first:
                    continue
                frames = self._frames(number)
                if frames is None:
                    return None
                for payload in frames:
                    found += decode(payload)[0]
        except FileNotFoundError:  # folded or rewritten in this moment
            return None
        return found

    def _frames(self, number: int) -> list[bytes] | None:
        file = self._files.get(number)
        if file is None:
            file = self._open(number)
        if not os.fstat(file).st_nlink:  # an erasure has put another in its place
            return None
        path, end = segment_path(self._root / LOG, number), self._ends.get(number, 0)
        if end and not any(os.pread(file, FRAME_HEAD, end)):
            return []
        seen = examine_from(path, end) if end else examine(path)
        if seen.frames:
            self._ends[number] = seen.end
        return [payload for _, payload in seen.frames]

    def _open(self, number: int) -> int:
        file = os.open(segment_path(self._root / LOG, number), os.O_RDONLY)
        self._files[number] = file
        return file


def _close(files: dict[int, int]) -> None:
    for file in files.values():
        os.close(file)
    files.clear()
