"""What each client sends on the wire, and the events it means."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import zlib
from urllib.parse import urlencode

import pytest

from shoal.capture import Circumstances, amplitude, customerio, ga4, mixpanel, posthog, snowplow
from shoal.capture.app import CaptureApp, CaptureSettings, Sender
from shoal.capture.endpoints import endpoints
from shoal.core.instants import Zone
from tests.capture.asgi import ask

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1")


class Kept:
    def __init__(self):
        self.events, self.refused = [], []

    async def keep(self, captured, size=0):
        self.events += captured.events
        self.refused += captured.refused


def asked(kept, *args, **kwargs):
    app = CaptureApp(
        kept,
        lambda secret: Sender("key:1") if secret == "wk" else None,
        endpoints(),
        CaptureSettings(lambda: NOW),
    )
    return asyncio.run(ask(app, *args, **kwargs))


def only(captured):
    assert captured.refused == ()
    (event,) = captured.events
    return event


def packed(document):
    return base64.b64encode(json.dumps(document).encode()).decode()


EVENT = {"event": "$pageview", "distinct_id": "u", "uuid": "m1", "timestamp": "2026-11-01T11:00:00Z",
         "properties": {"token": "wk", "$current_url": "https://a/x", "$browser": "Firefox",
                        "title": "X", "utm_source": "mail"}}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [
        ("/batch/", json.dumps({"api_key": "wk", "batch": [EVENT]}).encode(), b""),
        ("/batch", json.dumps({"api_key": "wk", "batch": [EVENT]}).encode(), b""),
        ("/e/", gzip.compress(json.dumps([EVENT]).encode()), b"compression=gzip-js"),
        ("/e/", urlencode({"data": packed([EVENT])}).encode(), b"compression=base64"),
        ("/e/", b"data=" + packed(EVENT).replace("+", " ").encode(), b""),
        ("/capture/", json.dumps(EVENT | {"api_key": "wk"}).encode(), b""),
        ("/i/v0/e/", zlib.compress(json.dumps(EVENT).encode()), b""),
    ],
)
def test_posthog_s_bodies_come_in_many_wrappings(path, body, query):
    kept = Kept()
    answer = asked(kept, "POST", path, body, query=query)
    assert (answer.status, answer.json) == (200, {"status": 1})
    (event,) = kept.events
    assert (event.name, event.user_id, event.message_id) == ("page_viewed", "u", "m1")
    assert event.properties == {"url": "https://a/x", "title": "X", "utm_source": "mail"}


def test_posthog_s_autocapture_tells_what_was_used():
    event = only(posthog.read_event({"event": "$autocapture", "distinct_id": "u", "properties": {
        "$event_type": "click", "$el_text": "Buy now", "$elements": [{"tag_name": "button"}],
    }}, HERE))  # fmt: skip
    assert (event.name, event.properties) == ("element_clicked", {"element_text": "Buy now"})


def test_posthog_s_people_are_who_they_say_and_the_device_is_anonymous():
    uuid = "0190aaaa-0000-7000-8000-000000000001"
    before = only(posthog.read_event({"event": "A", "distinct_id": uuid, "properties": {
        "$device_id": uuid, "$is_identified": False}}, HERE))  # fmt: skip
    assert (before.user_id, before.anonymous_id) == (None, uuid)
    after = only(posthog.read_event({"event": "$identify", "distinct_id": "u", "$set": {"plan": "pro"},
        "properties": {"$anon_distinct_id": uuid, "$device_id": uuid}}, HERE))  # fmt: skip
    assert (after.name, after.user_id, after.anonymous_id) == ("$identify", "u", uuid)
    assert after.properties == {"plan": "pro"}


def test_posthog_s_traits_beside_an_event_are_told_apart():
    found = posthog.read_event({"event": "A", "uuid": "m", "distinct_id": "u", "properties": {
        "$set": {"plan": "pro", "$os": "x"}, "$set_once": {"first_channel": "mail"}}}, HERE)  # fmt: skip
    event, traits = found.events
    assert event.properties == {"set_once.first_channel": "mail"}
    assert (traits.name, traits.properties, traits.message_id) == (
        "$identify", {"plan": "pro"}, "m:set",
    )  # fmt: skip


def test_posthog_s_groups():
    group = {"event": "$groupidentify", "distinct_id": "u", "properties": {
        "$group_type": "company", "$group_key": "g", "$group_set": {"size": 9}}}  # fmt: skip
    event = only(posthog.read_event(group, HERE))
    assert event.properties == {"company.id": "g", "company.size": 9}
    nobody = posthog.read_event(group | {"distinct_id": "$company_g"}, HERE)
    assert [one.code for one in nobody.refused] == ["no_user"]


def test_posthog_s_times_are_offsets_or_skewed():
    event = only(posthog.read_event({"event": "A", "distinct_id": "u", "offset": 5000}, HERE))
    assert event.occurred_at == NOW - 5_000_000
    found = posthog.read_body({"sent_at": "2026-11-01T09:00:10Z", "batch": [
        {"event": "A", "distinct_id": "u", "timestamp": "2026-11-01T09:00:00Z"}]}, HERE)  # fmt: skip
    assert only(found).occurred_at == NOW - 10_000_000


def test_posthog_s_browser_is_told_to_record_nothing_and_load_nothing():
    answer = asked(Kept(), "GET", "/array/w%3Ck/config")
    assert answer.json["sessionRecording"] is False
    script = asked(Kept(), "GET", "/array/<script>/config.js")
    assert script.headers["content-type"] == "application/javascript"
    assert b"<" not in script.body
    for path in ("/flags/", "/decide/"):
        answer = asked(Kept(), "POST", path, b"anything", query=b"v=2")
        assert (answer.status, answer.json["featureFlags"]) == (200, {})


def test_posthog_s_newer_protocol_has_a_verdict_for_each_event():
    kept = Kept()
    batch = {"batch": [EVENT, {"uuid": "bad"}, 7]}
    answer = asked(kept, "POST", "/i/v1/analytics/events", json.dumps(batch).encode(),
                   {"authorization": "Bearer wk"})  # fmt: skip
    assert answer.json == {"results": {"m1": {"result": "ok"}, "bad": {"result": "ok"}}}
    assert (len(kept.events), len(kept.refused)) == (1, 2)


SNOWPLOW = {"aid": "wk", "uid": "u", "duid": "d", "eid": "e1", "dtm": str(NOW // 1000 - 3_600_000),
            "stm": str(NOW // 1000 - 3_590_000)}  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "name", "properties"),
    [
        ({"e": "pv", "url": "https://a/x", "page": "X", "refr": "https://b"}, "page_viewed",
         {"url": "https://a/x", "title": "X", "referrer": "https://b"}),
        ({"e": "se", "se_ca": "shop", "se_ac": "Add To Basket", "se_va": "2.5"}, "add_to_basket",
         {"category": "shop", "value": 2.5}),
        ({"e": "tr", "tr_id": "o", "tr_tt": "12.5", "tr_cu": "EUR"}, "order_completed",
         {"order_id": "o", "revenue": 12.5, "currency": "EUR"}),
        ({"e": "ti", "ti_id": "o", "ti_sk": "p", "ti_pr": "3", "ti_qu": "2"}, "order_item_recorded",
         {"order_id": "o", "product_id": "p", "price": 3, "quantity": 2}),
        ({"e": "ue", "ue_pr": json.dumps({"data": {
            "schema": "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1",
            "data": {"targetUrl": "https://b"}}})}, "link_clicked", {"url": "https://b"}),
        ({"e": "ue", "ue_px": packed({"data": {
            "schema": "iglu:com.acme/video_watched/jsonschema/1-0-0", "data": {"seconds": 3}}}),
          "cx": packed({"data": [{"schema": "iglu:com.acme/shop/jsonschema/1-0-0",
                                  "data": {"country": "PT"}}]})},
         "video_watched", {"seconds": 3, "shop.country": "PT"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_snowplow_s_events(payload, name, properties, method):
    kept = Kept()
    event = {**SNOWPLOW, **payload}
    if method == "POST":
        body = json.dumps({"schema": "iglu:…/payload_data", "data": [event]}).encode()
        answer = asked(kept, "POST", "/com.snowplowanalytics.snowplow/tp2", body)
    else:
        answer = asked(kept, "GET", "/i", query=urlencode(event).encode())
        assert answer.body.startswith(b"GIF89a")
    assert answer.status == 200
    (found,) = kept.events
    assert (found.name, found.properties) == (name, properties)
    assert (found.user_id, found.anonymous_id, found.message_id) == ("u", "d", "e1")
    assert found.occurred_at == NOW - 10_000_000


def test_snowplow_s_shop_events_have_their_products_beside_them():
    def entity(name, data):
        schema = f"iglu:com.snowplowanalytics.snowplow.ecommerce/{name}/jsonschema/1-0-0"
        return {"schema": schema, "data": data}

    event = only(snowplow.read_event({**SNOWPLOW, "e": "ue",
        "ue_px": packed({"data": entity("snowplow_ecommerce_action", {"type": "transaction"})}),
        "cx": packed({"data": [entity("transaction", {"transaction_id": "o", "revenue": 9}),
                               entity("product", {"id": "p", "price": 3})]}),
    }, HERE))  # fmt: skip
    assert (event.name, event.properties) == ("order_completed", {"order_id": "o", "revenue": 9})
    assert event.lines == ({"product_id": "p", "price": 3},)


def test_snowplow_s_app_id_is_the_key_and_its_browser_may_bring_cookies():
    path = "/com.snowplowanalytics.snowplow/tp2"
    body = json.dumps({"data": [SNOWPLOW | {"aid": "web", "e": "pv"}]}).encode()
    assert asked(Kept(), "POST", path, body).status == 401
    wants = {"origin": "https://a", "access-control-request-method": "POST"}
    answer = asked(Kept(), "OPTIONS", path, headers=wants)
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-origin"] == "https://a"


def test_google_s_purchases_have_lines_and_user_properties_are_traits():
    found = ga4.read_body({
        "client_id": "1.2", "user_id": "u", "timestamp_micros": NOW - 5_000_000,
        "user_properties": {"plan": {"value": "pro"}}, "consent": {"ad_user_data": "DENIED"},
        "events": [
            {"name": "purchase", "params": {"transaction_id": "t", "value": 9,
                                            "items": [{"item_id": "p", "price": 3}]}},
            {"name": "view_item", "params": {"items": [{"item_id": "p", "item_name": "Lamp"}]}},
            {"name": "sign_up"}, {"params": {}}, 7,
        ],
    }, HERE)  # fmt: skip
    order, view, sign_up, traits = found.events
    assert order.properties == {"order_id": "t", "revenue": 9, "consent.ad_user_data": False}
    assert (order.lines, order.occurred_at) == (({"product_id": "p", "price": 3},), NOW - 5_000_000)
    assert (view.name, view.properties["product_id"]) == ("product_viewed", "p")
    assert (sign_up.name, traits.name, traits.properties) == (
        "signed_up", "$identify", {"plan": "pro"},
    )  # fmt: skip
    assert [one.code for one in found.refused] == ["no_event", "not_an_object"]


def test_google_s_key_is_in_the_query_and_a_check_keeps_nothing():
    body = json.dumps({"client_id": "1", "events": [{"name": "login"}]}).encode()
    kept = Kept()
    query = b"measurement_id=G-1&api_secret=wk"
    assert asked(kept, "POST", "/mp/collect", body, query=query).status == 204
    assert len(kept.events) == 1
    answer = asked(kept, "POST", "/debug/mp/collect", body, query=query)
    assert answer.json == {"validationMessages": []}
    assert len(kept.events) == 1


def test_jitsu_s_paths_and_key():
    kept = Kept()
    call = {"type": "track", "event": "A", "userId": "u"}
    for path in ("/api/s/track", "/api/s/s2s/track", "/api/s/event"):
        answer = asked(kept, "POST", path, json.dumps(call).encode(), {"x-write-key": "wk:secret"})
        assert (answer.status, answer.json) == (200, {"ok": True})
    assert len(kept.events) == 3


def test_customer_io_s_paths_name_the_customer():
    kept = Kept()
    basic = {"authorization": "Basic " + base64.b64encode(b"wk:secret").decode()}
    calls = [
        ("PUT", "/api/v1/customers/a%2Fb", {"plan": "pro"}),
        ("POST", "/api/v1/customers/a%2Fb/events", {"name": "A", "data": {"x": 1}, "id": "m"}),
        ("POST", "/api/v1/events", {"name": "A", "anonymous_id": "n"}),
        ("DELETE", "/api/v1/customers/a%2Fb", None),
        ("POST", "/api/v2/batch", {"batch": [
            {"type": "person", "action": "identify", "identifiers": {"email": "A@b.org"}},
            {"type": "person", "action": "event", "identifiers": {"id": "u"}, "name": "B"},
            {"type": "object", "action": "identify"}]}),
    ]  # fmt: skip
    for method, path, document in calls:
        body = b"" if document is None else json.dumps(document).encode()
        assert asked(kept, method, path, body, basic).status == 200
    assert [(one.name, one.user_id or one.anonymous_id) for one in kept.events] == [
        ("$identify", "a/b"), ("a", "a/b"), ("a", "n"), ("deletion_requested", "a/b"),
        ("$identify", "email:a@b.org"), ("b", "u"),
    ]  # fmt: skip
    assert len(kept.refused) == 1
    assert customerio.read_batch({"batch": 7}, HERE).refused


def test_mixpanel_s_forms_and_changes_of_people():
    kept = Kept()
    event = {"event": "A", "properties": {"token": "wk", "distinct_id": "$device:d", "time": 1,
                                          "$insert_id": "m", "mp_lib": "x", "price": 2}}  # fmt: skip
    for data in (json.dumps(event), packed([event])):
        answer = asked(kept, "POST", "/track/", urlencode({"data": data, "verbose": 1}).encode())
        assert answer.json == {"status": 1, "error": None}
    assert [(one.anonymous_id, one.message_id, one.properties) for one in kept.events] == [
        ("d", "m", {"price": 2})
    ] * 2
    change = {"$token": "wk", "$distinct_id": "u", "$set": {"$email": "a@b"}, "$add": {"points": 5}}
    traits = only(mixpanel.read_person(change, HERE))
    assert traits.properties == {"email": "a@b", "add.points": 5}


def test_amplitude_s_events():
    found = amplitude.read_body({"api_key": "wk", "events": [
        {"user_id": "u", "device_id": "d", "event_type": "[Amplitude] Page Viewed", "insert_id": "m",
         "event_properties": {"[Amplitude] Page URL": "https://a"}, "ip": "203.0.113.9",
         "user_properties": {"$set": {"plan": "pro"}}, "time": (NOW - 9_000_000) // 1000},
        {"user_id": "u", "event_type": "$groupidentify", "groups": {"company": "g"},
         "group_properties": {"$set": {"size": 9}}},
        {"event_type": "A"},
    ]}, HERE)  # fmt: skip
    view, traits, group = found.events
    assert (view.name, view.properties) == ("page_viewed", {"url": "https://a"})
    assert (view.occurred_at, view.anonymous_id) == (NOW - 9_000_000, "d")
    assert (traits.properties, traits.message_id) == ({"plan": "pro"}, "m:set")
    assert group.properties == {"company.id": "g", "company.size": 9}
    assert [one.code for one in found.refused] == ["no_user"]


@pytest.mark.parametrize("path", ["/2/httpapi", "/batch"])
def test_amplitude_and_posthog_share_a_path(path):
    kept = Kept()
    body = {"api_key": "wk", "events": [{"user_id": "u", "event_type": "A"}]}
    answer = asked(kept, "POST", path, json.dumps(body).encode())
    assert (answer.json["code"], answer.json["events_ingested"]) == (200, 1)
    assert [event.name for event in kept.events] == ["a"]
