"""Photographs every screen of the page, to be looked at: each width, both themes, and each state.

python -m tools.pictures FOLDER [--only segment --widths 390 1360 --themes dark --states failed]

*filled* is a made-up shop with a campaign that has run, *empty* a project to which nothing came yet,
*loading* the shop whose answers do not come, *failed* the shop whose answers are errors. Sheets of
several pictures stand beside them in FOLDER/sheets. It is said which screen is wider than its window.
Needs the built page and Chromium; FOLDER is best outside the repository: some hundred megabytes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as Impatience

import shoal
from shoal.channels.email import Outcome, Told
from shoal.cli import main as command
from shoal.events.event import Event
from shoal.project.campaigns import campaigns
from shoal.project.campaigns.passing import pass_campaigns
from shoal.project.campaigns.sending import Sender
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting, write_settings
from shoal.project.starting import start_with
from tools.gallery import PATIENCE, QUIET, foretell, served
from tools.screens import OPENED, ROUTES, Named, screens

DAY = 86_400_000_000
UNTIL = "2026-10-01"
HEIGHTS = {390: 844, 768: 1024, 1360: 850, 1920: 1080}
"""How high a window of each width is."""
THEMES = ("light", "dark")
STATES = ("filled", "empty", "loading", "failed")
ABREAST = {390: 4, 768: 2, 1360: 2, 1920: 2}
"""How many pictures of a width stand side by side on a sheet."""
SHEET = 1560
LONGEST = 3
"""How many windows of a long screen are kept."""
CAMPAIGN = """\
campaigns:
  come_back:
    title: {en: Come back for autumn, pt: Volte no outono}
    audience: did order_completed in last 365d
    purpose: marketing
    goal: did order_completed in next 21d
    metrics:
      revenue: sum(order_completed.revenue in next 21d)
    subject: "{{ first_name | default: 'Hello' }}, autumn is here"
    text: "Hello {{ first_name | default: 'you' }}, {{ offer }} {{ unsubscribe_url }}"
    offer: 10 % off until Sunday
    holdout: 20%
    cap: 2 per 7d
  new_shelf:
    title: {en: What is new, pt: Novidades}
    audience: did order_completed in last 90d
    purpose: marketing
    goal: did order_completed in next 14d
    subject: "New on our shelf"
    text: "Come and see. {{ unsubscribe_url }}"
    holdout: 10%
    timing: every 1w
