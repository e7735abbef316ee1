from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.capture import (
    Circumstances,
    amplitude,
    customerio,
    ga4,
    mail,
    mixpanel,
    posthog,
    segment,
    snowplow,
)
from shoal.capture.rereading import read_again
from shoal.core.instants import Zone

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1")


@pytest.mark.parametrize(
    ("reader", "item", "mended"),
    [
        (segment.read_call, {"type": "track", "event": "A"}, {"userId": "u"}),
        (posthog.read_event, {"event": "A", "uuid": "m", "distinct_id": ""}, {"distinct_id": "u"}),
        (amplitude.read_event, {"event_type": "A"}, {"user_id": "u"}),
        (snowplow.read_event, {"e": "se", "se_ac": "A", "eid": "m", "tv": "py"}, {"uid": "u"}),
        (ga4.read_body, {"client_id": "", "events": [{"name": "a"}]}, {"client_id": "u"}),
        (mixpanel.read_person, {"$token": "wk", "$set": {"a": 1}}, {"$distinct_id": "u"}),
        (customerio.read_operation, {"type": "person", "action": "event", "name": "A",
                                     "identifiers": {}}, {"identifiers": {"id": "u"}}),
        (mail.read_sendgrid, {"event": "open", "sg_event_id": "m"}, {"email": "u@example.org"}),
        (mail.read_brevo, {"event": "open", "message-id": "m"}, {"email": "u@example.org"}),
    ],
)  # fmt: skip
def test_what_was_refused_is_read_again_in_its_own_format_once_it_is_mended(reader, item, mended):
    refused = reader(item, HERE)
    assert refused.events == ()
    raw = json.loads(refused.refused[0].raw)
    assert read_again(raw, HERE).events == ()
    found = read_again({**raw, **mended}, HERE)
    assert (len(found.events), found.refused) == (1, ())
    assert found.events == reader({**item, **mended}, HERE).events


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(
    st.sampled_from(["type", "event", "e", "eid", "event_type", "events", "client_id", "action",
                     "properties", "RecordType", "event-data", "TopicArn", "$token", "name"]),
    st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
    | st.sampled_from(["track", "person", {"distinct_id": "u"}]),
))  # fmt: skip
def test_anything_is_read_again_or_stays(document):
    found = read_again(document, HERE)
    assert found.events or found.refused or document.get("events") == []
