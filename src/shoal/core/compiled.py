# The compiler exports what extends it without types.
# pyright: basic
"""Numba's compiler, configured once: no GIL, cached on disk in the user's cache folder."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from llvmlite import binding, ir
from numba import cfunc, config, njit, types
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


@contextmanager
def _cached_by_content(function: Any) -> Iterator[None]:
    """While it lasts, caches are made in the folder of the function's room."""
    room = function.__module__.split(".")[1]
    settings: Any = config  # its settings are made while it loads
    before, settings.CACHE_DIR = settings.CACHE_DIR, cache_folder(room)
    try:
        yield
    finally:
        settings.CACHE_DIR = before


_compiler: Any = njit
SETTINGS: dict[str, Any] = {"error_model": "numpy", "fastmath": False}
"""Strict IEEE arithmetic; a division by zero is infinite."""


def compiled(function: F) -> F:
    """The function as machine code: strict IEEE arithmetic, GIL released, cached on disk."""
    with _cached_by_content(function):
        return _compiler(cache=True, nogil=True, **SETTINGS)(function)


def inner(function: F) -> F:
    """A compiled function that only compiled functions call.

    It becomes part of them: it has no door for Python and is not cached by itself.
    """
    return _compiler(no_cpython_wrapper=True, no_cfunc_wrapper=True, **SETTINGS)(function)


def plain(function: F) -> F:
    """An inner function that makes no arrays: nothing is counted for those it is given."""
    doorless = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return _compiler(_nrt=False, **doorless, **SETTINGS)(function)


@cache
def skip_linear_algebra() -> None:
    """Keep the compiler from loading all of SciPy's linear algebra to see whether it is there.

    It looks again where a program multiplies matrices; ours do not, and it takes a quarter second.
    """
    if "numba.np.arraymath" in sys.modules:
        return
    from numba.np import linalg

    looks: Any = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = looks


_told: set[str] = set()


def tell_first_use(function: Any) -> None:
    """Say, once, that a compiled function is about to be made, if it is not kept already."""
    skip_linear_algebra()
    name = function.__name__
    if name in _told:
        return
    _told.add(name)
    folder = Path(function.stats.cache_path)
    if not any(folder.glob(f"*.{name}-*.nbi")):
        logging.getLogger("shoal").warning(
            "Preparing the engine for this machine: compiled once, in half a minute, then kept."
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


# --- units ---------------------------------------------------------------------------------------
#
# Compiling a function links all it calls into it and optimises everything again, level by level,
# which makes a deep tree of calls expensive. A unit is compiled once, by itself; others know its
# name alone and find its machine code where it has been put when they are loaded.

_units: dict[Any, Callable[[], None]] = {}


def unit(parameters: Mapping[str, Any], result: Any = types.none) -> Callable[[F], F]:
    """A decorator: the function is compiled apart from those that call it.

    A parameter has the type that ``parameters`` has by its name.
    """

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        kinds = [parameters[name] for name in signature.parameters]
        symbol = f"shoal.{function.__module__}.{function.__name__}"
        code: list[Any] = []  # whatever the symbol stands for must live

        def ready() -> None:
            if not code:
                for called in units_called(function):
                    _units[called]()
                with _cached_by_content(function):
                    compiler: Any = cfunc(result(*kinds), cache=True, **SETTINGS)
                    code.append(compiler(function))
                binding.add_symbol(symbol, code[0].address)

        def typed(_context: Any, *_given: Any) -> Any:
            ready()
            return result(*kinds), generate

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            types_of = [context.get_value_type(kind) for kind in kinds]
            kind = ir.FunctionType(context.get_value_type(result), types_of)
            called = cgutils.get_or_insert_function(builder.module, kind, symbol)
            answer = builder.call(called, arguments)
            return context.get_dummy_value() if result is types.none else answer

        first = inspect.Parameter("_context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        shown = signature.replace(
            parameters=[first, *signature.parameters.values()],
            return_annotation=inspect.Signature.empty,
        )
        typed.__name__ = function.__name__
        typed.__signature__ = shown  # type: ignore[attr-defined]
        made: Any = intrinsic(typed)
        _units[made] = ready
        return made

    return decorate


def units_called(function: Any, seen: set[Any] | None = None) -> Iterator[Any]:
    """Units that a function calls, itself or through inner functions.

    Machine code from the cache is put in its place only if all it calls is in place already.
    """
    seen = set() if seen is None else seen
    for name in function.__code__.co_names:
        called = function.__globals__.get(name)
        if callable(called) and called not in seen:
            seen.add(called)
            if called in _units:
                yield called
            elif hasattr(called, "py_func"):
                yield from units_called(called.py_func, seen)


_ready: list[bool] = []


def make_ready() -> None:
    """Put every unit's machine code in its place: to be called before what calls units is loaded."""
    if not _ready:
        skip_linear_algebra()
        for ready in _units.values():
            ready()
        _ready.append(True)