"""

MAPPING = "events: {{event: {name}, user: who, time: at}}\n"
SOURCES = {
    "returns": "from: exports/returns\nmapping: returns.yml\nevery: 1h\n",
    "calls": "from: exports/calls\nmapping: calls.yml\n",
    "till": "from: exports/till\nmapping: calls.yml\n",
}


def shop(folder: Path, people: int) -> None:
    """A made-up shop that has written to its customers, and of which some came back by themselves."""
    for _ in start_with(folder, ["small-business"], name="Sample shop"):
        pass
    write_setting(folder, "now", "latest_event")
    import_sample(open_project(folder), Wanted("small-business", people=people, until=UNTIL))
    at = read(open_project(folder)).at(None) - 40 * DAY
    _agreed(folder, at - 200 * DAY)
    (folder / "campaigns").mkdir(exist_ok=True)
    (folder / "campaigns" / "autumn.yml").write_text(CAMPAIGN, encoding="utf-8")
    mail = "{host: 127.0.0.1, port: 9, tls: none, from: Shop <shop@example.org>}"
    address = "https://shop.example.org"
    write_settings(folder, {"now": "clock", "email": mail, "public_url": address})
    assert command(["apply", "--yes", "--project", str(folder)]) == 0
    _sent(folder, at)
    write_setting(folder, "now", "latest_event")
    foretell(folder)
    _sources(folder)


def _sources(folder: Path) -> None:
    """Three places that are read again and again: one runs well, one failed, one was never read."""
    rows = [
        f"sample-{1 + number:05d},2026-09-{1 + number % 28:02d},{number % 9}.50"
        for number in range(400)
    ]
    for name in ("returns", "calls"):
        place = folder / "exports" / name
        place.mkdir(parents=True)
        told = "\n".join(["who,at,fee", *rows, "sample-00001,no day at all,1.00", ""])
        (place / "2026-09.csv").write_text(told, encoding="utf-8")
        (folder / f"{name}.yml").write_text(MAPPING.format(name=name), encoding="utf-8")
    (folder / "sources").mkdir(exist_ok=True)
    for name, text in SOURCES.items():
        (folder / "sources" / f"{name}.yml").write_text(text, encoding="utf-8")
    for name in ("returns", "till"):
        command(["source", "run", name, "--project", str(folder)])


def _agreed(folder: Path, at: int) -> None:
    """Most agreed to be written to; some left again."""
    people = shoal.open(folder).rule("everyone").members()["user_id"].to_pylist()
    said = [("$consent", who, {"purpose": "marketing", "state": "granted"}) for who in people]
    left = {"channel": "email", "state": "unsubscribed", "reason": "too often"}
    said = [*(it for number, it in enumerate(said) if number % 7),
            *(("$subscription", who, left) for who in people[::11])]  # fmt: skip
    open_project(folder).store.append(
        [
            Event(event, who, None, at, at, f"{event}-{who}", dict(cells))
            for event, who, cells in said
        ]
    )


def _sent(folder: Path, at: int) -> None:
    """The campaign started and sent at an instant, to nobody's mailbox."""
    project = open_project(folder, clock=lambda: at)
    found = campaigns.check(read(project), "come_back", "owner@example.org")
    assert not found["problems"], found["problems"]
    for step in ("approve", "start"):
        campaigns.act(read(project), "come_back", step, "owner@example.org")
    project = open_project(folder, clock=lambda: at)
    with campaigns.passing(project):
        pass_campaigns(project, project.store.append)
        sender = Sender(
            project,
            project.store.append,
            deliver=lambda letters: [Told(Outcome.SENT)] * len(letters),
        )
        sender.recover()
        sender.run()


def bare(folder: Path) -> None:
    """A project to which nothing came: its segments have nobody."""
    for _ in start_with(folder, ["small-business"], name="New shop"):
        pass


@contextmanager
def opened(browser: Browser, folder: Path) -> Iterator[tuple[str, Any, Named]]:
    """A project's page: its address, the browser's state, and whom the addresses speak of."""
    with served(folder) as (address, link):
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(address + link)
        page.get_by_role("navigation").first.wait_for()
        ask = context.request
        rows = ask.get(f"{address}/api/v1/segments").json()
        sized = sorted((it for it in rows if "." not in it["name"]), key=lambda it: it["size"] or 0)
        segment = [it["name"] for it in sized if it["size"]][-3:] or [it["name"] for it in sized]
        asked = f"{address}/api/v1/segments/members?limit=1&name={segment[0]}"
        members = ask.get(asked).json()["user_ids"]
        named = [it["name"] for it in ask.get(f"{address}/api/v1/campaigns").json()]
        yield (
            address,
            context.storage_state(),
            Named(segment[0], (members or ["anna"])[0], (named or ["none"])[0]),
        )
        context.close()


def taken(page: Page, address: str, state: str, place: Path, press: str | None = None) -> bool:
    """A picture of a screen, or of what a button of it opens; whether it is wider than its window."""
    page.goto(address)
    page.locator("main h1, main [role=alert], main [aria-busy]").first.wait_for()
    if state == "loading":
        page.wait_for_timeout(1_200)
    else:
        try:
            page.wait_for_load_state("networkidle", timeout=PATIENCE)
            page.locator("main [aria-busy=true]").first.wait_for(state="detached")
        except Impatience:
            print(f"{place.stem}: still busy", file=sys.stderr)
        if press is not None:
            page.get_by_role("button", name=re.compile(press)).first.click()
            page.get_by_role("dialog").wait_for()
            page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
    width, height = page.viewport_size["width"], page.viewport_size["height"]  # type: ignore[index]
    shape = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    page.screenshot(
        path=place,
        full_page=press is None,
        clip={
            "x": 0,
            "y": 0,
            "width": width,
            "height": min(shape[1], LONGEST * height) if press is None else height,
        },
    )
    return shape[0] > width


