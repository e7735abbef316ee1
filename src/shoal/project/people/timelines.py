"""What happened to one person, newest first, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError
from shoal.core.instants import EARLIEST, format_instant
from shoal.engine.one_profile import OneProfile
from shoal.project.views import arrow_type, row_values
from shoal.segments.explain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shoal.engine.history import Int32s
    from shoal.project.reading import Reading

MOST_LINES = 50


def history_of_person(reading: Reading, user_id: str, at: int) -> tuple[int, int, OneProfile]:
    """Bucket, place in it, and the rows of a person up to an instant; NotFoundError for nobody."""
    found = reading.snapshot.find(user_id)
    if found is None:
        raise NotFoundError(
            f"nobody is known as `{user_id}`", hint="ids are as written: 007 is not 7"
        )
    bucket, place = found
    return bucket, place, OneProfile(reading.snapshot.history(bucket), place, at)


def timeline(  # noqa: PLR0913  what can be asked
    reading: Reading,
    user_id: str,
    at: int,
    *,
    events: Collection[str] = (),
    limit: int = 50,
    offset: int = 0,
) -> dict[str, Any]:
    """Events with their properties and lines, newest first; how many there are, by event.

    ``events`` narrows to some; what is reserved (traits, consents, links) is told by its name.
    """
    _, _, history = history_of_person(reading, user_id, at)
    catalogue = reading.snapshot.catalogue.events
    is_line = np.array(
        [name in catalogue and catalogue[name].parent is not None for name in history.event_names],
        np.bool_,
    )
    rows = np.flatnonzero(~is_line[history.event]) if len(history.event) else np.empty(0, np.int64)
    names, counts = np.unique(history.event[rows], return_counts=True)
    totals: dict[str, int] = {
        history.event_names[int(code)]: int(n) for code, n in zip(names, counts, strict=True)
    }
    if events:
        codes = [code for code, name in enumerate(history.event_names) if name in events]
        rows = rows[np.isin(history.event[rows], codes)]
    some = rows[::-1][offset : offset + limit]
    return {
        "user_id": user_id,
        "count": len(rows),
        "offset": offset,
        "totals": [
            {"name": name, "title": _title(reading, name), "count": totals[name]}
            for name in sorted(totals, key=lambda it: (-totals[it], it))
        ],
        "events": [_told(reading, history, int(row), is_line) for row in some],
    }


def _told(reading: Reading, history: OneProfile, row: int, is_line: Any) -> dict[str, Any]:
    after = row + 1
    while after < len(history.event) and is_line[history.event[after]]:
        after += 1
    lines = range(row + 1, after)
    at = int(history.occurred_at[row])
    name = history.event_names[int(history.event[row])]
    read = _properties(reading, history, [row, *lines[:MOST_LINES]])
    return {
        "name": name,
        "title": _title(reading, name),
        "at": None if at <= EARLIEST else format_instant(at),
        "properties": read[row],
        "lines": [read[line] for line in lines[:MOST_LINES]],
        "line_count": len(lines),
    }


def _properties(
    reading: Reading, history: OneProfile, rows: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """What is set in each row."""
    found: dict[int, dict[str, Any]] = {row: {} for row in rows}
    by_event: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_event[history.event_names[int(history.event[row])]].append(row)
    for event, some in by_event.items():
        facts = reading.snapshot.catalogue.events.get(event)
        wanted: Int32s = np.array(some, np.int32)
        for name, its in facts.properties.items() if facts is not None else ():
            column = history.column(event, name)
            if column is None or not len(column.rows):
                continue
            values = row_values(column, wanted, arrow_type(str(its.type))).to_pylist()
            for row, value in zip(some, values, strict=True):
                if value is not None:
                    found[row][name] = plain(value)
    return found


def _title(reading: Reading, event: str) -> str | None:
    entry = reading.vocabulary.events.get(event)
    return entry.title if entry is not None else None
