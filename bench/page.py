"""``python -m bench page``: how fast the page is over the events of a big store.

It needs a store that ``python -m bench segments`` has made (10,000,000 events, 1,000,000 people), and
works on a copy of it in which the 24 segments of set W are applied. ``shoal serve`` runs in processes
of its own; Chromium without a window looks at it over this machine's own network. What is measured is
what the browser itself measures, or what a script in the page does between a key and the frame that
shows the answer. The section it writes in ``bench/RESULTS.md`` stands between two marks.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.definitions import set_w
from bench.measure import load, machine, say, write_section
from bench.shoal_side import shoal

RESULTS = Path(__file__).parent / "results" / "page"
STORE = "events-plain-10000000-1000000-7"
BEGIN, END = "<!-- page: begin -->", "<!-- page: end -->"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LINK = re.compile(r"/api/v1/open/\w+")
PATIENCE = 120_000
"""Milliseconds to wait for what must come."""
SIZE = {"width": 1360, "height": 850}
LEAST = 16
"""Milliseconds from which on a browser tells of an event; faster ones count as this many."""
ROW = "count(order_completed in last 365d) >= 2 and did not order_completed in last 90d"
PAINTED, ACTED, COUNTED = 1.0, 0.1, 1.0
"""The aims, in seconds: the largest part painted, an interaction, a key to its count."""

# What is noted in the page while it is used.
NOTING = """(() => {
  const noted = { largest: 0, acts: {}, counts: [], key: null, busy: false }
  Object.defineProperty(window, 'noted', { value: noted })
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) noted.largest = Math.max(noted.largest, one.startTime)
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      if (one.interactionId) noted.acts[one.interactionId] = Math.max(noted.acts[one.interactionId] ?? 0, one.duration)
    }
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 })
  const look = () => {
    const number = document.querySelector('main aside [role=status]')
    if (noted.key === null || number === null) return
    if (number.hasAttribute('aria-busy')) noted.busy = true
    else if (noted.busy) {
      const began = noted.key
      noted.key = null
      noted.busy = false
      requestAnimationFrame(() => setTimeout(() => noted.counts.push(performance.now() - began)))
    }
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
  window.addEventListener('keydown', (event) => { noted.key = event.timeStamp; noted.busy = false }, true)
})()"""


@dataclass
class Times:
    """Milliseconds of something done again and again."""

    all: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        ordered = sorted(self.all)
        places = {"p50": 0.5, "p95": 0.95}
        found = {
            name: ordered[min(len(ordered) - 1, int(len(ordered) * it))]
            for name, it in places.items()
        }
        return {**{name: round(it, 1) for name, it in found.items()},
                "most": round(ordered[-1], 1), "runs": len(ordered)}  # fmt: skip


def prepared(store: Path, folder: Path) -> None:
    """A copy of the store with set W applied, asked about at its latest event."""
    shutil.copytree(store, folder)
    for path in (*folder.glob("segments/*"), *folder.glob("traits/*")):
        path.unlink()
    (folder / "segments").mkdir(exist_ok=True)
    lines = [f"  {it.name}: {json.dumps(it.rule)}" for it in set_w()]
    (folder / "segments" / "w.yml").write_text("\n".join(["segments:", *lines, ""]))
    from shoal.project.settings import write_setting

    write_setting(folder, "now", "latest_event")
    shoal("apply", "--yes", folder=folder)


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
        finally:
            process.terminate()
            process.wait(60)


class Site:
    """The page in a browser that has never seen it, each time it is opened."""

    def __init__(self, browser: Any, address: str, link: str) -> None:
        self.browser, self.address = browser, address
        context = browser.new_context()
        page = context.new_page()
        page.goto(address + link)
        page.get_by_role("navigation").first.wait_for(timeout=PATIENCE)
        self.state = context.storage_state()
        context.close()

    @contextmanager
    def opened(self, path: str, until: str) -> Iterator[Any]:
        """A page once all of it is there."""
        context = self.browser.new_context(
            viewport=SIZE, storage_state=self.state, reduced_motion="reduce", locale="en-GB"
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NOTING)
        page = context.new_page()
        page.goto(self.address + path)
        page.locator(until).first.wait_for()
        page.wait_for_load_state("networkidle")
        yield page
        context.close()


def noted(page: Any, what: str) -> Any:
    """What the page has noted, once the browser has told of everything."""
    page.wait_for_timeout(400)
    return page.evaluate(f"window.noted.{what}")


def painted(site: Site, path: str, until: str, repeat: int) -> dict[str, Any]:
    """When the largest part of a screen is painted: the first time, then others."""
    times = Times()
    for _ in range(repeat + 1):
        with site.opened(path, until) as page:
            times.all.append(noted(page, "largest"))
    first, times.all = times.all[0], times.all[1:]
    return {"first": round(first, 1), **times.told()}


def acted(site: Site, repeat: int) -> dict[str, Any]:
    """What a click or a key takes until the frame that shows what it did."""
    times = Times()
    with site.opened("/segments", "main table tbody tr:nth-child(20)") as page:
        done = _looked_through(page, repeat)
        times.all += _as_told(noted(page, "acts"), done)
    with site.opened("/segments/new", "main aside [role=status]") as page:
        done = _built(page, repeat)
        times.all += _as_told(noted(page, "acts"), done)
    return times.told()


def _as_told(acts: dict[str, float], done: int) -> list[float]:
    """What the browser told of, and those too fast to tell of."""
    return [*acts.values(), *([LEAST] * max(0, done - len(acts)))]


def _looked_through(page: Any, repeat: int) -> int:
    """A table sorted by one column after the other, and searched."""
    heads = page.locator("main th button").all()
    for turn in range(repeat // 2):
        heads[turn % len(heads)].click()
    page.get_by_role("textbox").first.focus()
    for letter in "orders bought in week"[: repeat - repeat // 2]:
        page.keyboard.press("Space" if letter == " " else letter)
    return repeat


def _built(page: Any, repeat: int) -> int:
    """Conditions added by name, and what was added undone."""
    for turn in range(repeat // 4):
        page.locator("main h1").focus()  # in a field `/` is a sign like any other
        page.keyboard.press("/")
        page.keyboard.press("o")
        page.keyboard.press("Enter")
        page.get_by_role("group", name=f"Condition {turn % 2 + 1}", exact=True).wait_for()
        if turn % 2:
            for _ in range(2):
                page.get_by_role("button", name="Undo").click()
    return 3 * (repeat // 4) + 2 * (repeat // 8)


def counted(site: Site, repeat: int, turns: Sequence[str]) -> dict[str, Any]:
    """From a key to the exact count of the rule it made, for each kind of change."""
    kinds = {"limit": "Condition 1: number", "window": "Condition 2: span"}
    answer: dict[str, Any] = {}
    for kind in turns:
        asked: list[float] = []
        path = f"/segments/new?rule={ROW.replace(' ', '%20').replace('>', '%3E')}"
        with site.opened(path, "main aside [role=status]:not([aria-busy])") as page:
            page.on("response", lambda it, asked=asked: _note_asked(it, asked))
            field = page.get_by_label(kinds[kind]).first
            for turn in range(repeat):
                field.focus()
                page.keyboard.press("ArrowUp")
                _until_counted(page, turn)
            answer[kind] = {**Times(page.evaluate("window.noted.counts")).told(),
                            "server": Times(asked).told()}  # fmt: skip
    return answer


def burst(site: Site, repeat: int) -> dict[str, Any]:
    """From the last of four quick keys to its count; older questions are given up."""
    path = f"/segments/new?rule={ROW.replace(' ', '%20').replace('>', '%3E')}"
    given_up: list[str] = []
    with site.opened(path, "main aside [role=status]:not([aria-busy])") as page:
        page.on("requestfailed", lambda it: given_up.append(it.url))
        field = page.get_by_label("Condition 2: span").first
        for turn in range(repeat):
            field.focus()
            for _ in range(4):
                page.keyboard.press("ArrowUp", delay=30)
                page.wait_for_timeout(180)
            _until_counted(page, turn)
        return {**Times(page.evaluate("window.noted.counts")).told(), "given_up": len(given_up)}


def _until_counted(page: Any, before: int) -> None:
    """Until one count more has been shown and none is awaited."""
    said = "window.noted.key === null && window.noted.counts.length"
    while page.evaluate(said) is False or page.evaluate(said) <= before:
        page.wait_for_timeout(20)


def _note_asked(response: Any, asked: list[float]) -> None:
    if response.url.endswith("/segments/preview") and response.status == 200:
        asked.append(response.json()["ms"])


def measured(folder: Path, repeat: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    answer: dict[str, Any] = {"load_before": load(), "machine": machine()}
    with served(folder) as (address, link), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=list(QUIET))
        site = Site(browser, address, link)
        answer["known"] = _known(site)
        answer["home"] = painted(site, "/", "main table, main svg", repeat)
        say("home", answer["home"])
        answer["segments"] = painted(site, "/segments", "main table tbody tr:nth-child(20)", repeat)
        say("segments", answer["segments"])
        answer["acts"] = acted(site, repeat)
        say("acts", answer["acts"])
        answer["counts"] = counted(site, repeat, ("limit", "window"))
        say("counts", answer["counts"])
        answer["burst"] = burst(site, max(1, repeat // 4))
        say("burst", answer["burst"])
        browser.close()
    answer["load_after"] = load()
    return answer


def _known(site: Site) -> int:
    context = site.browser.new_context(storage_state=site.state)
    params = {"rule": "everyone"}
    found = context.request.get(f"{site.address}/api/v1/segments/count", params=params).json()
    context.close()
    return found["count"]


def section(answer: dict[str, Any]) -> str:
    def row(what: str, times: dict[str, Any], aim: float | None, note: str = "") -> str:
        verdict = "" if aim is None else ("met" if times["p95"] <= 1000 * aim else "**missed**")
        aimed = "" if aim is None else f"{1000 * aim:,.0f}"
        return (f"| {what} | {times['p50']:,.0f} | {times['p95']:,.0f} | {times['most']:,.0f} | "
                f"{times['runs']} | {aimed} | {verdict} | {note} |")  # fmt: skip

    home, segments, counts = answer["home"], answer["segments"], answer["counts"]
    return "\n".join(
        [
            BEGIN,
            "## The page",
            "",
            (
                "`python -m bench page`: the plain store of 10,000,000 events, 1,000,000 people drawn, "
                f"{answer['known']:,} known, the 24 segments of set W applied; `shoal serve`, and "
                "Chromium without a window on the same machine. Each screen is opened by a browser "
                "that has nothing of it. *Painted* is the browser's own largest contentful paint, "
                "the numbers of the data included; *a click or a key* its own time from the event "
                "to the next frame (16 ms and less count as 16); *a key to its count* runs from "
                "the key to the frame that shows the exact count of the rule it made, the pause of "
                "150 ms before asking included: one limit higher, or one window a day longer, "
                "with counts for every row, without every row, and 24 segments compared."
            ),
            "",
            "| ms | p50 | p95 | most | times | aim, p95 | | |",
            "|---|---:|---:|---:|---:|---:|---|---|",
            row("Home painted", home, PAINTED, f"the first of all: {home['first']:,.0f}"),
            row("Segments painted", segments, PAINTED, f"the first of all: {segments['first']:,.0f}"),
            row("a click or a key", answer["acts"], ACTED),
            *(
                row(f"a key to its count, {what}", counts[kind], COUNTED,
                    f"of it the server: {counts[kind]['server']['p50']:,.0f}")
                for kind, what in (("limit", "another limit"), ("window", "another window"))
            ),
            row("the last of four quick keys to its count", answer["burst"], COUNTED,
                f"{answer['burst']['given_up']} older questions given up"),
            "",
            (
                f"{answer['machine']['processor']}; load before {answer['load_before']}, after "
                f"{answer['load_after']}. The browser takes its share of the same two cores."
            ),
            END,
        ]
    )  # fmt: skip


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = RESULTS / f"{STORE}.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def main() -> None:
    data = Path(__file__).parent / "data"
    reader = argparse.ArgumentParser()
    reader.add_argument("--store", type=Path, default=data / STORE)
    reader.add_argument("--copy", type=Path, help="where the copy stands, and stays")
    reader.add_argument("--repeat", type=int, default=20)
    reader.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    options = reader.parse_args()
    from shoal.api.page import BUILT

    if not (BUILT / "index.html").is_file():
        raise SystemExit("the page is not built: run `make web`")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        copy = options.copy or Path(scratch) / "shop"
        if not copy.exists():
            prepared(options.store, copy)
            say(f"prepared in {time.perf_counter() - began:.1f} s")
        answer = measured(copy, options.repeat)
    if options.no_write:
        print(section(answer))
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.store.name}.json"
    path.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(answer))


if __name__ == "__main__":
    main()
