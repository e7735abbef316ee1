from __future__ import annotations

import pytest


@pytest.fixture
def largest(site, opened):
    """The segment with the most members, as the API tells it."""
    with opened("/segments") as page:
        page.get_by_role("row").nth(3).wait_for()
        told = page.request.get(f"{site.address}/api/v1/segments").json()
    return max((it for it in told if it["partition"] is None), key=lambda it: it["size"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_part_of_a_segment(opened, faults, largest, scheme):
    for tab in ("overview", "members", "audit", "definition"):
        with opened(f"/segments/{largest['name']}?tab={tab}", scheme=scheme) as page:
            page.get_by_role("tabpanel").wait_for()
            page.wait_for_load_state("networkidle")
            if tab == "audit":
                page.get_by_role("heading", name="Large enough?").wait_for()
            assert faults(page) == [], tab


def test_list_page_members_and_api_say_one_number(opened, site, largest):
    name, size = largest["name"], f"{largest['size']:,}"
    with opened("/segments") as page:
        page.get_by_role("link", name=largest["title"] or name, exact=True).click()
        page.get_by_role("heading", level=1, name=largest["title"] or name).wait_for()
        assert page.get_by_text(size, exact=True).first.is_visible()
        page.get_by_role("tab", name="Customers").click()
        page.get_by_role("status").filter(has_text=f"of {size}").wait_for()
        counted = page.request.get(f"{site.address}/api/v1/segments/count?name={name}").json()
        assert counted["count"] == largest["size"]


def test_why_is_told_for_a_member_and_for_anybody(opened, site, largest):
    with opened(f"/segments/{largest['name']}?tab=members", allow=("404",)) as page:
        row = page.get_by_role("table").locator("tbody tr").first
        who = row.get_by_role("link").inner_text()
        row.get_by_role("button", name=f"Why is {who} here?").click()
        drawer = page.get_by_role("dialog")
        drawer.get_by_text("met", exact=True).first.wait_for()
        page.keyboard.press("Escape")
        drawer.wait_for(state="hidden")
        page.get_by_label("Customer id").fill("nobody at all")
        page.get_by_role("button", name="Ask").click()
        page.get_by_text("nobody is known as").wait_for()
        assert "why=nobody+at+all" in page.url


def test_a_chart_can_be_read_as_a_table(opened, largest):
    with opened(f"/segments/{largest['name']}") as page:
        chart = page.get_by_role("figure").first
        chart.get_by_role("img").wait_for()
        chart.get_by_role("button", name="Show as table").click()
        assert chart.get_by_role("row").count() > 20


def test_a_past_day_stands_in_the_address(opened, site, largest):
    with opened(f"/segments/{largest['name']}?as_of=2026-08-01") as page:
        page.get_by_role("heading", level=1).wait_for()
        asked = f"{site.address}/api/v1/segments/count?name={largest['name']}&as_of=2026-08-01"
        size = page.request.get(asked).json()["count"]
        page.get_by_text(f"{size:,}", exact=True).first.wait_for()
        page.get_by_role("button", name="Back to now").click()
        page.get_by_text(f"{largest['size']:,}", exact=True).first.wait_for()
        assert "as_of" not in page.url


def test_the_audit_is_that_of_the_api_with_every_question_answered(opened, site, largest):
    with opened(f"/segments/{largest['name']}?tab=audit") as page:
        page.get_by_role("heading", name="Large enough?").wait_for()
        asked = f"{site.address}/api/v1/segments/audit?name={largest['name']}"
        told = page.request.get(asked).json()
        panel = page.get_by_role("tabpanel")
        assert panel.get_by_role("heading", level=2).count() >= len(told["aspects"])
        for one in told["findings"]:
            said = one["sentence"].split("`")[0].strip()
            assert panel.get_by_text(said).first.is_visible(), said


def test_time_is_slid_by_keyboard_and_the_number_follows(opened, site, largest):
    with opened(f"/segments/{largest['name']}") as page:
        slider = page.get_by_role("slider", name="As it was")
        slider.focus()
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        page.wait_for_url("**as_of=**")
        day = page.url.partition("as_of=")[2]
        asked = f"{site.address}/api/v1/segments/count?name={largest['name']}&as_of={day}"
        size = page.request.get(asked).json()["count"]
        page.get_by_text(f"{size:,}", exact=True).first.wait_for()
        assert slider.evaluate("it => document.activeElement === it")
        page.keyboard.press("End")
        page.get_by_text(f"{largest['size']:,}", exact=True).first.wait_for()
