"""Numba's compiler, configured once: no GIL, cached on disk in the user's cache folder."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from platformdirs import user_cache_dir

F = TypeVar("F", bound=Callable[..., Any])


PACKAGE = Path(__file__).parent.parent
SHARED = ("core", "events")
"""Rooms whose compiled functions other rooms call."""


@cache
def cache_folder(room: str) -> str:
    """Where a room's compiled code is kept: one folder for each state of its source.

    The compiler itself looks only at a function's own file and not at those it calls.
    """
    source = hashlib.sha256()
    for name in dict.fromkeys((*SHARED, room)):
        for path in sorted((PACKAGE / name).glob("*.py")):
            source.update(path.read_bytes())
    given = os.environ.get("NUMBA_CACHE_DIR")
    above = Path(given) if given else Path(user_cache_dir("shoal")) / "kernels"
    return str(above / f"{room}-{source.hexdigest()[:16]}")


def compiled(function: F) -> F:
    """The function as machine code: strict IEEE arithmetic, GIL released, cached on disk."""
    room = function.__module__.split(".")[1]
    settings: Any = config  # its settings are made while it loads
    before, settings.CACHE_DIR = settings.CACHE_DIR, cache_folder(room)
    try:
        compiler: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=False)
        return compiler(function)
    finally:
        settings.CACHE_DIR = before


_told: set[str] = set()


def tell_first_use(function: Any) -> None:
    """Say, once, that a compiled function is about to be made, if it is not kept already."""
    name = function.__name__
    if name in _told:
        return
    _told.add(name)
    folder = Path(function.stats.cache_path)
    if not any(folder.glob(f"*.{name}-*.nbi")):
        logging.getLogger("shoal").warning(
            "Preparing the engine for this machine: compiled once, in about a minute, then kept."
        )


@intrinsic
def _pointer_at(_context: Any, address: Any) -> Any:
    """An address (int64) as a pointer, so that one kernel reads any number of arrays."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


as_pointer: Any = _pointer_at  # called with the address alone
