"""Clients of pages in Chromium: each event once, as it was told; nothing goes to another host."""

from __future__ import annotations

import time

import pytest

from tests.clients.shop import PATIENCE

PAGES = ("segment", "rudder", "posthog", "jitsu", "snowplow")
LINES = ({"product_id": "p1", "price": 5}, {"product_id": "p2", "price": 7.5})
TOLD = {
    "product_viewed": {"name": "Lamp", "price": 5},
    "order_completed": {"revenue": 12.5, "coupon": "AUTUMN"},
    "$identify": {"email": "ana@example.org", "plan": "pro"},
    "ticket_opened": {"topic": "delivery"},
}
SETTINGS = {
    "segment": "/v1/projects/",
    "rudder": "/sourceConfig",
    "posthog": "/array/",
    "jitsu": None,
    "snowplow": None,
}
NOT_OURS = {"$current_url", "url", "path", "referrer", "campaign_source", "utm_source"}
"""Where it happened and what led there, which some clients put beside every event."""


@pytest.fixture
def told(front, key, story):
    """What every page is told."""
    return {"host": front.url, "key": key, **vars(story)}


def counts(page):
    """How many events a page's story has; Snowplow's clients have no word for traits."""
    return 3 if page == "snowplow" else 4


def asks_first(front):
    """Where a browser asks before it sends: another site, with more than a form could send."""
    return {
        one.path
        for one in front.posts()
        if {"authorization", "x-write-key"} & one.headers.keys()
        or one.headers["content-type"].startswith("application/json")
    }


def preflights(front):
    """The headers that may be sent to each path."""
    found = {}
    for one in front.passed:
        if one.is_preflight:
            assert one.status == 204
            wanted = one.headers.get("access-control-request-headers", "")
            found.setdefault(one.path, set()).update(wanted.split(","))
    return found


@pytest.mark.parametrize("client", PAGES)
def test_a_page_tells_its_story_once(shop, front, browse, told, client):
    with browse(client) as page:
        visitor = page("start", **told)["visitor"]
        page("tell", **told)
        found = shop.wait(counts(client))
        site, before = page.site, len(front.posts())
        page("leave")
        found = shop.wait(counts(client) + 1)
    found = {event.name: event for event in found}
    assert len(found) == counts(client) + 1

    viewed = found["page_viewed"]
    assert viewed.properties["url"] == f"{site}/lamps?utm_source=letter"
    assert viewed.properties["title"] == "Lamps"
    for name in ("page_viewed", "product_viewed"):  # before anybody knew who it was
        assert (found[name].user_id, found[name].anonymous_id) == (None, visitor)
    for name in found.keys() & {"$identify", "order_completed", "ticket_opened"}:
        assert (found[name].user_id, found[name].anonymous_id) == (told["user"], visitor)

    order = found["order_completed"]
    assert order.lines == LINES
    assert order.properties["order_id"] == told["order"]
    for name in found.keys() & TOLD.keys() - {"ticket_opened"}:
        assert TOLD[name].items() <= found[name].properties.items()
    beside = order.properties.keys() - TOLD["order_completed"].keys() - {"order_id"}
    assert beside <= NOT_OURS
    said = found["ticket_opened"].properties
    assert said["label" if client == "snowplow" else "topic"] == "delivery"

    for event in found.values():
        assert 0 <= time.time() * 1e6 - event.occurred_at < 2 * PATIENCE * 1e6
    assert len(front.posts()) > before, "the farewell was sent when the page was left"
    asked = [one.path for one in front.passed if one.method == "GET"]
    if SETTINGS[client]:
        assert asked[0].startswith(SETTINGS[client])
    assert asks_first(front) <= preflights(front).keys()
    assert {one.status for one in front.passed if one.method == "POST"} == {200}
    assert shop.count(told["user"]).keys() >= {"order_completed", "ticket_opened"}


@pytest.mark.parametrize(
    ("client", "path"),
    [("segment", "/v1/b"), ("rudder", "/beacon/v1/batch")],
)
def test_what_a_page_held_back_is_sent_when_it_is_left(shop, front, browse, told, client, path):
    with browse(client) as page:
        page("start", **told, batched=True)
        page("tell", **told)
        shop.wait(0)
        page("leave")
        shop.wait(5)
    [post] = front.posts()
    assert (post.path.partition("?")[0], post.status) == (path, 200)


@pytest.mark.parametrize(
    ("client", "header"),
    [("segment", "x-retry-count"), ("rudder", "rsa-retry-attempt"), ("posthog", None)],
)
def test_what_a_page_sends_again_counts_once(shop, front, browse, told, client, header):
    """The server is busy at first; then it keeps everything, and its answer gets lost."""
    front.busy, front.lost = 1, 1
    with browse(client) as page:
        page("start", **told)
        page("tell", **told)
        shop.wait(4)
        wait_for(lambda: {503, 0, 200} <= {one.status for one in front.posts()})
        shop.wait(4)
    if header is not None:  # sent by a second try only, and asked for before it
        assert header in set().union(*preflights(front).values())


def test_snowplow_s_client_sends_again_with_the_next_event(shop, front, browse, told):
    front.busy, front.lost = 1, 1
    with browse("snowplow") as page:
        page("start", **told)
        page("tell", **told)
        for status in (503, 0):
            wait_for(lambda status=status: status in {one.status for one in front.posts()})
            time.sleep(0.5)  # until its client knows, too
            page("farewell")
        found = shop.wait(5)
    assert [event.name for event in found].count("ticket_opened") == 2


def wait_for(what):
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_jitsu_s_client_sends_once_and_goes_on(shop, front, browse, told):
    """It never tries again: what a busy server turns away is not seen again."""
    front.busy = 1
    with browse("jitsu") as page:
        page("start", **told)
        page("tell", **told)
        found = shop.wait(3)
    assert "page_viewed" not in {event.name for event in found}
