from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.page.conftest import expect

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A dialog takes the focus twice while it opens: a key pressed between the two is undone.
SETTLED = """async (dialog) => {
    const next = () => new Promise(requestAnimationFrame);
    await next();
    await Promise.all(dialog.getAnimations({ subtree: true }).map((it) => it.finished));
    await next();
    await new Promise((done) => setTimeout(done, 100));
}"""
COUNTS = ["matched", "consented", "reachable", "suppressed", "held_out", "capped", "sendable"]


@pytest.fixture
def opened(opened_at, letters_site):
    return opened_at(letters_site)


def asked(page, site, path, **params):
    answer = page.request.get(f"{site.address}/api/v1/campaigns{path}", params=params)
    assert answer.status == 200, answer.text()
    return answer.json()


def falls(page):
    rows = page.locator("figure li[data-step]")
    rows.first.wait_for()
    found = {}
    for row in rows.all():
        said = row.locator(".num").inner_text().replace("\N{MINUS SIGN}", "").replace(",", "")
        found[row.get_attribute("data-step")] = int(said.split()[0])
    return {it: found[it] for it in COUNTS}


def of(waterfall):
    return {it: waterfall[it] for it in COUNTS}


def points(share):
    """An effect on a share as the page writes it."""
    return f"{100 * share:+.1f}".removesuffix(".0")


def test_the_list_says_how_each_stands_and_whom_it_reaches(opened, letters_site):
    with opened("/campaigns") as page:
        page.get_by_role("link", name="Spring is here").wait_for()
        rows = asked(page, letters_site, "")
        for row in rows:
            told = page.get_by_role("row").filter(has_text=row["title"] or row["name"])
            ran, when = row["sendable"], "at the last pass"
            if ran is None:  # it has not run yet: as many as it would reach now
                ran = asked(page, letters_site, f"/{row['name']}/preview")["waterfall"]["sendable"]
                when = "now"
            told.get_by_role("cell", name=f"{ran} {when}", exact=True).wait_for()
            expect(told).to_contain_text(row["state"].capitalize(), use_inner_text=True)
        page.get_by_role("link", name="Visitors", exact=True).first.wait_for()


