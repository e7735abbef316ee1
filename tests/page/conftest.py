"""The page as anybody opens it: `shoal serve` in a process of its own, and Debian's Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import shoal
from shoal.api.page import BUILT
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LINK = re.compile(r"/api/v1/open/\w+")
PATIENCE = 30_000
"""Milliseconds to wait for what must come."""


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(reason: str) -> None:
    """Skips, but not where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    if not (BUILT / "index.html").exists():
        missing("the page is not built: run `make page`")
    named = os.environ.get("CHROMIUM")
    found = named or next((it for name in BROWSERS if (it := shutil.which(name))), None)
    if found is None:
        missing("needs Chromium: run `make browser`, or say where it is: CHROMIUM=/path")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """A project with a small made-up shop, asked about at its latest event."""
    folder = tmp_path_factory.mktemp("page") / "shop"
    for _ in start_with(folder, ["small-business"], name="Test shop"):
        pass
    write_setting(folder, "now", "latest_event")
    from shoal.project.opening import open_project

    import_sample(open_project(folder), Wanted("small-business", people=300, until="2026-10-01"))
    shoal.open(folder).rule("everyone").count()  # compiles what is compiled at the first use
    return folder


def settled(page, title, *parts):
    """Until a screen is there: its title, the first of each part, and nothing asked any more."""
    page.get_by_role("heading", name=title, level=1).wait_for()
    for part in parts:
        page.locator(part).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.locator("[aria-busy=true]").first.wait_for(state="detached")


def counted(page):
    """The large number beside a rule, once it is that of the last change."""
    status = page.locator("main aside [role=status]:not([aria-busy])")
    status.wait_for()
    page.wait_for_timeout(400)  # the pause before one asks, so that what is read is what was asked
    status.wait_for()
    return int(re.sub(r"\D", "", status.inner_text().splitlines()[0]))


def expect(what):
    """Playwright's assertions, which wait as long as everything here may take."""
    from playwright.sync_api import expect as playwrights

    playwrights.set_options(timeout=PATIENCE)
    return playwrights(what)


@dataclass
class Site:
    """Where the page is served, and the browser's state after the first log-in."""

    address: str
    link: str
    state: dict = field(default_factory=dict)


