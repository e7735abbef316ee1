"""E2: Best channel and hour asked of a project, and what campaigns make of them and of recommendations."""

from __future__ import annotations

import json

import pytest

from shoal.cli import main
from shoal.project.campaigns.making import messages_values, recommended_to
from shoal.project.campaigns.previews import preview
from shoal.project.campaigns.terms import campaign_named
from shoal.project.people.contacting import best_channels, contact, contact_table, habits_of
from tests.project.campaign_shop import DAY, NOON, WINBACK, shop_in

HOUR = DAY // 24


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """p0 opens mails at 20:00, p1 answers texts only; the others open a mail at 9:00."""
    shop = shop_in(tmp_path_factory.mktemp("contacting") / "shop", people=20)
    nine, evening = NOON - 3 * HOUR, NOON + 8 * HOUR
    mails = [(f"p{it}", nine - day * DAY, {}) for it in range(20) for day in range(1, 11)]
    shop.bring("email_sent", mails)
    shop.bring("email_opened", [(f"p{it}", nine - DAY, {}) for it in range(2, 20)])
    shop.bring("email_opened", [("p0", evening - day * DAY, {}) for day in range(1, 11)])
    texts = [("p1", nine - day * DAY, {}) for day in range(1, 11)]
    shop.bring("sms_sent", texts)
    shop.bring("sms_clicked", texts)
    shop.bring("$identify", [("p1", NOON - DAY, {"phone": "+351 9"}), ("p0", NOON - DAY, {"phone": "+351 8"})])  # fmt: skip
    return shop


def test_each_has_a_channel_and_an_hour_with_what_they_rest_on(shop):
    reading = shop.reading
    mine = contact(reading, "p0", NOON)
    assert (mine["channel"]["channel"], mine["channel"]["reason"]) == (
        "email", "answered 10 of 10 messages",
    )  # fmt: skip
    assert (mine["hour"]["hour"], mine["hour"]["is_own"]) == (20, True)
    assert contact(reading, "p1", NOON)["channel"]["channel"] == "sms"
    other = contact(reading, "p5", NOON)
    assert (other["hour"]["hour"], other["hour"]["is_own"]) == (9, False)
    assert other["hour"]["reason"] == "when most people are there"
    rows = {it["user_id"]: it for it in contact_table(reading, NOON).to_pylist()}
    assert len(rows) == 20
    for who in ("p0", "p1", "p5"):
        one = contact(reading, who, NOON)
        assert rows[who]["channel"] == one["channel"]["channel"]
        assert (rows[who]["hour"], rows[who]["hour_is_own"]) == (
            one["hour"]["hour"], one["hour"]["is_own"],
        )  # fmt: skip


def test_where_anybody_answers_hours_are_of_answers_only(tmp_path):
    shop = shop_in(tmp_path / "shop", people=40)  # in several buckets, each with visits
    shop.bring("email_opened", [("p0", NOON - DAY, {})])
    assert habits_of(shop.reading, NOON).hours.sum() == 1


def test_before_anybody_answered_there_is_no_channel_but_an_hour_of_what_they_did(shop):
    early = NOON - 60 * DAY
    found = contact(shop.reading, "p0", early)
    assert found["channel"] is None
    assert found["hour"]["hour"] in {23, 0}  # of their visit at midnight
    assert best_channels(shop.reading, ["p0", "nobody"], early) == [None, None]


def test_the_command_tells_one_and_all(shop, capsys, tmp_path):
    folder = ["--project", str(shop.folder), "--as-of", "2026-05-29"]
    assert main(["recommend", "contact", "p1", "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out)["user_id"] == "p1"
    assert main(["recommend", "contact", "p1", *folder]) == 0
    capsys.readouterr()
    assert main(["recommend", "contact", "--all", "--out", str(tmp_path / "all.csv"), *folder]) == 0
    assert (tmp_path / "all.csv").read_text().splitlines()[0].startswith("user_id,channel,")
    assert main(["recommend", "contact", *folder]) == 2
    assert main(["recommend", "contact", "nobody", *folder]) == 1


def test_campaigns_prefer_the_channel_that_is_answered(shop):
    shop.define(
        WINBACK.replace("    audience:", "    channel: preferred\n    audience:"), "preferred"
    )
    reading = shop.reading
    definition = campaign_named(reading, "winback")
    values = messages_values(reading, definition, ["p0", "p1", "p5"], NOON)
    assert [it.get("preferred_channel") for it in values] == ["email", "sms", "email"]


def test_templates_read_recommendations_and_who_has_none_is_counted(tmp_path):
    shop = shop_in(tmp_path / "shop", people=12)
    shop.define(
        WINBACK.replace(
            "{{ offer }}", "{% for it in recommendations %}[{{ it.title }}]{% endfor %}"
        )
    )
    lacking = preview(shop.reading, "winback")["lacking"]
    assert [(it["value"], it["people"]) for it in lacking] == [
        ("recommendations", lacking[0]["people"])
    ]
    assert lacking[0]["people"] == preview(shop.reading, "winback")["looked_at"] > 0
    rows = [
        (f"p{it}", NOON - 5 * DAY, {"item": name}) for it in range(12) for name in ("tea", "cup")
    ]
    shop.bring("bought", [*rows, ("p1", NOON - 4 * DAY, {"item": "pot"})])
    (shop.folder / "recommendations.yml").write_text("event: bought\nitem: item\n")
    found = preview(shop.reading, "winback", count=12)
    texts = {it["user_id"]: it["parts"].get("text", "") for it in found["messages"]}
    assert all("[pot]" in text for who, text in texts.items() if who != "p1")
    assert [(it["value"], it["people"]) for it in found["lacking"]] in (
        [("recommendations", 1)],
        [],
    )


@pytest.mark.parametrize("text", ["event: nothing\nitem: item\n", "event: bought\n", "[", "event: bought\nitem: item\nfile: gone.csv\n"],
                         ids=["event", "item", "yaml", "file"])  # fmt: skip
def test_messages_go_without_recommendations_that_cannot_be_had(shop, text, caplog):
    path = shop.folder / "recommendations.yml"
    path.write_text(text)
    try:
        assert recommended_to(shop.reading, ["p0", "nobody"]) == [[], []]
    finally:
        path.unlink()
    assert [it.getMessage() for it in caplog.records] == ["nothing is recommended"]
