"""Events and transitions as they happen: what there is already, then what comes, each once.

Only files are read, so it makes no difference whether a server runs, stops or starts again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shoal.core.instants import format_instant, from_datetime
from shoal.identity import ANONYMOUS_PREFIX
from shoal.live.telling import as_json
from shoal.store.files import TRANSITIONS
from shoal.store.following import LogReader, People, TransitionReader, name_of
from shoal.store.transitions import last_told

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store.tail import Logged
    from shoal.store.transitions import Frame

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told: of whom, of which segment, from where on.

    ``since`` is the seq of the last transition known; without it the last ``n`` of each come first.
    Of events, those count that the log still holds.
    """

    events: bool = True
    transitions: bool = True
    segment: str | None = None
    user: str | None = None
    since: int | None = None
    n: int = 10


def tail(project: Project, wanted: Wanted, more: Callable[[], bool]) -> Iterator[Row]:
    """Rows as they come; ``more`` waits a moment and says whether to go on."""
    root = project.store.root
    log = LogReader(root) if wanted.events else None
    try:
        told = TransitionReader(root / TRANSITIONS, _start(project, wanted))
        people = People(root)
        is_first = True
        while True:
            # events first, so that a cause comes before what it causes
            events = _events(log, wanted) if log is not None else iter(())
            frames = told.read() if wanted.transitions else iter(())
            rows = _transitions(frames, people, wanted)
            if is_first:
                yield from deque(events, wanted.n)
                yield from rows if wanted.since is not None else deque(rows, wanted.n)
                is_first = False
            else:
                yield from events
                yield from rows
            if not more():
                return
    finally:
        if log is not None:
            log.close()


def _start(project: Project, wanted: Wanted) -> int:
    """After which seq to begin: far enough back for the last few that fit."""
    if wanted.since is not None:
        return wanted.since
    if wanted.n and (wanted.segment is not None or wanted.user is not None):
        return 0
    return max(0, last_told(project.store.root / TRANSITIONS) - wanted.n)


def _transitions(frames: Iterable[Frame], people: People, wanted: Wanted) -> Iterator[Row]:
    for frame in frames:
        for row in as_json(frame, 0, len(frame.told), people.names_of):
            if wanted.segment not in {None, row["segment"]}:
                continue
            if wanted.user in {None, row["user_id"]}:
                yield {"type": "transition", **row}


def _events(log: LogReader, wanted: Wanted) -> Iterator[Row]:
    for one in log.read():
        if wanted.user is None or wanted.user in _identifiers(one):
            yield event_row(one)


def _identifiers(one: Logged) -> set[str]:
    event = one.event
    anonymous = f"{ANONYMOUS_PREFIX}{event.anonymous_id}" if event.anonymous_id else ""
    return {event.user_id or anonymous, anonymous or name_of(one)}


def event_row(one: Logged) -> Row:
    """An event for a program."""
    event = one.event
    row: Row = {
        "type": "event",
        "event": event.name,
        "user_id": name_of(one),
        "occurred_at": format_instant(event.occurred_at),
        "received_at": format_instant(event.received_at),
        "arrival": one.arrival,
        "message_id": event.message_id,
        "properties": _plain(event.properties),
    }
    if event.lines:
        row["lines"] = [_plain(line) for line in event.lines]
    return row


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cell(value) for name, value in values.items() if value is not None}


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return format_instant(from_datetime(value))
    return value


def sentence(row: Row) -> str:
    """A row as one line for people."""
    if row["type"] == "event":
        said = "  ".join(f"{name}={value}" for name, value in row["properties"].items())
        return f"{row['occurred_at']}  {row['user_id']}  {row['event']}  {said}".rstrip()
    cause = row["cause"]
    why = cause.get("event", cause["kind"])
    did = row["kind"]
    if did == "retracted":
        did = f"never {row['was']}"
    late = ", corrected" if row.get("correction") else ""
    return f"{row['at']}  {row['user_id']}  {did} {row['segment']}  #{row['seq']} ({why}{late})"
