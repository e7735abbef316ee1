"""A project in one file, taken while it is served, and a project made of such a file.

The file is a tar packed with Zstandard: ``tar --zstd -tf FILE`` lists it. It holds the settings and
definitions, one version of the store with the log behind it, and the books; its last entry says
what should be in it. It holds the key that tombstones are made with, so keep it as you keep the
project.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from shoal.core.errors import NotFoundError, ShoalError, StoreError, UsageError
from shoal.core.instants import format_instant
from shoal.project.definitions import FOLDERS, read_files
from shoal.project.settings import SETTINGS_FILE

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.engine.history import Column, Int32s
    from shoal.project.opening import Project
    from shoal.store import Snapshot
    from shoal.store.bucket_history import BucketHistory

CONTENTS = "contents.json"
FORMAT = 1
TRIES = 5
STORE = ".shoal"
_FOLDERS = (*FOLDERS, STORE)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    path: Path
    taken_at: int
    version: int
    rows: int
    files: int
    size: int

    def as_json(self) -> dict[str, Any]:
        """The facts, for a program."""
        return {
            "file": str(self.path),
            "taken_at": format_instant(self.taken_at),
            "version": self.version,
            "rows": self.rows,
            "files": self.files,
            "bytes": self.size,
        }


class _ErasedMeanwhileError(ShoalError):
    """Somebody was erased while the backup was taken: it may hold what must be gone."""


@dataclass(slots=True)
class _Packing:
    """A tar in the making: every file with its digest."""

    tar: tarfile.TarFile
    digests: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
        reader = _Digesting(source)
        self.tar.addfile(entry, cast("IO[bytes]", reader))
        self.digests[name] = reader.digest.hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.add(name, file, os.fstat(file.fileno()).st_size)

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, io.BytesIO(data), len(data))


class _Digesting:
    """A file whose bytes are digested as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


def take_backup(project: Project, target: Path) -> Backup:
    """The project as one file, there whole or not at all; nothing is stopped meanwhile."""
    if target.exists():
        raise UsageError(f"`{target}` is there already", hint="name another file")
    if not target.parent.is_dir():
        raise NotFoundError(f"there is no folder `{target.parent}`")
    beside = target.with_name(f".{target.name}.part")
    try:
        for _ in range(TRIES):
            with suppress(_ErasedMeanwhileError, FileNotFoundError):
                made = _packed(project, beside)
                beside.replace(target)
                return Backup(target, *made, target.stat().st_size)
    except OSError as error:
        reason = error.strerror or error
        raise ShoalError(f"the backup cannot be written to `{target}`: {reason}") from error
    finally:
        beside.unlink(missing_ok=True)
    raise ShoalError("people were being erased all the time", hint="try again later")


def _packed(project: Project, path: Path) -> tuple[int, int, int, int]:
    from shoal.store.files import LOG, TRANSITIONS
    from shoal.store.manifest import manifest_path, newest_manifest, pin_newest

    root = project.store.root
    # What was told is read before the events, so that it speaks of none that are not there.
    known = newest_manifest(root).tombstones
    told = list(_segments(root / TRANSITIONS, 0))
    manifest, handle = pin_newest(root)
    try:
        if manifest.tombstones != known:
            raise _ErasedMeanwhileError("somebody was erased")
        with _writing(path) as packing:
            for name, text in _definitions(project):
                packing.add_bytes(name, text)
            for name in ("format", "key", manifest_path(root, manifest.number).name):
                packing.add_file(f"{STORE}/{name}", root / name)
            for name in sorted(manifest.file_names()):
                packing.add_file(f"{STORE}/{name}", root / name)
            for name, data in told:
                packing.add_bytes(f"{STORE}/{TRANSITIONS}/{name}", data)
            for name, data in _segments(root / LOG, manifest.log):
                packing.add_bytes(f"{STORE}/{LOG}/{name}", data)
            with tempfile.TemporaryDirectory(prefix="shoal-", dir=path.parent) as folder:
                copy = Path(folder) / "books"
                _copy_books(project.store.books.path, copy)
                packing.add_file(f"{STORE}/books.sqlite", copy)
            if not manifest_path(root, manifest.number).exists():
                raise _ErasedMeanwhileError("somebody was erased")
            taken_at = project.clock()
            facts = {
                "format": FORMAT,
                "taken_at": taken_at,
                "version": manifest.number,
                "rows": manifest.rows,
                "files": dict(packing.digests),
            }
            packing.add_bytes(CONTENTS, json.dumps(facts, ensure_ascii=False).encode())
    finally:
        os.close(handle)
    return taken_at, manifest.number, manifest.rows, len(packing.digests)


@contextmanager
def _writing(path: Path) -> Generator[_Packing]:
    import pyarrow as pa

    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(handle, "wb") as raw,
        pa.CompressedOutputStream(pa.PythonFile(raw, "w"), "zstd") as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield _Packing(tar)
        tar.close()
        packed.close()
        if not raw.closed:
            raw.flush()
            os.fsync(raw.fileno())


def _definitions(project: Project) -> Iterator[tuple[str, bytes]]:
    for name, text in read_files(project.folder).texts.items():
        yield name, text.encode()
    yield SETTINGS_FILE, (project.folder / SETTINGS_FILE).read_bytes()


