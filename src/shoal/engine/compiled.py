"""Numba's compiler, configured once: no GIL, cached on disk in the user's cache folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_dir

os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(user_cache_dir("shoal"), "kernels"))

from numba import njit, types  # noqa: E402  # the cache folder must be named first
from numba.core import cgutils  # noqa: E402
from numba.extending import intrinsic  # noqa: E402

_told = False


def tell_first_use() -> None:
    """Say, once, that the engine is about to be compiled, if no compiled one fits this source."""
    global _told  # noqa: PLW0603  # once a process
    if _told:
        return
    _told = True
    here = Path(__file__).parent
    newest = max(path.stat().st_mtime for path in here.glob("*.py"))
    kept = Path(os.environ["NUMBA_CACHE_DIR"])
    found = kept.rglob("kernel.run-*.nbi") if kept.is_dir() else iter(())
    if not any(path.stat().st_mtime >= newest for path in found):
        logging.getLogger("shoal").warning(
            "Preparing the engine for this machine: compiled once, in about a minute, then kept."
        )


F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function as machine code: strict IEEE arithmetic, GIL released, cached on disk."""
    return njit(cache=True, nogil=True, error_model="numpy", fastmath=False)(function)


@intrinsic
def as_pointer(_context: Any, address: Any) -> Any:
    """An address (int64) as a pointer, so that one kernel reads any number of arrays."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate
