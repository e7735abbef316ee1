"""A line the size of a word: a trend beside its number."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.project.report.charts.canvas import Size, Words, canvas, scale
from shoal.project.report.markup import Markup, tag


def spark(values: Sequence[float], words: Words, faded: int = 0) -> Markup:
    """The values from 0 up, the last one dotted.

    The first ``faded`` ones are drawn thin and cut off where they are higher than all others.
    """
    width, height = 112.0, 28.0
    if len(values) < 2:
        return Markup("")
    x = scale(0, len(values) - 1, 3, width - 5)
    high = max(*values[faded:], 1)
    y = scale(0, high, height - 3, 4)
    points = [f"{x(index):.1f},{y(min(value, high)):.1f}" for index, value in enumerate(values)]
    floor = f"{x(len(values) - 1):.1f},{height - 2:g} {x(0):.1f},{height - 2:g}"
    return canvas(
        Size(width, height),
        words,
        tag("polygon", points=f"{' '.join(points)} {floor}", class_="spark-area"),
        tag("polyline", points=" ".join(points[: faded + 1]), class_="spark-early")
        if faded
        else None,
        tag("polyline", points=" ".join(points[faded:]), class_="spark-line"),
        tag("circle", cx=x(len(values) - 1), cy=y(values[-1]), r=2.6, class_="spark-dot"),
        class_="spark",
    )


def weeks(values: Sequence[float], words: Words) -> Markup:
    """One thin column per week: the rhythm of one person at a glance."""
    width, height = 312.0, 44.0
    y = scale(0, max(*values, 1.0), 0, height - 4)
    step = width / max(len(values), 1)
    return canvas(
        Size(width, height),
        words,
        tag("line", x1=0.0, x2=width, y1=height - 0.5, y2=height - 0.5, class_="axis"),
        (
            tag(
                "rect",
                x=index * step + 0.6,
                y=height - 1 - max(y(value), 1.5),
                width=step - 1.2,
                height=max(y(value), 1.5),
                rx=1,
                class_="week",
            )
            for index, value in enumerate(values)
            if value > 0
        ),
        class_="weeks",
    )
