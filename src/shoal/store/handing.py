"""Files that one process writes for another to read, in a folder of the store that is theirs alone.

They speak of people, so they lie where erasing finds them, and not in the system's temporary folder.
A folder goes when it is no longer needed; that of a process that was killed goes with the next one,
or when the store is next owned.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from shoal.store.files import HANDED, lock_alone, write_error


@contextmanager
def handing(root: Path) -> Generator[Path]:
    """A new empty folder in the store, gone afterwards with what it holds."""
    parent = root / HANDED
    try:
        parent.mkdir(exist_ok=True, mode=0o700)
        with _alone(parent):
            _forget(parent)
            folder = parent / secrets.token_hex(8)
            folder.mkdir(mode=0o700)
            handle = lock_alone(folder)
    except OSError as error:
        raise write_error(root, error) from error
    assert handle is not None, "nobody else knows of it yet"
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def forget_handed(root: Path) -> None:
    """Takes away what processes left that were killed."""
    parent = root / HANDED
    if parent.is_dir():
        with _alone(parent):
            _forget(parent)


def handed_files(root: Path) -> list[Path]:
    """Every file that is being handed over now."""
    return [path for path in (root / HANDED).glob("*/*") if path.is_file()]


def _forget(parent: Path) -> None:
    for folder in parent.iterdir():
        try:
            handle = lock_alone(folder)
        except FileNotFoundError:  # its process has just taken it away
            continue
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)


@contextmanager
def _alone(parent: Path) -> Generator[None]:
    """Between making a folder and holding it nobody takes it for a forgotten one."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
