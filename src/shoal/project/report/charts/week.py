"""A week as a grid of hours: darker is busier."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.project.report.charts.canvas import Size, Words, canvas
from shoal.project.report.markup import Markup, tag

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def week(width: float, counts: Sequence[Sequence[int]], noun: str, words: Words) -> Markup:
    """Seven rows of 24 hours; each cell says its count on hover."""
    left, top = 36.0, 4.0
    step = (width - left) / 24
    tall = max(min(step, 26.0), 15.0)
    most = max((max(row) for row in counts), default=0) or 1
    height = top + 7 * tall + 20
    return canvas(
        Size(width, height),
        words,
        (
            tag("text", name, x=left - 8, y=top + row * tall + tall / 2 + 4, class_="tick end")
            for row, name in enumerate(_DAYS)
        ),
        (
            tag(
                "rect",
                x=left + hour * step + 1,
                y=top + row * tall + 1,
                width=step - 2,
                height=tall - 2,
                rx=2.5,
                class_="heat",
                style=f"--t:{100 * value / most:.0f}",
                data_tip=f"{_DAYS[row]} {hour:02d}:00 to {hour + 1:02d}:00: {value:,} {noun}",
            )
            for row, hours in enumerate(counts)
            for hour, value in enumerate(hours)
        ),
        (
            tag(
                "text",
                f"{hour:02d}",
                x=left + (hour + 0.5) * step,
                y=height - 4,
                class_="tick middle",
            )
            for hour in range(0, 24, 3)
        ),
    )
