"""Where PostHog's clients send to, and the settings and flags they ask for first."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, cast

from shoal.capture import amplitude
from shoal.capture.captured import Captured, Circumstances
from shoal.capture.forms import document_of
from shoal.capture.posthog import items_of, key_of, read_body
from shoal.capture.telling import is_list_in
from shoal.capture.wire import Endpoint, Incoming, Reply

CAPTURE = ("/e", "/e/", "/i/v0/e", "/i/v0/e/", "/capture", "/capture/", "/batch/")
_GET = frozenset({"GET"})
_BOTH = frozenset({"GET", "POST"})


def endpoints() -> list[Endpoint]:
    """Events in every form, and what a browser asks before it sends any."""
    capture = partial(
        Endpoint,
        read=_read,
        reply=Reply.of_json({"status": 1}),
        methods=frozenset({"POST"}),
        key=_key,
        parse=document_of,
    )
    ask = partial(Endpoint, is_json=False, needs_key=False)
    return [
        *(capture(path) for path in CAPTURE),
        capture("/batch", read=_either, reply=_either_reply),
        capture("/i/v1/analytics/events", reply=_results),
        *(ask(f"/{path}", reply=flags, methods=_BOTH)
          for path in ("flags", "flags/", "decide", "decide/")),
        ask("/array/{key}/config", reply=config, methods=_GET),
        ask("/array/{key}/config.js", reply=config_script, methods=_GET),
    ]  # fmt: skip


def _key(incoming: Incoming) -> str | None:
    return key_of(incoming.document)


def _read(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_body(incoming.document, circumstances, incoming.query.get("sent_at"))


def _is_amplitude(document: object) -> bool:
    return is_list_in(document, "events")


def _either(incoming: Incoming, circumstances: Circumstances) -> Captured:
    """Amplitude's batches come to the same path; their shape tells."""
    if _is_amplitude(incoming.document):
        return amplitude.read_body(incoming.document, circumstances)
    return _read(incoming, circumstances)


def _either_reply(incoming: Incoming) -> Reply:
    if _is_amplitude(incoming.document):
        return amplitude.reply(incoming)
    return Reply.of_json({"status": 1})


def _results(incoming: Incoming) -> Reply:
    """One verdict an event: each was kept, be it in quarantine, so none is to be sent again."""
    ids = [
        cast("dict[str, Any]", one).get("uuid")
        for one in items_of(incoming.document)
        if isinstance(one, dict)
    ]
    return Reply.of_json(
        {"results": {one: {"result": "ok"} for one in ids if isinstance(one, str)}}
    )


def flags(_: Incoming) -> Reply:
    """No flags, and nothing to record."""
    return Reply.of_json({
        "flags": {},
        "featureFlags": {},
        "featureFlagPayloads": {},
        "errorsWhileComputingFlags": False,
        "requestId": "",
        **_settings(),
    })  # fmt: skip


def config(_: Incoming) -> Reply:
    """The settings a browser asks for: send events, record no sessions, load nothing else."""
    return Reply.of_json({"token": "", **_settings()})


def config_script(incoming: Incoming) -> Reply:
    """The same settings as a script."""
    key = json.dumps(incoming.parts.get("key", "")).replace("<", "\\u003c")
    settings = json.dumps({"config": {"token": "", **_settings()}, "siteApps": []})
    script = (
        "(function(){var c=window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
        f"c[{key}]={settings};}})();"
    )
    return Reply(200, script.encode(), "application/javascript")


def _settings() -> dict[str, object]:
    return {
        "supportedCompression": ["gzip", "gzip-js"],
        "hasFeatureFlags": False,
        "sessionRecording": False,
        "heatmaps": False,
        "surveys": False,
        "captureDeadClicks": False,
        "capturePerformance": False,
        "autocaptureExceptions": False,
        "autocapture_opt_out": False,
        "defaultIdentifiedOnly": True,
        "toolbarParams": {},
        "isAuthenticated": False,
        "siteApps": [],
        "editorParams": {},
        "config": {"enable_collect_everything": True},
    }
