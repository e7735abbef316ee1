"""A stacked area: parts of a whole over time, each named where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shoal.project.report.charts.canvas import Size, Words, canvas, scale, spread, ticks
from shoal.project.report.markup import Markup, tag


@dataclass(frozen=True, slots=True)
class Band:
    """One part: its title, its colour's number and its size at each instant."""

    title: str
    colour: int
    values: tuple[int, ...]


def area(
    size: Size, labels: Sequence[str], bands: Sequence[Band], words: Words, early: int = 0
) -> Markup:
    """Bands stacked in the order given, the first at the bottom.

    The first ``early`` spans are veiled, for what is not yet to be trusted.
    """
    width, height = size.width, size.height
    named = width > 600
    left, right, bottom, top = 44.0, (176.0 if named else 8.0), 24.0, 8.0
    totals = [sum(band.values[index] for band in bands) for index in range(len(labels))]
    marks = ticks(max([*totals, 1]))
    x = scale(0, max(len(labels) - 1, 1), left, width - right)
    y = scale(0, max([*totals, 1]), height - bottom, top)
    below = [0] * len(labels)
    shapes: list[Markup] = []
    ends: list[tuple[float, Band]] = []
    for band in bands:
        above = [low + value for low, value in zip(below, band.values, strict=True)]
        outline = [f"{x(index):.1f},{y(value):.1f}" for index, value in enumerate(above)]
        outline += [f"{x(i):.1f},{y(below[i]):.1f}" for i in reversed(range(len(below)))]
        shapes.append(tag("polygon", points=" ".join(outline), class_=f"band f{band.colour}"))
        ends.append((y((above[-1] + below[-1]) / 2), band))
        below = above
    thin = width < 500
    return canvas(
        size,
        words,
        (
            tag("text", f"{mark:,.0f}", x=left - 8, y=y(mark) + 4, class_="tick end")
            for mark in marks
            if mark <= max(totals)
        ),
        shapes,
        tag(
            "rect",
            x=left,
            y=top,
            width=x(early) - left,
            height=height - bottom - top,
            class_="veil",
        )
        if early
        else None,
        _names(ends, width - right + 10, (top, height - bottom)) if named else None,
        (
            tag(
                "text",
                label[:1] if thin else label,
                x=x(index),
                y=height - 6,
                class_="tick middle",
            )
            for index, label in enumerate(labels)
        ),
        _readers(x, labels, bands, top, height - bottom),
    )


def _names(ends: Sequence[tuple[float, Band]], x: float, room: tuple[float, float]) -> list[Markup]:
    """The bands' names beside their ends, moved apart where they would overlap."""
    shown = sorted(((at, band) for at, band in ends if band.values[-1]), key=lambda end: end[0])
    places = spread([at for at, _ in shown], 17.0, room[0] + 4, room[1] - 2)
    return [
        tag(
            "text",
            tag("tspan", f"{band.values[-1]:,}", class_="figure"),
            f" {band.title}",
            x=x,
            y=place + 4,
            class_="name",
        )
        for place, (_, band) in zip(places, shown, strict=True)
    ]


def _readers(
    x: Callable[[float], float],
    labels: Sequence[str],
    bands: Sequence[Band],
    top: float,
    bottom: float,
) -> list[Markup]:
    """Invisible strips, one per instant, that say what stands there."""
    half = (x(1) - x(0)) / 2 if len(labels) > 1 else 20.0
    return [
        tag(
            "rect",
            x=x(index) - half,
            y=top,
            width=2 * half,
            height=bottom - top,
            class_="reader",
            data_tip="\n".join(
                [label, *(f"{band.title}: {band.values[index]:,}" for band in reversed(bands))]
            ),
        )
        for index, label in enumerate(labels)
    ]
