"""One request holds at most so many events, in whichever format: more is refused before it is read."""

from __future__ import annotations

import asyncio
import base64
import json
from urllib.parse import urlencode

import pytest

from shoal.capture.app import CaptureApp, CaptureSettings, Sender
from shoal.capture.captured import MOST_ITEMS
from shoal.capture.endpoints import endpoints
from shoal.capture.hook_file import Hook
from shoal.core.instants import Zone
from shoal.sources.mapping_file import mapping_from_document
from tests.capture.asgi import ask

NOW = Zone().parse("2026-11-01T12:00:00Z")
OWN = mapping_from_document({"events": [{"event_column": "kind", "user": "who", "time": "at"}]})


def beside(name, **more):
    """A document with the batch under a name."""
    return lambda items: {name: items, **more}


def in_ses(items):
    """A report of Amazon SES on many recipients."""
    mail = {"timestamp": "2026-11-01T11:00:00Z", "messageId": "m", "destination": items}
    return {"Type": "Notification", "Message": json.dumps({"eventType": "Send", "mail": mail})}


BATCHES = {
    **{path: beside("batch") for path in ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch")},
    **{path: beside("batch") for path in ("/api/s/event", "/api/s/batch", "/api/s/s2s/batch")},
    **dict.fromkeys(("/e/", "/i/v0/e/", "/capture/"), list),
    **{path: beside("batch") for path in ("/batch/", "/i/v1/analytics/events")},
    **{path: beside("events") for path in ("/batch", "/2/httpapi", "/2/batch")},
    "/com.snowplowanalytics.snowplow/tp2": beside("data"),
    "/mp/collect": beside("events", client_id="c"),
    "/api/v2/batch": beside("batch"),
    **dict.fromkeys(("/track", "/import", "/engage", "/groups"), list),
    "/hooks/sendgrid": list,
    "/hooks/brevo": list,
    "/hooks/ses": in_ses,
    "/hooks/own": list,
}


class Kept:
    def __init__(self):
        self.count = 0

    async def keep(self, captured, size=0):
        self.count += len(captured.events) + len(captured.refused)


def sent(path, document, body=None):
    """How it was answered, and how much was kept."""
    kept = Kept()
    own = {"own": Hook("own", mapping=OWN)}
    app = CaptureApp(
        kept, lambda _: Sender("key:1"), endpoints(own.get), CaptureSettings(lambda: NOW)
    )
    body = json.dumps(document).encode() if body is None else body
    return asyncio.run(ask(app, "POST", path, body, {"authorization": "Bearer wk"})), kept.count


@pytest.mark.parametrize("path", BATCHES)
def test_more_than_a_request_may_hold_is_refused_before_it_is_read(path):
    answer, kept = sent(path, BATCHES[path]([{}] * (MOST_ITEMS + 1)))
    assert (answer.status, kept) == (413, 0)
    assert answer.json["message"] == (
        "a batch has at most 10,000 events, and this one 10,001: send them in several requests"
    )


@pytest.mark.parametrize("path", BATCHES)
def test_what_a_request_may_hold_is_kept_all_of_it(path):
    answer, kept = sent(path, BATCHES[path]([{}] * 100))
    assert answer.status in {200, 204}
    assert kept >= 100


def test_a_batch_that_comes_wrapped_is_measured_too():
    packed = base64.b64encode(json.dumps([{}] * (MOST_ITEMS + 1)).encode()).decode()
    for path in ("/e/", "/track"):
        answer, kept = sent(path, None, urlencode({"data": packed}).encode())
        assert (answer.status, kept) == (413, 0)


def test_every_path_that_takes_a_batch_is_among_them():
    """What takes more than one item of any document is named above, or is a twin of what is."""
    twins = {"/e", "/i/v0/e", "/capture", "/api/s/s2s/event"}
    twins |= {f"/{name}/" for name in ("track", "import", "engage", "groups")}
    documents = [[{}] * 3, *({name: [{}] * 3} for name in ("batch", "events", "data"))]
    plain = [it for it in endpoints() if it.read is not None and "{" not in it.pattern]
    many = {
        it.pattern
        for it in plain
        if "POST" in it.methods and any(sent(it.pattern, one)[1] >= 3 for one in documents)
    }
    assert many - twins == {path for path in BATCHES if not path.startswith("/hooks/")}
