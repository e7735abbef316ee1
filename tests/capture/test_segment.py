from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.capture import Captured, Circumstances
from shoal.capture.segment import read_batch, read_call
from shoal.core.instants import Zone

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def only(captured: Captured):
    assert captured.refused == ()
    (event,) = captured.events
    return event


def test_a_track_call_is_an_event_with_its_lines():
    event = only(read_call({
        "type": "track", "event": "Order Completed", "userId": 42, "messageId": "m1",
        "timestamp": "2026-11-01T11:00:00Z",
        "properties": {"revenue": 12.5, "products": [{"sku": "a", "price": 2}, {"sku": "b"}]},
        "context": {"campaign": {"name": "spring", "source": "mail"}, "ip": "203.0.113.9"},
    }, HERE))  # fmt: skip
    assert (event.name, event.raw_name, event.user_id) == (
        "order_completed",
        "Order Completed",
        "42",
    )
    assert event.properties == {"revenue": 12.5, "campaign": "spring", "campaign_source": "mail"}
    assert event.lines == ({"sku": "a", "price": 2}, {"sku": "b"})
    assert (event.message_id, event.source) == ("m1", "key:1")


def test_no_address_and_no_browser_is_kept_by_default():
    event = only(read_call({"type": "page", "anonymousId": "x", "context": {
        "ip": "203.0.113.9", "userAgent": "Mozilla", "page": {"url": "https://a/b", "search": "?q=1"},
    }}, HERE))  # fmt: skip
    assert event.name == "page_viewed"
    assert event.properties == {"url": "https://a/b"}


def test_rudder_s_traits_and_times_are_found():
    event = only(read_call({
        "type": "identify", "userId": None, "anonymousId": "x",
        "originalTimestamp": "2026-11-01T09:00:00Z", "sentAt": "2026-11-01T09:00:10Z",
        "context": {"traits": {"email": "a@example.org", "address": {"postalCode": "8000"}}},
    }, HERE))  # fmt: skip
    assert event.name == "$identify"
    assert event.occurred_at == NOW - 10_000_000
    assert event.properties == {"email": "a@example.org", "address.postal_code": "8000"}


def test_group_traits_are_dated_company_traits_and_an_alias_is_a_link():
    group = only(
        read_call({"type": "group", "userId": "u", "groupId": "g1", "traits": {"size": 9}}, HERE)
    )
    assert (group.name, group.properties) == ("$identify", {"company.id": "g1", "company.size": 9})
    alias = only(read_call({"type": "alias", "userId": "u", "previousId": "x"}, HERE))
    assert (alias.name, alias.properties) == ("$link", {"previous_id": "x"})


def test_a_reserved_name_cannot_be_sent():
    event = only(read_call({"type": "track", "userId": "u", "event": "$identify"}, HERE))
    assert event.name == "identify"


def test_one_odd_event_costs_no_other():
    found = read_batch({"batch": [
        {"type": "track", "userId": "u", "event": "a"},
        7,
        {"type": "fly", "userId": "u"},
        {"type": "track", "event": "a"},
        {"type": "track", "userId": "u"},
        {"type": "track", "userId": "u", "event": "a", "timestamp": "yesterday"},
        {"type": "track", "userId": "u", "event": "b", "properties": "odd"},
    ]}, HERE)  # fmt: skip
    assert [event.name for event in found.events] == ["a", "b"]
    assert [one.code for one in found.refused] == [
        "not_an_object", "no_event", "no_user", "no_event", "bad_time",
    ]  # fmt: skip
    assert [one.text for one in found.refused[4].people] == ["u"]


@given(JSON)
def test_whatever_is_sent_nothing_is_lost_and_nothing_fails(document):
    sent = (
        len(document["batch"])
        if isinstance(document, dict) and isinstance(document.get("batch"), list)
        else 1
    )
    found = read_batch(document, HERE)
    assert len(found.events) + len(found.refused) == sent


@given(st.dictionaries(st.sampled_from(["a", "b c", "d.e", "$f", "", "\ud800"]), JSON))
def test_any_properties_make_cells_that_can_be_kept(properties):
    call = {"type": "track", "userId": "u", "event": "a", "properties": properties}
    event = only(read_batch({"batch": [call]}, HERE))
    for cells in (event.properties, *event.lines):
        for name, value in cells.items():
            name.encode()
            assert isinstance(value, str | int | float | bool)
            str(value).encode()


def test_the_caller_s_time_comes_before_the_client_s():
    """RudderStack's Node client says both: when the caller means, and when it was called."""
    call = {
        "type": "track", "event": "Order Completed", "userId": "u",
        "timestamp": "2026-11-01T08:00:00Z", "originalTimestamp": "2026-11-01T09:00:00Z",
        "sentAt": "2026-11-01T09:00:10Z",
    }  # fmt: skip
    assert only(read_call(call, HERE)).occurred_at == NOW - 3_610_000_000
    forwarded = {**call, "receivedAt": "2026-11-01T08:00:01Z"}  # set right already
    said = only(read_call({**forwarded, "sentAt": "2031-01-01T00:00:00Z"}, HERE)).occurred_at
    assert said == only(read_call(forwarded, HERE)).occurred_at
