"""*Ignored* is said in the language, mail by mail, by the clock; nothing derives or stores it."""

from __future__ import annotations

import pytest

import shoal
from shoal.core.instants import Zone
from shoal.events.event import Event
from shoal.project.opening import open_project

UTC = Zone()
IGNORED = "sequence by message_id (email_sent, not email_opened within 7d)"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail")
    shop = shoal.init(folder)
    sent = [("a", "m1", 1), ("a", "m2", 2), ("b", "m1", 1), ("c", "m1", 1)]
    opened = [("a", "m1", 3), ("b", "m1", 20)]  # b opens it, but too late

    def event(name, user, mail, day):
        at = UTC.parse(f"2026-09-{day:02}T10:00:00Z")
        return Event(name, user, None, at, at, f"{name}{user}{mail}", {"message_id": mail})

    with open_project(folder).store.write() as writer:
        writer.append([event("email_sent", *one) for one in sent])
        writer.append([event("email_opened", *one) for one in opened])
    return shop


def members(shop, rule, day):
    at = f"2026-09-{day:02}T12:00:00Z"
    return shop.rule(rule).members(as_of=at).column("user_id").to_pylist()


def test_a3_b5_who_was_sent_a_mail_and_did_not_open_it_in_time_ignored_it(shop):
    assert members(shop, IGNORED, 8) == ["b", "c"]
    assert members(shop, IGNORED, 9) == ["a", "b", "c"]  # a opened m1 and ignored m2


def test_a3_whose_days_are_not_over_has_ignored_nothing_yet(shop):
    assert members(shop, IGNORED, 7) == []


def test_a3_ignored_mails_are_counted_and_a_campaign_s_alone_too(shop):
    assert members(shop, f"count({IGNORED}) >= 1", 25) == ["a", "b", "c"]
    assert members(shop, f"count({IGNORED}) = 2", 25) == []
    campaign = (
        "sequence by message_id (email_sent where message_id = 'm2', not email_opened within 7d)"
    )
    assert members(shop, campaign, 25) == ["a"]
