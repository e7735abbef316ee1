"""Numba's compiler, configured once: no GIL, cached on disk in the user's cache folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from platformdirs import user_cache_dir

os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(user_cache_dir("shoal"), "kernels"))

from numba import njit, types  # noqa: E402  # the cache folder must be named first
from numba.core import cgutils  # noqa: E402
from numba.extending import intrinsic  # noqa: E402

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
