"""The one way to SciPy: loaded where it is needed, asked for where it is missing."""

from __future__ import annotations

from collections.abc import Callable
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
