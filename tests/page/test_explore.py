from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.page.conftest import expect, settled

TITLE = re.compile("Explore|Explorar")
VIEWS = ["funnel", "paths", "retention", "groups"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STEPS = ["product_viewed", "product_added", "order_completed"]
FUNNEL = "/explore/funnel?" + "&".join(f"step={it}" for it in STEPS)


def shown_in(view):
    """What is there once a view is."""
    links = "a:has-text('Open as a rule'), a:has-text('Abrir como regra')"
    return links if view == "groups" else "figure"


def asked(page, site, path, **body):
    token = page.request.get(f"{site.address}/api/v1/me").json()["csrf"]
    headers = {"x-csrf-token": token}
    return page.request.post(
        f"{site.address}/api/v1/explore/{path}", data=body, headers=headers
    ).json()


def rule_of(link):
    return parse_qs(urlsplit(link.get_attribute("href")).query)["rule"][0]


def counted(page, site, rule):
    params = {"rule": rule}
    return page.request.get(f"{site.address}/api/v1/segments/count", params=params).json()["count"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(opened, faults, view, scheme):
    with opened(f"/explore/{view}?compare=stage&barriers=on", scheme=scheme) as page:
        settled(page, TITLE, shown_in(view))
        assert faults(page) == []
        if view != "groups":
            page.get_by_role("button", name="Show as table").click()
            assert faults(page) == []


def test_a_funnel_says_what_the_api_says_and_who_dropped_is_a_rule(opened, site):
    with opened(FUNNEL) as page:
        settled(page, TITLE, shown_in("funnel"))
        told = asked(page, site, "funnel", steps=STEPS)["steps"]
        rows = page.locator("figure ol > li")
        expect(rows).to_have_count(len(told))
        for row, one in zip(rows.all(), told, strict=True):
            expect(row).to_contain_text(f"{one['count']:,}", use_inner_text=True)
        link = rows.first.get_by_role("link", name="Who dropped after")
        expect(link).to_contain_text(f"{told[0]['dropped']:,} went no further", use_inner_text=True)
        assert counted(page, site, rule_of(link)) == told[0]["dropped"] > 0
        link.click()
        page.get_by_role("heading", name="New segment", level=1).wait_for()
        page.get_by_text(f"{told[0]['dropped']:,}", exact=True).first.wait_for()


def test_steps_are_chosen_ordered_and_taken_away_by_keyboard(opened):
    with opened(FUNNEL) as page:
        settled(page, TITLE, shown_in("funnel"))
        page.get_by_role("button", name="Move step 3 up").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("step=product_viewed&step=order_completed&step=product_added"))
        page.get_by_role("button", name="Remove step 1").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"\?step=order_completed&step=product_added$"))
        page.get_by_role("combobox", name="Step 2").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("coupon")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("step=order_completed&step=coupon_redeemed"))
        page.get_by_role("button", name="Remove step 2").click()
        page.get_by_text("A funnel has two steps or more").wait_for()
        page.go_back()
        page.get_by_role("combobox", name="Step 2").wait_for()


def test_a_funnel_is_compared_segment_by_segment_and_barriers_are_rules(opened, site):
    with opened(FUNNEL) as page:
        settled(page, TITLE, shown_in("funnel"))
        page.get_by_label("Compare").select_option("stage")
        table = page.get_by_role("table", name="The same, segment by segment")
        table.wait_for()
        told = asked(page, site, "funnel", steps=STEPS, breakdown=["stage"], barriers=True)
        expect(table.locator("tbody tr")).to_have_count(len(told["breakdown"]))
        page.get_by_role("button", name="Look for barriers").click()
        page.get_by_role("heading", name="What those did who dropped").wait_for()
        some = next(it for it in told["barriers"] if it["did_less"])["did_less"][0]
        assert counted(page, site, some["rule"]) == some["dropped"]


def test_who_is_filtered_away_is_told_with_a_way_back(opened):
    never = "/explore?step=order_completed&step=product_viewed&segment=stage.not_yet"
    with opened(never) as page:
        page.get_by_role("heading", name="Explore", level=1).wait_for()
        page.get_by_text("Nobody is left").wait_for()
        page.get_by_role("button", name="Show all customers, at any time").click()
        page.locator("figure ol > li").first.wait_for()
        assert "segment" not in page.url