def sheets(browser: Browser, folder: Path, name: str, width: int, shown: Sequence[Path]) -> None:
    """Several pictures beside each other, so that many are seen at once."""
    abreast = ABREAST[width]
    page = browser.new_page(viewport={"width": SHEET, "height": 100})
    side = SHEET // abreast - 8
    height = round(side * HEIGHTS[width] / width * 1.6)
    style = (
        "body{margin:0;display:grid;gap:8px;font:13px sans-serif;background:#777;"
        f"grid-template-columns:repeat({abreast},{side}px)}}"
        f"figure{{margin:0;color:#fff}}img{{width:{side}px;max-height:{height}px;"
        "object-fit:cover;object-position:top;display:block}"
    )
    for first in range(0, len(shown), 2 * abreast):
        figures = "".join(
            f"<figure><figcaption>{it.stem}</figcaption><img src='{it.resolve().as_uri()}'></figure>"
            for it in shown[first : first + 2 * abreast]
        )
        written = folder / "sheet.html"
        written.write_text(f"<style>{style}</style>{figures}", encoding="utf-8")
        page.goto(written.resolve().as_uri())
        place = folder / f"{name}-{first // (2 * abreast) + 1}.png"
        page.screenshot(path=place, full_page=True)
        written.unlink()
    page.close()


def _context(browser: Browser, state: Any, width: int, theme: str, language: str) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=theme,  # type: ignore[arg-type]
        storage_state=state,
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(f"localStorage.setItem('shoal-language', '{language}')")
    return context


def photographed(browser: Browser, project: Path, states: Sequence[str], wanted: Any) -> None:
    """Every wanted screen of a project, in each of some states."""
    place: Path = wanted.folder
    (place / "sheets").mkdir(parents=True, exist_ok=True)
    with opened(browser, project) as (address, kept, named):
        every = {name: (path, None) for name, path in screens(named).items()}
        opened_ones = {name: (every[screen][0], press) for name, (screen, press) in OPENED.items()}
        looks = product(states, wanted.themes, wanted.widths)
        for state, theme, width in cast("Iterable[tuple[str, str, int]]", looks):
            context = _context(browser, kept, width, theme, wanted.language)
            if state in ROUTES:
                context.route("**/api/v1/**", ROUTES[state])
            shown: list[Path] = []
            chosen = {
                name: it
                for name, it in (every | (opened_ones if state == "filled" else {})).items()
                if not wanted.only or any(name.startswith(one) for one in wanted.only)
            }
            for name, (path, press) in chosen.items():
                page = context.new_page()
                shown.append(place / f"{name}-{state}-{width}-{theme}.png")
                if taken(page, address + path, state, shown[-1], press):
                    print(f"{shown[-1].stem}: wider than its window", flush=True)
                page.close()
            context.close()
            sheets(browser, place / "sheets", f"{state}-{width}-{theme}", width, shown)
            print(f"{state}, {width}, {theme}: {len(shown)} pictures", flush=True)


def main() -> None:
    """Makes the projects, serves them, and takes every picture that is wanted."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    reader.add_argument("folder", type=Path, help="where the pictures go")
    reader.add_argument("--only", nargs="*", help="names of screens, or how they begin")
    reader.add_argument("--widths", nargs="*", type=int, choices=HEIGHTS, default=list(HEIGHTS))
    reader.add_argument("--themes", nargs="*", choices=THEMES, default=list(THEMES))
    reader.add_argument("--states", nargs="*", choices=STATES, default=list(STATES))
    reader.add_argument("--language", choices=("en", "pt"), default="en")
    reader.add_argument("--people", type=int, default=1_500, help="of the made-up shop")
    reader.add_argument("--projects", type=Path, help="where the projects stand, and stay")
    wanted = reader.parse_args()
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        projects: Path = wanted.projects or Path(scratch)
        browser = driver.chromium.launch(executable_path=browser_path, args=list(QUIET))
        full = [it for it in wanted.states if it != "empty"]
        if full:
            if not (projects / "shop").exists():
                shop(projects / "shop", wanted.people)
            photographed(browser, projects / "shop", full, wanted)
        if "empty" in wanted.states:
            if not (projects / "bare").exists():
                bare(projects / "bare")
            photographed(browser, projects / "bare", ["empty"], wanted)
        browser.close()


if __name__ == "__main__":
    main()
