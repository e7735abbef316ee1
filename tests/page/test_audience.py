from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.page.conftest import expect

STEPS = [
    "matched", "no_consent", "consented", "unreachable", "reachable", "suppressed", "held_out",
    "capped", "sendable",
]  # fmt: skip
REACH = "/segments/visitors?tab=reach&channel=email&holdout=20%25"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def opened(opened_at, letters_site):
    return opened_at(letters_site)


def falls(page):
    """The numbers of the waterfall as they stand on the screen, by step."""
    rows = page.locator("figure li[data-step]")
    rows.first.wait_for()
    found = {}
    for row in rows.all():
        said = (
            row.locator(".num").inner_text().replace("\N{MINUS SIGN}", "").replace(",", "").split()
        )
        found[row.get_attribute("data-step")] = int(said[0])
    return found


def audience(page, site, **asked):
    answer = page.request.get(
        f"{site.address}/api/v1/audiences", params={"name": "visitors"} | asked
    )
    assert answer.status == 200, answer.text()
    return answer.json()


def told(folder, *words):
    command = [sys.executable, "-m", "shoal", "--project", str(folder), "audience", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_screen_api_and_command_line_say_one_waterfall(opened, letters, letters_site):
    with opened(REACH) as page:
        shown = falls(page)
        asked = audience(page, letters_site, channel="email", holdout="20%")
    terms = ["--purpose", "offers", "--channel", "email", "--holdout", "20%"]
    said = json.loads(told(letters, "show", "visitors", *terms, "--json"))
    for step in STEPS:
        if step in asked:
            assert shown[step] == asked[step] == said[step], step
    assert list(shown) == STEPS
    assert shown["matched"] - shown["no_consent"] == shown["consented"]
    assert shown["consented"] - shown["unreachable"] == shown["reachable"]
    stopped = shown["suppressed"] + shown["held_out"] + shown["capped"]
    assert shown["reachable"] - stopped == shown["sendable"] > 0
    assert all(shown[it] for it in ("no_consent", "unreachable", "suppressed", "held_out"))


def test_each_step_lists_its_people_by_keyboard(opened, letters_site):
    with opened(REACH) as page:
        shown = falls(page)
        for step, count in shown.items():
            if not count:
                continue
            page.locator(f"li[data-step={step}]").get_by_role("button").focus()
            page.keyboard.press("Enter")
            drawer = page.get_by_role("dialog")
            drawer.get_by_role("status").filter(has_text=f"of {count}").wait_for()
            if step == "sendable":
                with page.expect_download() as begun:
                    drawer.get_by_role("button", name="Save the list (CSV)").press("Enter")
                saved = Path(begun.value.path()).read_text().splitlines()
                assert saved[0] == "user_id,state"
                assert len({it.partition(",")[0] for it in saved[1:]}) == count
                assert {it.partition(",")[2] for it in saved[1:]} == {"sendable"}
            page.keyboard.press("Escape")
            drawer.wait_for(state="hidden")
        row = page.locator("li[data-step=unreachable]").get_by_role("button")
        row.click()
        page.get_by_role("dialog").get_by_role("link", name="p12", exact=True).click()
        page.get_by_role("heading", level=1, name="p12").wait_for()


def test_the_terms_stand_in_the_address_and_change_the_numbers(opened, letters_site):
    with opened("/segments/visitors?tab=reach") as page:
        assert falls(page)["held_out"] == 0
        page.get_by_label("Left alone").select_option("50%")
        page.wait_for_url("**holdout=50*")
        wanted = audience(page, letters_site, holdout="50%")
        row = page.locator("li[data-step=held_out]")
        row.get_by_text(f"{wanted['held_out']}", exact=True).wait_for()
        assert falls(page)["sendable"] == wanted["sendable"]
        page.get_by_label("Channel", exact=True).select_option("sms")
        page.wait_for_url("**channel=sms*")
        page.locator("li[data-step=reachable]").get_by_text("0", exact=True).wait_for()


def test_consent_withdrawn_on_the_page_is_seen_by_the_audience(opened, letters, letters_site):
    who = "p239"
    with opened(f"/customers/{who}") as page:
        before = audience(page, letters_site)
        page.get_by_role("button", name="Withdraw consent to offers").click()
        form = page.get_by_role("dialog")
        form.get_by_label("Source").fill("by phone")
        form.get_by_label("Wording").fill("2026-03")
        form.get_by_label("Proof").fill("call 1138")
        page.keyboard.press("Enter")
        form.wait_for(state="hidden")
        page.get_by_role("button", name="Give consent to offers").wait_for()
        item = page.get_by_role("listitem").filter(has_text="call 1138").first
        assert all(it in item.inner_text() for it in ("denied", "by phone", "2026-03"))
        after = audience(page, letters_site)
        assert after["consented"] == before["consented"] - 1
        assert after["sendable"] == before["sendable"] - 1
        page.goto(f"{letters_site.address}/segments/visitors?tab=reach")
        assert falls(page)["consented"] == after["consented"]
        assert f"{who},no_consent" in told(letters, "members", "visitors").split()


def test_a_channel_is_left_and_a_suppression_lifted_on_the_page(opened, letters_site):
    with opened("/customers/p238") as page:
        page.get_by_role("button", name="Record what they said").click()
        form = page.get_by_role("dialog")
        form.get_by_label("What is it about?").select_option("subscription")
        form.get_by_label("Channel").select_option("email")
        form.get_by_label("Source").fill("letter")
        form.get_by_role("button", name="Record").click()
        page.get_by_role("button", name="Came back to E-mail").wait_for()
    with opened("/customers/p20") as page:
        before = audience(page, letters_site)
        page.get_by_text("asked by phone").first.wait_for()
        page.get_by_role("button", name="Lift the suppression: All channels").click()
        form = page.get_by_role("dialog")
        form.get_by_label("Source").fill("by phone")
        page.keyboard.press("Enter")
        page.get_by_text("lifted").first.wait_for()
        assert audience(page, letters_site)["suppressed"] == before["suppressed"] - 1


def test_of_another_day_nothing_is_recorded(opened):
    with opened("/customers/p100?as_of=2026-03-01") as page:
        page.get_by_role("heading", name="Purposes").wait_for()
        page.get_by_text("granted").first.wait_for()
        expect(page.get_by_role("button", name="Record what they said")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1360])
def test_axe_finds_nothing_on_reach_and_consent(opened, faults, scheme, width):
    with opened(REACH, scheme=scheme, width=width) as page:
        falls(page)
        assert faults(page) == []
        assert page.evaluate(OVERFLOW) <= 0
        page.get_by_role("button", name="Show as table").click()
        assert faults(page) == []
        page.get_by_role("button", name="Show as chart").click()
        page.locator("li[data-step=no_consent]").get_by_role("button").click()
        page.get_by_role("dialog").get_by_role("table").wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []
    with opened("/customers/p13", scheme=scheme, width=width) as page:
        page.get_by_text("too often").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []
        assert page.evaluate(OVERFLOW) <= 0
        page.get_by_role("button", name="Record what they said").click()
        page.get_by_role("dialog").get_by_label("Source").wait_for()
        assert faults(page) == []
