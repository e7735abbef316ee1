"""A made-up shop's days go by a thousand times as fast, with kills and restarts, and are followed.

Whoever follows hears each transition once, in order, with its cause; what was told and not taken
back is what the engine says of all the events, to the microsecond.
"""

from __future__ import annotations

import json
import random
import threading
import time
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest

from shoal.access import KeyKind
from shoal.core.instants import format_instant
from shoal.engine.evaluation import transitions_of
from shoal.project.definitions import applied_definitions, read_files
from shoal.project.opening import open_project
from shoal.project.sampling import sample_spec
from shoal.project.serving.served import create_key
from shoal.project.words import words_of
from shoal.runners.machine import histories_of
from shoal.samples import make_sample
from shoal.store.files import TRANSITIONS
from shoal.store.transitions import Kind, read_transitions
from tests.api.loading import Served, new_project

FASTER = 1_000
DAY = 86_400
LATE = 0.05
"""The share of events that come three seconds after they happened."""
RULES = {  # an hour of the shop is 3.6 s here
    "looks": "did product_viewed in last 20s",
    "busy": "count(page_viewed in last 40s) >= 3",
    "left_basket": "did product_added in last 15s and did not order_completed in last 15s",
    "bought": "did order_completed",
    "spends": "sum(order_completed.revenue in last 90s) >= 50",
    "looks_again": "entered segment looks in last 30s and count(product_viewed) >= 5",
}


@dataclass(frozen=True)
class Sent:
    """One event of the shop: after how many seconds it happens, and how it is sent."""

    after: float
    sent_after: float
    call: dict


def shop_days(days: float, people: int) -> list[Sent]:
    """The shop's last days, in the order in which events are sent."""
    rng = random.Random(5)
    sample = make_sample(sample_spec("ecommerce"), date(2026, 11, 1), people=people, seed=5)
    end = max(int(stream.at.max()) for stream in sample.streams)
    first = end - days * DAY * 1e6
    users = sample.user_ids.tolist()
    found: list[Sent] = []
    for stream in sample.streams:
        for row in range(len(stream)):
            at = int(stream.at[row])
            if at <= first:
                continue
            after = (at - first) / 1e6 / FASTER
            held = 3.0 if rng.random() < LATE else 0.0
            said = {name: column[row] for name, column in stream.columns.items()}
            call = {
                "type": "track",
                "event": stream.event,
                "userId": users[int(stream.person[row])],
                "messageId": f"week-{len(found)}",
                "properties": {
                    name: value.item() if hasattr(value, "item") else value
                    for name, value in said.items()
                    if value is not None
                },
            }
            found.append(Sent(after, after + held, call))
    return sorted(found, key=lambda it: it.sent_after)


@dataclass
class Shop:
    """A served project that is killed, stopped and started; its port is another each time."""

    folder: Path
    write: str
    read: str
    served: Served | None = None
    stops: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        assert self.served is not None
        return f"http://127.0.0.1:{self.served.port}"

    def start(self) -> None:
        self.served = Served(self.folder)

    def again(self, how: str) -> None:
        assert self.served is not None
        if how == "kill":
            self.served.kill()
        else:
            assert self.served.stop()[0] == 0
        self.stops.append(how)
        self.start()


@dataclass
class Follower:
    """Follows the stream for as long as it takes, going on where it was left."""

    shop: Shop
    heard: list[dict] = field(default_factory=list)
    is_done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.is_done.is_set():
            last = self.heard[-1]["seq"] if self.heard else 0
            headers = {
                "authorization": f"Bearer {self.shop.read}",
                "last-event-id": str(last),
            }
            try:
                self._follow(headers)
            except httpx.HTTPError:
                time.sleep(0.05)

    def _follow(self, headers: dict[str, str]) -> None:
        url = f"{self.shop.url}/api/v1/transitions/stream?seconds=3"
        with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
            if answer.status_code != 200:
                time.sleep(0.05)
                return
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    self.heard.append(json.loads(line[6:]))


def send_all(shop: Shop, week: list[Sent], begin: float, stops: list[tuple[float, str]]) -> None:
    """Sends every event when its time comes, again until it is acknowledged; stops now and then."""
    waiting, stops = list(week), list(stops)
    headers = {"authorization": f"Bearer {shop.write}"}
    unsure: list[Sent] = []
    while waiting or unsure:
        now = time.time() - begin
        if stops and now >= stops[0][0]:
            shop.again(stops.pop(0)[1])
        ready = bisect_right([it.sent_after for it in waiting], now)
        unsure += waiting[:ready]
        del waiting[:ready]
        some = unsure[:200]
        if not some:
            time.sleep(0.02)
            continue
        calls = [
            {**it.call, "timestamp": format_instant(int((begin + it.after) * 1e6))} for it in some
        ]
        try:
            answer = httpx.post(f"{shop.url}/v1/batch", json={"batch": calls}, headers=headers)
        except httpx.HTTPError:
            continue
        if answer.status_code == 200:
            del unsure[:200]


def pages(shop: Shop) -> list[dict]:
    """Everything that was told, page by page."""
    found: list[dict] = []
    after = 0
    headers = {"authorization": f"Bearer {shop.read}"}
    while True:
        url = f"{shop.url}/api/v1/transitions?after={after}&limit=500"
        page = httpx.get(url, headers=headers, timeout=60).json()
        found += page["transitions"]
        if page["next_after"] == after:
            return found
        after = page["next_after"]


