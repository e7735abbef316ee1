"""Made-up people who look, add and buy, as lists of events and as a project."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from shoal.cli import main
from shoal.core.instants import Zone
from shoal.project.opening import open_project
from shoal.project.shop import Shop

ZONE = Zone("America/New_York")
AT = "2026-03-20"
START = datetime(2026, 1, 1, 5, tzinfo=UTC)
EVENTS = (
    ("page_viewed", 6), ("product_viewed", 5), ("product_added", 3), ("checkout_started", 2),
    ("payment_failed", 1), ("order_completed", 2), ("email_delivered", 3), ("email_clicked", 1),
)  # fmt: skip
DEFINITIONS = """\
segments:
  buyers:
    rule: did order_completed
    target: {at_least: 50, by: 2026-12-31}
  new: {rule: age(first(any event)) < 30d, polarity: positive}
  quiet: {rule: age(last(any event)) > 14d, polarity: negative}
partitions:
  stage:
    - purchase: did order_completed in last 30d
    - consideration: did product_added
    - awareness: everyone
"""


def made_people(seed=7, people=60):
    """``{user id: [(time, event, properties)]}``, in the order of time and arrival."""
    chance = random.Random(seed)
    names, weights = zip(*EVENTS, strict=True)
    found = {}
    for number in range(people):
        begins = START + timedelta(days=chance.randrange(70), seconds=chance.randrange(86_400))
        rows, at = [], begins
        for _ in range(chance.randrange(1, 14)):
            event = chance.choices(names, weights)[0]
            properties = {"product_id": chance.choice("abc"), "price": chance.randrange(1, 5) * 50}
            if event == "page_viewed":
                properties = {"url": chance.choice(["/", "/a", "/b", "/c"])}
            if event == "order_completed":
                properties["revenue"] = chance.randrange(100, 30_000) / 100
            rows.append((at, event, properties))
            # some at the very same instant, some minutes, some weeks later
            at += timedelta(seconds=chance.choice([0, 1, 60, 1800, 7200, 86_400, 864_000]))
        found[f"p{number:03}"] = rows
    return found


def made_shop(folder, seed=7, people=60):
    """A project of those people; some have a country."""
    lines = [
        {"user": user, "event": event, "at": at.isoformat(), **properties}
        for user, rows in made_people(seed, people).items()
        for at, event, properties in rows
    ]
    for event, _ in EVENTS:
        some = [it for it in lines if it["event"] == event]
        (folder / f"{event}.jsonl").write_text("".join(json.dumps(it) + "\n" for it in some))
    (folder / "people.csv").write_text(
        "id,country\n"
        + "".join(f"p{number:03},{'PT' if number % 3 else 'DE'}\n" for number in range(people // 2))
    )
    at = ["--project", str(folder / "shop")]
    assert main(["init", str(folder / "shop"), "--name", "Made up"]) == 0
    settings = folder / "shop" / "shoal.yml"
    text = settings.read_text().replace("time_zone: UTC", f"time_zone: {ZONE.name}")
    settings.write_text(text)
    assert ZONE.name in settings.read_text()
    for event, _ in EVENTS:
        words = ["--event", event, "--user", "user", "--time", "at"]
        assert main(["import", str(folder / f"{event}.jsonl"), *words, *at]) == 0
    assert main(["import", str(folder / "people.csv"), "--profiles", "--user", "id", *at]) == 0
    for file in (folder / "shop" / "segments").glob("*.yml"):
        file.unlink()
    (folder / "shop" / "segments" / "all.yml").write_text(DEFINITIONS)
    assert main(["apply", *at]) == 0
    return Shop(open_project(folder / "shop"))


def times(work, count=2):
    return [work() for _ in range(count)]
