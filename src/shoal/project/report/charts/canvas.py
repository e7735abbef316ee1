"""What all charts share: the SVG around them, their two sizes, and scales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, log10

from shoal.project.report.markup import Child, Markup, tag

PHONE = 342
"""Width in pixels at which the narrow drawing of a chart is made."""


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """A drawing's name, and what it shows for those who do not see it."""

    title: str
    description: str


def canvas(size: Size, words: Words, *marks: Child, class_: str = "") -> Markup:
    """An SVG drawing that names and describes itself."""
    return tag(
        "svg",
        tag("title", words.title),
        tag("desc", words.description),
        marks,
        class_=f"chart {class_}".strip(),
        viewBox=f"0 0 {size.width:g} {size.height:g}",
        width=f"{size.width:g}",
        height=f"{size.height:g}",
        role="img",
    )


def both_sizes(draw: Callable[[float], Markup], wide: float, narrow: float = PHONE) -> Markup:
    """The chart drawn twice; the page shows the one that fits, so that its text keeps its size."""
    return tag(
        "div",
        tag("div", draw(wide), class_="wide"),
        tag("div", draw(narrow), class_="narrow"),
        class_="drawing",
    )


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Where a value between ``low`` and ``high`` stands between ``start`` and ``end``.

    >>> scale(0, 10, 100, 200)(5)
    150.0
    """
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return start + (value - low) / span * (end - start)

    return place


def ticks(high: float, about: int = 4) -> tuple[float, ...]:
    """Round numbers from 0 up to at least ``high``.

    >>> ticks(421_720)
    (0.0, 200000.0, 400000.0, 600000.0)
    """
    if high <= 0:
        return (0.0, 1.0)
    rough = high / about
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.95)
    steps = floor(high / step + 1e-9) + (0 if abs(high / step - round(high / step)) < 1e-9 else 1)
    return tuple(float(step * index) for index in range(steps + 1))


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart from ``low`` to ``high``, moved as little as need be.

    They ascend, and stay in order.

    >>> spread([10, 12, 50], 10, 0, 60)
    [6.0, 16.0, 50.0]
    """
    groups: list[list[float]] = []  # each: [sum of wished starts, count]
    for index, place in enumerate(places):
        groups.append([place - index * gap, 1.0])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            last = groups.pop()
            groups[-1] = [groups[-1][0] + last[0], groups[-1][1] + last[1]]
    starts = [total / size for total, size in groups for _ in range(int(size))]
    last_start = max(low, high - (len(places) - 1) * gap)
    return [min(max(start, low), last_start) + index * gap for index, start in enumerate(starts)]
