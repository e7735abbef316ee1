"""What nobody should send, and somebody will: nothing of it is lost, nothing of it fails."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.capture import Circumstances, amplitude, customerio, ga4, mixpanel, posthog, snowplow
from shoal.capture.app import CaptureApp, CaptureSettings, Sender
from shoal.capture.bodies import Limits
from shoal.capture.endpoints import endpoints
from shoal.capture.mail import READERS
from shoal.capture.mapped import read_mapped
from shoal.capture.segment import read_batch
from shoal.capture.shopify import read_shopify
from shoal.core.instants import Zone
from shoal.sources.mapping_file import mapping_from_document
from shoal.store import create
from tests.capture.asgi import ask

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1")
BASIC = {"authorization": "Bearer wk"}
LIMITS = Limits(body=100_000, unpacked=500_000, body_seconds=0.2)

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["$identify", "$consent", "", "\ud800", "a\0b", "u", "--5", "9" * 400, 10**30]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
"""Any JSON, and what hurts."""


def shapes(*words):
    """Objects whose keys are those of a format, with anything in them."""
    return st.recursive(
        ODD,
        lambda inner: (
            st.dictionaries(st.sampled_from(words), inner, max_size=8) | st.lists(inner, max_size=3)
        ),
        max_leaves=10,
    )


MAPPING = mapping_from_document({
    "events": [{"event_column": "kind", "user": "who", "time": "at", "id": "id",
                "when": {"n": {">": 3}}, "properties": {"x": "n * m - 2", "y": "kind"}},
               {"event": "B", "user": "who", "time": "at", "when": {"n": {"not in": [1, "a"]}}}],
})  # fmt: skip
FORMATS = {
    "segment": (read_batch, (
        "type", "event", "userId", "anonymousId", "timestamp", "originalTimestamp", "sentAt",
        "messageId", "properties", "traits", "context", "batch", "groupId", "previousId", "page",
        "campaign", "consent", "categoryPreferences", "track", "name")),
    "posthog": (posthog.read_body, (
        "event", "distinct_id", "properties", "timestamp", "offset", "uuid", "$set", "$set_once",
        "sent_at", "batch", "$device_id", "$groups", "$group_type", "$group_key", "$group_set",
        "$is_identified", "options", "$event_type", "alias", "$anon_distinct_id")),
    "snowplow": (snowplow.read_payload, (
        "data", "e", "uid", "duid", "dtm", "stm", "ttm", "eid", "ue_pr", "ue_px", "cx", "co",
        "se_ac", "se_va", "tr_id", "tr_tt", "schema")),
    "ga4": (ga4.read_body, (
        "client_id", "user_id", "timestamp_micros", "events", "name", "params", "items",
        "user_properties", "value", "consent", "item_id")),
    "customerio": (customerio.read_operation, (
        "type", "action", "identifiers", "id", "email", "attributes", "name", "timestamp",
        "primary", "secondary", "person", "cio_id")),
    "mixpanel": (mixpanel.read_event, (
        "event", "properties", "distinct_id", "time", "$insert_id", "$device_id", "$user_id",
        "$distinct_ids", "alias", "$identified_id", "$anon_id")),
    "mixpanel people": (mixpanel.read_person, (
        "$token", "$distinct_id", "$set", "$set_once", "$add", "$unset", "$delete", "$time")),
    "amplitude": (amplitude.read_body, (
        "events", "user_id", "device_id", "event_type", "time", "event_properties",
        "user_properties", "groups", "group_properties", "insert_id", "$set", "revenue")),
    "shopify": (lambda document, here: read_shopify(document, {"x-shopify-topic": "orders/updated"}, here), (
        "id", "customer", "email", "refunds", "line_items", "discount_codes", "code", "created_at",
        "transactions", "amount", "total_price", "user_id")),
    "mapped": (lambda document, here: read_mapped(MAPPING, document, here), (
        "kind", "who", "at", "id", "n", "m")),
    **{name: (reader, (
        "email", "timestamp", "event", "sg_message_id", "category", "event-data", "recipient",
        "message", "headers", "user-variables", "tags", "campaigns", "RecordType", "MessageID",
        "Metadata", "Message", "mail", "eventType", "destination", "bounce", "message-id",
        "user_id", "X-Mailin-custom", "bouncedRecipients", "Type"))
       for name, reader in READERS.items()},
}  # fmt: skip
WHOLE = {"posthog": "batch", "segment": "batch", "snowplow": "data", "amplitude": "events"}


@pytest.mark.parametrize("name", FORMATS)
def test_whatever_is_sent_is_an_event_or_a_refusal_that_can_be_kept(name):
    reader, words = FORMATS[name]

    @settings(max_examples=60, deadline=None)
    @given(shapes(*words))
    def check(document):
        found = reader(document, HERE)
        keep_able(found)
        whole = WHOLE.get(name)
        items = document.get(whole) if whole and isinstance(document, dict) else None
        if isinstance(items, list):
            made = [one for one in found.events if one.name not in {"$consent", "$identify"}]
            assert len(made) + len(found.refused) <= len(items)
            assert len(found.events) + len(found.refused) >= len(items)
        elif name not in {"mapped", "shopify", "sendgrid", "brevo", "posthog"}:
            assert found.events or found.refused

    check()


def keep_able(captured):
    for event in captured.events:
        assert event.user_id or event.anonymous_id
        assert 0 <= event.occurred_at <= event.received_at
        for text in (
            event.name,
            event.raw_name,
            event.user_id,
            event.anonymous_id,
            event.message_id,
        ):
            (text or "").encode()
        for cells in (event.properties, *event.lines):
            for key, value in cells.items():
                key.encode()
                str(value).encode()
    for one in captured.refused:
        (one.raw + one.reason).encode()


RESERVED = ["$identify", "$consent", "$link", "$Consent", " $consent", "$$identify"]


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_names_cannot_be_forged(name):
    calls = [
        read_batch({"type": "track", "event": name, "userId": "u",
                    "properties": {"purpose": "marketing", "state": "granted"}}, HERE),
        snowplow.read_event({"e": "se", "se_ac": name, "uid": "u"}, HERE),
        ga4.read_body({"client_id": "c", "events": [{"name": name}]}, HERE),
        customerio.read_event({"name": name}, "u", HERE),
        READERS["brevo"]({"event": name, "email": "a@b"}, HERE),
        read_mapped(mapping_from_document({"events": {"event_column": "n", "user": "u", "time": "t"}}),
                    {"n": name, "u": "u"}, HERE),
    ]  # fmt: skip
    for found in calls:
        assert [event.name for event in found.events if event.name.startswith("$")] == []
    for found in (posthog.read_event({"event": "$consent", "distinct_id": "u"}, HERE),
                  mixpanel.read_event({"event": "$consent", "properties": {"distinct_id": "u"}}, HERE),
                  amplitude.read_event({"event_type": "$consent", "user_id": "u"}, HERE)):  # fmt: skip
        assert [event.name for event in found.events] == ["consent"]


class Kept:
    def __init__(self):
        self.events, self.refused = [], []

    async def keep(self, captured, size=0):
        self.events += captured.events
        self.refused += captured.refused


def app(kept, told=None):
    find = {"wk": Sender("key:1")}.get
    on_answer = told.append if told is not None else None
    made = CaptureSettings(lambda: NOW, limits=LIMITS, on_answer=on_answer)
    return CaptureApp(kept, find, endpoints(), made)


def asked(kept, *args, told=None, **kwargs):
    return asyncio.run(ask(app(kept, told), *args, **kwargs))


TRACK = b'{"type":"track","event":"A","userId":"u","properties":{"x":%s}}'
VALUES = [
    b"NaN", b"-Infinity", b'"\\ud800"', b'"\\u0000"', b"9" * 5000, b"9" * 60, b"-0.0", b"1e999",
    b'"' + b"x" * 90_000 + b'"', b"[" * 150 + b"]" * 150, b'{"a":' * 100 + b"1" + b"}" * 100,
    b"[" + b",".join([b"1"] * 20_000) + b"]", b'{"y":1,"y":2}', b'"\xff\xfe"', b"null", b"true",
    b"{" + b",".join(b'"k%d":1' % at for at in range(3000)) + b"}",
    b"[" + b",".join([b'{"sku":1}'] * 3000) + b"]",
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with create(tmp_path_factory.mktemp("hostile")).write() as writer:
        yield writer


@pytest.mark.parametrize("value", VALUES, ids=[value[:12].decode("latin-1") for value in VALUES])
def test_an_odd_value_costs_its_neighbours_nothing_and_the_store_keeps_it_all(store, value):
    """Rule 2: a strict 400 throws away the good neighbours, and kills Node's process."""
    kept = Kept()
    good = b'{"type":"track","event":"B","userId":"u"}'
    body = b'{"batch":[' + good + b"," + TRACK % value + b"," + good + b"]}"
    if len(body) > LIMITS.body:
        body = gzip.compress(body)
    answer = asked(kept, "POST", "/v1/batch", body, BASIC)
    assert answer.status == 200
    assert len(kept.events) + len(kept.refused) == 3
    assert [event.name for event in kept.events].count("b") == 2
    counts = store.append(kept.events, kept.refused)
    assert (counts.appended, counts.quarantined) == (len(kept.events), len(kept.refused))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"\0", 400), (b"{", 400), (b"[" * 50_000, 400), (b'{"a":1}{"b":2}', 400),
        (b"\x1f\x8b", 400), (gzip.compress(b"{}", mtime=0)[:-3], 400), (zlib.compress(b"{}")[:-1], 400),
        (b"x" * 100_001, 413), (gzip.compress(b"0" * 600_000, mtime=0), 413),
        (zlib.compress(b"0" * 600_000), 413), (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), 400),
        (b"7", 401), (b"null", 401), (b"[]", 401),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/batch", "/e/", "/hooks/postmark"])
