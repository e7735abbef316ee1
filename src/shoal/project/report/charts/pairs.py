"""Pairs of dots on one line: here, and with everyone; the gap between them is the finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shoal.project.report.charts.canvas import Size, Words, canvas, scale, ticks
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import times


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its two shares."""

    label: str
    here: float
    everyone: float


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where rows and shares stand."""

    x: Callable[[float], float]
    left: float
    top: float
    step: float
    here: str

    @property
    def is_narrow(self) -> bool:
        return self.left == 0


def pairs(width: float, rows: Sequence[Pair], here: str, words: Words) -> Markup:
    """A row per label: a hollow dot for everyone, a full one for ``here``."""
    narrow = width < 500
    left, step, top, right = (0.0 if narrow else 240.0), (44.0 if narrow else 30.0), 8.0, 52.0
    most = max([max(row.here, row.everyone) for row in rows] or [1.0]) or 1.0
    x = scale(0, most * 1.04, left + 6, width - right)
    height = top + len(rows) * step + 22
    layout = _Layout(x, left, top, step, here)
    return canvas(
        Size(width, height),
        words,
        (
            (
                tag("line", x1=x(mark), x2=x(mark), y1=top, y2=height - 22, class_="grid"),
                tag("text", f"{100 * mark:g}%", x=x(mark), y=height - 6, class_="tick middle"),
            )
            for mark in ticks(most)
            if mark <= most * 1.04
        ),
        (_row(layout, index, row) for index, row in enumerate(rows)),
    )


def _row(layout: _Layout, index: int, row: Pair) -> Markup:
    x, narrow = layout.x, layout.is_narrow
    y = layout.top + index * layout.step
    line = y + (layout.step * 0.68 if narrow else layout.step / 2)
    more = row.here >= row.everyone
    return tag(
        "g",
        tag(
            "text",
            row.label,
            x=0.0 if narrow else layout.left - 12,
            y=y + 14 if narrow else line + 4,
            class_="name" if narrow else "name end",
        ),
        tag(
            "line",
            x1=x(row.everyone),
            x2=x(row.here),
            y1=line,
            y2=line,
            class_="gap more" if more else "gap less",
        ),
        tag("circle", cx=x(row.everyone), cy=line, r=5, class_="dot everyone"),
        tag("circle", cx=x(row.here), cy=line, r=5.5, class_="dot here"),
        tag(
            "text",
            times(row.here / row.everyone) if row.everyone else "",
            x=x(max(row.here, row.everyone)) + 12,
            y=line + 4,
            class_="tick",
        ),
        data_tip=(
            f"{row.label}\n{layout.here}: {100 * row.here:.1f}%\n"
            f"Everyone: {100 * row.everyone:.1f}%"
        ),
    )
