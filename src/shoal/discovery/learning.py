"""The one way to scikit-learn: loaded where it is needed, asked for where it is missing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from shoal.core.errors import MissingExtraError


def sklearn(part: str) -> Any:
    """A module of scikit-learn, such as ``cluster``; MissingExtraError says how to get it."""
    try:
        return import_module(f"sklearn.{part}")
    except ImportError as error:
        raise MissingExtraError(
            "discovery needs scikit-learn, which is not installed",
            hint="pip install 'shoal[learn]'",
        ) from error


@contextmanager
def one_thread() -> Generator[None]:
    """Inside, fits use one thread each.

    On small tables several threads wait for each other longer than they work; on a machine that
    does something else beside, fifty times as long.
    """
    sklearn("cluster")
    limits = import_module("threadpoolctl").threadpool_limits
    with limits(1):
        yield
