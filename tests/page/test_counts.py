"""One number, one meaning: list = page = builder = customers listed = API = home, for every segment."""

from __future__ import annotations

import re

import pytest


def numbers(text):
    return int(re.sub(r"\D", "", text))


@pytest.fixture(scope="module")
def rows(browser, site):
    """Every applied segment as the API lists it."""
    context = browser.new_context(storage_state=site.state)
    yield context.request.get(f"{site.address}/api/v1/segments").json()
    context.close()


def asked(page, site, path, **params):
    answer = page.request.get(f"{site.address}/api/v1/segments{path}", params=params)
    assert answer.status == 200, answer.text()
    return answer.json()


def test_the_list_the_count_the_members_and_the_course_of_every_segment_are_one(opened, site, rows):
    with opened("/segments") as page:
        page.get_by_role("table").locator("tbody tr").nth(len(rows) - 1).wait_for()
        told = page.get_by_role("table").locator("tbody tr").all()
        listed = [numbers(row.locator("td").first.inner_text()) for row in told]
        assert listed == [it["size"] for it in rows]
        sizes = asked(page, site, "/sizes")["sizes"]
        for row in rows:
            name = row["name"]
            assert sizes[name][-1] == row["size"], name
            assert asked(page, site, "/count", name=name)["count"] == row["size"], name
            people = asked(page, site, "/members", name=name, limit=1_000)["user_ids"]
            assert len(set(people)) == row["size"], name


def test_page_customers_and_builder_of_a_segment_are_the_list_s_number(opened, site, rows):
    plain = sorted((it for it in rows if it["partition"] is None), key=lambda it: it["size"])
    for row in (plain[0], plain[len(plain) // 2], plain[-1]):
        size, name = f"{row['size']:,}", row["name"]
        with opened(f"/segments/{name}?tab=members") as page:
            stat = page.locator("main").get_by_text("Customers", exact=True).first.locator("..")
            stat.get_by_text(size, exact=True).wait_for()
            if row["size"]:
                page.get_by_role("status").filter(has_text=f"of {size}").wait_for()
            else:
                page.get_by_text("Nobody is in this segment").wait_for()
            page.get_by_role("tab", name="Overview").click()
            chart = page.get_by_role("figure").first
            chart.get_by_text(re.compile(f"to {size} on")).first.wait_for()
        with opened(f"/segments/{name}/edit") as page:
            number = page.locator("main aside [role=status]:not([aria-busy])")
            number.get_by_text(size, exact=True).wait_for()


def test_what_home_says_is_what_the_list_says(opened, rows):
    by_title = {it["title"]: it["size"] for it in rows if it["title"]}
    with opened("/") as page:
        page.locator("ol li").first.wait_for()
        for row in page.locator("ol li").all():
            name = row.get_by_role("link").get_attribute("href").rpartition("/")[2]
            now = next(it["size"] for it in rows if it["name"] == name)
            assert numbers(row.inner_text().partition("→")[2].partition("customers")[0]) == now
        assert by_title
