"""Numbers as people would write them: 500 rather than 487.3, 30 days rather than 29.6."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from shoal.discovery.features import Kind, Matrix

DAYS = (
    0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 21, 28, 30, 45, 60, 90, 120, 150, 180, 270, 365, 540, 730,
)  # fmt: skip
"""Lengths of time people speak of, in days."""
STEPS = ((1, 2, 5), (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8), None, None)
"""Leading figures, from the roundest on; then any two, any three."""
NEAR = 0.12
"""A rounder number is tried if it is within this part of the number itself."""


def roundest_first(number: float, matrix: Matrix, feature: int) -> Iterator[float]:
    """Numbers near it, the roundest first; the last one is as fine as a rule should be."""
    kind = matrix.features[feature].kind
    if kind in {Kind.BOOLEAN, Kind.CATEGORY}:
        yield number
    elif kind is Kind.SPAN:
        yield from _days(number)
    elif matrix.whole[feature]:
        yield from _whole(number)
    elif matrix.shares[feature]:
        for step in (0.1, 0.05, 0.01):
            rounded = round(round(number / step) * step, 6)
            if abs(rounded - number) <= max(0.03, step):
                yield rounded
    else:
        yield from _figures(number)


def _days(number: float) -> Iterator[float]:
    yield from sorted(
        (it for it in DAYS if abs(it - number) <= NEAR * abs(number)),
        key=lambda it: abs(it - number),
    )
    if number >= 3:
        yield float(round(number))
    else:
        yield max(1, round(number * 24)) / 24 if number > 0 else 0.0


def _whole(number: float) -> Iterator[float]:
    if abs(number) >= 20:
        yield from (it for it in _figures(number) if it == round(it))
    yield float(round(number))


def _figures(number: float) -> Iterator[float]:
    if not number:
        yield 0.0
        return
    power = 10.0 ** floor(log10(abs(number)))
    leading = number / power
    for steps in STEPS[:2]:
        assert steps is not None
        sign = 1 if number > 0 else -1
        near = min((*steps, 10), key=lambda it: abs(it - abs(leading)))
        if abs(near - abs(leading)) <= NEAR * abs(leading):
            yield _clean(sign * near * power)
    for figures in (2, 3):
        yield _clean(round(leading, figures - 1) * power)


def _clean(number: float) -> float:
    return float(f"{number:.6g}")
