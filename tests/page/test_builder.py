from __future__ import annotations

import re

import pytest

from tests.page.conftest import counted, expect

CITY = {"form": "trait", "name": "country"}
MADE_UP = 300
"""People of the shop."""


def add(page, kind="Something they did"):
    page.get_by_role("button", name="Add condition").last.click()
    chosen = page.get_by_role("option", name=kind, exact=True)
    chosen.click()
    chosen.wait_for(state="hidden")  # the list takes its time to go, and gives the focus back then


def as_text(page):
    """The rule as it is written, which stands for the whole tree."""
    page.get_by_text("Text", exact=True).click()
    field = page.get_by_role("textbox", name="The rule as text: rule")
    expect(field).to_have_value(re.compile(".+"))
    text = field.input_value()
    page.get_by_text("Builder", exact=True).click()
    return text


def count_of(page, site, rule):
    told = page.request.get(f"{site.address}/api/v1/segments/count", params={"rule": rule})
    assert told.status == 200, told.text()
    return told.json()["count"]


def test_the_number_is_that_of_the_rule_as_text_and_of_the_api(opened, site):
    with opened("/segments/new") as page:
        everyone = counted(page)
        add(page)
        page.get_by_role("group", name="Condition 1", exact=True).wait_for()
        some = counted(page)
        assert some < everyone
        text = as_text(page)
        assert text.startswith("did ")
        assert count_of(page, site, text) == some


def test_undo_gives_back_what_was_removed_and_no_other_row_is_disturbed(opened):
    with opened("/segments/new") as page:
        counted(page)
        for _ in range(3):
            add(page)
        page.get_by_label("Condition 2: measure").select_option("count")
        page.get_by_role("button", name="Remove Condition 1").click()
        expect(page.get_by_label("Condition 1: measure")).to_have_value("count")
        expect(page.get_by_label("Condition 2: measure")).to_have_value("did")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Condition 2: measure")).to_have_value("count")
        page.reload()  # the draft is kept
        page.get_by_label("Condition 3: measure").wait_for()
        expect(page.get_by_label("Condition 2: measure")).to_have_value("count")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("Something they did", "did "),
        ("Something about them", " is set"),
        ("In a segment, or coming and going", "in segment "),
        ("Among the highest or lowest", " in top 20%"),
        ("One thing after another", "sequence ("),
        ("Written as a rule", "gap("),
    ],
)
def test_every_kind_of_condition_can_be_added_and_is_counted(opened, site, kind, written):
    with opened("/segments/new") as page:
        counted(page)
        add(page, kind)
        page.get_by_role("group", name="Condition 1", exact=True).wait_for()
        count = counted(page)
        text = as_text(page)
        assert written in text
        assert count_of(page, site, text) == count


def test_a_segment_is_built_and_saved_by_keyboard_only(opened, site):
    with opened("/segments/new") as page:
        counted(page)
        page.keyboard.press("/")
        page.get_by_role("combobox", name="Event, trait, segment …").wait_for()
        page.keyboard.type("page view")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Condition 1: measure")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_label("Condition 2: measure")).to_be_focused()
        page.keyboard.press("Alt+ArrowUp")
        expect(page.get_by_label("Condition 1: measure")).to_be_focused()
        expect(page.get_by_role("combobox", name="Condition 1: event")).not_to_have_value(
            "page viewed"
        )
        page.keyboard.press("Alt+ArrowRight")
        expect(page.get_by_role("group", name="Condition 1.1", exact=True)).to_be_visible()
        expect(page.get_by_label("Condition 1.1: measure")).to_be_focused()
        page.keyboard.press("Alt+ArrowLeft")
        expect(page.get_by_label("Condition 1: measure")).to_be_focused()
        page.keyboard.press("Control+Backspace")
        expect(page.get_by_role("group", name="Condition 2", exact=True)).to_have_count(0)
        expect(page.get_by_label("Condition 1: measure")).to_be_focused()
        expect(page.get_by_role("combobox", name="Condition 1: event")).to_have_value("page viewed")
        count = counted(page)
        save = page.locator("main aside").get_by_role("button", name="Save …")
        save.focus()
        page.keyboard.press("Enter")
        page.get_by_label("Title").wait_for()
        page.keyboard.type("Keyboard lookers")
        page.keyboard.press("Enter")
        page.get_by_role("heading", level=1, name="Keyboard lookers").wait_for()
        assert page.url.endswith("/segments/keyboard_lookers")
        told = page.request.get(f"{site.address}/api/v1/segments/count?name=keyboard_lookers")
        assert told.json()["count"] == count > 0


def test_nothing_moves_between_pressing_a_button_and_letting_it_go(opened):
    with opened("/segments/new") as page:
        add(page)
        counted(page)
        expect(page.get_by_text("Without this")).to_be_visible()
        button = page.get_by_role("button", name="Add condition").last
        button.hover()
        page.mouse.down()
        counted(page)  # the condition has lost the focus, and what that changes is drawn
        page.mouse.up()
        expect(page.get_by_role("listbox", name="Add condition")).to_be_visible()


