"""Every place clients send to, of every wire format there is."""

from __future__ import annotations

from shoal.capture import (
    amplitude,
    customerio,
    ga4,
    hooks,
    jitsu,
    mixpanel,
    posthog_endpoints,
    segment_endpoints,
    snowplow,
)
from shoal.capture.hooks import FindHook
from shoal.capture.wire import Endpoint


def endpoints(find_hook: FindHook | None = None) -> list[Endpoint]:
    """All of them; ``find_hook`` finds the webhooks a project has set up."""
    return [
        *segment_endpoints.endpoints(),
        *posthog_endpoints.endpoints(),
        *snowplow.endpoints(),
        *ga4.endpoints(),
        *jitsu.endpoints(),
        *customerio.endpoints(),
        *mixpanel.endpoints(),
        *amplitude.endpoints(),
        *hooks.endpoints(find_hook),
    ]
