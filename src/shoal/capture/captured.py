"""What becomes of one request: events, and what could not be one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shoal.capture.bodies import BodyTooLargeError
from shoal.core.instants import Zone
from shoal.events.event import Event
from shoal.events.quarantine import Reason
from shoal.identity import Identifier
from shoal.store import Refused

MOST_ITEMS = 10_000
"""Events of one request: four times what any client sends, and no more than a moment's work."""
LONGEST_RAW = 64_000
"""Characters of something refused that are kept: more than any client sends as one event."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When and from whom a request came: the door's clock, the key's name, the project's zone.

    ``source`` names the sender for good: a message id counts once per source.
    """

    received_at: int
    source: str = ""
    zone: Zone = field(default_factory=Zone)


@dataclass(frozen=True, slots=True)
class Captured:
    """Events of a request in their order, and what was refused of it."""

    events: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()

    def __add__(self, other: Captured) -> Captured:
        return Captured(self.events + other.events, self.refused + other.refused)

    @classmethod
    def together(cls, parts: Iterable[Captured]) -> Captured:
        """All of them as one."""
        events: list[Event] = []
        refused: list[Refused] = []
        for part in parts:
            events += part.events
            refused += part.refused
        return cls(tuple(events), tuple(refused))


def of_batch(items: Sequence[Item], read: Callable[[Item], Captured]) -> Captured:
    """Every item of a batch, each on its own: one that is odd costs no other.

    Raises BodyTooLargeError, before anything is read, where there are more than MOST_ITEMS.
    """
    if len(items) > MOST_ITEMS:
        raise BodyTooLargeError(
            f"a batch has at most {MOST_ITEMS:,} events, and this one {len(items):,}: "
            "send them in several requests"
        )
    return Captured.together(map(read, items))


def refusal(
    raw: object,
    reason: str,
    code: Reason,
    circumstances: Circumstances,
    people: tuple[Identifier, ...] = (),
) -> Captured:
    """Something that cannot be an event, kept as JSON with the reason."""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
    kept = _whole(text)[:LONGEST_RAW]
    at, source = circumstances.received_at, circumstances.source
    return Captured((), (Refused(kept, _whole(reason), str(code), at, source, people),))


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
