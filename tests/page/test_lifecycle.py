from __future__ import annotations

import pytest

from tests.page.conftest import settled

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
