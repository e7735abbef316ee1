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
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, models, register_model
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


def inner(function: F) -> F:
    """A compiled function that only compiled functions call: no door for Python is made."""
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def compiled(function: F, **more: bool) -> F:
    """The function as machine code: strict IEEE arithmetic, GIL released, cached on disk."""
    room = function.__module__.split(".")[1]
    settings: Any = config  # its settings are made while it loads
    before, settings.CACHE_DIR = settings.CACHE_DIR, cache_folder(room)
    try:
        compiler: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=False, **more)
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


class Lent(types.Type):
    """A named tuple behind one pointer.

    Compiled functions hand each other the values of a tuple one by one; of a tuple of twenty
    arrays those are 150 a call, and most of the time it takes to compile.
    """

    def __init__(self, lender: Any) -> None:
        self.lender = lender
        digest = hashlib.sha256(str(lender).encode()).hexdigest()[:12]
        super().__init__(name=f"Lent({lender.instance_class.__name__}, {digest})")


@register_model(Lent)
class _LentModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lent: Any) -> None:
        values = manager.lookup(lent.lender).get_value_type()
        super().__init__(manager, lent, values.as_pointer())


@infer_getattr
class _LentFields(AttributeTemplate):
    key = Lent

    def generic_resolve(self, lent: Any, name: str) -> Any:
        """The type of a field, as the tuple has it."""
        return dict(zip(lent.lender.fields, lent.lender.types, strict=True)).get(name)


@lower_getattr_generic(Lent)
def _lent_field(context: Any, builder: Any, lent: Any, pointer: Any, name: str) -> Any:
    place = lent.lender.fields.index(name)
    value = builder.load(cgutils.gep_inbounds(builder, pointer, 0, place))
    return impl_ret_borrowed(context, builder, lent.lender.types[place], value)


@intrinsic
def _lend(_context: Any, values: Any) -> Any:
    """A named tuple as one pointer; whoever lends it must use it again after the borrowers."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return cgutils.alloca_once_value(builder, arguments[0])

    return Lent(values)(values), generate


lend: Any = _lend  # called with the tuple alone
