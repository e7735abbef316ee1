"""Flows between two moments: ribbons as thick as the number of people who went that way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.project.report.charts.canvas import Size, Words, canvas, spread
from shoal.project.report.markup import Markup, tag

_TOP, _BAR, _GAP = 30.0, 12.0, 10.0


@dataclass(frozen=True, slots=True)
class Station:
    """A part as it stands on both sides."""

    title: str
    colour: int


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of the picture: how many stand at each station, and where its bars are."""

    x: float
    name_x: float
    anchor: str
    sizes: list[int]
    tops: list[float]
    unit: float

    def height(self, station: int) -> float:
        return self.sizes[station] * self.unit


def flows(
    size: Size,
    stations: Sequence[Station],
    matrix: Sequence[Sequence[int]],
    heads: tuple[str, str],
    words: Words,
) -> Markup:
    """``matrix[i][j]`` people went from station i to station j; both sides add up to everyone."""
    width, height = size.width, size.height
    named = width > 600
    label = 168.0 if named else 0.0
    total = sum(map(sum, matrix)) or 1
    unit = (height - _TOP - _GAP * (len(stations) - 1)) / total
    sources = [sum(row) for row in matrix]
    targets = [sum(row[j] for row in matrix) for j in range(len(stations))]
    far = width - label - _BAR
    left = _Side(label, label - 8, "end", sources, _stack(sources, unit), unit)
    right = _Side(far, far + 20, "start", targets, _stack(targets, unit), unit)
    inner, outer = ("head end", "head") if named else ("head", "head end")
    return canvas(
        Size(width, height + 4),
        words,
        tag("text", heads[0], x=label + _BAR if named else 0.0, y=16, class_=inner),
        tag("text", heads[1], x=far if named else width, y=16, class_=outer),
        tag("g", _ribbons(stations, matrix, left, right), class_="ribbons"),
        [
            (_bars(stations, side), _names(stations, side, height) if named else None)
            for side in (left, right)
        ],
    )


def _stack(sizes: Sequence[int], unit: float) -> list[float]:
    """The top of each station's bar."""
    tops: list[float] = []
    y = _TOP
    for size in sizes:
        tops.append(y)
        y += size * unit + _GAP
    return tops


def _ribbons(
    stations: Sequence[Station], matrix: Sequence[Sequence[int]], left: _Side, right: _Side
) -> list[Markup]:
    x0, x1 = left.x + _BAR, right.x
    middle = (x0 + x1) / 2
    out, into = list(left.tops), list(right.tops)
    ribbons: list[Markup] = []
    for i, row in enumerate(matrix):
        for j, size in enumerate(row):
            if not size:
                continue
            thick, a, b = size * left.unit, out[i], into[j]
            out[i] += thick
            into[j] += thick
            path = (
                f"M{x0:.1f},{a:.1f} C{middle:.1f},{a:.1f} {middle:.1f},{b:.1f} {x1:.1f},{b:.1f} "
                f"L{x1:.1f},{b + thick:.1f} C{middle:.1f},{b + thick:.1f} "
                f"{middle:.1f},{a + thick:.1f} {x0:.1f},{a + thick:.1f} Z"
            )
            tip = f"{stations[i].title} → {stations[j].title}: {size:,}"
            kept = " kept" if i == j else ""
            ribbons.append(
                tag("path", d=path, class_=f"ribbon f{stations[i].colour}{kept}", data_tip=tip)
            )
    return ribbons


def _bars(stations: Sequence[Station], side: _Side) -> list[Markup]:
    return [
        tag(
            "rect",
            x=side.x,
            y=side.tops[i],
            width=_BAR,
            height=max(side.height(i), 1.5),
            rx=2,
            class_=f"f{station.colour}",
            data_tip=f"{station.title}: {side.sizes[i]:,}",
        )
        for i, station in enumerate(stations)
        if side.sizes[i]
    ]


def _names(stations: Sequence[Station], side: _Side, height: float) -> list[Markup]:
    """The stations' names beside their bars, moved apart where they would overlap."""
    present = [index for index, size in enumerate(side.sizes) if size]
    places = spread([side.tops[i] + side.height(i) / 2 for i in present], 17.0, _TOP, height)
    return [
        tag(
            "text",
            tag("tspan", f"{side.sizes[i]:,}", class_="figure"),
            f" {stations[i].title}",
            x=side.name_x,
            y=place + 4,
            class_=f"name {side.anchor}",
        )
        for i, place in zip(present, places, strict=True)
    ]
