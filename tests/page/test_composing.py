"""A campaign is written on the page, looked at while it is typed, changed, and never sent by that."""

from __future__ import annotations

import re

import pytest

from tests.page.conftest import expect

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def opened(opened_at, letters_site):
    return opened_at(letters_site)


def asked(page, site, path):
    answer = page.request.get(f"{site.address}/api/v1/campaigns{path}")
    assert answer.status == 200, answer.text()
    return answer.json()


def field(page, name, role="textbox"):
    return page.get_by_role(role, name=name, exact=True)


def typed(page, name, text, role="textbox"):
    """Into a field that is reached by its name, by the keyboard."""
    field(page, name, role).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_campaign_is_written_and_saved_by_keyboard_only(opened, letters_site, letters):
    with opened("/campaigns") as page:
        page.get_by_role("link", name="New campaign").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="New campaign", level=1).wait_for()
        typed(page, "Title", "Autumn is near")
        expect(field(page, "Name")).to_have_value("autumn_is_near")
        typed(page, "Segment", "Visitors", "combobox")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_label("Purpose").focus()
        page.keyboard.type("offers")
        rail = page.get_by_role("complementary", name="As it would go out")
        rail.get_by_text("May be written to").wait_for()
        typed(page, "Subject", "Autumn, {{ city | default: 'friend' }}")
        typed(page, "Text", "Come and see {{ shop }}")
        expect(rail.locator("pre")).to_contain_text("Come and see")
        expect(rail.get_by_text(re.compile("^Autumn, (Porto|friend)$"))).to_be_visible()
        typed(page, "Event", "visit", "combobox")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        typed(page, "Within days", "21", "spinbutton")
        page.get_by_label("At most so many messages each").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Save …").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        save = dialog.get_by_role("button", name="Save")
        save.wait_for()
        save.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Autumn is near", level=1).wait_for()
        told = asked(page, letters_site, "/autumn_is_near")
        assert told["state"] == "draft"
        assert told["goal"] == "did visit in next 21d"
        assert told["cap"] == "2 per 7d"
        assert sum(told["messages"].values()) == 0
        assert (letters / "campaigns" / "autumn_is_near.yml").exists()


def test_a_new_campaign_says_when_segments_cannot_be_loaded_and_tries_again(opened):
    with opened("/campaigns", allow=("500",)) as page:
        page.get_by_role("link", name="New campaign").wait_for()
        words = re.compile("/api/v1/words")
        page.route(words, lambda it: it.fulfill(status=500, json={"title": "it broke"}))
        page.get_by_role("link", name="New campaign").click()
        page.get_by_role("alert").filter(has_text="it broke").wait_for()
        page.unroute(words)
        page.get_by_role("button", name="Try again").click()
        field(page, "Segment", "combobox").fill("nothing like it")
        page.get_by_text("Nothing of that name.").wait_for()


def test_what_saving_changes_is_shown_before_and_a_draft_is_kept(opened, letters_site):
    with opened("/campaigns/spring?tab=plan") as page:
        before = asked(page, letters_site, "/spring/fields")
        page.get_by_role("link", name="Change").click()
        page.get_by_role("heading", name="Change Spring is here", level=1).wait_for()
        typed(page, "Subject", "Spring came")
        expect(page.get_by_text("is kept here until it is saved")).to_be_visible()
        page.reload()
        expect(field(page, "Subject")).to_have_value("Spring came")
        page.get_by_role("button", name="Save …").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("del")).to_have_text([before["subject"]])
        expect(dialog.locator("ins")).to_have_text(["Spring came"])
        dialog.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name="Spring is here", level=1, exact=True).wait_for()
        after = asked(page, letters_site, "/spring/fields")
        assert after == before | {"subject": "Spring came"}
        page.goto(f"{letters_site.address}/campaigns/spring/edit")
        expect(field(page, "Subject")).to_have_value("Spring came")
        expect(page.get_by_role("button", name="Save …")).to_be_disabled()


def test_what_is_wrong_is_told_while_it_is_written_and_not_saved(opened):
    with opened("/campaigns/new") as page:
        typed(page, "Title", "Odd")
        typed(page, "Segment", "Visitors", "combobox")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_label("Purpose").select_option("offers")
        typed(page, "Subject", "Hello")
        typed(page, "Text", "Hello {{ no_such_trait }}")
        rail = page.get_by_role("complementary", name="As it would go out")
        rail.get_by_text("templates know no").wait_for()
        page.get_by_text("a rule", exact=True).last.click()
        typed(page, "Rule about the days to come", "did visit in last 3d")
        rail.get_by_text("says no time to come").wait_for()
        page.get_by_role("button", name="Save …").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("To mend before saving").wait_for()
        expect(dialog.get_by_role("button", name="Save")).to_be_disabled()


def test_variants_are_added_and_taken_away(opened):
    with opened("/campaigns/spring/edit") as page:
        subject = field(page, "Subject")
        subject.wait_for()
        text = subject.input_value()
        page.get_by_role("button", name="Add a variant to compare").click()
        expect(page.get_by_role("group", name="Message b")).to_be_visible()
        expect(subject).to_have_count(2)
        page.get_by_role("button", name="Remove b").click()
        expect(subject).to_have_count(1)
        expect(subject).to_have_value(text)
        expect(page.get_by_role("button", name="Save …")).to_be_disabled()


def test_whoever_may_only_look_changes_no_campaign(opened, letters_viewer):
    with opened("/campaigns/spring?tab=plan", state=letters_viewer) as page:
        page.get_by_role("heading", level=1, name="Spring is here").wait_for()
        expect(page.get_by_role("link", name="Change")).to_have_count(0)
    with opened("/campaigns/new", state=letters_viewer) as page:
        page.get_by_text("Your role may look at campaigns and not change them.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_a_campaign_is_written(opened, faults, scheme):
    for width in (1360, 390):
        with opened("/campaigns/spring/edit", scheme=scheme, width=width) as page:
            rail = page.get_by_role("complementary", name="As it would go out")
            rail.locator("pre").wait_for()
            page.get_by_role("button", name="Add a variant to compare").click()
            page.wait_for_load_state("networkidle")
            assert faults(page) == []
            assert page.evaluate(OVERFLOW) == 0
            page.get_by_role("button", name="Save …").click()
            page.get_by_role("dialog").get_by_role("button", name="Save").wait_for()
            page.wait_for_load_state("networkidle")
            assert faults(page) == []
