"""Every place clients send to, of every wire format there is."""

from __future__ import annotations

from shoal.capture import segment_endpoints
from shoal.capture.wire import Endpoint


def endpoints() -> list[Endpoint]:
    """All of them."""
    return [*segment_endpoints.endpoints()]
