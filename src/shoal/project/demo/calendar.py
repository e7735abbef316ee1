"""The instants a report is asked at: months up to the latest event, and a past date to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shoal.core.instants import DAY, Zone

MOST_MONTHS = 12
WARM_UP = 90 * DAY
"""How long after the first event windows still reach back to where there is no data."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Starts of at most twelve months, the last one under way; ends are the next one's start."""

    as_of: int
    starts: tuple[int, ...]
    dates: tuple[str, ...]
    """The starts, and the end of the last month, as dates of the language."""
    earlier_at: int
    early: int
    """How many month ends lie in the warm-up."""

    @property
    def trend_at(self) -> tuple[int, ...]:
        """Each month's end; the last one is the report's instant."""
        return (*self.starts[1:], self.as_of)


def calendar(first_at: int, as_of: int, zone: Zone) -> Calendar:
    """The calendar of events between two instants.

    >>> zone = Zone()
    >>> made = calendar(zone.parse("2017-01-05"), zone.parse("2017-04-20"), zone)
    >>> made.dates
    ('2017-01-01', '2017-02-01', '2017-03-01', '2017-04-01', '2017-05-01')
    """
    last = zone.to_local(as_of).date().replace(day=1)
    first = zone.to_local(first_at).date().replace(day=1)
    months = [last]
    while months[0] > first and len(months) < MOST_MONTHS:
        months.insert(0, _next(months[0], -1))
    starts = tuple(zone.midnight(month) for month in months)
    ends = (*starts[1:], as_of)
    return Calendar(
        as_of=as_of,
        starts=starts,
        dates=tuple(str(month) for month in (*months, _next(last, 1))),
        earlier_at=starts[len(starts) // 2],
        early=min(sum(end < first_at + WARM_UP for end in ends), max(len(ends) - 2, 0)),
    )


def _next(month: date, step: int) -> date:
    """The first of the month so many months later."""
    count = month.year * 12 + month.month - 1 + step
    return date(count // 12, count % 12 + 1, 1)
