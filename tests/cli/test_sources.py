"""Sources and shipped mappings at the command line, to the person they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

EXPORTS = Path(__file__).parents[1] / "sources" / "exports"


@pytest.fixture
def empty(run, tmp_path, monkeypatch):
    """A project that holds nothing, as the current folder."""
    assert run("init", tmp_path).code == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path


def members(run, rule, as_of="2026-04-01"):
    return sorted(
        row["user_id"]
        for row in run("segment", "members", "--rule", rule, "--as-of", as_of, "--format", "json")
        .json
    )  # fmt: skip


def test_deals_meet_the_contact_they_belong_to(run, empty):
    """A4, A11: HubSpot's ids of contacts and their e-mail addresses are one person."""
    for name in ("contacts", "deals", "tickets"):
        path = EXPORTS / f"hubspot-{name}.csv"
        assert run("import", path, "--map", f"hubspot-{name}").code == 0
    assert members(run, "did deal_won") == ["ines@example.org"]
    assert members(run, "did deal_lost and did ticket_opened") == ["tom@example.org"]


def test_a_mail_that_was_sent_and_not_opened_in_time_was_ignored(run, empty):
    """A3: ignored is derived from what Mailchimp says of each mail, at any instant."""
    path = EXPORTS / "mailchimp-activity.jsonl"
    assert run("import", path, "--map", "mailchimp-activity").code == 0
    rule = "count(sequence by message_id (email_sent, not email_opened within 7d)) >= 1"
    assert members(run, rule) == ["tom@example.org"]
    assert members(run, rule, "2026-01-15") == []  # a week has not passed yet


def test_a_source_is_added_run_and_listed(run, empty):
    (empty / "in").mkdir()
    (empty / "in" / "orders.csv").write_text((EXPORTS / "shopify-orders.csv").read_text())
    told = run("source", "add", "shop", "--from", "in", "--map", "shopify-orders", "--every", "1h")
    assert "customer ines@example.org did order_completed" in told.out
    assert "Wrote sources/shop.yml" in told.err
    assert run("source", "add", "shop", "--from", "in", "--map", "shopify-orders").code == 1
    assert run("source", "run", "--dry-run").out.startswith("shop:\n  in/orders.csv would be")
    (row,) = run("source", "run", "--due", "--json").json
    assert row["events"]["order_completed"] == 2
    assert run("source", "run", "--due").out == "No source is due.\n"
    (listed,) = run("source", "list", "--json").json
    assert (listed["state"], listed["rows"], listed["every"]) == ("well", 3, "1h")
    (empty / "in" / "more.csv").write_text("Order,Who\n1,2\n")
    failed = run("source", "run", "shop")
    assert (failed.code, "the mapping needs them" in failed.err) == (1, True)
    assert run("source", "run", "none").err.startswith("Error: there is no source `none`")


def test_a_source_without_sense_says_all_that_is_wrong(run, empty):
    told = run("source", "add", "x", "--from", "in", "--map", "nothing", "--every", "1x")
    assert told.code == 1
    assert "sources/x.yml" in told.err
    assert not (empty / "sources").exists()
