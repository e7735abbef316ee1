from __future__ import annotations

import re

import pytest

from tests.page.conftest import expect

LINE = 24
"""How high a line is, in pixels: so much longer a sentence may turn out than its place."""


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
        expect(page.get_by_text(size, exact=True).first).to_be_visible()
        page.get_by_role("tab", name="Customers").click()
        page.get_by_role("status").filter(has_text=f"of {size}").wait_for()
        counted = page.request.get(f"{site.address}/api/v1/segments/count?name={name}").json()
        assert counted["count"] == largest["size"]


def test_why_is_told_for_a_member_and_for_anybody(opened, site, largest):
    with opened(f"/segments/{largest['name']}?tab=members", allow=("404",)) as page:
        row = page.get_by_role("table").locator("tbody tr").first
        who = row.get_by_role("link").inner_text()
        page.get_by_text("Worth: Total revenue of orders in the last 365 days").wait_for()
        page.emulate_media(media="print")
        expect(row.get_by_role("link")).to_be_visible()
        expect(page.get_by_role("columnheader", name="Why")).to_be_hidden()
        page.emulate_media(media="screen")
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
        expect(chart.get_by_role("row").nth(20)).to_be_attached()


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
        expect(panel.get_by_role("heading", level=2).nth(len(told["aspects"]) - 1)).to_be_attached()
        for one in told["findings"]:
            said = one["sentence"].split("`")[0].strip()
            expect(panel.get_by_text(said).first).to_be_visible()


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


@pytest.mark.parametrize(("language", "by"), [("en", "mouse"), ("pt", "keyboard")])
def test_a_segment_is_removed_and_brought_back(opened, site, faults, language, by):
    said = {
        "en": ("Remove …", "Remove the segment", "Bring it back", "was removed"),
        "pt": ("Remover …", "Remover o segmento", "Trazer de volta", "foi removido"),
    }[language]
    name, title = f"gone_soon_{language}", f"Soon to go ({language})"

    def press(what):
        what.wait_for()
        if by == "keyboard":
            what.focus()
            page.keyboard.press("Enter")
        else:
            what.click()

    with opened("/segments", allow=("404",)) as page:
        page.evaluate(f"localStorage.setItem('shoal-language', '{language}')")
        token = page.request.get(f"{site.address}/api/v1/me").json()["csrf"]
        address, headers = f"{site.address}/api/v1/segments/{name}", {"x-csrf-token": token}
        written = {"text": "did order_completed", "title": title}
        assert page.request.put(address, data=written, headers=headers).status == 200
        before = page.request.get(address).json()
        page.goto(f"{site.address}/segments/{name}?tab=definition")
        press(page.get_by_role("button", name=said[0]))
        dialog = page.get_by_role("dialog")
        dialog.get_by_text(f"{before['size']:,}").wait_for()
        assert faults(page) == []
        press(dialog.get_by_role("button", name=said[1]))
        page.wait_for_url("**/segments")
        page.get_by_role("status").filter(has_text=said[3]).wait_for()
        expect(page.get_by_role("link", name=title)).to_have_count(0)
        assert page.request.get(address).status == 404
        assert faults(page) == []
        press(page.get_by_role("button", name=said[2]))
        page.wait_for_url(f"**/segments/{name}")
        page.get_by_role("heading", level=1, name=title).wait_for()
        assert page.request.get(address).json() == before


def test_a_segment_that_others_read_is_kept_and_they_are_named(opened, site):
    with opened("/segments") as page:
        token = page.request.get(f"{site.address}/api/v1/me").json()["csrf"]
        for name, rule in (("read_by", "did order_completed"), ("reader", "in segment read_by")):
            address, headers = f"{site.address}/api/v1/segments/{name}", {"x-csrf-token": token}
            assert page.request.put(address, data={"text": rule}, headers=headers).status == 200
        page.goto(f"{site.address}/segments/read_by?tab=definition")
        page.get_by_role("button", name="Remove …").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("link", name="reader").wait_for()
        expect(dialog.get_by_role("button", name="Remove the segment")).to_have_count(0)
        page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        answer = page.request.delete(
            f"{site.address}/api/v1/segments/read_by",
            headers={"x-csrf-token": token, "x-language": "pt"},
        )
        assert answer.status == 400
        assert answer.json()["title"] == "`read_by` está em uso: o segmento `reader`"


def test_who_may_only_look_removes_nothing(opened, site, viewer, largest):
    with opened(f"/segments/{largest['name']}?tab=definition", state=viewer) as page:
        page.get_by_role("heading", name="The rule").wait_for()
        expect(page.get_by_role("button", name="Remove …")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1360])
def test_nothing_jumps_when_the_charts_come(opened, site, width):
    with opened("/segments", width=width) as page:
        held = []

        def hold(route):
            held.append(route)

        page.route(re.compile(r"/api/v1/segments/(history|[^/]+/portrait)"), hold)
        page.goto(f"{site.address}/segments/frequent")
        apart = page.get_by_role("heading", name="What sets them apart")
        apart.wait_for()
        expect(page.locator("main [aria-busy=true]").first).to_be_attached()
        before = apart.bounding_box()["y"]
        for one in held:
            one.continue_()
        page.get_by_role("img", name=re.compile("Customers in the segment")).wait_for()
        page.locator("main [aria-busy=true]").first.wait_for(state="detached")
        assert abs(apart.bounding_box()["y"] - before) < LINE
