"""Clients of servers in Node.js: each event once, as it was told, whatever happens on the way."""

from __future__ import annotations

import time

import pytest

CALLS = ("segment", "segment_legacy", "rudder")
ORDER = {"revenue": 12.5, "coupon": "AUTUMN", "paid": True}


def near(instant, milliseconds, seconds=10):
    """Within what the journey takes: the clock of the sender is set right by when it sent."""
    return abs(instant - milliseconds * 1000) < seconds * 1_000_000


def named(events):
    found = {}
    for event in events:
        is_group = event.raw_name in {"$group", "$groupidentify"}
        kind = "$group" if is_group else event.name
        assert kind not in found, f"{kind} came twice"
        found[kind] = event
    return found


@pytest.mark.parametrize("client", CALLS)
def test_every_call_of_the_specification_arrives_once(shop, run, story, client):
    assert run(client, story) == []
    found = named(shop.wait(6))
    order = found["order_completed"]
    assert (order.user_id, order.anonymous_id) == (story.user, None)
    assert order.properties == {"order_id": story.order, **ORDER}
    assert near(order.occurred_at, story.at)
    told = found["$identify"]
    assert (told.user_id, told.anonymous_id) == (story.user, story.visitor)
    assert told.properties == {"email": "ana@example.org", "plan": "pro", "age": 41}
    page = found["page_viewed"].properties
    assert page == {"name": "Lamps", "url": "https://shop.example/lamps", "title": "Lamps"}
    viewed = found["product_viewed"]
    assert (viewed.user_id, viewed.anonymous_id) == (None, story.visitor)
    assert viewed.properties == {"name": "Lamp"}
    assert near(viewed.occurred_at, time.time() * 1000, seconds=60)
    assert found["$group"].properties == {"company.id": "g1", "company.size": 9}
    assert found["$link"].properties == {"previous_id": story.former}
    # What the visitor looked at belongs to the user that the visitor turned out to be.
    assert shop.count(story.user) == {"order_completed": 1, "page_viewed": 1, "product_viewed": 1}


def test_posthog(shop, run, story):
    assert run("posthog", story) == []
    found = named(shop.wait(6))
    order = found["order_completed"]
    assert order.user_id == story.user
    assert order.properties == {"order_id": story.order, **ORDER}
    assert near(order.occurred_at, story.at)
    assert found["$identify"].properties == {"email": "ana@example.org", "plan": "pro", "age": 41}
    page = found["page_viewed"].properties
    assert page == {"url": "https://shop.example/lamps", "title": "Lamps"}
    assert found["product_viewed"].properties == {"name": "Lamp"}
    assert found["product_viewed"].anonymous_id == story.visitor
    assert found["$group"].properties == {"company.id": "g1", "company.size": 9}
    assert found["$link"].properties == {"previous_id": story.former}
    assert shop.count(story.user) == {"order_completed": 1, "page_viewed": 1}


def test_snowplow(shop, run, story):
    assert run("snowplow", story) == []
    found = named(shop.wait(3))
    assert {event.user_id for event in found.values()} == {story.user}
    assert found["order_completed"].properties == {"order_id": story.order, **ORDER}
    assert near(found["order_completed"].occurred_at, story.at)
    page = found["page_viewed"].properties
    assert page == {"url": "https://shop.example/lamps", "title": "Lamps"}
    assert found["product_viewed"].properties == {"category": "shop", "value": 3}
    assert shop.count(story.user) == {"order_completed": 1, "page_viewed": 1, "product_viewed": 1}


@pytest.mark.parametrize(
    ("client", "count"), [*((client, 6) for client in (*CALLS, "posthog")), ("snowplow", 3)]
)
def test_what_is_sent_again_counts_once(shop, front, run, story, client, count):
    """The server is busy at first; then it keeps everything, and its answer gets lost."""
    front.busy, front.lost = 1, 1
    assert run(client, story) == []
    shop.wait(count)
    assert {503, 0, 200} <= {one.status for one in front.posts()}


@pytest.mark.parametrize("client", ["segment"])
def test_a_server_that_was_away_gets_everything(shop, run, story, client):
    shop.stop()
    sending = run.start(client, story)
    try:
        time.sleep(1)
    finally:
        shop.start()
    assert run.end(sending) == []
    shop.wait(6)