def test_screen_api_and_command_line_say_one_dry_run(opened, letters, letters_site):
    with opened("/campaigns/spring?tab=plan") as page:
        shown = falls(page)
        dry = asked(page, letters_site, "/spring/preview")
        command = [sys.executable, "-m", "shoal", "--project", str(letters), "campaign", "preview"]
        done = subprocess.run(
            [*command, "spring", "--json"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert shown == of(dry["waterfall"]) == of(said["waterfall"])
        assert shown["held_out"] > 0
        page.get_by_role("tab", name="Messages").click()
        page.get_by_role("heading", name=f"{len(dry['messages'])} messages").wait_for()
        lacking = dry["lacking"][0]
        row = page.get_by_role("row").filter(has_text=lacking["value"])
        expect(row).to_contain_text(str(lacking["people"]), use_inner_text=True)
        good = next(it for it in dry["messages"] if not it["problem"])
        frame = page.get_by_title(f"Message to {good['user_id']} as HTML")
        frame.scroll_into_view_if_needed()
        expect(frame).to_have_attribute("sandbox", "")
        assert "<script" not in frame.get_attribute("srcdoc")
        inside = frame.content_frame
        inside.get_by_role("heading", name="Spring").wait_for()
        text = page.get_by_role("region", name=f"Text: To {good['user_id']}")
        assert text.inner_text().strip() == good["parts"]["text"].strip()
        bad = next(it for it in dry["messages"] if it["problem"])
        item = page.get_by_role("listitem").filter(has_text=f"To {bad['user_id']}")
        expect(item.first).to_contain_text("No message", use_inner_text=True)


def test_who_a_campaign_reaches_is_listed(opened, letters_site):
    with opened("/campaigns/spring?tab=plan") as page:
        count = falls(page)["held_out"]
        page.locator("li[data-step=held_out]").get_by_role("button").click()
        drawer = page.get_by_role("dialog")
        drawer.get_by_role("status").filter(has_text=f"of {count}").wait_for()


def test_results_are_those_of_the_api_in_fixed_words(opened, letters_site):
    with opened("/campaigns/winback") as page:
        page.get_by_role("heading", name="Effect on each metric").wait_for()
        told = asked(page, letters_site, "/winback/results")
        assert told["verdict"] == "very likely helped"
        panel = page.get_by_role("tabpanel")
        panel.get_by_role("paragraph").filter(has_text="It very likely helped").wait_for()
        arm = next(it for it in told["metrics"]["goal"] if it["arm"] == told["best"])
        said = panel.inner_text()
        assert f"{points(arm['effect'])} points in who reaches the goal" in said
        assert f"({points(arm['low'])} to {points(arm['high'])})" in said
        assert "Decided on" in said
        assert told["is_decided"]
        assert "the groups are as large as they were to be" in said
        assert told["srm"]["ok"]
        charts = panel.get_by_role("img")
        expect(charts).to_have_count(len(told["metrics"]))
        for name, count in told["assigned"].items():
            row = panel.get_by_role("row").filter(
                has_text={"holdout": "Left alone"}.get(name, name)
            )
            expect(row.first).to_contain_text(str(count), use_inner_text=True)
        assert falls(page) == of(told["passes"][-1]["waterfall"])
        page.get_by_role("button", name="Show as table").first.click()
        panel.get_by_role("row").filter(has_text="It very likely helped").first.wait_for()


def test_a_campaign_goes_its_way_by_keyboard_with_who_and_when(opened, letters_site):
    def press(page, name):
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")

    def confirm(page, name):
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Not now").and_(page.locator(":focus")).wait_for()
        dialog.evaluate(SETTLED)
        page.keyboard.press("Shift+Tab")
        dialog.get_by_role("button", name=name).and_(page.locator(":focus")).wait_for()
        page.keyboard.press("Enter")
        dialog.wait_for(state="hidden")

    def stands(page, state):
        current = page.locator("li[aria-current=step]").filter(has_text=state)
        current.wait_for()
        return current

    with opened("/campaigns/spring?tab=plan") as page:
        stands(page, "Draft")
        press(page, "Check")
        page.get_by_role("heading", name="What the check found").wait_for()
        stands(page, "Checked")
        press(page, "Approve")
        who = stands(page, "Approved").inner_text()
        page.locator("ol:focus").filter(has_text="Approved").wait_for()
        log = asked(page, letters_site, "/spring")["log"]
        assert log[-1]["action"] == "approve"
        assert log[-1]["actor"] in who
        press(page, "Start")
        confirm(page, "Start")
        stands(page, "Running")
        press(page, "Pause")
        stands(page, "Paused")
        press(page, "Stop for good")
        page.get_by_role("button", name="Not now").and_(page.locator(":focus")).wait_for()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for(state="hidden")
        press(page, "Stop for good")
        confirm(page, "Stop for good")
        stands(page, "Done")
        assert asked(page, letters_site, "/spring")["state"] == "done"


def test_who_may_only_look_sees_no_names_and_lets_nothing_go(opened, letters_viewer):
    with opened("/campaigns/spring?tab=plan", state=letters_viewer) as page:
        falls(page)
        expect(page.get_by_role("tab", name="Messages")).to_have_count(0)
        buttons = page.get_by_role("tabpanel").get_by_role("button").all_inner_texts()
        assert buttons == ["Show as table"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1360])
def test_axe_finds_nothing_on_campaigns(opened, faults, scheme, width):
    parts = {
        "/campaigns": page_list,
        "/campaigns/spring?tab=plan": falls,
        "/campaigns/spring?tab=messages": lambda page: page.get_by_role(
            "heading", name=re.compile("messages as they would")
        ).wait_for(),
        "/campaigns/winback?tab=results": falls,
        "/campaigns/winback?tab=definition": lambda page: page.get_by_role(
            "heading", name="Who did what"
        ).wait_for(),
    }
    for path, settled in parts.items():
        with opened(path, scheme=scheme, width=width) as page:
            settled(page)
            page.wait_for_load_state("networkidle")
            assert faults(page) == [], path
            assert page.evaluate(OVERFLOW) <= 0, path


def page_list(page):
    page.get_by_role("link", name="Spring is here").wait_for()


def test_where_there_is_no_campaign_the_page_says_how_one_is_made(opened_at, site, faults):
    with opened_at(site)("/campaigns") as page:
        page.get_by_text("No campaign yet", exact=True).wait_for()
        page.get_by_text("campaigns/*.yml").wait_for()
        assert faults(page) == []
    with opened_at(site)("/campaigns/nothing_of_that_name", allow=("404",)) as page:
        page.get_by_role("alert").filter(has_text="no campaign").wait_for()
