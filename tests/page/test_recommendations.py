"""What to show a customer and a segment: worked out when it is asked for, and told when it cannot be."""

from __future__ import annotations

import json
import re

import pytest

from tests.page.conftest import expect
from tests.page.test_dialogs import shown

ASKED = re.compile(r"/api/v1/recommendations\?")


def somebody(page, site):
    """A customer who bought several things."""
    rows = page.request.get(f"{site.address}/api/v1/segments/members?name=frequent&limit=1").json()
    return rows["user_ids"][0]


def test_lists_stand_on_the_customer_page_once_they_are_asked_for(opened, site):
    with opened("/customers") as page:
        who = somebody(page, site)
        asked = []
        page.on("request", lambda it: asked.append(it.url) if ASKED.search(it.url) else None)
        page.goto(f"{site.address}/customers/{who}")
        ask = page.get_by_role("button", name="Work out recommendations")
        ask.wait_for()
        page.wait_for_load_state("networkidle")
        assert asked == []
        ask.press("Enter")
        new = page.get_by_role("list", name="New to them")
        new.get_by_role("listitem").first.wait_for()
        said = page.request.get(
            f"{site.address}/api/v1/recommendations?kind=for&user={who}&k=6"
        ).json()
        expect(new.get_by_role("listitem")).to_have_count(len(said["new"]))
        for it in said["new"]:
            expect(new.get_by_text(it["title"], exact=True).first).to_be_attached()
        page.get_by_text("Buy again", exact=True).click()
        again = page.get_by_role("list", name="Buy again")
        again.get_by_text(re.compile("last on")).first.wait_for()
        assert "show=again" in page.url
        again.get_by_role("button", name=re.compile("^More about")).first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("heading", name="The same people had").wait_for()
        dialog.get_by_text(re.compile("people had both")).first.wait_for()


def test_a_segment_shows_what_rises_and_what_some_of_it_would_be_shown(opened, site):
    with opened("/segments/frequent?tab=recommendations") as page:
        page.get_by_role("list", name="Rising in this segment").get_by_role(
            "listitem"
        ).first.wait_for()
        who = somebody(page, site)
        page.get_by_role("list", name=f"{who}: New to them").wait_for()
        page.get_by_role("link", name=who, exact=True).click()
        page.get_by_role("list", name="New to them").get_by_role("listitem").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_beside_recommendations(opened, site, faults, scheme):
    with opened("/segments/frequent?tab=recommendations", scheme=scheme, height=2600) as page:
        page.get_by_role("list", name=re.compile(": New to them")).first.wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []
        page.goto(f"{site.address}/customers/{somebody(page, site)}?show=new")
        page.get_by_role("button", name=re.compile("^More about")).first.click()
        with shown(page, lambda it: it.get_by_text(re.compile("people had both"))):
            assert faults(page) == []


def answered(status, **document):
    body = json.dumps({"type": "about:blank", "status": status, **document})
    return lambda route: route.fulfill(
        status=status, content_type="application/problem+json", body=body
    )


def test_while_a_model_is_learned_it_says_so_and_asks_again(opened, site):
    with opened("/customers", allow=("503",)) as page:
        who = somebody(page, site)
        page.route(ASKED, answered(503, title="recommendations are being learned"))
        page.goto(f"{site.address}/customers/{who}?show=new")
        page.get_by_role("status").filter(has_text="is being learned").wait_for()
        page.unroute(ASKED)
        page.get_by_role("list", name="New to them").get_by_role("listitem").first.wait_for()


def test_where_nothing_names_an_item_the_page_says_what_to_write(opened, site):
    with opened("/customers", allow=("500",)) as page:
        who = somebody(page, site)
        rules = {"stock": None, "hidden": {}, "most_per": {}, "margin": None, "owned": False}
        told = {"said": False, "event": None, "item": None, "looks": [], "searches": [],
                "why_not": "by which event?", **rules}  # fmt: skip
        page.route("**/recommendations/settings", lambda it: it.fulfill(json=told))
        page.goto(f"{site.address}/customers/{who}")
        page.get_by_text("Nothing says what customers can have").wait_for()
        expect(page.get_by_role("button", name="Work out recommendations")).to_have_count(0)
        page.unroute("**/recommendations/settings")
        page.route(ASKED, answered(500, title="it could not be learned", detail="the log says why"))
        page.goto(f"{site.address}/customers/{who}?show=new")
        page.get_by_role("alert").filter(has_text="it could not be learned").wait_for()


def test_rules_that_keep_items_off_are_told(opened, site, shop):
    path = shop / "recommendations.yml"
    path.write_text(
        "event: order_completed\nitem: product_id\ntitle: name\nmost_per: {category: 1}\n"
    )
    try:
        with opened("/customers") as page:
            page.goto(f"{site.address}/customers/{somebody(page, site)}")
            page.get_by_text("at most 1 of one").wait_for()
            page.get_by_role("button", name="Work out recommendations").click()
            page.get_by_text(re.compile("left out by your rules")).click()
            page.get_by_text(re.compile("enough of .* on the list")).first.wait_for()
    finally:
        path.unlink()
