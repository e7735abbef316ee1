"""Spans of time: exact ones (to the microsecond) and calendar ones (months and years)."""

from __future__ import annotations

from dataclasses import dataclass

MICROSECONDS = {
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
MONTHS = {"mo": 1, "y": 12}
UNITS = (*MICROSECONDS, *MONTHS)


@dataclass(frozen=True, slots=True)
class Span:
    """``count`` of ``unit``; ``s m h d w`` are exact, ``mo`` and ``y`` follow the calendar.

    >>> Span(2, "w").microseconds == Span(14, "d").microseconds
    True
    >>> Span(1, "y").months
    12
    >>> str(Span(90, "d"))
    '90d'
    """

    count: int
    unit: str

    @property
    def is_calendar(self) -> bool:
        """Whether its length depends on where in the calendar it lies."""
        return self.unit in MONTHS

    @property
    def microseconds(self) -> int:
        """Length of an exact span; 0 for a calendar one."""
        return self.count * MICROSECONDS.get(self.unit, 0)

    @property
    def months(self) -> int:
        """Months of a calendar span; 0 for an exact one."""
        return self.count * MONTHS.get(self.unit, 0)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"
