"""Campaigns set off by what people do, enter or leave, and messages that are posted."""

from __future__ import annotations

import shutil

import pytest

from shoal.project.campaigns import campaigns
from tests.channels.listening import listening
from tests.project.campaign_shop import DAY, NOON, Shop, shop_in

HOUR = DAY // 24
HEAD = """\
segments:
  active: did visit in last 7d
campaigns:
  hello:
    audience: everyone
    purpose: offers
    goal: did visit in next 7d
    subject: A visit
    text: You made a visit
    holdout: 0%
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("triggers") / "shop", 6)


@pytest.fixture
def shop(made, tmp_path):
    return Shop(shutil.copytree(made.folder, tmp_path / "shop"))


def _started(shop, timing, **more):
    lines = "".join(f"    {key}: {value}\n" for key, value in {"timing": timing, **more}.items())
    shop.define(HEAD + lines)
    shop.go("hello")
    shop.run()
    assert shop.mailbox.users == []


def test_entering_and_leaving_a_segment_set_a_message_off_once(shop):
    _started(shop, "on entering active")
    shop.bring("visit", [("p1", NOON + HOUR, {}), ("p2", NOON + 2 * HOUR, {})])
    shop.at = NOON + HOUR
    shop.run()
    assert shop.mailbox.users == ["p1"]
    shop.at = NOON + 3 * HOUR
    shop.run()
    shop.run()
    assert shop.mailbox.users == ["p1", "p2"]
    # A late event moves the entry by an hour: it is the same one.
    shop.bring("visit", [("p2", NOON + 90 * HOUR // 60, {})])
    shop.run()
    assert shop.mailbox.users == ["p1", "p2"]
    # They leave by the clock, and enter again weeks later: that is another occasion.
    shop.at = NOON + 20 * DAY
    shop.run()
    shop.bring("visit", [("p1", shop.at, {})])
    shop.run()
    assert shop.mailbox.users == ["p1", "p2", "p1"]


def test_leaving_is_told_when_the_moment_comes(shop):
    shop.bring("visit", [("p3", NOON - 6 * DAY, {})])
    _started(shop, "on leaving active")
    shop.at = NOON + DAY - 1
    shop.run()
    assert shop.mailbox.users == []
    shop.at = NOON + DAY
    shop.run()
    assert shop.mailbox.users == ["p3"]


def test_an_event_sets_a_message_off(shop):
    _started(shop, "on event ordered")
    shop.bring("ordered", [("p4", NOON + 1, {}), ("p5", NOON - DAY, {})])
    shop.at = NOON + HOUR
    shop.run()
    shop.run()
    assert shop.mailbox.users == ["p4"]


def test_an_occasion_sets_a_message_off_so_many_days_before(shop):
    from shoal.core.instants import to_datetime

    soon = to_datetime(NOON + 5 * DAY).replace(year=1990)
    later = to_datetime(NOON + 20 * DAY).replace(year=1985)
    shop.bring("$identify", [("p1", NOON - DAY, {"birthday": soon}),
                             ("p2", NOON - DAY, {"birthday": later})])  # fmt: skip
    _started_with = HEAD + "    timing: on occasion birthday 7d before\n"
    shop.define(_started_with)
    shop.go("hello")
    shop.run()
    assert shop.mailbox.users == ["p1"]
    shop.at = NOON + 2 * DAY
    shop.run()
    assert shop.mailbox.users == ["p1"]
    shop.at = NOON + 14 * DAY
    shop.run()
    assert shop.mailbox.users == ["p1", "p2"]


def test_a_ticket_is_posted_signed_and_a_dead_address_keeps_nobody_else(shop):
    with listening() as there:
        settings = shop.folder / "shoal.yml"
        settings.write_text(
            settings.read_text()
            + f"channels: {{ticket: '{there.url}'}}\nwebhooks: {{allow: ['127.0.0.1']}}\n"
        )
        shop.define(HEAD + "    channel: ticket\n    timing: once\n")
        shop.go("hello")
        found = campaigns.run(shop.project)
        assert found["messages"] == {"sent": 6}
        bodies = [it.message for it in there.heard]
        assert sorted(it["data"]["user_id"] for it in bodies) == [f"p{n}" for n in range(6)]
        assert {it["data"]["text"] for it in bodies} == {"You made a visit"}
        ids = [it.headers["webhook-id"] for it in there.heard]
        assert ids == [it["data"]["id"] for it in bodies]
        assert all(it.headers["webhook-signature"].startswith("v1,") for it in there.heard)
