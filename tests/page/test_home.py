from __future__ import annotations

import re

import pytest

from tests.page.conftest import expect, settled

HOME = ("What changed", "ol li", 'text="Data up to"')


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_home(opened, faults, scheme):
    with opened("/", scheme=scheme) as page:
        settled(page, *HOME)
        assert faults(page) == []


def test_what_moved_is_told_with_the_numbers_of_the_list(opened, site):
    with opened("/") as page:
        settled(page, *HOME)
        sizes = page.request.get(f"{site.address}/api/v1/segments/sizes").json()["sizes"]
        for row in page.locator("ol li").all():
            name = row.get_by_role("link").get_attribute("href").rpartition("/")[2]
            then, now = sizes[name][-5], sizes[name][-1]
            expect(row).to_contain_text(f"{then:,} → {now:,} customers", use_inner_text=True)
            change = f"from {then:,} to {now:,}" if now >= 3 * then else f"({now - then:+,})"
            expect(row).to_contain_text(change, use_inner_text=True)


def test_what_was_counted_last_is_shown_while_counting_takes_long(opened):
    with opened("/") as page:
        settled(page, *HOME)
        held = []
        page.route(re.compile("/segments/sizes$"), lambda it: held.append(it))  # noqa: PLW0108  Playwright marks it
        page.reload()
        waiting = page.get_by_role("status").filter(has_text="counted anew")
        expect(waiting).to_be_visible()
        expect(page.locator("main ol li a").first).to_be_visible()
        for it in held:
            it.continue_()
        expect(waiting).to_have_count(0)
        expect(page.locator("main ol li a").first).to_be_visible()


def test_the_data_s_verdict_and_the_way_to_its_findings(opened, site):
    with opened("/") as page:
        settled(page, *HOME)
        checked = page.request.get(f"{site.address}/api/v1/data/check").json()
        assert checked["verdict"] == "careful"
        page.get_by_text("Usable with open eyes").wait_for()
        link = page.get_by_role("link", name=f"All {len(checked['findings'])} findings")
        assert link.get_attribute("href").endswith("/data?tab=quality")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_in_portuguese_all_is_said(opened):
    with opened("/", width=390, height=800) as page:
        settled(page, *HOME)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        page.get_by_role("button", name="You and the page").click()
        page.get_by_role("menuitem", name="Português").click()
        page.get_by_role("heading", name="O que mudou", level=1).wait_for()
        page.get_by_text("Dá para confiar nos números?").wait_for()


def test_what_cannot_be_loaded_says_so_and_can_be_asked_again(opened):
    with opened("/segments", allow=("500",)) as page:
        page.get_by_role("row").nth(3).wait_for()
        broken = {"title": "broken for a moment", "status": 500}
        page.route("**/api/v1/alerts", lambda it: it.fulfill(status=500, json=broken))
        page.get_by_role("link", name="Home").click()
        page.get_by_text("broken for a moment").wait_for()
        page.unroute("**/api/v1/alerts")
        page.get_by_role("button", name="Try again").click()
        page.get_by_text("watched").first.wait_for()
