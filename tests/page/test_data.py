from __future__ import annotations

import pytest

from tests.page.conftest import expect, settled

DATA = ("Data", "[role=tabpanel]")
TABS = ["sources", "catalogue", "quality", "quarantine", "held"]


def asked(page, site, path):
    return page.request.get(f"{site.address}/api/v1/{path}").json()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_part(opened, faults, scheme):
    with opened("/data", scheme=scheme) as page:
        for tab in TABS:
            page.goto(page.url.partition("?")[0] + f"?tab={tab}")
            settled(page, *DATA)
            assert faults(page) == [], tab


def test_what_is_said_of_properties_is_what_the_check_says(opened, site):
    with opened("/data?tab=catalogue") as page:
        settled(page, *DATA)
        told = asked(page, site, "data/check")
        events, properties = page.get_by_role("table").all()
        expect(events.locator("tbody tr")).to_have_count(len(told["events"]))
        expect(properties.locator("tbody tr")).to_have_count(len(told["filled"]))
        most = max(told["events"], key=lambda it: it["rows"])
        first = events.locator("tbody tr").first.inner_text()
        assert most["event"] in first
        assert f"{most['rows']:,}" in first
        page.get_by_label("Find a property").fill("no such thing")
        page.get_by_text("No property matches").wait_for()
        page.get_by_role("button", name="Show all").click()
        expect(properties.locator("tbody tr")).to_have_count(len(told["filled"]))


def test_findings_stand_in_the_order_of_the_check(opened, site):
    with opened("/data?tab=quality") as page:
        settled(page, *DATA)
        told = asked(page, site, "data/check")["findings"]
        rows = page.get_by_role("tabpanel").get_by_role("listitem").all_inner_texts()
        assert len(rows) == len(told)
        for row, one in zip(rows, told, strict=True):
            assert one["sentence"].replace("`", "") in row


def test_a_refused_row_is_shown_mended_and_read_again(opened, site, wrong_rows):
    with opened("/data?tab=quarantine") as page:
        settled(page, *DATA)
        page.get_by_role("button", name="Show the row").first.click()
        text = page.get_by_label("As it came")
        assert "no time at all" in text.input_value()
        text.fill(text.input_value().replace("no time at all", "2026-09-02T10:00:00Z"))
        page.get_by_role("button", name="Save the mended text").click()
        page.get_by_text("Saved.").wait_for()
        page.get_by_role("button", name="Read again").click()
        page.get_by_text("1 became events, 0 stay.").wait_for()
        page.get_by_text("Nothing is in quarantine").wait_for()
        assert asked(page, site, "quarantine?limit=1")["count"] == 0


def test_an_import_is_taken_back_after_a_question(opened, site, wrong_rows):
    with opened("/data") as page:
        settled(page, *DATA)
        page.get_by_role("button", name=f"Take back {wrong_rows}").click()
        page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
        page.get_by_role("row", name=wrong_rows).get_by_text("Taken back").wait_for()
        told = {it["file"]: it["undone_at"] for it in asked(page, site, "data/imports")}
        assert told.pop(wrong_rows) is not None
        assert set(told.values()) == {None}


def test_whoever_may_not_see_the_quarantine_is_told_so(opened, viewer):
    with opened("/data?tab=quarantine", state=viewer, allow=("403",)) as page:
        page.get_by_text("You may not see this").wait_for()
        page.get_by_role("tab", name="Sources").click()
        page.get_by_role("table").wait_for()
        expect(page.get_by_role("tab", name="Quarantine")).to_have_count(0)
        expect(page.get_by_role("button", name="Take back")).to_have_count(0)


def test_on_a_phone_no_part_is_wider_than_the_screen(opened):
    with opened("/data", width=390, height=800) as page:
        for tab in TABS:
            page.goto(page.url.partition("?")[0] + f"?tab={tab}")
            settled(page, *DATA)
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(overflow) == 0, tab
