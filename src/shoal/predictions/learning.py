"""The one way to SciPy, loaded where it is needed and asked for where it is missing; and one thread."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.core.errors import MissingExtraError

Numbers = npt.NDArray[np.float64]


def scipy(part: str) -> Any:
    """A module of SciPy, such as ``optimize``; MissingExtraError says how to get it."""
    try:
        return import_module(f"scipy.{part}")
    except ImportError as error:
        raise MissingExtraError(
            "predictions need SciPy, which is not installed", hint="pip install 'shoal[learn]'"
        ) from error


def gammas() -> tuple[Callable[..., Numbers], Callable[..., Numbers]]:
    """The log of the gamma function, and its slope."""
    special = scipy("special")
    return special.gammaln, special.digamma


@dataclass(frozen=True, slots=True, eq=False)
class Often:
    """How often something was done by each of many, as the few different numbers there are.

    What depends on the number alone is worked out once for each of these.
    """

    times: Numbers
    place: npt.NDArray[np.intp]

    @classmethod
    def in_all(cls, counts: Numbers) -> Often:
        """Of the counts of all of them."""
        times, place = np.unique(counts, return_inverse=True)
        return cls(times, place)

    def of(self, values: Numbers) -> Numbers:
        """For each of the many, the value that belongs to their number."""
        return values[self.place]


@contextmanager
def one_thread() -> Generator[None]:
    """Inside, linear algebra uses one thread, where that can be told to it.

    Several threads wait for each other longer than such small matrices take, and sum in an order
    that is not always the same.
    """
    try:
        limits = import_module("threadpoolctl").threadpool_limits
    except ImportError:
        yield
        return
    with limits(1):
        yield
