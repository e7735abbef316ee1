"""What opens over a screen is as accessible as the screen, in both themes, and closes with Escape."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from tests.page.conftest import expect

# A dialog takes the focus twice while it opens: a key pressed between the two is undone.
SETTLED = """async (dialog) => {
    const next = () => new Promise(requestAnimationFrame);
    await next();
    await Promise.all(dialog.getAnimations({ subtree: true }).map((it) => it.finished));
    await next();
    await new Promise((done) => setTimeout(done, 100));
}"""


@contextmanager
def shown(page, until):
    """The dialog that has opened, once what it tells is there; it closes with Escape."""
    dialog = page.get_by_role("dialog")
    until(dialog).first.wait_for()
    page.wait_for_load_state("networkidle")
    dialog.evaluate(SETTLED)
    yield dialog
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def met(dialog):
    return dialog.get_by_text(re.compile("^(met|not met|cannot be told)$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_why_is_told(opened, site, faults, scheme):
    with opened("/segments", scheme=scheme) as page:
        page.get_by_role("row").nth(3).wait_for()
        rows = page.request.get(f"{site.address}/api/v1/segments").json()
        largest = max(rows, key=lambda it: it["size"] or 0)["name"]
        page.goto(f"{site.address}/segments/{largest}?tab=members")
        why = page.get_by_role("table").get_by_role("button", name=re.compile("^Why is")).first
        who = why.get_attribute("aria-label").removeprefix("Why is ").removesuffix(" here?")
        why.click()
        with shown(page, met) as dialog:
            expect(dialog.get_by_role("button", name="Close")).to_be_visible()
            expect(page.get_by_role("banner")).to_have_count(1)
            assert faults(page) == []
        page.goto(f"{site.address}/customers/{who}")
        page.get_by_role("button", name=re.compile("^Why")).first.click()
        with shown(page, met):
            assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_something_is_asked_before_it_is_done(
    opened, site, faults, wrong_rows, scheme
):
    with opened("/data", scheme=scheme) as page:
        page.get_by_role("button", name=f"Take back {wrong_rows}").click()
        with shown(page, lambda it: it.get_by_role("button", name="Take it back")):
            assert faults(page) == []
        page.goto(f"{site.address}/settings?tab=keys")
        page.get_by_label("What it is for").fill(f"asked in {scheme}")
        page.get_by_role("button", name="Make a key").click()
        page.get_by_role("button", name="I have copied it").click()
        page.get_by_role("button", name=f"Revoke asked in {scheme}").click()
        with shown(page, lambda it: it.get_by_role("button", name="Revoke", exact=True)):
            assert faults(page) == []
        page.goto(f"{site.address}/segments/new?rule=did+order_completed")
        page.locator("main aside").get_by_role("button", name="Save …").click()
        with shown(page, lambda it: it.get_by_label("Title")):
            assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_menu_of_a_phone(opened, faults, scheme):
    with opened("/segments", width=390, height=800, scheme=scheme) as page:
        page.get_by_role("heading", name="Segments", level=1).wait_for()
        page.get_by_role("button", name="Menu").click()
        with shown(page, lambda it: it.get_by_role("link", name="Segments")):
            assert faults(page) == []
