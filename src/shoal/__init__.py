"""Shoal: exact segments of what customers do, at every instant, with the reason why.

>>> import shoal
>>> shop = shoal.open("my-shop")                                        # doctest: +SKIP
>>> shop.rule("count(order_completed in last 28d) >= 4").members()      # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from shoal.core.errors import (
    DefinitionError,
    ImportFileError,
    MissingExtraError,
    NotFoundError,
    Problem,
    ShoalError,
    StoreError,
    UsageError,
)

if TYPE_CHECKING:
    from shoal.project.shop import Members, RuleWarning, Shop, Values

__all__ = [
    "DefinitionError",
    "ImportFileError",
    "Members",
    "MissingExtraError",
    "NotFoundError",
    "Problem",
    "RuleWarning",
    "ShoalError",
    "Shop",
    "StoreError",
    "UsageError",
    "Values",
    "init",
    "open",
]

_IN_SHOP = frozenset({"Members", "RuleWarning", "Shop", "Values"})


def open(path: str | os.PathLike[str] | None = None) -> Shop:  # noqa: A001  reads shoal.open
    """The project in the folder, else in ``SHOAL_PROJECT``, else in the current folder.

    >>> shop = shoal.open("my-shop")                                    # doctest: +SKIP
    >>> shop.segment("lapsed").count(as_of="2026-11-01")                # doctest: +SKIP
    42
    """
    from shoal.project.opening import open_project
    from shoal.project.shop import Shop

    return Shop(open_project(path))


def init(path: str | os.PathLike[str], *, name: str | None = None, time_zone: str = "UTC") -> Shop:
    """A new, empty project in the folder; nothing that is there is overwritten.

    >>> shop = shoal.init("my-shop", time_zone="Europe/Lisbon")         # doctest: +SKIP
    """
    from pathlib import Path

    from shoal.core.instants import Zone
    from shoal.project.init import init_project

    init_project(Path(path), name=name, time_zone=Zone(time_zone).name)
    return open(path)


def __getattr__(name: str) -> Any:
    """Nouns of the Python face, loaded when first asked for."""
    if name in _IN_SHOP:
        from shoal.project import shop

        return getattr(shop, name)
    raise AttributeError(f"module 'shoal' has no attribute {name!r}")
