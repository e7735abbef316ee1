"""Columns over months: one measure, from 0, with its figure printed on the last and the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shoal.project.report.charts.canvas import Size, Words, canvas, scale, ticks
from shoal.project.report.markup import Markup, tag


def columns(
    size: Size,
    labels: Sequence[str],
    values: Sequence[float],
    shown: Callable[[float], str],
    words: Words,
) -> Markup:
    """A column per label; each tells its own figure on hover, focus and in its title."""
    left, bottom, top = 44.0, 22.0, 20.0
    width, height = size.width, size.height
    high = max([*values, 1.0])
    marks = [mark for mark in ticks(high) if mark <= high]
    y = scale(0, high, height - bottom, top)
    step = (width - left) / max(len(values), 1)
    best = max(range(len(values)), key=values.__getitem__, default=0)
    thin = step < 40
    return canvas(
        size,
        words,
        (
            (
                tag("line", x1=left, x2=width, y1=y(mark), y2=y(mark), class_="grid"),
                tag("text", shown(mark), x=left - 8, y=y(mark) + 4, class_="tick end"),
            )
            for mark in marks
        ),
        (
            tag(
                "g",
                tag(
                    "rect",
                    x=left + index * step + step * 0.14,
                    y=y(value),
                    width=step * 0.72,
                    height=y(0) - y(value),
                    rx=3,
                    class_="column best" if index == best else "column",
                ),
                tag(
                    "text",
                    shown(value),
                    x=left + (index + 0.5) * step,
                    y=y(value) - 6,
                    class_="figure middle",
                )
                if index == best or not thin
                else None,
                data_tip=f"{labels[index]}: {shown(value)}",
            )
            for index, value in enumerate(values)
        ),
        (
            tag(
                "text",
                label[:1] if thin else label,
                x=left + (index + 0.5) * step,
                y=height - 5,
                class_="tick middle",
            )
            for index, label in enumerate(labels)
        ),
    )
