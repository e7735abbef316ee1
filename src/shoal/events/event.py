"""One event, as capture and the command line hand it to the store's log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did, at a time.

    ``name`` is snake_case or reserved (``$consent`` …), ``raw_name`` as received. Properties hold
    plain values under dotted names: str, bool, int, float, Decimal, an aware datetime, or None for
    unset; ``lines`` holds the elements of an array of objects in the same way. ``message_id`` is
    what the sender calls the event; with none, the store gives it an identity of its own.
    """

    name: str
    user_id: str | None
    anonymous_id: str | None
    occurred_at: int
    received_at: int
    message_id: str | None = None
    properties: Mapping[str, object] = field(default_factory=dict[str, object])
    lines: tuple[Mapping[str, object], ...] = ()
    source: str = ""
    raw_name: str | None = None
