from __future__ import annotations

import re

import pytest

from tests.page.conftest import expect


def test_a_key_is_made_shown_once_and_revoked(opened, site):
    with opened("/settings?tab=keys") as page:
        page.get_by_label("What it is for").fill("web shop")
        page.get_by_role("button", name="Make a key").click()
        secret = page.locator("code").filter(has_text=re.compile("^shw_"))
        secret.wait_for()
        sent = {"event": "Seen", "userId": "", "messageId": "k1"}
        asked = {"authorization": f"Bearer {secret.inner_text()}"}
        address = f"{site.address}/v1/track"
        assert page.request.post(address, data=sent, headers=asked).status == 200
        page.get_by_role("button", name="I have copied it").click()
        page.reload()
        row = page.get_by_role("row").filter(has_text="web shop")
        expect(row).to_contain_text("Valid")
        expect(page.locator("code").filter(has_text="shw_")).to_have_count(0)
        row.get_by_role("button", name="Revoke web shop").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
        expect(row).to_contain_text("Revoked on")


def test_settings_are_changed_and_said_in_the_trail(opened):
    with opened("/settings") as page:
        page.get_by_label("Name", exact=True).fill("Shop by the sea")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("banner").get_by_text("Shop by the sea")).to_be_visible()
        page.get_by_role("tab", name="Who did what").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("settings.change")
        page.get_by_role("tab", name="Project").click()
        page.get_by_label("Name", exact=True).fill("Test shop")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("banner").get_by_text("Test shop")).to_be_visible()


def test_a_user_is_added_changed_and_shut_out(opened):
    with opened("/settings?tab=users") as page:
        page.get_by_label("E-mail address").fill("ana@example.org")
        page.get_by_label("Password").first.fill("four quiet herons")
        page.get_by_role("button", name="Add a user").click()
        page.get_by_label("Role of ana@example.org").select_option("viewer")
        page.get_by_role("button", name="Shut ana@example.org out").click()
        expect(page.get_by_role("row").filter(has_text="ana@")).to_contain_text("Shut out since")


def test_whoever_may_only_look_reads_settings_and_changes_nothing(opened, viewer):
    with opened("/settings", state=viewer) as page:
        expect(page.get_by_label("Name", exact=True)).to_have_attribute("readonly", "")
        expect(page.get_by_role("button", name="Save")).to_have_count(0)
        expect(page.get_by_role("tab")).to_have_count(1)


def test_the_palette_finds_screens_segments_and_customers_by_keyboard(opened):
    with opened("/") as page:
        page.get_by_role("heading", level=1).wait_for()
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Find or do something")
        expect(field).to_be_focused()
        page.keyboard.type("lapsed")
        expect(page.get_by_role("option", selected=True)).to_contain_text("Lapsed")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/segments/lapsed$"))
        page.keyboard.press("Control+k")
        expect(field).to_be_focused()
        page.keyboard.type("sample-000")
        customer = page.get_by_role("option").filter(has_text="sample-000").first
        name = customer.locator("span").first.inner_text()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/customers/{name}$"))
        page.keyboard.press("Control+k")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(field).to_have_count(0)
        expect(page.locator("main h1")).to_have_count(1)  # the screen before is gone
        page.locator("main h1").focus()
        page.keyboard.press("?")
        expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_settings_help_and_the_palette(opened, faults, scheme):
    for tab in ("project", "keys", "users", "trail"):
        with opened(f"/settings?tab={tab}", scheme=scheme) as page:
            page.get_by_role("tabpanel").locator("form, table").first.wait_for()
            page.wait_for_load_state("networkidle")
            assert faults(page) == [], tab
    with opened("/help", scheme=scheme) as page:
        page.get_by_text("This is Shoal").wait_for()
        assert faults(page) == []
        page.keyboard.press("Control+k")
        page.get_by_role("option").first.wait_for()
        assert faults(page) == []
