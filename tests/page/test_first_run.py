"""An empty project: what it offers, and each of the ways to fill it, to the first event or segment."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest

from shoal.project.init import init_project
from tests.page.conftest import shown

ROWS = (
    "customer_id,order_date,total,city\n"
    "anna,2026-10-01,12.50,Lisbon\n"
    "bert,2026-10-02,8,Porto\n"
    ",2026-10-03,9,Porto\n"
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = 120_000
"""Milliseconds for a whole shop."""


@pytest.fixture
def site(tmp_path, browser):
    folder = tmp_path / "empty"
    init_project(folder, name="My shop", examples=False)
    with shown(folder, browser) as site:
        yield site


@pytest.fixture
def orders(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(ROWS)
    return file


def welcomed(page):
    page.get_by_role("heading", name="Welcome", level=1).wait_for()
    page.get_by_role("button", name="Make the sample shop").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_way_into_an_empty_project(opened, faults, orders, scheme):
    with opened("/", scheme=scheme) as page:
        welcomed(page)
        assert faults(page) == []
        page.get_by_role("link", name="Get the lines").click()
        page.get_by_role("button", name="Make a key").click()
        page.get_by_text("This key is shown this once").wait_for()
        assert faults(page) == []
        page.goto(page.url.replace("connect", "import"))
        page.get_by_role("button", name="Choose a file").wait_for()
        assert faults(page) == []
        page.locator("input[type=file]").set_input_files(orders)
        page.get_by_text("customer anna did").wait_for()
        page.get_by_role("button", name="Import it so").wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []


def test_the_sample_shop_fills_the_page_says_it_is_one_and_goes_again(opened, faults):
    with opened("/") as page:
        welcomed(page)
        page.get_by_role("button", name="Make the sample shop").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Making up a shop").wait_for()
        assert faults(page) == []
        heading = page.get_by_role("heading", name="What changed", level=1)
        heading.wait_for(timeout=LONG)
        page.get_by_text("Sample data", exact=True).first.wait_for()
        page.locator("ol li").first.wait_for(timeout=LONG)
        page.goto(page.url.rstrip("/") + "/data")
        page.get_by_role("button", name="Remove the sample data").click()
        page.get_by_text("No data yet").wait_for(timeout=LONG)
        page.get_by_role("link", name="Home").click()
        welcomed(page)


def test_a_file_is_read_back_in_words_corrected_imported_and_taken_back(opened, site, orders):
    with opened("/") as page:
        welcomed(page)
        page.get_by_role("link", name="Choose a file").click()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose a file").click()
        chooser.value.set_files(orders)
        page.get_by_text("customer anna did").wait_for()
        page.get_by_label("What happened", exact=True).fill("Sale")
        page.get_by_label("What the property “total” is called").fill("revenue")
        page.get_by_label("What “city” means").select_option("skip")
        page.get_by_text(re.compile("did sale on .* with revenue 12.50")).wait_for()
        page.get_by_role("button", name="Import it so").click()
        page.get_by_role("heading", name="2 rows of orders.csv are in").wait_for()
        page.get_by_text("Events: sale (2)").wait_for()
        facts = page.request.get(f"{site.address}/api/v1/project").json()
        assert (facts["events"], facts["now"]) == (2, "latest_event")
        page.get_by_role("button", name="Take it back").click()
        page.get_by_text("It is taken back.").wait_for()
        assert page.request.get(f"{site.address}/api/v1/project").json()["events"] == 0


def test_what_is_not_seen_in_a_file_is_asked_for(opened, tmp_path):
    file = tmp_path / "thing.csv"
    file.write_text("a,b,c\nanna,2026-10-01,bought\n")
    with opened("/data/import") as page:
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_text("Say which column names the customer.").wait_for()
        assert page.get_by_role("button", name="Import it so").is_disabled()
        page.get_by_label("What “a” means").select_option("user")
        page.get_by_label("What “c” means").select_option("event")
        page.get_by_label("What “b” means").select_option("time")
        page.get_by_text("customer anna did bought").wait_for()
        page.get_by_role("button", name="Take another file").click()
        page.get_by_role("button", name="Choose a file").wait_for()


def test_the_first_event_of_a_client_is_seen_as_it_arrives(opened, site):
    with opened("/data/connect") as page:
        page.get_by_text("Waiting for the first event").wait_for()
        page.get_by_role("button", name="Make a key").focus()
        page.keyboard.press("Enter")
        page.get_by_text("This key is shown this once").wait_for()
        page.get_by_text("curl", exact=True).click()
        code = page.get_by_label("Code for curl").inner_text()
        key = re.search(r"Bearer (\S+)'", code).group(1)
        assert f"curl {site.address}/v1/track" in code
        body = re.search(r"-d '(.*)'", code).group(1)
        assert json.loads(body)["event"] == "Order Completed"
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        url = f"{site.address}/v1/track"
        urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=30)
        page.get_by_text("1 arrived").wait_for()
        page.get_by_text("order completed (1)").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_empty_screen_leads_to_the_ways_in(opened, faults, scheme):
    with opened("/", scheme=scheme) as page:
        welcomed(page)
        home = page.url
        for path in ["explore", "explore/groups", "data?tab=catalogue", "data?tab=quality",
                     "data?tab=held", "customers", "lifecycle", "segments"]:  # fmt: skip
            page.goto(home + path)
            page.get_by_role("heading", level=1).wait_for()
            if path != "segments":
                page.get_by_role("link", name="Bring data").wait_for()
            page.wait_for_load_state("networkidle")
            assert faults(page) == [], path


@pytest.mark.parametrize("path", ["/", "/data/import", "/data/connect"])
def test_on_a_phone_nothing_is_wider_and_in_portuguese_all_is_said(opened, path, orders):
    with opened(path, width=390, height=800) as page:
        page.get_by_role("heading", level=1).wait_for()
        if path == "/data/import":
            page.locator("input[type=file]").set_input_files(orders)
            page.get_by_role("button", name="Import it so").wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(OVERFLOW) == 0
        page.get_by_role("button", name="You and the page").click()
        page.get_by_role("menuitem", name="Português").click()
        names = "Bem-vindo|Importar um arquivo|Conectar o seu site"
        page.get_by_role("heading", name=re.compile(names), level=1).wait_for()
        assert page.evaluate(OVERFLOW) == 0