def test_a_bar_of_the_paths_tells_what_led_to_it_and_what_followed(opened, site):
    with opened("/explore/paths?start=product_viewed") as page:
        settled(page, TITLE, shown_in("paths"))
        told = asked(page, site, "paths", start="product_viewed", steps=3, top=5)
        assert {sum(it["count"] for it in level["nodes"]) for level in told["levels"]} == {
            told["people"]
        }
        most = max(told["levels"][1]["nodes"], key=lambda it: it["count"])
        words = re.compile(rf"step 1: {most['count']:,} customers")
        bar = page.get_by_role("button", name=words).first
        bar.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="as step 1").wait_for()
        expect(bar).to_have_attribute("aria-pressed", "true")
        link = page.get_by_role("link", name="All who did")
        assert counted(page, site, rule_of(link)) >= most["count"]
        page.get_by_role("button", name="Start here").click()
        page.wait_for_url(re.compile(f"start={most['name']}"))


def test_paths_can_be_read_backwards(opened, site):
    with opened("/explore/paths?start=order_completed") as page:
        settled(page, TITLE, shown_in("paths"))
        page.get_by_label("Look").select_option("back")
        page.wait_for_url(re.compile("back=on"))
        told = asked(page, site, "paths", start="order_completed", steps=3, top=5, before=True)
        most = max(told["levels"][1]["nodes"], key=lambda it: it["count"])
        page.get_by_role("button", name=f"step 1: {most['count']:,} customers").wait_for()


def test_a_cell_of_the_cohorts_is_the_people_in_it(opened, site):
    with opened("/explore/retention?first=order_completed&by=month") as page:
        settled(page, TITLE, shown_in("retention"))
        told = asked(page, site, "retention", first="order_completed", by="month", count=12)
        cohort = max(told["cohorts"][:-1], key=lambda it: it["size"])
        words = re.compile(rf", Month 1: {cohort['kept'][1]:,} of {cohort['size']:,} kept")
        link = page.get_by_role("link", name=words).first
        assert counted(page, site, rule_of(link)) == cohort["kept"][1] > 0
        page.get_by_label("and are kept by").select_option("anything")
        page.wait_for_url(re.compile("kept=anything"))
        page.get_by_label("By", exact=True).select_option("week")
        page.get_by_role("columnheader", name="Week 3").wait_for()


def test_a_discovered_group_opens_as_its_rule(opened, site):
    with opened("/explore/groups?k=3") as page:
        settled(page, TITLE, shown_in("groups"))
        told = asked(page, site, "groups", k=3)
        assert sum(it["size"] for it in told["clusters"]) == told["people"]
        links = page.get_by_role("link", name="Open as a rule")
        assert [rule_of(it) for it in links.all()] == [it["rule"] for it in told["clusters"]]
        links.first.click()
        page.get_by_role("heading", name="New segment", level=1).wait_for()


def test_the_search_for_groups_is_stopped_and_begins_again(opened, site):
    given_up = []
    with opened("/segments") as page:
        page.get_by_role("row").nth(3).wait_for()
        page.on("requestfailed", lambda it: given_up.append(it.url))
        page.route("**/api/v1/explore/groups", lambda _: None)  # it never answers
        page.get_by_role("link", name="Explore").click()
        page.get_by_role("tab", name="Discovered groups").click()
        page.get_by_text("Looking for groups").wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("The search was stopped").wait_for()
        groups = f"{site.address}/api/v1/explore/groups"  # others are left with their screen
        assert [it for it in given_up if it == groups] == [groups]
        page.unroute("**/api/v1/explore/groups")
        page.get_by_role("button", name="Look again").click()
        settled(page, TITLE, shown_in("groups"))


def test_what_cannot_be_answered_says_so_and_can_be_asked_again(opened):
    broken = {"title": "broken for a moment", "status": 500}
    with opened("/segments", allow=("500",)) as page:
        page.get_by_role("row").nth(3).wait_for()
        page.route("**/api/v1/explore/funnel", lambda it: it.fulfill(status=500, json=broken))
        page.get_by_role("link", name="Explore").click()
        page.get_by_text("broken for a moment").wait_for()
        page.unroute("**/api/v1/explore/funnel")
        page.get_by_role("button", name="Try again").click()
        page.locator("figure").first.wait_for()


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_nothing_is_wider_and_in_portuguese_all_is_said(opened, view):
    with opened(f"/explore/{view}?compare=stage", width=390, height=800) as page:
        settled(page, TITLE, shown_in(view))
        assert page.evaluate(OVERFLOW) == 0
        page.get_by_role("button", name="You and the page").click()
        page.get_by_role("menuitem", name="Português").click()
        page.get_by_role("heading", name="Explorar", level=1).wait_for()
        settled(page, TITLE, shown_in(view))
        assert page.evaluate(OVERFLOW) == 0
