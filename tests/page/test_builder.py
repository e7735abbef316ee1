from __future__ import annotations

import re

import pytest


def counted(page):
    """The large number, once it is that of the last change."""
    status = page.locator("main aside [role=status]:not([aria-busy])")
    status.wait_for()
    page.wait_for_timeout(400)  # the pause before one asks, so that what is read is what was asked
    status.wait_for()
    return int(re.sub(r"\D", "", status.inner_text().splitlines()[0]))


def add(page, kind="Something they did"):
    page.get_by_role("button", name="Add condition").last.click()
    page.get_by_role("menuitem", name=kind).click()


def test_the_number_is_that_of_the_rule_as_text_and_of_the_api(opened, site):
    with opened("/segments/new") as page:
        everyone = counted(page)
        add(page)
        page.get_by_role("group", name="Condition 1", exact=True).wait_for()
        some = counted(page)
        assert some < everyone
        page.get_by_text("Text", exact=True).click()
        page.wait_for_load_state("networkidle")
        expect = pytest.importorskip("playwright.sync_api").expect
        expect(page.get_by_role("textbox")).to_have_value(re.compile("^did "), timeout=30_000)
        text = page.get_by_role("textbox").input_value()
        told = page.request.get(f"{site.address}/api/v1/segments/count", params={"rule": text})
        assert told.json()["count"] == some


def test_undo_gives_back_what_was_removed_and_no_other_row_is_disturbed(opened):
    with opened("/segments/new") as page:
        counted(page)
        for _ in range(3):
            add(page)
        page.get_by_label("Condition 2: measure").select_option("count")
        page.get_by_role("button", name="Remove Condition 1").click()
        assert page.get_by_label("Condition 1: measure").input_value() == "count"
        assert page.get_by_label("Condition 2: measure").input_value() == "did"
        page.get_by_role("button", name="Undo").click()
        assert page.get_by_label("Condition 2: measure").input_value() == "count"
        page.reload()  # the draft is kept
        page.get_by_label("Condition 3: measure").wait_for()
        assert page.get_by_label("Condition 2: measure").input_value() == "count"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_builder(opened, faults, scheme):
    with opened("/segments/new", scheme=scheme) as page:
        counted(page)
        add(page)
        page.get_by_role("button", name="Add an exception").click()
        counted(page)
        assert faults(page) == []
