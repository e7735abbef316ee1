from __future__ import annotations

import pytest

from tests.page.conftest import expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_list(opened, faults, scheme):
    with opened("/segments", scheme=scheme) as page:
        page.get_by_role("row").nth(3).wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []


def test_the_list_says_what_the_api_says(opened, site):
    with opened("/segments") as page:
        page.get_by_role("row").nth(3).wait_for()
        told = page.request.get(f"{site.address}/api/v1/segments").json()
        rows = page.get_by_role("table").locator("tbody tr")
        expect(rows).to_have_count(len(told))
        for row, one in zip(rows.all(), told, strict=True):
            expect(row.locator("a")).to_have_text(
                (one["title"] or one["name"]), use_inner_text=True
            )
            expect(row.locator("td").first).to_have_text(f"{one['size']:,}", use_inner_text=True)


def test_a_search_narrows_the_list_and_says_when_nothing_matches(opened):
    with opened("/segments") as page:
        rows = page.get_by_role("table").locator("tbody tr")
        rows.nth(3).wait_for()
        page.get_by_label("Find a segment").fill("no such thing")
        page.get_by_text("No segment matches").wait_for()
        expect(rows).to_have_count(0)
        page.get_by_role("button", name="Show all").click()
        expect(rows.nth(3)).to_be_attached()
