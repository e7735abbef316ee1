"""Addresses on the list, whoever has them: now, later, or nobody."""

from __future__ import annotations

import pytest

from shoal.project.campaigns import campaigns
from shoal.project.people.audiences import audience_asked, resolve
from shoal.project.people.suppressions import suppressed_people
from tests.project.campaign_shop import DAY, NOON, WINBACK, shop_in


@pytest.fixture
def shop(tmp_path):
    return shop_in(tmp_path / "shop", 5)


def suppressed(shop):
    reading = shop.reading
    asked = audience_asked(reading, None, "did visit", purpose="offers")
    return resolve(reading, asked, shop.at).as_json()["suppressed"]


def test_an_address_on_the_list_stops_whoever_has_it_in_whichever_case(shop):
    assert shop.cli("suppression", "add", "P1@Example.ORG", "--email", "--at", "2026-05-01") == 0
    assert suppressed(shop) == 1
    assert shop.cli("suppression", "remove", "p1@example.org", "--email", "--at", "2026-05-02") == 0
    assert suppressed(shop) == 0
    assert shop.cli("suppression", "add", "p1", "--email") == 1
    assert shop.cli("suppression", "add", "p1@example.org") == 0  # a user id, and nobody's
    assert suppressed(shop) == 0


def test_addresses_of_a_file_that_nobody_has_yet_stop_who_has_them_later(shop):
    file = shop.folder / "list.csv"
    file.write_text("address,since\np2@example.org,2026-05-01\nnew@example.org,2026-05-01\nno,\n")
    words = ("suppression", "import", file, "--email", "address", "--time", "since")
    assert shop.cli(*words) == 0
    rows = shop.reading.snapshot.rows
    assert shop.cli(*words) == 0  # the same file again adds nothing
    reading = shop.reading
    assert reading.snapshot.rows == rows
    rows = suppressed_people(reading, shop.at).to_pylist()
    assert [it["user_id"] for it in rows] == ["anon:email:new@example.org", "p2"]
    assert sum(1 for _ in shop.project.store.quarantine()) >= 1
    shop.bring("$identify", [("p3", NOON - DAY, {"email": "new@example.org"})])
    assert suppressed(shop) == 2
    assert shop.cli("suppression", "import", file) == 2
    assert shop.cli("suppression", "import", file, "--email", "address", "--user", "address") == 2


def test_a_start_by_a_clock_that_stands_still_is_said(shop):
    shop.define(WINBACK)
    assert shop.go()["warnings"] == []
    settings = shop.folder / "shoal.yml"
    settings.write_text(settings.read_text().replace("now: clock", "now: latest_event"))
    shop.define(WINBACK.replace("winback", "again"), "again")
    assert "write `now: clock`" in shop.go("again")["warnings"][0]
    assert "warnings" in campaigns.act(shop.reading, "again", "pause", "me")
