from __future__ import annotations

import pytest

from tests.page.conftest import expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_customers_and_on_one(opened, faults, scheme):
    with opened("/customers", scheme=scheme) as page:
        first = page.get_by_role("main").get_by_role("listitem").get_by_role("link").first
        first.wait_for()
        assert faults(page) == []
        first.click()
        page.get_by_role("heading", name="What happened").wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []


def test_somebody_is_found_and_told_by_keyboard_alone(opened, site):
    with opened("/customers") as page:
        page.get_by_role("main").get_by_role("listitem").first.wait_for()
        told = page.request.get(f"{site.address}/api/v1/people?limit=3").json()
        who = told["user_ids"][1]
        page.get_by_label("Customer id").focus()
        page.keyboard.type(who)
        page.get_by_role("status").filter(has_text="1 of 1").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", level=1, name=who).wait_for()
        facts = page.request.get(f"{site.address}/api/v1/people/facts?user={who}").json()
        page.get_by_text("Total revenue of orders in the last 365 days", exact=True).wait_for()
        page.get_by_role("heading", name="Segments").wait_for()
        for one in facts["segments"]:
            expect(page.get_by_role("link", name=one["title"], exact=True).first).to_be_visible()


def test_nobody_is_told_so(opened):
    with opened("/customers/nobody%20at%20all", allow=("404",)) as page:
        page.get_by_role("alert").filter(has_text="nobody is known as").wait_for()


def test_the_timeline_narrows_to_one_kind_and_the_address_keeps_it(opened, site):
    with opened("/customers") as page:
        page.get_by_role("main").get_by_role("listitem").first.wait_for()
        who = page.request.get(f"{site.address}/api/v1/people?limit=1").json()["user_ids"][0]
        told = page.request.get(f"{site.address}/api/v1/people/timeline?user={who}").json()
        kind = told["totals"][0]
        page.goto(f"{site.address}/customers/{who}?event={kind['name']}")
        page.get_by_text(f"{kind['count']:,} events, newest first.").wait_for()
