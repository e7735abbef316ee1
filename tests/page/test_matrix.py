"""Every screen, in both themes and every state: filled, empty, loading, failed.

The whole of it belongs to the proof; what is drawn filled is checked by each screen's own tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shoal.project.starting import start_with
from tests.page.conftest import PATIENCE, expect, shown
from tools.pictures import shop
from tools.screens import OPENED, ROUTES, Named, screens

NAV = Path(__file__).parents[2] / "web" / "src" / "app" / "nav.ts"
NAMES = list(screens(Named("a", "b", "c")))
PEOPLE = 500
"""Of the shop: enough for a prediction to be learned and tested."""
SAID = ("400", "401", "403", "404", "422", "500", "503")
"""The browser reports every answer of these: they are what is looked at."""


@pytest.fixture(scope="module")
def bare_site(tmp_path_factory, browser):
    """A project to which nothing came."""
    folder = tmp_path_factory.mktemp("bare") / "shop"
    for _ in start_with(folder, ["small-business"], name="New shop"):
        pass
    with shown(folder, browser) as site:
        yield site


@pytest.fixture(scope="module")
def full_site(tmp_path_factory, browser):
    """The shop of the pictures: campaigns that ran, predictions, sources, and what was refused."""
    folder = tmp_path_factory.mktemp("full") / "shop"
    shop(folder, PEOPLE)
    with shown(folder, browser) as site:
        yield site


@pytest.fixture(scope="module")
def addresses(browser, full_site):
    """Where each screen stands."""
    ask = browser.new_context(storage_state=full_site.state).request
    rows = ask.get(f"{full_site.address}/api/v1/segments").json()
    name = max((it for it in rows if it["partition"] is None), key=lambda it: it["size"])["name"]
    asked = f"{full_site.address}/api/v1/segments/members?limit=1&name={name}"
    return screens(Named(name, ask.get(asked).json()["user_ids"][0], "come_back"))


def route_of(path):
    return path.partition("?")[0]


def test_every_route_of_the_page_is_a_screen_that_is_looked_at():
    routes = re.findall(r"\{ path: '([^']+)', view", NAV.read_text(encoding="utf-8"))
    looked_at = [route_of(it) for it in screens(Named("a", "b", "c")).values()]
    missing = [
        route
        for route in routes
        if not any(re.fullmatch(re.sub(r":\w+", "[^/]+", route), it) for it in looked_at)
    ]
    assert routes
    assert missing == [], "name it in tools/screens.py"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["filled", "empty", "loading", "failed"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(request, opened_at, faults, addresses, name, state, scheme):
    opened = opened_at(request.getfixturevalue("bare_site" if state == "empty" else "full_site"))
    with opened(scheme=scheme, allow=SAID) as page:
        page.get_by_role("navigation").first.wait_for()
        if state in ROUTES:
            page.route("**/api/v1/**", ROUTES[state])
        page.goto(page.url.rstrip("/") + addresses[name])
        page.locator("main h1, main [role=alert], main [aria-busy]").first.wait_for()
        if state == "loading":
            page.wait_for_timeout(600)
        else:
            page.wait_for_load_state("networkidle")
            page.locator("main [aria-busy=true]").first.wait_for(state="detached", timeout=PATIENCE)
        assert faults(page) == []
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0
        expect(page.locator("h1")).to_have_count(1)
        page.unroute_all(behavior="ignoreErrors")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sheet", list(OPENED))
def test_axe_finds_nothing_in_a_sheet(opened_at, full_site, faults, addresses, sheet, scheme):
    screen, press = OPENED[sheet]
    with opened_at(full_site)(addresses[screen], scheme=scheme) as page:
        page.get_by_role("button", name=re.compile(press)).first.click()
        page.get_by_role("dialog").wait_for()
        page.wait_for_load_state("networkidle")
        assert faults(page) == []
