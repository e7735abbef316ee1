"""What an interval says, in words that are always the same."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Did it help?"""

    VERY_LIKELY_HELPED = "very likely helped"
    LIKELY_HELPED = "likely helped"
    CANNOT_TELL = "can't tell yet"
    LIKELY_HURT = "likely hurt"
    VERY_LIKELY_HURT = "very likely hurt"


Interval = tuple[float, float]


def verdict(sure: Interval | None, likely: Interval | None, *, less_is_better: bool) -> Verdict:
    """The verdict of the 95 % interval, else of the 80 % one, for the metric's good direction."""
    words = (
        (sure, Verdict.VERY_LIKELY_HELPED, Verdict.VERY_LIKELY_HURT),
        (likely, Verdict.LIKELY_HELPED, Verdict.LIKELY_HURT),
    )
    for interval, helped, hurt in words:
        if interval is not None and (interval[0] > 0 or interval[1] < 0):
            return helped if (interval[0] > 0) != less_is_better else hurt
    return Verdict.CANNOT_TELL
