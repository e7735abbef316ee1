"""One event, as capture and the command line hand it to the store's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """Something a person did, at a time.

    ``name`` is snake_case or reserved (``$consent`` …), ``raw_name`` as received. Properties hold
    plain values under dotted names: str, bool, int, float, Decimal, an aware datetime, or None for
    unset; ``lines`` holds the elements of an array of objects in the same way. ``message_id`` is
    what the sender calls the event; with none, the store gives it an identity of its own.

    One is made for every event that comes in: a struct costs a twentieth of a frozen dataclass, and
    the log's frames are read straight into it.
    """

    name: str
    user_id: str | None
    anonymous_id: str | None
    occurred_at: int
    received_at: int
    message_id: str | None = None
    properties: Mapping[str, Any] = {}
    lines: tuple[Mapping[str, Any], ...] = ()
    source: str = ""
    raw_name: str | None = None
