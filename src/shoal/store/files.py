"""Files of a store: their names, and writes that are there whole after a crash or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from shoal.core.errors import NotFoundError, StoreError, StoreFormatError

FOLDER = ".shoal"
FORMAT = 1
"""Raised when a file of the store changes its meaning; see ``migrations``."""

FORMAT_FILE = "format"
OWNER_LOCK = "owner.lock"
OWNER_SOCKET = "owner.sock"
ANSWERS_SOCKET = "answers.sock"
ANSWERS = "answers.json"
"""Sizes that took long to work out, for whoever answers next."""
CAMPAIGN_LOCK = "campaigns.lock"
"""Held by the one process that gives arms and sends."""
SOURCES_LOCK = "sources.lock"
"""Held by the one process that runs sources."""
KEY = "key"
BOOKS = "books.sqlite"
RECOMMENDATION_WEIGHTS = "recommendation-weights.json"
BUCKETS = "buckets"
IDENTIFIERS = "identifiers"
QUARANTINE = "quarantine"
TOMBSTONES = "tombstones"
LOG = "log"
TRANSITIONS = "transitions"
IMPORTING = "importing"
"""What an import under way has put aside; gone when it ends."""
FETCHED = "fetched"
"""What a source has brought here to be imported; gone when that is done."""
HANDED = "handed"
"""What one process has written for another to read; gone when that is done."""
DAMAGED = "damaged"
PARTIAL = ".partial"

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def store_folder(folder: Path) -> Path:
    """Where the store of a project folder lies."""
    return folder / FOLDER


def check_format(root: Path) -> int:
    """The format of the store; refuses what is none and what a newer Shoal has written."""
    try:
        text = (root / FORMAT_FILE).read_text()
    except FileNotFoundError as error:
        raise NotFoundError(
            f"there is no store in `{root.parent}`", hint="make one with `shoal init`"
        ) from error
    except OSError as error:
        raise StoreError(f"the store in `{root}` cannot be read: {error.strerror}") from error
    try:
        found = int(text.split()[-1])
    except (ValueError, IndexError) as error:
        raise StoreFormatError(f"`{root / FORMAT_FILE}` does not say a format") from error
    if found > FORMAT:
        raise StoreFormatError(
            f"the store in `{root}` has format {found}, written by a newer Shoal; "
            f"this one reads up to {FORMAT}",
            hint="upgrade Shoal",
        )
    return found


@contextmanager
def writing(path: Path) -> Generator[IO[bytes]]:
    """A file that appears under its name, durable, once everything is written."""
    partial = path.with_name(path.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


def write_error(path: Path, error: OSError) -> StoreError:
    """What went wrong while writing, in words."""
    if error.errno in _FULL:
        return StoreError(
            f"no space left to write `{path}`; nothing was changed",
            hint="free some space and run it again",
        )
    return StoreError(f"`{path}` cannot be written: {error.strerror or error}; nothing was changed")


@contextmanager
def full_disk_said(root: Path) -> Generator[None]:
    """A full disk, wherever it is met (even by a cache of compiled code), is a StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise write_error(root, error) from error
        raise


def sync_folder(folder: Path) -> None:
    """Makes names in the folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock_shared(path: Path) -> int | None:
    """A handle that pins the file while it is open; None if the file is gone."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle
    except BlockingIOError:  # it is being removed
        pass
    os.close(handle)
    return None


def lock_alone(path: Path) -> int | None:
    """A handle that keeps a file or folder from others who ask so; None while another has it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def remove_unpinned(path: Path) -> bool:
    """Removes the file unless a reader pins it. Pins of dead processes are none."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
