from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.page.conftest import counted, expect, settled

LIFECYCLE = ("Lifecycle", "table", "figure svg")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_grid_and_the_moves(opened, faults, scheme):
    with opened("/lifecycle", scheme=scheme) as page:
        settled(page, *LIFECYCLE)
        assert faults(page) == []
        page.get_by_role("button", name="Show as table").click()
        assert faults(page) == []


def test_a_cell_opens_as_a_segment_of_the_same_people(opened, site):
    with opened("/lifecycle") as page:
        settled(page, *LIFECYCLE)
        told = page.request.get(f"{site.address}/api/v1/lifecycle/rfm").json()
        cell = max(told["cells"], key=lambda it: it["count"])
        words = f"recency {cell['recency']} of 5, frequency {cell['frequency']} of 5"
        link = page.get_by_role("link", name=words)
        assert link.inner_text().split()[0] == f"{cell['count']:,}"
        link.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="New segment", level=1).wait_for()
        page.get_by_text(f"{cell['count']:,}", exact=True).first.wait_for()


def test_the_table_of_moves_has_everybody_of_the_matrix_once(opened, site):
    with opened("/lifecycle?from=2026-08-01&to=2026-09-01") as page:
        settled(page, *LIFECYCLE)
        query = "name=stage&from=2026-08-01&to=2026-09-01"
        flow = page.request.get(f"{site.address}/api/v1/segments/flows?{query}").json()["flows"][0]
        page.get_by_role("button", name="Show as table").click()
        cells = page.locator("figure tbody td:last-child").all_inner_texts()
        assert sum(map(int, cells)) == sum(map(sum, flow["matrix"]))
        stayed = sum(row[place] for place, row in enumerate(flow["matrix"]))
        moved = sum(map(sum, flow["matrix"])) - stayed
        page.get_by_text(f"{moved:,} customers (").first.wait_for()


def test_on_a_phone_nothing_is_wider_than_the_screen(opened):
    with opened("/lifecycle", width=390, height=800) as page:
        settled(page, *LIFECYCLE)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0


def test_two_segments_lie_side_by_side_and_open_as_one(opened, site):
    with opened("/lifecycle") as page:
        settled(page, *LIFECYCLE)
        rows = page.request.get(f"{site.address}/api/v1/segments").json()
        largest = max((it for it in rows if it["partition"] is None), key=lambda it: it["size"])
        page.goto(f"{site.address}/lifecycle?with={largest['name']}&with=there_is_none")
        settled(page, *LIFECYCLE)
        panel = page.get_by_role("region", name="The same people")
        expect(panel.get_by_role("row")).to_have_count(1 + 1)
        page.get_by_text("Choose segments: 1 of").click()
        page.get_by_role("group", name="The same people").get_by_role("checkbox").last.check()
        expect(panel.get_by_role("row")).to_have_count(1 + 2)
        wanted = urlsplit(page.url).query.replace("with=", "name=")
        told = page.request.get(f"{site.address}/api/v1/lifecycle/overlap?{wanted}").json()
        both, size = told["shared"][0][1], told["segments"][0]["size"]
        link = panel.get_by_role("link", name=f"{both:,} of ").first
        expect(link).to_contain_text(f"{100 * both / size:.1f}".removesuffix(".0"))
        link.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="New segment", level=1).wait_for()
        assert counted(page) == both