@contextmanager
def shown(folder, browser):
    """A project's page, served in a process of its own, with an admin logged in."""
    command = [sys.executable, "-m", "shoal", "serve", "--port", "0", "--project", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told = process.stdout.readline()
        address = told.strip().rpartition(" ")[2]
        assert address.startswith("http://127.0.0.1:"), told + process.stderr.readline()
        link = LINK.search(process.stderr.readline()).group()
        try:
            site = Site(address, link)
            context = browser.new_context()
            page = context.new_page()
            page.goto(address + link)
            page.get_by_role("navigation").first.wait_for()
            site.state = context.storage_state()
            context.close()
            yield site
        finally:  # else a failure above is never told: it waits for the server's end
            process.terminate()
            process.wait(PATIENCE / 1000)


@pytest.fixture(scope="session")
def site(shop, browser):
    with shown(shop, browser) as site:
        yield site


@pytest.fixture
def opened_at(browser):
    """Opens pages of a site; whatever they then say on the console or ask of others fails."""
    return lambda site: _opener(browser, site)


@pytest.fixture
def opened(opened_at, site):
    """Opens an address of the page of the made-up shop."""
    return opened_at(site)


def _opener(browser, site):
    @contextmanager
    def open_page(
        path="/", *, scheme="light", width=1360, height=900, known=True, state=None, allow=()
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            storage_state=(state or site.state) if known else None,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        said, foreign = [], []
        page.on("console", lambda it: said.append(f"{it.type}: {it.text}"))
        page.on("pageerror", lambda it: said.append(f"error: {it}"))
        page.on("request", lambda it: _note_foreign(it.url, site.address, foreign))
        page.goto(site.address + path)
        yield page
        context.close()
        assert [it for it in said if not any(one in it for one in allow)] == []
        assert foreign == []

    return open_page


def _note_foreign(url: str, address: str, foreign: list[str]) -> None:
    if urlsplit(url).scheme not in {"data", "blob"} and not url.startswith(f"{address}/"):
        foreign.append(url)


@pytest.fixture(scope="session")
def viewer(browser, site):
    """The browser's state of somebody who may look, and nothing more."""
    return _viewer(browser, site)


@pytest.fixture(scope="session")
def letters_viewer(browser, letters_site):
    """The same, where there are campaigns."""
    return _viewer(browser, letters_site)


def _viewer(browser, site):
    given = {"email": "viewer@example.org", "password": "three tired herons"}
    owner = browser.new_context(storage_state=site.state).request
    token = owner.get(f"{site.address}/api/v1/me").json()["csrf"]
    made = owner.post(
        f"{site.address}/api/v1/users",
        data={**given, "role": "viewer"},
        headers={"x-csrf-token": token},
    )
    assert made.status == 201, made.text()
    context = browser.new_context()
    assert context.request.post(f"{site.address}/api/v1/login", data=given).status == 200
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def wrong_rows(site, shop, tmp_path, request):
    """Imports a file of two rows, of which one is wrong; its name."""
    name = f"{request.node.name}.csv"
    (tmp_path / name).write_text(
        "user,event,time,note\n"
        f"u1,order_completed,2026-09-01T10:00:00Z,{name}\n"
        f"u2,order_completed,no time at all,{name}\n"
    )
    wanted = ["--user", "user", "--event-col", "event", "--time", "time"]
    command = [
        sys.executable,
        "-m",
        "shoal",
        "--project",
        str(shop),
        "import",
        str(tmp_path / name),
        *wanted,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return name


@pytest.fixture
def faults():
    """What axe finds wrong with what a page shows: WCAG 2.2 AA and good practice."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wanted = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def look(page):
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": wanted}})
        return [
            (it["id"], node["html"][:200], node.get("failureSummary", "")[:300])
            for it in found.response["violations"]
            for node in it["nodes"]
        ]

    return look


VISITORS = """\
segments:
  visitors:
    title: {en: Visitors, pt: Visitantes}
    rule: did visit
    purpose: offers
"""
SPRING = """\
  spring:
    title: Spring is here
    audience: visitors
    purpose: offers
    goal: did visit in next 14d
    subject: "{{ first_name | default: 'Hello' }}, spring is here"
    text: "New things in {{ city }} for who came to visit. {{ unsubscribe_url }}"
    html: "<h1>Spring</h1><p>New things in <b>{{ city }}</b>.</p><script>document.title = 1</script>"
    holdout: 10%
    timing: every 1w
"""
PEOPLE = 240


@pytest.fixture(scope="session")
def letters(tmp_path_factory):
    """A shop that wrote to its visitors and left some alone, of whom fewer came back."""
    from shoal.project.campaigns.sending import finish
    from shoal.store.campaign_books import CampaignBooks
    from shoal.store.outbox import Outbox
    from tests.project.campaign_shop import DAY, WINBACK, shop_in

    shop = shop_in(tmp_path_factory.mktemp("letters") / "shop", people=PEOPLE)
    (shop.folder / "segments").mkdir(exist_ok=True)
    (shop.folder / "segments" / "visitors.yml").write_text(VISITORS)
    towns = shop.folder / "towns.csv"
    towns.write_text(
        "user,city\n" + "".join(f"p{it},Porto\n" for it in range(PEOPLE) if it % 3 or it < 30)
    )
    assert shop.cli("import", towns, "--profiles", "--user", "user") == 0
    before = shop.at - DAY
    denied, gone, never = {"purpose": "offers", "state": "denied"}, "unsubscribed", "suppressed"
    shop.bring("$consent", [(f"p{it}", before, denied) for it in range(12)])
    said = {"channel": "email", "state": gone, "reason": "too often"}
    shop.bring("$subscription", [(f"p{it}", before, said) for it in range(12, 20)])
    said = {"channel": "all", "state": never, "reason": "asked by phone"}
    shop.bring("$suppression", [(f"p{it}", before, said) for it in range(20, 25)])
    sent = {"campaign": "another", "channel": "email"}
    shop.bring("$send", [(f"p{it}", before, sent) for it in range(25, 45)])
    shop.define(WINBACK + "    cap: 1 per 7d\n" + SPRING, "letters")
    shop.go()
    shop.run()
    written = sorted(shop.mailbox.users)
    left = sorted({f"p{it}" for it in range(45, PEOPLE)} - set(written))
    back = [*written[::2], *left[::6]]
    shop.bring(
        "visit",
        [(who, shop.at + 3 * DAY + it * 60_000_000, {"pages": 4}) for it, who in enumerate(back)],
    )
    shop.at += 20 * DAY
    shop.bring("newsletter_written", [("editor", shop.at, {})])
    project = shop.project
    finish(CampaignBooks(project.store.books), Outbox(project.store.books), shop.at)
    write_setting(shop.folder, "now", "latest_event")
    return shop.folder


@pytest.fixture(scope="session")
def letters_site(letters, browser):
    with shown(letters, browser) as site:
        yield site