def test_bodies_that_can_never_be_kept_are_4xx_on_every_door(path, body, status):
    answer = asked(Kept(), "POST", path, body)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "message", "status"} <= set(answer.json)


def test_a_body_that_claims_less_than_it_is_and_one_that_trickles():
    kept = Kept()
    headers = {**BASIC, "content-length": "5"}
    many = asked(kept, "POST", "/v1/batch", headers=headers, pieces=[b" " * 40_000] * 4)
    assert many.status == 413
    claims = {**BASIC, "content-length": "100001"}
    assert asked(kept, "POST", "/v1/batch", b"{}", claims).status == 413
    slow = asked(kept, "POST", "/v1/batch", headers=BASIC, pieces=[b"{", 0.5, b"}"])
    assert (slow.status, slow.headers["connection"]) == (408, "close")
    assert kept.events == []


def test_a_query_of_thousands_of_parts_is_no_fault_of_ours():
    query = b"&".join(b"a%d=1" % at for at in range(5000))
    assert asked(Kept(), "GET", "/i", query=query).status == 400
    form = b"&".join(b"a%d=1" % at for at in range(5000))
    assert asked(Kept(), "POST", "/track", form).status == 400


@pytest.mark.parametrize("path", sorted({one.pattern for one in endpoints()}))
def test_every_door_takes_a_preflight_with_any_header_and_knows_its_methods(path):
    place = path.replace("{", "").replace("}", "")
    wanted = "authorization,x-retry-count,rsa-retry-attempt,anonymousid,sentat,x-anything"
    headers = {"origin": "https://a.example", "access-control-request-headers": wanted}
    answer = asked(Kept(), "OPTIONS", place, headers=headers)
    assert answer.status == 204
    assert answer.headers["access-control-allow-headers"] == wanted
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    wrong = asked(Kept(), "PATCH", place)
    assert (wrong.status, wrong.json["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == answer.headers["access-control-allow-methods"]


def test_what_is_not_there_is_404_in_json():
    answer = asked(Kept(), "POST", "/v1/nothing", b"{}")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_nothing_said_of_a_request_names_a_person_or_a_key():
    """ASVS 14.2.1: keys in addresses stay out of logs, as do ids in paths and bodies."""
    told = []
    kept = Kept()
    secret, person = "wk", "ana@example.org"
    asked(kept, "POST", f"/api/v1/customers/{quote(person)}/events", b'{"name":"Secret Name"}',
          {"authorization": "Bearer " + secret}, told=told)  # fmt: skip
    asked(kept, "POST", "/v1/track", TRACK % b'"ana@example.org"', query=b"writeKey=wk", told=told)
    asked(kept, "GET", f"/elsewhere/{person}", query=b"writeKey=wk", told=told)
    asked(kept, "POST", "/v1/track", b"ana@example.org", query=b"writeKey=wrong", told=told)
    assert [(one.status, one.endpoint, one.events, one.code) for one in told] == [
        (200, "/api/v1/customers/{id}/events", 1, ""), (200, "/v1/track", 1, ""),
        (404, "", 0, "not_found"), (400, "/v1/track", 0, "not_json"),
    ]  # fmt: skip
    text = repr(told)
    assert "ana" not in text
    assert "'wk'" not in text
    assert "wrong" not in text
    assert "Secret" not in text
    assert [one.source for one in told] == ["key:1", "key:1", "", ""]


def test_no_path_of_the_api_is_a_door_of_capture():
    from shoal.api.app import ROUTERS

    doors = app(Kept())
    paths = {route.path for router in ROUTERS for route in router.routes}
    assert len(paths) > 15
    for path in paths:
        assert not doors.knows(path.replace("{", "").replace("}", "")), path


def test_a_consent_is_an_act_and_a_stamp_is_none():
    def call(event, **categories):
        return {"type": "track", "event": event, "userId": "u", "messageId": "m",
                "context": {"consent": {"categoryPreferences": categories}}}  # fmt: skip

    acted = read_batch(
        call("Segment Consent Preference Updated", Advertising=True, C0004=False), HERE
    )
    event, *consents = acted.events
    assert event.name == "segment_consent_preference_updated"
    assert [(one.name, one.properties, one.user_id) for one in consents] == [
        ("$consent", {"purpose": "advertising", "state": "granted"}, "u"),
        ("$consent", {"purpose": "c0004", "state": "denied"}, "u"),
    ]
    stamped = read_batch(call("Order Completed", Advertising=True, odd="yes"), HERE)
    assert [one.properties for one in stamped.events] == [{"consent.advertising": True}]


def test_a_path_keeps_its_escaped_slash():
    async def both():
        doors = app(kept)
        return await ask(doors, "POST", "/api/v1/customers/a%2Fb/events", b'{"name":"A"}', BASIC)

    kept = Kept()
    assert asyncio.run(both()).status == 200
    assert [event.user_id for event in kept.events] == ["a/b"]
