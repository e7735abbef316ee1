"""Sockets in a project's folder: for the same user on the same machine only (mode 0600)."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

LONGEST_PATH = 100
"""Bytes of a socket's path that every system takes."""
WAITING = 1_000
"""Who may wait to be heard: a socket of this machine refuses whoever comes beyond that at once."""


def listen_locally(root: Path, name: str, waiting: int = WAITING) -> tuple[socket.socket, Path]:
    """A socket that listens in the folder, or in one of its own where the folder takes none."""
    path = root.resolve() / name
    if len(os.fsencode(path)) <= LONGEST_PATH:
        with suppress(OSError):  # a file system without sockets
            return _listening(path, waiting), path
    path = Path(tempfile.mkdtemp(prefix="shoal-")) / name
    try:
        return _listening(path, waiting), path
    except OSError:
        path.parent.rmdir()
        raise


def stop_listening(listener: socket.socket, root: Path, path: Path) -> None:
    """Hears nobody any more; nothing of the socket stays."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    path.unlink(missing_ok=True)
    if path.parent != root.resolve():
        shutil.rmtree(path.parent, ignore_errors=True)


def _listening(path: Path, waiting: int) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
        listener.listen(waiting)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener
