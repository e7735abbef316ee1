"""Campaigns of a real store: states, arms, messages and what stops them, with a mailbox in memory."""

from __future__ import annotations

import email
import email.policy
import shutil

import pytest

from shoal.channels.email import Outcome, Told
from shoal.core.errors import ShoalError, StoreBusyError, UsageError
from shoal.project.campaigns import campaigns
from shoal.project.campaigns.links import leave, left
from shoal.project.campaigns.previews import preview
from shoal.project.campaigns.results import campaign_results
from shoal.project.changes.planning import make_plan
from tests.project.campaign_shop import DAY, NOON, WINBACK, Shop, shop_in


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("campaigns") / "shop")


@pytest.fixture
def shop(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "shop")
    shop = Shop(tmp_path / "shop")
    shop.define(WINBACK)
    return shop


def test_a_campaign_goes_from_draft_to_done_with_who_and_when(shop):
    assert campaigns.campaign_rows(shop.reading)[0]["state"] == "draft"
    with pytest.raises(UsageError):
        campaigns.act(shop.reading, "winback", "start", "me")
    shop.go()
    shop.run()
    project = shop.project
    from shoal.project.campaigns.sending import finish
    from shoal.store.campaign_books import CampaignBooks
    from shoal.store.outbox import Outbox

    books = project.store.books
    assert [it.name for it in finish(CampaignBooks(books), Outbox(books), shop.at)] == ["winback"]
    found = campaigns.show_campaign(shop.reading, "winback")
    assert found["state"] == "done"
    assert [(it["action"], it["actor"]) for it in found["log"]] == [
        ("check", "me"), ("approve", "me"), ("start", "me"), ("finish", "shoal"),
    ]  # fmt: skip


def test_everybody_but_the_holdout_gets_one_message_and_arms_are_in_the_history(shop):
    shop.go()
    (passed,), counts = shop.run()
    waterfall = passed.waterfall
    assert waterfall["matched"] == 60
    assert waterfall["held_out"] + waterfall["sendable"] == 60
    assert counts == {"sent": waterfall["sendable"]}
    assert len(set(shop.mailbox.users)) == len(shop.mailbox.users) == waterfall["sendable"]
    table = shop.reading
    from shoal.project.answers import asked, count_members

    for rule, count in (
        ("did `$assignment` where arm = 'holdout'", waterfall["held_out"]),
        ("did `$assignment` where arm = 'message'", waterfall["sendable"]),
        ("did `$send` where campaign = 'winback'", waterfall["sendable"]),
    ):
        assert count_members(table, asked(table, None, rule), shop.at)["count"] == count
    assert shop.run()[1] == {}
    assert len(shop.mailbox.got) == waterfall["sendable"]


def test_a_message_is_whole_and_can_be_left_by_one_click(shop):
    shop.go()
    shop.run()
    to, data = shop.mailbox.got[0]
    mail = email.message_from_bytes(data, policy=email.policy.default)
    user = to.partition("@")[0]
    assert mail["subject"] == f"N{user}, your visit"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    url = mail["list-unsubscribe"].strip("<>")
    assert url in mail.get_content()
    leaving = left(shop.project, url.rpartition("/")[2])
    assert (leaving.user_id, leaving.channel, leaving.campaign) == (user, "email", "winback")
    leave(shop.project, leaving, shop.project.store.append)
    assert preview(shop.reading, "winback")["waterfall"]["reachable"] == 59
    assert left(shop.project, url.rpartition("/")[2][:-2] + "AA") is None


@pytest.mark.parametrize(
    ("event", "cells", "reason"),
    [
        ("$consent", {"purpose": "offers", "state": "denied"}, "no consent"),
        ("$subscription", {"channel": "email", "state": "unsubscribed"},
         "not reachable by the channel"),
        ("$suppression", {"channel": "all", "state": "suppressed"}, "suppressed"),
        ("email_complained", {"message_id": "m"}, "suppressed"),
        ("$send", {"campaign": "other", "channel": "email"}, "capped"),
    ],
)  # fmt: skip
def test_what_happens_after_somebody_was_queued_reaches_the_message(shop, event, cells, reason):
    shop.define(WINBACK + "    cap: 1 per 7d\n")
    shop.go()
    shop.give()
    queued = shop.standing()["queued"]
    from shoal.store.outbox import Outbox

    letters = Outbox(shop.project.store.books).due(shop.at, 2, ["winback"])
    shop.bring(event, [(letters[0].user_id, shop.at, cells)])
    assert shop.send() == {"dropped": 1, "sent": queued - 1}
    assert letters[0].user_id not in shop.mailbox.users
    assert shop.reasons() == {reason: 1}


def test_who_is_erased_is_sent_nothing_and_stands_nowhere(shop):
    shop.go()
    shop.give()
    from shoal.store.outbox import Outbox

    victim = Outbox(shop.project.store.books).due(shop.at, 1, ["winback"])[0].user_id
    assert shop.cli("privacy", "erase", victim) == 0
    assert Outbox(shop.project.store.books).find([victim]) == 0
    shop.send()
    assert victim not in shop.mailbox.users


def test_a_changed_definition_is_not_sent_before_it_is_approved_again(shop):
    shop.go()
    shop.define(WINBACK.replace("10 % off", "90 % off"))
    passed, counts = shop.run()
    assert "approved" in passed[0].trouble
    assert counts == {}
    assert campaigns.campaign_rows(shop.reading)[0]["is_changed"]
    campaigns.act(shop.reading, "winback", "pause", "me")
    with pytest.raises(ShoalError, match="changed since"):
        campaigns.act(shop.reading, "winback", "resume", "me")


def test_pause_keeps_what_waits_and_stop_lets_it_go(shop):
    shop.go()
    shop.give()
    campaigns.act(shop.reading, "winback", "pause", "me")
    assert shop.send() == {}
    waiting = shop.standing()["queued"]
    campaigns.act(shop.reading, "winback", "resume", "me")
    assert shop.send(limit=10) == {"sent": 10}
    campaigns.act(shop.reading, "winback", "stop", "me")
    assert shop.standing() == {"sent": 10, "dropped": waiting - 10}


def test_a_row_says_how_many_were_sendable_and_when_the_clock_brings_more(shop):
    def row():
        return campaigns.campaign_rows(shop.reading)[0]

    shop.define(WINBACK + "    timing: every 7d\n")
    assert (row()["sendable"], row()["next_due"]) == (None, None)
    shop.go()
    assert row()["next_due"] == "2026-05-29T12:00:00Z"  # at once
    passed, _ = shop.run()
    assert row()["sendable"] == passed[0].waterfall["sendable"]
    assert row()["next_due"] == "2026-06-05T12:00:00Z"
    campaigns.act(shop.reading, "winback", "pause", "me")
    assert row()["next_due"] is None


def test_a_plan_says_whom_a_campaign_would_newly_reach(shop):
    (shop.folder / "segments").mkdir(exist_ok=True)
    file = shop.folder / "segments" / "them.yml"
    file.write_text("segments:\n  them: count(visit) >= 1\n  far: in segment them\n")
    shop.define(WINBACK.replace("audience: did visit", "audience: far"))
    shop.go()
    shop.bring("visit", [("p1", NOON - DAY, {"pages": 1}), ("p2", NOON - DAY, {"pages": 1})])
    file.write_text("segments:\n  them: count(visit) >= 2\n  far: in segment them\n")
    (found,) = make_plan(shop.project, None).campaigns
    assert found.as_json() == {
        "name": "winback", "change": "affected", "state": "running", "size_before": 60,
        "size_after": 2, "entering": 0, "leaving": 58,
    }  # fmt: skip
    shop.cli("apply")
    assert make_plan(shop.project, None).campaigns == ()
    shop.define(WINBACK)
    (shop.folder / "campaigns" / "campaign.yml").unlink()
    (gone,) = make_plan(shop.project, None).campaigns
    assert (gone.change, gone.size_before, gone.leaving) == ("removed", 60, 60)


def test_in_quiet_hours_nothing_goes_and_afterwards_everything(shop):
    shop.define(WINBACK + '    quiet_hours: "11:00-14:00"\n')
    shop.go()
    passed, counts = shop.run()
    assert counts == {}
    shop.at = NOON + 2 * 3_600_000_000
    assert shop.send() == {"sent": passed[0].waterfall["sendable"]}


def test_a_server_that_is_not_reached_is_left_in_peace_and_nothing_is_lost(shop):
    shop.go()
    shop.mailbox.says = Told(Outcome.UNREACHED, "refused")
    _, counts = shop.run()
    assert set(counts) == {"queued"}
    assert not shop.mailbox.got
    waiting = shop.standing()["queued"]
    shop.mailbox.says = Told(Outcome.SENT)
    shop.at += DAY
    assert shop.send() == {"sent": waiting}


def test_a_refusal_is_tried_again_and_at_last_laid_aside_and_replayed(shop):
    shop.go()
    shop.give()
    shop.mailbox.says = Told(Outcome.LATER, "451 busy")
    waiting = shop.standing()["queued"]
    for _ in range(8):
        shop.send()
        shop.at += DAY
    assert shop.standing() == {"dead": waiting}
    shop.mailbox.says = Told(Outcome.SENT)
    assert shop.send() == {}
    assert campaigns.replay(shop.project, "winback", "dead", (), "me") == waiting
    assert shop.send() == {"sent": waiting}


def test_what_was_handed_over_without_an_answer_is_never_sent_again_by_itself(shop):
    shop.go()
    shop.give()
    shop.mailbox.says = Told(Outcome.UNCERTAIN, "no answer")
    shop.send(limit=5)
    shop.mailbox.says = Told(Outcome.SENT)
    shop.at += DAY
    shop.send()
    assert shop.standing()["uncertain"] == 5
    uncertain = {it["user_id"] for it in campaigns.letters(shop.project, "winback", "uncertain")}
    assert not uncertain & set(shop.mailbox.users)
    # What may have arrived counts for the cap.
    from shoal.project.answers import asked, count_members

    reading = shop.reading
    question = asked(reading, None, "did `$send` where uncertain = true")
    assert count_members(reading, question, shop.at)["count"] == len(uncertain)


def test_a_hard_bounce_suppresses(shop):
    shop.go()
    shop.mailbox.says = Told(Outcome.NO_ADDRESS, "550 no such user")
    shop.give()
    shop.send(limit=3)
    assert shop.standing()["dead"] == 3
    assert preview(shop.reading, "winback")["waterfall"]["suppressed"] == 3


def test_a_missing_value_without_a_fallback_is_counted_before_and_dropped_after(shop):
    shop.define(WINBACK.replace("{{ first_name | default: 'you' }}", "{{ city }}"))
    shop.bring("$identify", [("p1", NOON - DAY, {"city": "Porto"}),
                             ("p2", NOON - DAY, {"city": "Faro"})])  # fmt: skip
    found = preview(shop.reading, "winback")
    assert found["lacking"][0]["value"] == "city"
    assert found["lacking"][0]["people"] == found["looked_at"] - sum(
        it["user_id"] in {"p1", "p2"}
        for it in preview(shop.reading, "winback", count=100)["messages"]
    )
    shop.go()
    shop.run()
    assert set(shop.mailbox.users) <= {"p1", "p2"}
    assert set(shop.reasons()) == {"`city` is not known"}


def test_one_pass_at_a_time(shop):
    shop.go()
    with campaigns.passing(shop.project), pytest.raises(StoreBusyError):
        campaigns.run(shop.project)


def test_results_are_of_the_days_after_each_person_s_own_assignment(shop):
    shop.go()
    shop.run()
    sent = set(shop.mailbox.users)
    start = shop.at
    # Those sent to come back within the days, one of the others too; one comes a day too late.
    rows = [(it, start + 3 * DAY, {"pages": 2}) for it in sorted(sent)[:20]]
    alone = sorted({f"p{n}" for n in range(60)} - sent)
    rows += [(alone[0], start + DAY, {"pages": 1}), (alone[1], start + 14 * DAY + 1, {"pages": 9})]
    shop.bring("visit", rows)
    assert campaign_results(shop.reading, "winback")["waiting"] == 60
    shop.at = start + 14 * DAY
    found = campaign_results(shop.reading, "winback")
    control, treated = found["metrics"]["goal"]
    assert (control["arm"], control["n"], control["mean"]) == (
        "holdout",
        len(alone),
        1 / len(alone),
    )
    assert (treated["n"], treated["mean"]) == (len(sent), 20 / len(sent))
    assert found["metrics"]["pages"][1]["mean"] == pytest.approx(40 / len(sent))
    assert found["is_decided"]
    assert found["srm"]["ok"]
    assert found["engagement"][1]["sent"] == len(sent)
    shop.at += 30 * DAY
    later = campaign_results(shop.reading, "winback")
    assert later["metrics"].keys() - found["metrics"].keys() == {"retention"}  # known by now
    assert {it: later["metrics"][it] for it in found["metrics"]} == found["metrics"]


def test_retention_and_engagement_are_told_as_soon_as_they_can_be(shop):
    shop.go()
    shop.run()
    sent, start = sorted(set(shop.mailbox.users)), shop.at
    alone = sorted({f"p{n}" for n in range(60)} - set(sent))
    back = sent[:10] + alone[:2]
    shop.bring("visit", [(it, start + 20 * DAY, {"pages": 1}) for it in back])
    # One too late, and one in the days of the goal: neither is retention.
    shop.bring("visit", [(sent[11], start + 29 * DAY, {"pages": 1}),
                         (sent[12], start + 2 * DAY, {"pages": 1})])  # fmt: skip
    shop.bring("ad_viewed", [(it, start + DAY + n, {}) for it in sent + alone for n in range(3)])
    shop.bring("ad_clicked", [(it, start + 2 * DAY, {}) for it in [*sent[:8], alone[0]]])
    shop.bring("email_clicked", [(it, start + 3 * DAY, {}) for it in sent[:9]])
    shop.at = start + 14 * DAY
    early = campaign_results(shop.reading, "winback")
    assert early["is_decided"]
    assert "retention" not in early["metrics"]  # on the day of decision nobody's is known
    shop.at = start + 28 * DAY
    found = campaign_results(shop.reading, "winback")
    control, treated = found["metrics"]["retention"]
    assert (control["n"], control["mean"]) == (len(alone), pytest.approx(2 / len(alone)))
    assert (treated["n"], treated["mean"]) == (len(sent), pytest.approx(10 / len(sent)))
    assert treated["low"] < treated["effect"] < treated["high"]
    control, treated = found["metrics"]["engagement"]
    assert control["mean"] == pytest.approx(1 / (3 * len(alone)))
    assert treated["mean"] == pytest.approx(8 / (3 * len(sent)))
    assert treated["low"] < treated["effect"] < treated["high"]
    assert found["kinds"] | {"retention": "retention", "engagement": "ratio"} == found["kinds"]
    row = found["engagement"][1]
    assert row["rate"] == pytest.approx(9 / len(sent))
    # One message each: the interval is that of a share.
    share = row["rate"]
    half = 2.01 * (share * (1 - share) / len(sent)) ** 0.5
    assert (row["low"], row["high"]) == pytest.approx((share - half, share + half), rel=0.03)
    assert found["engagement"][0]["rate"] is None


def test_a_hard_bounce_stops_the_address_and_not_who_has_another_since(shop):
    shop.go()
    shop.mailbox.says = Told(Outcome.NO_ADDRESS, "550 no such user")
    shop.give()
    shop.send(limit=3)
    stopped = sorted(it["user_id"] for it in campaigns.letters(shop.project, "winback", "dead"))
    shop.at += DAY

    def suppressed():
        return preview(shop.reading, "winback")["waterfall"]["suppressed"]

    def tells(who, email):
        shop.at += DAY
        shop.bring("$identify", [(who, shop.at, {"email": email})])
        return suppressed()

    first, second, third = stopped
    assert tells(first, f"{first}@example.org") == 3  # the same one again
    assert tells(first, "new@example.org") == 2
    assert tells(second, "other@example.org") == 1
    # The new one bounces, too; then another's bounce does not say which address it was.
    shop.at += DAY
    shop.bring("email_bounced", [(first, shop.at, {"kind": "hard", "address": "new@example.org"})])
    assert suppressed() == 2
    shop.bring("email_bounced", [(third, shop.at, {"kind": "hard"})])
    assert tells(third, "newest@example.org") == 2
