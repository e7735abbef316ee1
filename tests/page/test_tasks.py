"""The main tasks of each screen, by mouse and by keyboard: the same way, and it ends at the same place.

What is written by keyboard alone (a segment, a campaign, a campaign's steps) stands with its screen.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from tests.page.conftest import expect
from tests.page.test_campaigns import SETTLED

FUNNEL = "/explore/funnel?step=product_viewed&step=product_added&step=order_completed"


@pytest.fixture(params=["mouse", "keyboard"])
def press(request):
    """Presses what one would click; by keyboard it has to take the focus first."""

    def by_mouse(what):
        what.click()

    def by_keyboard(what):
        what.focus()
        assert what.evaluate("it => document.activeElement === it && it.matches(':focus-visible')")
        what.page.keyboard.press("Enter")

    return by_mouse if request.param == "mouse" else by_keyboard


@pytest.fixture
def planned(letters_site, browser, request):
    """A campaign that is written and goes out in years; its name."""
    name = f"early_by_{request.node.callspec.params['press']}"
    context = browser.new_context(storage_state=letters_site.state)
    token = context.request.get(f"{letters_site.address}/api/v1/me").json()["csrf"]
    made = context.request.post(
        f"{letters_site.address}/api/v1/campaigns",
        headers={"x-csrf-token": token},
        data={
            "name": name, "audience": "visitors", "purpose": "offers", "holdout": "10%",
            "goal": "did visit in next 14d", "timing": "once at 2090-01-01T09:00",
            "subject": "Early", "text": "You are early. {{ unsubscribe_url }}",
        },
    )  # fmt: skip
    assert made.ok, made.text()
    context.close()
    return name


def heading(page, name):
    return page.get_by_role("heading", level=1, name=name)


def test_from_what_changed_to_the_segment_that_did(opened, press):
    with opened("/") as page:
        finding = page.locator("ol li").get_by_role("link").first
        finding.wait_for()
        name = finding.get_attribute("href").rpartition("/")[2]
        press(finding)
        page.wait_for_url(f"**/segments/{name}")
        page.get_by_role("tab", name="Overview").wait_for()


def test_from_the_list_to_a_new_segment_and_to_the_edit_of_one(opened, press):
    with opened("/segments") as page:
        row = page.get_by_role("table").locator("tbody tr").first
        row.wait_for()
        press(page.get_by_role("link", name="New segment"))
        heading(page, "New segment").wait_for()
        press(page.get_by_role("link", name="Segments", exact=True).last)
        title = row.get_by_role("link").inner_text()
        press(row.get_by_role("link"))
        heading(page, title).wait_for()
        press(page.get_by_role("link", name="Edit"))
        heading(page, f"Edit {title}").wait_for()


def test_from_a_segment_to_a_campaign_and_to_another_like_it(opened, press):
    with opened("/segments/high_value?tab=definition") as page:
        press(page.get_by_role("link", name="Use in a campaign"))
        heading(page, "New campaign").wait_for()
        expect(page.get_by_role("combobox", name="Segment")).to_have_value("High-value customers")
        page.go_back()
        press(page.get_by_role("link", name="Make another like it"))
        heading(page, "New segment").wait_for()
        page.get_by_text("Text", exact=True).click()
        text = page.get_by_label("The rule as text: rule")
        expect(text).to_have_value(re.compile("in top 20% of"))


def test_from_a_segment_to_a_member_why_they_are_here_and_who_they_are(opened, press):
    with opened("/segments/high_value?tab=members") as page:
        row = page.get_by_role("table").locator("tbody tr").first
        who = row.get_by_role("link").inner_text()
        press(row.get_by_role("button", name=f"Why is {who} here?"))
        page.get_by_role("dialog").get_by_text("met", exact=True).first.wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        press(row.get_by_role("link"))
        heading(page, who).wait_for()
        press(page.get_by_role("button", name=re.compile("^Why")).first)
        page.get_by_role("dialog").get_by_text(re.compile("^(met|not met)$")).first.wait_for()


def test_parts_of_a_segment_are_reached(opened, press, request):
    with opened("/segments/high_value") as page:
        for name in ("Reach", "Worth acting on?", "Definition"):
            tab = page.get_by_role("tab", name=name)
            if "keyboard" in request.node.callspec.id:
                page.get_by_role("tab", selected=True).focus()
                while page.get_by_role("tab", name=name, selected=True).count() == 0:
                    page.keyboard.press("ArrowRight")
            else:
                press(tab)
            page.get_by_role("tab", name=name, selected=True).wait_for()
        page.get_by_role("heading", name="The rule").wait_for()


def test_a_cell_of_the_grid_and_those_who_dropped_become_segments(opened, press):
    with opened("/lifecycle") as page:
        cell = page.get_by_role("table").first.get_by_role("link").first
        cell.wait_for()
        press(cell)
        heading(page, "New segment").wait_for()
    with opened(FUNNEL) as page:
        dropped = page.get_by_role("link", name="Who dropped after").first
        dropped.wait_for()
        press(dropped)
        heading(page, "New segment").wait_for()
        page.locator("main aside [role=status]:not([aria-busy])").wait_for()


def test_from_the_data_s_verdict_to_its_findings_and_to_bringing_a_file(opened, press):
    with opened("/") as page:
        press(page.get_by_role("link", name=re.compile(r"^All \d+ findings")))
        page.get_by_role("tab", name="Quality", selected=True).wait_for()
        page.get_by_role("tabpanel").get_by_role("listitem").first.wait_for()
        press(page.get_by_role("tab", name="Sources"))
        press(page.get_by_role("link", name="Import a file"))
        heading(page, "Import a file").wait_for()


def test_a_campaign_from_its_plan_to_its_end(opened_at, letters_site, planned, press):
    with opened_at(letters_site)("/campaigns") as page:
        press(page.get_by_role("link", name=planned, exact=True))
        heading(page, planned).wait_for()
        page.locator("li[data-step=sendable]").wait_for()
        for name, state in (("Check", "Checked"), ("Approve", "Approved"), ("Start", "Running"),
                            ("Stop for good", "Done")):  # fmt: skip
            press(page.get_by_role("button", name=name, exact=True))
            if name in {"Start", "Stop for good"}:
                dialog = page.get_by_role("dialog")
                dialog.get_by_role("button", name="Not now").and_(page.locator(":focus")).wait_for()
                dialog.evaluate(SETTLED)
                press(dialog.get_by_role("button", name=name, exact=True))
                dialog.wait_for(state="hidden")
            page.locator("li[aria-current=step]").filter(has_text=state).wait_for()
            if state == "Running":
                press(page.get_by_role("link", name="Home"))
                press(page.get_by_role("main").get_by_role("link", name=planned, exact=True))
                press(page.get_by_role("tab", name="Plan"))
        press(page.get_by_role("tab", name="Results"))
        page.get_by_text("Nothing to compare yet", exact=True).wait_for()


def test_a_result_is_saved_as_a_picture(opened_at, letters_site, press):
    with opened_at(letters_site)("/campaigns/winback") as page:
        save = page.get_by_role("button", name="Save as a picture")
        save.wait_for()
        with page.expect_download() as begun:
            press(save)
        assert begun.value.suggested_filename == "winback.png"
        picture = Path(begun.value.path()).read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == (2400, 1350)
        expect(save).to_be_enabled()
