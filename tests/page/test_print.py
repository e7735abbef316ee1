"""Screens on paper: light whatever the screen is, without what is pressed, and with their day."""

from __future__ import annotations

from tests.page.conftest import expect


def test_paper_is_white_and_holds_no_buttons(opened):
    with opened("/segments", scheme="dark") as page:
        page.get_by_role("table", name="Segments").wait_for()
        new = page.get_by_role("link", name="New segment")
        expect(new).to_be_visible()
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_css("color", "rgb(233, 236, 239)")
        page.emulate_media(media="print", color_scheme="dark")
        expect(title).to_have_css("color", "rgb(28, 33, 40)")
        expect(new).to_be_hidden()
        expect(page.get_by_role("link", name="Skip to the content")).to_be_hidden()
        expect(page.get_by_role("navigation").first).to_be_hidden()


def test_a_past_day_stands_on_paper_too(opened):
    with opened("/segments/frequent?as_of=2026-06-01") as page:
        page.get_by_role("slider", name="As it was").wait_for()
        page.emulate_media(media="print")
        expect(page.get_by_text("1 Jun 2026", exact=True)).to_be_visible()
        expect(page.get_by_role("slider")).to_be_hidden()
