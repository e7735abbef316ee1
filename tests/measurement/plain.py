"""The same people as plain lists, for plain readings of what is measured."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from shoal.core.instants import from_datetime
from tests.project.made_shop import AT, EVENTS, ZONE, made_people

ORDER = [name for name, _ in EVENTS]
AS_OF = ZONE.parse(AT)
LOCAL = ZoneInfo(ZONE.name)


@cache
def histories():
    """``{user: [(microseconds, event, properties)]}`` up to AT; equal times as they were imported."""
    return {
        user: [
            (from_datetime(at), event, properties)
            for at, event, properties in sorted(rows, key=lambda row: (row[0], ORDER.index(row[1])))
            if from_datetime(at) <= AS_OF
        ]
        for user, rows in made_people().items()
    }
