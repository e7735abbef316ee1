"""Aggregates and arithmetic: exact sums of fractions, everything else in doubles."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

from shoal.core.instants import Zone
from shoal.core.spans import Span
from tests.oracle.timeline import At, For

MIXES = {
    **{f"number {operator} number": float for operator in "+-*/"},
    **dict.fromkeys(("for + for", "for - for", "for * number", "number * for", "at - at"), For),
    **dict.fromkeys(("at + for", "for + at", "at - for"), At),
    "for / number": For,
    "for / for": float,
}


def calculate(zone: Zone, left: object, operator: str, right: object) -> object:
    """Doubles; instants and spans mix as on a calendar; what makes no sense is unset."""
    if isinstance(right, Span) and isinstance(left, At) and operator in ("+", "-"):
        return At(zone.add(round(left.us), right, 1 if operator == "+" else -1))
    types = {float: "number", At: "at", For: "for"}
    kind = MIXES.get(f"{types.get(type(left))} {operator} {types.get(type(right))}")
    a, b = (float(getattr(side, "us", side)) if kind else 0.0 for side in (left, right))
    if kind is None or (operator == "/" and b == 0):
        return None
    number = finite({"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b)
    return None if number is None else kind(number)


def of_events(zone: Zone, function: str, times: list[int]) -> object:
    gaps = [later - earlier for earlier, later in pairwise(times)]
    match function:
        case "count":
            return float(len(times))
        case "days":
            return float(len({zone.to_local(t).date() for t in times}))
        case "first" | "last":
            return At(times[0 if function == "first" else -1]) if times else None
        case "gap":
            return For((times[-1] - times[0]) / len(gaps)) if gaps else None
        case "gap_std":
            deviation = of_values("std", [Fraction(gap) for gap in gaps])
            return None if deviation is None else For(deviation)
    raise TypeError(function)


def finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def plain(item: object) -> object:
    """A property's value as rules compare it: numbers as doubles."""
    return float(item) if isinstance(item, Fraction) else item


def of_values(function: str, read: list) -> object:
    """An aggregate of the set values among those read, in (t, arrival)."""
    items = [item for item in read if item is not None]
    numbers = [float(item) for item in items if isinstance(item, Fraction | float)]
    counts = Counter(items)
    favourite = max(reversed(items), key=counts.get, default=None)
    match function:
        case "distinct":
            return float(len(counts))
        case "values":
            return tuple(plain(item) for item in dict.fromkeys(reversed(items)))
        case "sum":
            if all(isinstance(item, Fraction) for item in items):
                return float(sum(items, Fraction(0)))
            return finite(added(numbers))
        case "top":
            return plain(favourite)
        case "share":
            return counts[favourite] / len(items) if items else None
        case "first" | "last" if items:
            return plain(items[0 if function == "first" else -1])
        case "min" | "max" if items:
            return plain(min(items) if function == "min" else max(items))
        case "avg" if numbers:
            total = of_values("sum", items)
            return None if total is None else finite(total / len(numbers))
        case "std" if len(numbers) >= 2:
            mean = of_values("avg", items)
            squares = (
                added([(x - mean) * (x - mean) for x in numbers]) if mean is not None else math.inf
            )
            return finite(math.sqrt(squares / (len(numbers) - 1)))
        case "median" if numbers:
            numbers.sort()
            low, high = numbers[(len(numbers) - 1) // 2], numbers[len(numbers) // 2]
            return finite(high if len(numbers) % 2 else (low + high) / 2)
    return None


def added(numbers: list[float]) -> float:
    """One after another (``sum`` of some Pythons compensates)."""
    total = 0.0
    for number in numbers:
        total += number
    return total
