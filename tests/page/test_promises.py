"""What people complain about elsewhere, and is promised not to be so here.

Other complaints stand with their screens: counts before saving, undo, missing values and templates in
``test_builder``; paths and the search that stops in ``test_explore``; results with a fixed day in
``test_campaigns``; first runs in ``test_first_run``; one number everywhere in ``test_counts``. That
nothing is asked of others, ``opened`` looks at in every test.
"""

from __future__ import annotations

import re

import pytest

from tests.page.conftest import counted, expect

TWO = "/segments/new?rule=did+order_completed+in+last+365d+and+did+page_viewed"


def count_of(page, site, **asked):
    return page.request.get(f"{site.address}/api/v1/segments/count", params=asked).json()["count"]


def test_what_cannot_be_counted_says_so_keeps_the_last_number_and_is_asked_again(opened):
    broken = {"title": "the disk is not there", "status": 500}
    with opened(TWO, allow=("500",)) as page:
        before = counted(page)
        page.route("**/segments/preview", lambda it: it.fulfill(status=500, json=broken))
        page.get_by_role("spinbutton", name="Condition 1: span").press("ArrowUp")
        said = page.locator("main aside").get_by_role("alert")
        said.get_by_text("The disk is not there").or_(said.get_by_text(broken["title"])).wait_for()
        expect(said).to_contain_text("last rule that could be counted", use_inner_text=True)
        assert counted(page) == before
        expect(page.locator("main aside").get_by_role("button", name="Save …")).to_be_disabled()
        page.unroute("**/segments/preview")
        said.get_by_role("button", name="Try again").click()
        said.wait_for(state="detached")


def test_a_question_that_is_out_of_date_is_given_up(opened):
    asked, answered = [], []

    def only_later_ones(route):
        asked.append(route)
        if len(asked) > 1:  # the first is never answered
            route.continue_()

    with opened(TWO) as page:
        counted(page)
        page.route("**/segments/preview", only_later_ones)
        field = page.get_by_role("spinbutton", name="Condition 1: span")
        with page.expect_request("**/segments/preview"):
            field.press("ArrowUp")
        page.on("response", lambda it: answered.append(it.url))
        with page.expect_event("requestfailed", lambda it: it.url.endswith("/segments/preview")):
            field.press("ArrowUp")
        counted(page)
        assert [it for it in answered if it.endswith("/segments/preview")]


def test_all_and_any_stand_in_groups_of_their_own_with_one_word_for_each(opened, site):
    rule = "(did order_completed or did page_viewed) and country is set"
    with opened(f"/segments/new?rule={rule.replace(' ', '+')}") as page:
        assert counted(page) == count_of(page, site, rule=rule)
        inner = page.get_by_role("group", name=re.compile("Condition 1.1")).first
        expect(inner).to_be_visible()
        expect(page.get_by_role("radio", name="all of these")).to_have_count(2)
        chosen = page.get_by_role("radio", checked=True)
        assert {"all of these", "any of these"} <= {
            it.evaluate("it => it.labels[0].innerText") for it in chosen.all()
        }


def test_what_is_saved_is_true_at_once_on_every_screen(opened, site):
    with opened("/segments/new?rule=did+order_completed") as page:
        counted(page)
        page.locator("main aside").get_by_role("button", name="Save …").click()
        page.get_by_label("Title").fill("Kept up to date")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        page.get_by_role("heading", level=1, name="Kept up to date").wait_for()
        page.goto(f"{site.address}/segments/kept_up_to_date/edit")
        before = counted(page)
        page.get_by_label("Condition 1: measure").select_option("count")
        page.get_by_label("Condition 1: number").first.fill("5")
        after = counted(page)
        assert after < before
        page.locator("main aside").get_by_role("button", name="Save …").click()
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        page.get_by_role("heading", level=1, name="Kept up to date").wait_for()
        page.get_by_text(f"{after:,}", exact=True).first.wait_for()
        page.get_by_role("link", name="Segments", exact=True).first.click()
        row = page.get_by_role("row").filter(has_text="Kept up to date")
        expect(row.locator("td").first).to_have_text(f"{after:,}")
        assert count_of(page, site, name="kept_up_to_date") == after


@pytest.mark.parametrize(
    "path", ["/lifecycle", "/explore/funnel", "/explore/paths", "/explore/retention"]
)
def test_every_chart_has_words_and_a_table(opened, path):
    with opened(path) as page:
        page.locator("main figure").first.wait_for()
        page.wait_for_load_state("networkidle")
        for chart in page.locator("main figure").all():
            for drawing in chart.locator("svg[role=img]").all():
                assert drawing.get_attribute("aria-label")
            chart.get_by_role("button", name="Show as table").click()
            expect(chart.get_by_role("table").get_by_role("row").nth(1)).to_be_attached()


def test_a_rule_that_reads_itself_is_refused_with_the_way_round_named(opened, site):
    written = (("ring_one", "did order_completed"), ("ring_two", "in segment ring_one"))
    with opened("/segments", allow=("422",)) as page:
        token = page.request.get(f"{site.address}/api/v1/me").json()["csrf"]
        for name, rule in written:
            address = f"{site.address}/api/v1/segments/{name}"
            headers = {"x-csrf-token": token}
            assert page.request.put(address, data={"text": rule}, headers=headers).status == 200
        page.goto(f"{site.address}/segments/ring_one/edit")
        counted(page)
        page.get_by_text("Text", exact=True).click()
        page.get_by_role("textbox", name="The rule as text: rule").fill("in segment ring_two")
        counted(page)
        page.locator("main aside").get_by_role("button", name="Save …").click()
        said = page.get_by_role("dialog").get_by_role("alert")
        said.wait_for()
        assert re.search("ring_one.*ring_two.*ring_one", said.inner_text())
        kept = page.request.get(f"{site.address}/api/v1/segments/ring_one").json()
        assert kept["rule"].strip() == "did order_completed"