def _segments(folder: Path, first: int) -> Iterator[tuple[str, bytes]]:
    """Every segment of a log from one on, up to its last whole frame."""
    from shoal.store.log import read_frames, segment_numbers, segment_path

    for number in segment_numbers(folder) if folder.is_dir() else ():
        if number >= first:
            path = segment_path(folder, number)
            end = read_frames(path)[1]
            yield path.name, path.read_bytes()[:end]


def _copy_books(source: Path, to: Path) -> None:
    from shoal.store.tables import read_only

    try:
        with closing(read_only(source, 30)) as one, closing(sqlite3.connect(to)) as other:
            one.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(
            f"the books `{source}` cannot be copied: {error}",
            hint="`shoal doctor` says what is wrong with the project",
        ) from error


def restore_backup(path: Path, folder: Path) -> dict[str, Any]:
    """A project made of a backup in a new folder: every file as it was, or nothing."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"`{folder}` is not empty", hint="restore into a new folder")
    if not path.is_file():
        raise NotFoundError(f"there is no file `{path}`")
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True, mode=0o700)
        facts = _unpacked(path, beside)
        for name in ("buckets", "identifiers", "quarantine", "tombstones", "log"):
            (beside / STORE / name).mkdir(parents=True, exist_ok=True)
        (beside / STORE).chmod(0o700)
        _hold_webhooks(beside / STORE, facts["taken_at"])
        if folder.exists():
            folder.rmdir()
        beside.replace(folder)
    except (OSError, ValueError, tarfile.TarError, EOFError) as error:
        raise ShoalError(f"`{path}` cannot be restored: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    told = {key: value for key, value in facts.items() if key not in {"files", "format"}}
    return {
        **told,
        "taken_at": format_instant(facts["taken_at"]),
        "folder": str(folder),
        "files": len(facts["files"]),
    }


def _hold_webhooks(root: Path, at: int) -> None:
    """Nothing is sent by a restored project until somebody says so: another may be sending still."""
    from shoal.store.books import Books
    from shoal.store.files import BOOKS, TRANSITIONS
    from shoal.store.subscriptions import Subscriptions
    from shoal.store.transitions import last_told

    books = Books(root / BOOKS)
    try:
        Subscriptions(books).hold(
            at, "it was restored from a backup", last_told(root / TRANSITIONS)
        )
    finally:
        books.close()


def _unpacked(path: Path, folder: Path) -> dict[str, Any]:
    """Unpacks every file and checks it against what the backup says it holds."""
    import pyarrow as pa

    digests: dict[str, str] = {}
    facts: dict[str, Any] | None = None
    with (
        path.open("rb") as raw,
        pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd") as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as tar,
    ):
        for entry in tar:
            source = tar.extractfile(entry) if entry.isreg() else None
            if source is None or not _is_ours(entry.name):
                raise ShoalError(f"`{path}` is no backup of Shoal: it holds `{entry.name}`")
            if entry.name == CONTENTS:
                facts = json.loads(source.read())
                continue
            reader = _Digesting(source)
            target = folder / entry.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(cast("IO[bytes]", reader), file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            if entry.name.startswith(f"{STORE}/"):
                target.chmod(0o600)
            digests[entry.name] = reader.digest.hexdigest()
    if facts is None or facts["files"] != digests:
        raise ShoalError(f"`{path}` is not whole: its contents are not what it says")
    return facts


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return False
    return name in {SETTINGS_FILE, CONTENTS} or (len(parts) > 1 and parts[0] in _FOLDERS)


# --- the checksum ---------------------------------------------------------------------------------


def checksum(snapshot: Snapshot) -> str:
    """128 bits of who did what, when and with which values: the same in whatever order it came.

    Numbers the store gives (of profiles, arrivals, imports, versions) and receipts count for
    nothing, so a restored project and one that the same events were sent to have the same.
    """
    total = np.zeros(2, dtype=np.uint64)
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        if not len(history.profiles):
            continue
        users = snapshot.user_ids(bucket)
        for event, facts in snapshot.catalogue.events.items():
            rows = history.rows_of(event)
            if len(rows):
                total += _summed(history, event, facts.properties, rows, users)
    return "".join(f"{int(part):016x}" for part in total)


def _summed(
    history: BucketHistory, event: str, names: Iterable[str], rows: Int32s, users: pa.Array
) -> npt.NDArray[np.uint64]:
    import pyarrow as pa

    from shoal.events import hashing
    from shoal.events.fingerprint import content_hashes
    from shoal.project.views import plain_values

    person = np.searchsorted(history.offsets, rows, side="right") - 1
    columns: dict[str, pa.Array] = {
        "\0user": users.take(pa.array(person)),
        "\0at": pa.array(np.ascontiguousarray(history.occurred_at[rows]), pa.int64()),
    }
    kinds: tuple[tuple[str, Callable[[str, str], Column | None]], ...] = (
        ("", history.column),
        ("\0raw ", history.unconverted),
    )
    for name in names:
        for prefix, column_of in kinds:
            column = column_of(event, name)
            if column is not None and len(column.rows):
                at = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
                missing = column.rows[at] != rows
                columns[prefix + name] = plain_values(column).take(pa.array(at, mask=missing))
    state = content_hashes(event, columns, len(rows))
    hashing.finish(state, np.zeros(len(rows), dtype=np.int64))
    return state.sum(axis=0, dtype=np.uint64)
