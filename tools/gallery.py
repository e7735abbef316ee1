"""Takes the pictures of `docs/gallery.md`: the page on a made-up shop, as anybody would see it.

python tools/gallery.py

Needs the built page and Chromium. Everything shown is sample data, made on this machine and marked
so on every screen. The pictures differ from run to run only where the page does.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from shoal.cli import main as command
from shoal.project.opening import open_project
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs" / "gallery"
LINK = re.compile(r"/api/v1/open/\w+")
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PATIENCE = 60_000
"""Milliseconds to wait for what must come."""
QUALITY = 80
DESK, PHONE = (1360, 850), (390, 844)

PREDICTION = "will_lapse"
PREDICTIONS = """\
predictions:
  will_lapse:
    title: {en: chance of no order in 90 days, pt: probabilidade de nenhum pedido em 90 dias}
    target: did not order_completed in next 90d
    population: did order_completed in last 365d
  will_buy:
    title: {en: chance of an order in 30 days, pt: probabilidade de um pedido em 30 dias}
    target: did order_completed in next 30d
  spend_90d:
    title: {en: spend in the next 90 days, pt: gasto nos próximos 90 dias}
    target: sum(order_completed.revenue in next 90d)
    population: did order_completed in last 365d
"""
"""What a made-up shop foretells: the first is fitted and tested."""


def foretell(folder: Path) -> None:
    """Has a made-up shop foretell: its predictions written and applied, one fitted and tested."""
    (folder / "predictions").mkdir(exist_ok=True)
    (folder / "predictions" / "next.yml").write_text(PREDICTIONS, encoding="utf-8")
    for step in (
        ("apply", "--yes"),
        ("predict", "fit", PREDICTION),
        ("predict", "backtest", PREDICTION),
    ):
        assert command([*step, "--project", str(folder)]) == 0


@dataclass(frozen=True)
class Picture:
    """A view: its file's name, its address, what to wait for, and how it is looked at."""

    name: str
    path: str
    until: str
    scheme: str = "light"
    size: tuple[int, int] = DESK
    language: str = "en"


def pictures(segment: str, customer: str) -> list[Picture]:
    """What is worth seeing, of one segment and one customer."""
    rule = "did order_completed in last 365d and count(order_completed) >= 2"
    return [
        Picture("home", "/", "main table, main svg"),
        Picture("segments", "/segments", "main table", scheme="dark"),
        Picture("builder", f"/segments/new?rule={rule.replace(' ', '%20')}", "main fieldset"),
        Picture("segment", f"/segments/{segment}", "main figure, main [role=img]"),
        Picture("audit", f"/segments/{segment}?tab=audit", "main article, main section h2"),
        Picture("customer", f"/customers/{customer}", "main h2"),
        Picture("predictions", f"/predictions/{PREDICTION}", "main figure svg"),
        Picture(
            "scores", f"/predictions/{PREDICTION}?tab=scores", "main [type=range]", scheme="dark"
        ),
        Picture("lifecycle", "/lifecycle", "main table", scheme="dark"),
        Picture("retention", "/explore/retention", "main table"),
        Picture("quality", "/data?tab=quality", "main li", language="pt"),
        Picture(
            "phone",
            f"/segments/{segment}",
            "main figure, main [role=img]",
            scheme="dark",
            size=PHONE,
        ),
    ]


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The page of a project: its address, and the link that opens it once."""
    command = [sys.executable, "-m", "shoal", "serve", "--port", "0", "--project", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = process.stdout.readline().strip().rpartition(" ")[2]
        found = LINK.search(process.stderr.readline())
        assert found is not None
        try:
            yield address, found.group()
        finally:  # else what went wrong inside would never be told: it waits for the server's end
            process.terminate()
            process.wait(30)


def take(browser: Browser, address: str, state: object, picture: Picture) -> None:
    """One picture, as WebP."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,  # type: ignore[arg-type]
        storage_state=state,  # type: ignore[arg-type]
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.add_init_script(f"localStorage.setItem('shoal-language', '{picture.language}')")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address + picture.path)
    page.locator(picture.until).first.wait_for()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    _keep(page, picture)
    context.close()


def _keep(page: Page, picture: Picture) -> None:
    """WebP by the browser itself: it knows no other library."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (PLACE / f"{picture.name}.webp").write_bytes(base64.b64decode(shot["data"]))


def main() -> None:
    """Makes the shop, serves it, and takes every picture."""
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    wanted = set(sys.argv[1:])
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "shop"
        for _ in start_with(folder, ["small-business"], name="Sample shop"):
            pass
        write_setting(folder, "now", "latest_event")
        import_sample(
            open_project(folder), Wanted("small-business", people=2_000, until="2026-10-01")
        )
        foretell(folder)
        with served(folder) as (address, link), sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=list(QUIET))
            context = browser.new_context()
            page = context.new_page()
            page.goto(address + link)
            page.get_by_role("navigation").first.wait_for(timeout=PATIENCE)
            state = context.storage_state()
            asks = context.request
            rows = asks.get(f"{address}/api/v1/segments").json()
            sized = [it for it in rows if it["size"] and "." not in it["name"]]
            segment = sorted(sized, key=lambda it: it["size"])[len(sized) // 2]["name"]
            people = asks.get(f"{address}/api/v1/segments/members?name={segment}&limit=1").json()
            for picture in pictures(segment, people["user_ids"][0]):
                if not wanted or picture.name in wanted:
                    take(browser, address, state, picture)
            browser.close()


if __name__ == "__main__":
    main()
