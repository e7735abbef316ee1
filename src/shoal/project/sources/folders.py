"""Files of a watched folder: which of them are to be imported now."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.core.errors import ImportFileError, ShoalError
from shoal.sources.opening import content_hash
from shoal.store.source_books import SeenFile

if TYPE_CHECKING:
    from shoal.sources.definition import SourceDefinition

SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".pq")
PACKED = (".gz", ".zst")
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", "~")
YOUNG = 60_000_000_000
"""Nanoseconds since a file was changed within which somebody may be writing it still."""
LOOK_AGAIN = 1.0
"""Seconds between two looks at young files."""

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to be imported: what people call it, where it lies, and what to keep when it is in.

    ``columns`` are all there are, where that is known. ``is_new`` is False for a file whose content
    was in before, under this name or another, ``is_copy`` True for one that was brought here. With
    a ``left`` it is not imported now, which says why; with ``trouble`` it cannot be.
    """

    name: str
    path: Path
    file: SeenFile | None = None
    cursor: str | None = None
    columns: tuple[str, ...] | None = None
    is_new: bool = True
    is_copy: bool = False
    left: str | None = None
    trouble: str | None = None

    @property
    def is_as_it_was(self) -> bool:
        """Whether the file is still as it was when it was looked at."""
        if self.file is None or self.is_copy:
            return True
        try:
            found = self.path.stat()
        except OSError:
            return False
        return (found.st_size, found.st_mtime_ns) == (self.file.size, self.file.modified_at)


def folder_pieces(
    source: SourceDefinition,
    folder: Path,
    seen: Mapping[str, SeenFile],
    now: int,
    pause: Pause,
) -> Iterator[Piece]:
    """The files of a source that are not in as they are, by name; ``now`` in nanoseconds.

    A file that is still being written is left for later: one that grows between two looks, a text
    just written whose last line has no end, an empty one.
    """
    found = {path: at for path, at in _files(source, folder) if not _is_known(path, at, seen)}
    young = {path: at for path, at in found.items() if now - at[1] < YOUNG}
    if young:
        pause(LOOK_AGAIN)
    by_digest = {file.digest for file in seen.values()}
    for name, at in found.items():
        path = folder / name
        said = name.encode(errors="backslashreplace").decode()
        if said != name:
            yield Piece(said, path, trouble="its name is not UTF-8 text: rename it")
            continue
        if not at[0]:
            yield Piece(name, path, left="it is empty")
            continue
        if name in young and _look(path) != at:
            yield Piece(name, path, left="it is still being written")
            continue
        if name in young and _is_cut(path):
            yield Piece(name, path, left="its last line has no end: it may be written still")
            continue
        try:
            digest = content_hash(path)
        except ImportFileError as error:  # the others can be read
            yield Piece(name, path, trouble=str(error))
            continue
        file = SeenFile(name, *at, digest)
        yield Piece(name, path, file, is_new=digest not in by_digest)


def is_wanted(name: str) -> bool:
    """Whether a file's name is of a kind that can be read, and of a file that is finished."""
    lower = name.rsplit("/", 1)[-1].lower()
    if lower.startswith(".") or lower.endswith(UNFINISHED):
        return False
    for suffix in PACKED:
        lower = lower.removesuffix(suffix)
    return lower.endswith(SUFFIXES)


def _files(source: SourceDefinition, folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """The files by the path that is kept of them, with size and time of change."""
    place = source.place
    is_pattern = glob.has_magic(place)
    root = folder / place
    if is_pattern:
        root = folder.joinpath(*_parts_before_pattern(place))
    if not root.is_dir() and not (root.is_file() and not is_pattern):
        raise ShoalError(
            f"there is no folder `{root}`", hint=f"`from` in sources/{source.name}.yml names it"
        )
    if is_pattern:
        names = glob.glob(place, root_dir=folder, recursive=True)  # noqa: PTH207 -- absolute ones too
    elif root.is_dir():
        names = [str(Path(place) / it.name) for it in root.iterdir() if is_wanted(it.name)]
    else:
        names = [place]
    for name in sorted(names):
        if name.endswith(UNFINISHED):
            continue
        at = _look(folder / name)
        if at is not None:
            yield name, at


def _parts_before_pattern(place: str) -> list[str]:
    parts: list[str] = []
    for part in Path(place).parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return parts


def _look(path: Path) -> tuple[int, int] | None:
    """A file's size and when it was changed; None where there is no regular file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _is_known(name: str, at: tuple[int, int], seen: Mapping[str, SeenFile]) -> bool:
    file = seen.get(name)
    return file is not None and (file.size, file.modified_at) == at


def _is_cut(path: Path) -> bool:
    """Whether a text's last line has no end: half of a row may be missing."""
    lower = path.name.lower()
    if lower.endswith((*PACKED, ".parquet", ".pq")):
        return False  # cut off, they cannot be read to their end, and add nothing
    try:
        with path.open("rb") as file:
            file.seek(-min(path.stat().st_size, 4), os.SEEK_END)
            end = file.read().replace(b"\0", b"")  # of UTF-16 and UTF-32
            return not end.endswith((b"\n", b"\r"))
    except OSError:
        return True
