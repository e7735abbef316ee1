"""``python -m bench live``: how soon live membership follows, over the events of a big store.

It needs a store that ``python -m bench segments`` has made and leaves it as it is. What is measured
is :class:`shoal.live.live.Live`, the work of the process beside a server, in a process of its own
here: the events are durable in the log, the clock is a number, and every transition is durable
before it counts as told. Sample data: nobody did any of it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.generate import CATEGORIES, CHANNELS, EVENTS, NOW, PRICED
from bench.measure import load, machine, peak_bytes, say
from bench.plan import DATA, STORE, copied
from bench.synthetic import segments

if TYPE_CHECKING:
    from shoal.live.live import Definitions, Live
    from shoal.store import Store, Writer
    from shoal.store.transitions import Frame

PAGE = Path(__file__).parent / "RESULTS.md"
RESULTS = Path(__file__).parent / "results" / "live"
BEGIN, END = "<!-- live: begin -->", "<!-- live: end -->"
BASE = int(NOW.timestamp()) * 1_000_000
SECOND = 1_000_000
HOUR = 3600 * SECOND
BATCH, BATCHES = 10_000, 12
DUE = 10_000
MIDNIGHT = 200_000
MANY, RATE, SECONDS = 10_000, 2_000, 8


class World:
    """A store, its owner, and live membership over it. ``now`` is what the clock shows."""

    def __init__(self, store: Store, writer: Writer, rules: dict[str, str], now: int) -> None:
        from shoal.live.live import Live
        from shoal.store.files import TRANSITIONS
        from shoal.store.transitions import Transitions

        self.now, self.writer = now, writer
        self.frames: list[tuple[int, Frame]] = []
        self.sent = 0
        self._transitions = Transitions(store.root / TRANSITIONS)
        began = time.perf_counter()
        self.live: Live = Live(
            store.root, self._transitions, _definitions(rules), lambda: self.now, self._tell
        )
        self.live.begin(self.durable, self.now)
        self.began = time.perf_counter() - began

    def _tell(self, frame: Frame) -> None:
        self.frames.append((self.now, frame))

    def durable(self) -> Any:
        return self.writer.state.log.durable

    def send(self, who: Sequence[str], at: Sequence[int], rng: random.Random) -> None:
        """One event each, as a shop's are, durable on return."""
        from shoal.events.event import Event

        names = rng.choices(list(EVENTS), list(EVENTS.values()), k=len(who))
        events: list[Event] = []
        for user, instant, name in zip(who, at, names, strict=True):
            said: dict[str, object] = {"channel": rng.choice(list(CHANNELS))}
            if name in PRICED:
                said |= {"category": rng.choice(CATEGORIES), "price": rng.choice((9.99, 20, 100))}
            self.sent += 1
            events.append(Event(name, user, None, instant, self.now, f"m{self.sent}", said))
        self.writer.append(events)

    def tick(self) -> tuple[float, float]:
        """Wall and processor seconds until everything durable is reflected."""
        wall, used = time.perf_counter(), time.process_time()
        self.live.tick(self.durable, self.now)
        return time.perf_counter() - wall, time.process_time() - used

    def close(self) -> None:
        self.live.close()
        self._transitions.close()


def _definitions(rules: dict[str, str]) -> Definitions:
    from shoal.live.live import Definitions
    from shoal.project.definitions import Files, definitions_of
    from shoal.project.settings import Settings
    from shoal.project.words import words_of

    lines = [f'  {name}:\n    rule: "{rule}"\n' for name, rule in rules.items()]
    found = definitions_of(Files({"segments/all.yml": "segments:\n" + "".join(lines)}))
    assert not found.problems, found.problems[:2]
    settings = Settings("bench")
    return Definitions(1, lambda catalogue: words_of(settings, catalogue, found))


