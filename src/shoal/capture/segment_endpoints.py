"""Where Segment's and RudderStack's clients send to, and the settings they ask for first."""

from __future__ import annotations

from functools import partial

from shoal.capture.captured import Captured, Circumstances
from shoal.capture.segment import KINDS, read_call
from shoal.capture.segment_batch import parse_batch, read_incoming
from shoal.capture.wire import Endpoint, Incoming, Reply

SHORT = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}


def endpoints() -> list[Endpoint]:
    """The calls one by one and in batches, the short paths of the browser, and the settings."""
    calls = {kind: kind for kind in KINDS} | SHORT
    single = [Endpoint(f"/v1/{path}", partial(_call, kind)) for path, kind in calls.items()]
    batches = ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch")
    settings = (
        ("/v1/projects/{key}/settings", segment_settings),
        ("/sourceConfig/", rudder_settings),
        ("/sourceConfig", rudder_settings),
    )
    return [
        *single,
        *(Endpoint(path, read_incoming, parse=parse_batch) for path in batches),
        *(
            Endpoint(path, reply=reply, methods=frozenset({"GET"}), is_json=False, needs_key=False)
            for path, reply in settings
        ),
    ]


def segment_settings(incoming: Incoming) -> Reply:
    """The settings Segment's browser client asks for before it sends anything.

    ``apiHost`` names this very host: without it the client would send everything to its maker.
    """
    host = incoming.headers.get("host", "localhost")
    protocol = incoming.headers.get("x-forwarded-proto", "http").split(",")[0].strip()
    integration = {
        "apiKey": incoming.parts.get("key", ""),
        "apiHost": f"{host}/v1",
        "protocol": protocol if protocol in {"http", "https"} else "http",
    }
    return Reply.of_json({"integrations": {"Segment.io": integration}})


def rudder_settings(incoming: Incoming) -> Reply:
    """The settings RudderStack's browser client asks for: a source, and nowhere else to send to."""
    key = incoming.query.get("writeKey", "")
    updated = "2026-01-01T00:00:00.000Z"
    source: dict[str, object] = {
        "id": "shoal",
        "name": "shoal",
        "writeKey": key,
        "enabled": True,
        "workspaceId": "shoal",
        "updatedAt": updated,
        "config": {
            "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}
        },
        "destinations": [],
        "dataplanes": {},
    }
    return Reply.of_json({"source": source, "updatedAt": updated})


def _call(kind: str, incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_call(incoming.document, circumstances, kind)