def wait_until_told(shop: Shop, follower: Follower, instant: float) -> None:
    headers = {"authorization": f"Bearer {shop.read}"}
    until = time.monotonic() + 120
    while True:
        status = httpx.get(f"{shop.url}/api/v1/live", headers=headers, timeout=60).json()
        heard = follower.heard[-1]["seq"] if follower.heard else 0
        wanted = format_instant(int(instant * 1e6))
        if (status["correct_as_of"] or "") > wanted and heard >= status["last_seq"]:
            return
        assert time.monotonic() < until, (status, heard)
        time.sleep(0.1)


def standing_changes(shop: Shop) -> tuple[dict, dict, int]:
    """What was told and not taken back, by segment; when each began; up to when that is true."""
    told: dict[str, dict[int, tuple[str, int, bool]]] = {name: {} for name in RULES}
    began: dict[str, int] = {}
    as_of = 0
    project = open_project(shop.folder)
    with project.store.snapshot() as snapshot:
        names = {
            int(number): user
            for bucket in range(snapshot.buckets)
            for number, user in zip(
                snapshot.history(bucket).profiles,
                snapshot.user_ids(bucket).to_pylist(),
                strict=True,
            )
        }
    for frame in read_transitions(project.store.root / TRANSITIONS):
        began |= dict.fromkeys(frame.begun, frame.as_of)
        rows = frame.told
        as_of = max(as_of, frame.as_of, int(rows.at.max(initial=0)))
        for at in range(len(rows)):
            segment, kind = frame.segments[rows.segment[at]], Kind(int(rows.kind[at]))
            if segment not in told:
                continue
            if kind in (Kind.ENTERED, Kind.LEFT):
                change = names[int(rows.number[at])], int(rows.at[at]), kind is Kind.ENTERED
                told[segment][int(rows.seq[at])] = change
            else:
                del told[segment][int(rows.of[at])]
    changes = {  # what is told of its beginning sets right how a segment began
        name: sorted(one for one in it.values() if one[1] > began[name])
        for name, it in told.items()
    }
    return changes, began, as_of


def true_changes(shop: Shop, began: dict[str, int], as_of: int) -> dict:
    """What the engine says changed, of all the events there are."""
    project = open_project(shop.folder)
    found: dict[str, list[tuple[str, int, bool]]] = {}
    definitions = applied_definitions(project.store.books)
    with project.store.snapshot() as snapshot:
        vocabulary = words_of(project.settings, snapshot.catalogue, definitions)
        histories = histories_of(snapshot)
        users = [snapshot.user_ids(bucket).to_pylist() for bucket in range(snapshot.buckets)]
        for name in RULES:
            rule = vocabulary.segments[name].rule
            changes = transitions_of(histories, rule, vocabulary, began[name], as_of)
            found[name] = sorted(
                (users[bucket][int(profile)], int(at), bool(entered))
                for bucket, some in enumerate(changes)
                for profile, at, entered in zip(some.profiles, some.at, some.entered, strict=True)
            )
    return found


@pytest.fixture
def days(request) -> float:
    """A week, ten minutes long, for a proof; half a day else."""
    return 7 if request.config.getoption("--hypothesis-profile") == "proof" else 0.5


@pytest.mark.slow
def test_days_of_a_shop_with_kills_are_told_exactly_once(tmp_path, days) -> None:
    folder, write = new_project(tmp_path / "shop")
    lines = [f'  {name}:\n    rule: "{rule}"\n' for name, rule in RULES.items()]
    (folder / "segments" / "week.yml").write_text("segments:\n" + "".join(lines))
    project = open_project(folder)
    read = create_key(project, KeyKind.ADMIN, "follow", "test")[1]
    texts = {**read_files(folder).texts}
    project.store.books.apply_definitions(texts, project.clock(), "test")
    week = shop_days(days, 1_500)
    assert len(week) > 200 * days
    lasts = days * DAY / FASTER
    every = max(lasts / 4, 5)
    stops = [
        (every * (at + 0.5), "kill" if at % 2 == 0 else "stop")
        for at in range(int((lasts - 5) / every) + 1)
    ]
    shop = Shop(folder, write, read)
    shop.start()
    follower = Follower(shop)
    following = threading.Thread(target=follower.run, daemon=True)
    following.start()
    try:
        begin = time.time() + 1
        send_all(shop, week, begin, stops)
        wait_until_told(shop, follower, begin + lasts + 4)
        follower.is_done.set()
        following.join(30)
        everything = pages(shop)
    finally:
        follower.is_done.set()
        assert shop.served is not None
        code = shop.served.stop()[0]
    assert code == 0
    assert set(shop.stops) == {"kill", "stop"}

    heard = follower.heard
    assert heard == everything[: len(heard)], "each once, in order"
    seqs = [row["seq"] for row in everything]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "none is left out"
    sent = {it.call["messageId"]: it.call for it in week}
    done = {(call["userId"], call["event"]) for call in sent.values()}
    unnamed = 0
    for row in everything:
        cause = row["cause"]
        assert cause["kind"] in {"event", "clock", "correction"}, row
        if cause["kind"] == "event" and "message_id" in cause:
            call = sent[cause["message_id"]]
            assert (call["userId"], call["event"]) == (row["user_id"], cause["event"])
        elif cause["kind"] == "event":  # it is in the buckets, which keep no message ids
            assert (row["user_id"], cause["event"]) in done
            unnamed += 1
    assert unnamed < len(everything) / 20
    told, began, as_of = standing_changes(shop)
    true = true_changes(shop, began, as_of)
    for name in RULES:
        assert told[name] == true[name], name
        assert told[name], f"nobody came or went: {name}"