def test_conditions_are_typed_one_after_the_other_as_fast_as_one_can(opened, site):
    with opened("/segments/new") as page:
        counted(page)
        page.locator("main h1").focus()
        for turn in range(3):  # nothing is waited for between the keys
            for key in ("/", "p", "a", "g", "e", "Enter"):
                page.keyboard.press(key)
            expect(page.get_by_label(f"Condition {turn + 1}: measure")).to_be_focused()
        for turn in range(3):
            event = page.get_by_role("combobox", name=f"Condition {turn + 1}: event")
            expect(event).to_have_value("page viewed")
        page.keyboard.press("Control+z")
        expect(page.get_by_role("group", name="Condition 3", exact=True)).to_have_count(0)


def test_text_is_completed_and_told_what_is_wrong_where(opened):
    with opened("/segments/new?as=text") as page:
        field = page.get_by_role("textbox", name="The rule as text: rule")
        expect(field).to_have_value("everyone")
        field.fill("")
        field.press_sequentially("did order_comp")
        offers = page.get_by_role("listbox", name="Completions")
        expect(offers.get_by_role("option").first).to_have_attribute("aria-selected", "true")
        for key in ("Enter", " ", "a", "n"):  # nothing is waited for between the keys
            page.keyboard.press(key)
        expect(field).to_have_value("did order_completed an")
        field.press_sequentially(" country")
        page.keyboard.press("Escape")
        expect(page.get_by_text("line 1, column 21:")).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Write and").click()
        expect(field).to_have_value("did order_completed and country")
        field.press("End")
        field.press_sequentially(" is set")
        page.keyboard.press("Escape")
        expect(field).not_to_have_attribute("aria-invalid", "true")
        page.get_by_text("Builder", exact=True).click()
        expect(page.get_by_role("group", name="Condition 2", exact=True)).to_be_visible()


def test_people_without_a_value_are_left_out_or_taken_in_as_one_says(opened, site):
    with opened("/segments/new?rule=country+!=+'PT'") as page:
        choice = page.get_by_label("Condition 1: those without country:")
        out = counted(page)
        assert count_of(page, site, "country != 'PT'") == out
        if choice.count():
            choice.select_option("in")
            assert counted(page) == count_of(page, site, "country != 'PT' or country is not set")


def test_what_lets_nobody_in_is_left_out_by_one_button(opened, site):
    with opened(
        "/segments/new?rule=did+page_viewed+and+count(order_completed)+>%3D+100000"
    ) as page:
        assert counted(page) == 0
        page.locator("main aside").get_by_role("button", name="Leave it out").click()
        assert counted(page) == count_of(page, site, "did page_viewed")
        page.get_by_role("button", name="Undo").click()
        assert counted(page) == 0


def test_a_mistyped_name_is_mended_by_one_button(opened, site):
    with opened("/segments/new?rule=did+page_vieved", allow=("422",)) as page:
        page.get_by_role("alert").get_by_role("button", name="Write page_viewed").click()
        assert counted(page) == count_of(page, site, "did page_viewed")


def test_whom_one_reaches_is_counted_among_those_who_match(opened, site):
    with opened("/segments/new?rule=did+order_completed") as page:
        counted(page)
        told = page.locator("main aside").get_by_text("Can be e-mailed")
        told.wait_for()
        row = page.locator("main aside dl > div").filter(has_text="Can be e-mailed").inner_text()
        rule = "did order_completed and email is set and not did any of (email_unsubscribed, email_complained)"
        assert int(re.sub(r"\D", "", row.split("\n")[1].split()[0])) == count_of(page, site, rule)


def test_a_template_fills_the_builder_and_undo_empties_it(opened):
    with opened("/segments/new") as page:
        page.get_by_role("searchbox", name="Search templates").fill("once only")
        page.get_by_role("button", name=re.compile("^Bought once only")).click()
        expect(page.get_by_role("group", name="Condition 2", exact=True)).to_be_visible()
        assert 0 < counted(page) < MADE_UP
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("heading", name="Or begin with one of these")).to_be_visible()


def test_on_a_phone_the_number_and_saving_stay_in_sight(opened):
    with opened("/segments/new?rule=did+order_completed", width=390, height=800) as page:
        bar = page.get_by_role("region", name="The number, and saving")
        expect(bar.get_by_text(re.compile("customers match"))).to_be_in_viewport()
        expect(bar.get_by_role("button", name="Save …")).to_be_enabled()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0


def test_sentences_and_warnings_are_in_the_language_one_chose(opened):
    with opened("/segments/new?rule=did+order_completed") as page:
        said = page.locator("main aside p").first
        expect(said).to_have_text(re.compile("^Customers who"))
        page.get_by_role("button", name="You and the page").click()
        page.get_by_role("menuitem", name="Português").click()
        expect(said).to_have_text(re.compile("^Clientes que"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_builder(opened, faults, scheme):
    # so high that a list opens below its button: one that opens upwards lies over other targets
    with opened("/segments/new", scheme=scheme, height=1400) as page:
        counted(page)
        page.get_by_role("button", name=re.compile("^Bought once only")).wait_for()
        assert faults(page) == []
        for kind in (
            "Something about them",
            "Among the highest or lowest",
            "One thing after another",
        ):
            add(page, kind)
        page.get_by_role("button", name="Add an exception").click()
        counted(page)
        assert faults(page) == []
        page.get_by_role("button", name="Add condition").last.click()
        page.get_by_role("option", name="Something they did").wait_for()
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.get_by_text("Text", exact=True).click()
        field = page.get_by_role("textbox", name="The rule as text: rule")
        field.wait_for()
        field.press_sequentially(" and ord")
        page.get_by_role("listbox", name="Completions").wait_for()
        assert faults(page) == []
