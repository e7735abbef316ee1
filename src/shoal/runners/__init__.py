"""Runners: who evaluates, and where. This machine; later a cluster.

Nouns: RuleAnswer, ValueAnswer. Reads a store's snapshot, writes nothing.
"""

from shoal.runners.machine import (
    RuleAnswer,
    ValueAnswer,
    changes_at,
    counts_at,
    evaluate,
    evaluate_at,
    trace,
    transitions,
)

__all__ = [
    "RuleAnswer",
    "ValueAnswer",
    "changes_at",
    "counts_at",
    "evaluate",
    "evaluate_at",
    "trace",
    "transitions",
]