def generated(count: int) -> dict[str, str]:
    return {it.name: it.rule for it in segments(count, selections=max(60, count // 10))}


@contextmanager
def world(folder: Path, rules: dict[str, str], now: int = BASE) -> Generator[World]:
    from shoal.store import open_store

    store = open_store(folder)
    with store.write() as writer:
        writer.folds_itself = False
        it = World(store, writer, rules, now)
        try:
            yield it
        finally:
            it.close()


def batches(folder: Path) -> dict[str, Any]:
    """A hundred segments; ten thousand events at once, each somewhat late."""
    rng = random.Random(1)
    with world(folder, generated(100)) as it:
        people = _people(folder)
        walls: list[float] = []
        used: list[float] = []
        told = it.live.counts.transitions
        for _ in range(BATCHES):
            it.now += SECOND
            at = [it.now - rng.randrange(2 * SECOND) for _ in range(BATCH)]
            it.send(rng.choices(people, k=BATCH), at, rng)
            wall, processor = it.tick()
            walls.append(wall)
            used.append(processor)
        told = it.live.counts.transitions - told
        return {
            "begin": it.began,
            "members": sum(map(len, it.live.standing.members.values())),
            "wall": median(walls[2:]),
            "least": min(walls[2:]),
            "processor": median(used[2:]),
            "told": told / BATCHES,
            "memory": peak_bytes(),
        }


def clock_exits(folder: Path) -> dict[str, Any]:
    """Ten thousand people leave within one second, by the clock alone, as it really goes by."""
    rng = random.Random(2)
    with world(folder, {**generated(100), "lately": "did any event in last 1h"}) as it:
        people = _people(folder)
        it.now += SECOND
        who = rng.sample(people, DUE)
        it.send(who, [it.now - SECOND + rng.randrange(SECOND) for _ in who], rng)
        it.tick()
        it.now += HOUR - 3 * SECOND
        it.tick()
        it.frames.clear()
        start, began = it.now, time.perf_counter()
        late: list[int] = []
        while it.now < start + 5 * SECOND:
            it.now = start + int((time.perf_counter() - began) * 1e6)
            if it.now < it.live.standing.due.next_at:
                it.live.rest(it.now)
                time.sleep(0.02)
                continue
            it.tick()
            told_at = start + int((time.perf_counter() - began) * 1e6)
            for _, frame in it.frames:
                late += (told_at - frame.told.at).tolist()
            it.frames.clear()
        seconds = np.array(late) / 1e6
        return {
            "exits": len(late),
            "p50": float(np.percentile(seconds, 50)),
            "p99": float(np.percentile(seconds, 99)),
            "most": float(seconds.max()),
        }


def midnight(folder: Path) -> dict[str, Any]:
    """Rows that say only a day: everybody is due at one instant."""
    from shoal.events.event import Event
    from shoal.store import create

    day = 24 * HOUR
    store = create(folder)
    with store.write() as writer:
        for first in range(0, MIDNIGHT, BATCH):
            writer.append(
                [
                    Event("order_completed", f"c{n}", None, BASE - (n % 5) * day, BASE, f"d{n}", {})
                    for n in range(first, first + BATCH)
                ]
            )
        writer.fold()
    rules = {
        "one_day": "did order_completed in last 1d",
        "two_days": "did order_completed in last 2d",
        "three_days": "did order_completed in last 3d",
        "four_days": "did order_completed in last 4d",
        "five_days": "did order_completed in last 5d",
        "six_days": "did order_completed in last 6d",
    }
    with world(folder, rules, BASE + HOUR) as it:
        people = it.live.counts.people
        it.now = BASE + day
        wall, processor = it.tick()
        people = it.live.counts.people - people
        return {"people": people, "wall": wall, "processor": processor, "rate": people / wall}


def many(folder: Path) -> dict[str, Any]:
    """Ten thousand segments, two thousand events a second."""
    rng = random.Random(3)
    with world(folder, generated(MANY)) as it:
        people = _people(folder)
        walls: list[float] = []
        used: list[float] = []
        for _ in range(SECONDS):
            it.now += SECOND
            at = [it.now - rng.randrange(2 * SECOND) for _ in range(RATE)]
            it.send(rng.choices(people, k=RATE), at, rng)
            wall, processor = it.tick()
            walls.append(wall)
            used.append(processor)
        return {
            "begin": it.began,
            "wall": median(walls[1:]),
            "processor": median(used[1:]),
            "rate": RATE / median(walls[1:]),
            "memory": peak_bytes(),
        }


def _people(folder: Path) -> list[str]:
    from shoal.store import open_store

    with open_store(folder).snapshot() as snapshot:
        return [name for bucket in range(4) for name in snapshot.user_ids(bucket).to_pylist()]


PARTS = {"batches": batches, "clock": clock_exits, "midnight": midnight, "many": many}


def measured(store: Path, parts: Sequence[str]) -> dict[str, Any]:
    DATA.mkdir(exist_ok=True)
    found: dict[str, Any] = {"load_before": load(), "machine": machine(), "store": store.name}
    for name in parts:
        with TemporaryDirectory(dir=DATA) as place:
            folder = Path(place) / "new"
            if name == "midnight":
                folder.mkdir()
            else:
                folder = copied(store, Path(place))
            found[name] = PARTS[name](folder)
            say(f"  {name}: {found[name]}")
    found["load_after"] = load()
    return found


def section(found: dict[str, Any]) -> str:
    one, clock, night, ten = (found[name] for name in ("batches", "clock", "midnight", "many"))
    return "\n".join(
        [
            BEGIN,
            f"## Live membership over {found['store'].split('-')[2]} events",
            "",
            (
                "`python -m bench live`: the work of the process beside a server, on one of two cores; "
                "events are durable in the log, transitions are durable before they count. Sample data."
            ),
            "",
            "| | wall | processor | aim |",
            "|---|---:|---:|---:|",
            (
                f"| {BATCH:,} events, {one['told']:,.0f} transitions, reflected in 100 segments, ms | "
                f"{1e3 * one['wall']:.0f} | {1e3 * one['processor']:.0f} | 100 |"
            ),
            (
                f"| {clock['exits']:,} exits within a second by the clock, told after, p50 and p99, s | "
                f"{clock['p50']:.2f}, {clock['p99']:.2f} | | p99 1 |"
            ),
            (
                f"| {night['people']:,} people due at one midnight, people a second | "
                f"{night['rate']:,.0f} | {night['people'] / night['processor']:,.0f} | 50,000 |"
            ),
            (
                f"| {MANY:,} segments, events a second | {ten['rate']:,.0f} | "
                f"{RATE / ten['processor']:,.0f} | 2,000 |"
            ),
            (
                f"| begin anew with 100 segments, {one['members']:,} memberships, s | "
                f"{one['begin']:.1f} | | |"
            ),
            f"| begin anew with {MANY:,} segments, s | {ten['begin']:.1f} | | |",
            (
                f"| most resident memory, mapped files included, 100 and {MANY:,} segments, MiB | "
                f"{one['memory'] / 2**20:,.0f}, {ten['memory'] / 2**20:,.0f} | | |"
            ),
            "",
            (
                f"{found['machine']['processor']}; load before {found['load_before']}, after "
                f"{found['load_after']}. Above a load of 1, wall times are those of a shared machine."
            ),
            END,
        ]
    )


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = RESULTS / f"{STORE}.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--store", type=Path, default=DATA / STORE)
    reader.add_argument("--only", choices=tuple(PARTS), help="one part, not written anywhere")
    options = reader.parse_args()
    found = measured(options.store, [options.only] if options.only else list(PARTS))
    if options.only:
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.store.name}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] if begin else ""
    PAGE.write_text(f"{before.rstrip()}\n\n{section(found)}\n{after.lstrip()}", encoding="utf-8")


if __name__ == "__main__":
    main()
