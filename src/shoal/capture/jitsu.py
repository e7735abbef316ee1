"""Jitsu's paths for the calls of the Segment specification; its clients read the answer."""

from __future__ import annotations

from functools import partial

from shoal.capture.captured import Captured, Circumstances
from shoal.capture.segment import KINDS, read_batch, read_call
from shoal.capture.wire import Endpoint, Incoming, Reply

_ANSWER = Reply.of_json({"ok": True})


def endpoints() -> list[Endpoint]:
    """``/api/s/…`` of browsers and ``/api/s/s2s/…`` of servers."""
    places = ("/api/s", "/api/s/s2s")
    calls = [
        Endpoint(f"{place}/{kind}", partial(_call, kind), _ANSWER)
        for place in places
        for kind in KINDS
    ]
    others = [
        Endpoint(f"{place}/{path}", _batch, _ANSWER)
        for place in places
        for path in ("event", "batch")
    ]
    return [*calls, *others]


def _call(kind: str, incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_call(incoming.document, circumstances, kind)


def _batch(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_batch(incoming.document, circumstances)
