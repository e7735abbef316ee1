"""The engine: rules to a program, a program over a bucket's arrays to members and values.

Nouns: History, Column, Program, Bound. Reads arrays and definitions, writes arrays; opens no file,
reads no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoal.engine.evaluation import evaluate_histories, transitions_of

__all__ = ["evaluate_histories", "transitions_of"]


def __getattr__(name: str) -> Any:
    """The compiler is loaded with the first evaluation, not with the nouns."""
    if name in __all__:
        from shoal.engine import evaluation

        return getattr(evaluation, name)
    raise AttributeError(name)
