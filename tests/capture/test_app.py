from __future__ import annotations

import asyncio
import base64
import gzip
import json

import pytest

from shoal.access import TooManyError
from shoal.capture.app import CaptureApp, CaptureSettings, Sender
from shoal.capture.bodies import Limits
from shoal.capture.segment_endpoints import endpoints
from shoal.core.errors import StoreBusyError, StoreError
from tests.capture.asgi import ask

NOW = 1_760_000_000_000_000
TRACK = {"type": "track", "event": "A", "userId": "u", "messageId": "m"}
LIMITS = Limits(body=10_000, unpacked=50_000, body_seconds=0.2)


class Kept:
    def __init__(self, error=None):
        self.events, self.refused, self.error = [], [], error

    async def keep(self, captured, size=0):
        if self.error:
            raise self.error
        self.events += captured.events
        self.refused += captured.refused


def find(secret):
    if secret == "fast":
        raise TooManyError(2.4)
    return {"wk": Sender("key:1"), "admin": Sender("key:2", is_write=False)}.get(secret)


def app(kept):
    return CaptureApp(kept, find, endpoints(), CaptureSettings(lambda: NOW, limits=LIMITS))


def asked(kept, *args, **kwargs):
    return asyncio.run(ask(app(kept), *args, **kwargs))


def body(document):
    return json.dumps(document).encode()


BASIC = {"authorization": "Basic " + base64.b64encode(b"wk:").decode()}


@pytest.mark.parametrize(
    ("headers", "query", "more"),
    [
        (BASIC, b"", {}),
        ({"authorization": "Bearer wk"}, b"", {}),
        ({"x-write-key": "wk:secret"}, b"", {}),
        ({}, b"writeKey=wk", {}),
        ({}, b"", {"writeKey": "wk"}),
    ],
)
def test_the_key_is_found_wherever_a_client_puts_it(headers, query, more):
    kept = Kept()
    batch = {"batch": [TRACK], **more}
    answer = asked(kept, "POST", "/v1/batch", body(batch), headers, query)
    assert (answer.status, answer.json) == (200, {"success": True})
    assert [event.source for event in kept.events] == ["key:1"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "Bearer no"}, 401), ({"authorization": "Bearer admin"}, 403),
     ({"authorization": "Basic %%%"}, 401), ({"authorization": "Bearer fast"}, 429)],
)  # fmt: skip
def test_who_may_not_send_is_told_in_json(headers, status):
    kept = Kept()
    answer = asked(kept, "POST", "/v1/track", body(TRACK), headers)
    assert answer.status == status
    assert {"code", "message", "status", "title"} <= set(answer.json)
    assert kept.events == []
    if status == 429:
        assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", None])
@pytest.mark.parametrize("encoding", [True, False])
def test_content_types_and_encodings_are_not_believed(type_, encoding):
    headers = {**BASIC, **({"content-type": type_} if type_ else {})}
    headers |= {"content-encoding": "gzip"} if encoding else {}
    kept = Kept()
    assert (
        asked(kept, "POST", "/v1/batch", gzip.compress(body({"batch": [TRACK]})), headers).status
        == 200
    )
    assert len(kept.events) == 1


def test_bad_neighbours_are_kept_apart_and_the_answer_is_200():
    kept = Kept()
    data = (
        b'{"batch":['
        + body(TRACK)
        + b',{"type":"track","event":"N","userId":"u","properties":{"x":NaN}},5]}'
    )
    assert asked(kept, "POST", "/v1/batch", data, BASIC).status == 200
    assert ([event.name for event in kept.events], len(kept.refused)) == (["a", "n"], 1)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"not json", 400, "not_json"), (b"", 400, "not_json"), (b"x" * 10_001, 413, "too_large"),
     (gzip.compress(b" " * 60_000, mtime=0), 413, "too_large"), (b"\x1f\x8bdamaged", 400, "not_json")],
)  # fmt: skip
def test_what_can_never_be_kept_is_4xx(data, status, code):
    answer = asked(Kept(), "POST", "/v1/track", data, BASIC)
    assert (answer.status, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("error", [StoreBusyError("full"), StoreError("the disk is full")])
def test_what_a_retry_can_mend_is_503_with_a_time(error):
    answer = asked(Kept(error), "POST", "/v1/track", body(TRACK), BASIC)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_a_slow_body_is_not_waited_for_and_a_cut_one_is_no_event():
    kept = Kept()
    slow = asked(kept, "POST", "/v1/track", headers=BASIC, pieces=[b"{", 1.0, b"}"])
    assert (slow.status, slow.headers["connection"]) == (408, "close")
    assert asked(kept, "POST", "/v1/track", headers=BASIC, pieces=[]).status == 400
    many = asked(kept, "POST", "/v1/track", headers=BASIC, pieces=[b" " * 4_000] * 4)
    assert many.status == 413
    assert kept.events == []


def test_a_preflight_allows_whatever_a_retry_will_send():
    headers = {
        "origin": "https://shop.example",
        "access-control-request-headers": "authorization, x-retry-count, rsa-retry-reason",
    }
    answer = asked(Kept(), "OPTIONS", "/v1/t", headers=headers)
    assert answer.status == 204
    assert answer.headers["access-control-allow-headers"].endswith("rsa-retry-reason")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in answer.headers


def test_other_paths_and_methods():
    assert asked(Kept(), "GET", "/v1/nothing").status == 404
    assert asked(Kept(), "GET", "/v1/track").status == 405


def test_browser_clients_are_told_to_send_here_and_nowhere_else():
    answer = asked(Kept(), "GET", "/v1/projects/wk/settings", headers={"host": "shop.example:9"})
    assert answer.json == {
        "integrations": {
            "Segment.io": {"apiKey": "wk", "apiHost": "shop.example:9/v1", "protocol": "http"}
        }
    }
    answer = asked(Kept(), "GET", "/sourceConfig/", query=b"writeKey=wk")
    assert answer.json["source"]["destinations"] == []


def test_a_browser_that_asks_for_privacy_denies_sharing_once_for_each_person():
    kept = Kept()
    calls = [TRACK, {**TRACK, "messageId": "m2"}, {**TRACK, "userId": None, "anonymousId": "x"}]
    told = asked(kept, "POST", "/v1/batch", body({"batch": calls}), {**BASIC, "sec-gpc": "1"})
    assert told.status == 200
    denials = [event for event in kept.events if event.name == "$consent"]
    assert [(it.user_id, it.anonymous_id, it.message_id) for it in denials] == [
        ("u", None, "sec-gpc user u"),
        (None, "x", "sec-gpc anonymous x"),
    ]
    for event in denials:
        assert event.properties["purpose"] == "advertising"
        assert event.properties["state"] == "denied"
        assert (event.occurred_at, event.source) == (NOW, "key:1")


@pytest.mark.parametrize("said", ["0", "", "true"])
def test_any_other_word_about_privacy_is_none(said):
    kept = Kept()
    asked(kept, "POST", "/v1/track", body(TRACK), {**BASIC, "sec-gpc": said})
    assert [event.name for event in kept.events] == ["a"]
