"""How fast events become durable over HTTP, and how long one waits for the answer.

The yardsticks are two loops without keys, identities or a store: each reads a body, parses it,
appends its bytes to a file and makes that durable; one reads the bodies from a file, the other is
asked over HTTP like Shoal itself. All take the same bodies in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Self

from bench.measure import load, machine, say, write_section

TOGETHER = 8
"""Connections, and bodies that the bare loop makes durable together."""
EVENTS = 100
SUCCESS = b'{"success":true}'
NAMES = ("Product Viewed", "Product Added", "Order Completed", "Page Viewed", "Products Searched")
RULES = """segments:
  buyers: did order_completed
  lookers: count(product_viewed in last 7d) >= 2
  big: sum(order_completed.revenue) > 100
"""
PLANNED = "  added: did product_added and not did order_completed\n"


@dataclass
class Sent:
    """What a load was: bodies acknowledged, the seconds it took, and how long each waited."""

    bodies: int
    seconds: float
    waits: list[float]

    @property
    def per_second(self) -> float:
        return self.bodies * EVENTS / self.seconds


def bodies(count: int, seed: int, people: int = 20_000) -> list[bytes]:
    """Batches as a shop's back end sends them."""
    random = Random(seed)
    found: list[bytes] = []
    for number in range(count):
        calls = [
            {
                "type": "track",
                "event": random.choice(NAMES),
                "userId": f"c{random.randrange(people)}",
                "messageId": f"{seed}-{number}-{at}",
                "timestamp": f"2026-10-{random.randrange(1, 29):02d}T{at % 24:02d}:00:{random.randrange(60):02d}.{random.randrange(1000):03d}Z",
                "context": {"library": {"name": "a-client", "version": "1.2.3"}},
                "integrations": {},
                "properties": {
                    "product_id": f"p{random.randrange(500)}",
                    "name": f"Product number {random.randrange(500)}",
                    "category": f"c{random.randrange(12)}",
                    "price": random.randrange(1, 9_999) / 100,
                    "revenue": random.randrange(1, 99_999) / 100,
                    "url": f"https://shop.example/p/{random.randrange(500)}",
                    "position": at,
                },
            }
            for at in range(EVENTS)
        ]
        found.append(json.dumps({"batch": calls, "sentAt": "2026-10-30T00:00:00Z"}).encode())
    return found


def bare(some: list[bytes], folder: Path, together: int) -> float:
    """Events a second of a loop that reads, parses, appends and fsyncs."""
    import msgspec

    source = folder / "bodies"
    with source.open("wb") as file:
        for body in some:
            file.write(len(body).to_bytes(4, "little") + body)
    handle = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    began = time.perf_counter()
    with source.open("rb") as file:
        for number in range(len(some)):
            body = file.read(int.from_bytes(file.read(4), "little"))
            document = msgspec.json.decode(body)
            assert len(document["batch"]) == EVENTS
            os.write(handle, body)
            if number % together == together - 1:
                os.fdatasync(handle)
    os.fdatasync(handle)
    spent = time.perf_counter() - began
    os.close(handle)
    return len(some) * EVENTS / spent


def requests(some: list[bytes], secret: str) -> list[bytes]:
    head = f"POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
    return [f"{head}content-length: {len(body)}\r\n\r\n".encode() + body for body in some]


def ask(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = connection.recv(65_536)
    while answer.startswith(b"HTTP/1.1 200") and not answer.endswith(SUCCESS):
        answer += connection.recv(65_536)
    if not answer.endswith(SUCCESS):
        os.write(2, answer[:300])
        os._exit(1)


def as_fast_as_it_goes(port: int, some: list[bytes]) -> Sent:
    """Each of a few connections sends its next body when the last is acknowledged."""
    waits: list[float] = []
    queue = iter(some)
    lock = threading.Lock()

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            while True:
                with lock:
                    request = next(queue, None)
                if request is None:
                    return
                began = time.perf_counter()
                ask(connection, request)
                waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work) for _ in range(TOGETHER)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(len(waits), time.perf_counter() - began, waits)


def at_a_rate(port: int, some: list[bytes], per_second: float) -> Sent:
    """Bodies at fixed instants, whether or not the last was acknowledged; waits count from then."""
    waits: list[float] = []
    began = time.perf_counter() + 0.1

    def work(own: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for number in range(own, len(some), TOGETHER):
                due = began + number * EVENTS / per_second
                time.sleep(max(0.0, due - time.perf_counter()))
                ask(connection, some[number])
                waits.append(time.perf_counter() - due)

    threads = [threading.Thread(target=work, args=(own,)) for own in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(len(waits), time.perf_counter() - began, waits)


BEGIN, END = "<!-- capture: begin -->", "<!-- capture: end -->"
KEPT = Path(__file__).parent / "results" / "capture" / "last.json"


def section(told: dict[str, Any]) -> str:
    rates, alone = told["events_per_second"], told["milliseconds_alone"]
    beside = told["milliseconds_beside_plan_and_compaction"]
    rounds = ", ".join(
        f"{it['http']:,} / {it['bare_http']:,} / {it['bare']:,}" for it in told["rounds"]
    )
    return "\n".join(
        [
            BEGIN,
            "## Capture: durable events through HTTP",
            "",
            (
                f"`python -m bench capture`: batches of {EVENTS} events over {TOGETHER} connections, "
                "each answered once it is on disk; server, load generator and disk on one machine. The "
                "bare loop parses the same bodies, appends them and fsyncs; it has no keys, identities, "
                "duplicates or quarantine, and reads them from a file or, behind the same HTTP library "
                "and with fsyncs shared as Shoal shares them, from the same load generator."
            ),
            "",
            "| | measured | aim |",
            "|---|---:|---|",
            f"| events a second through HTTP | {rates['http']:,} | |",
            f"| a bare loop, an fsync a body | {rates['bare']:,} | |",
            f"| a bare loop, an fsync every {TOGETHER} bodies | {rates['bare_grouped']:,} | |",
            f"| a bare loop behind HTTP, grouped fsyncs | {rates['bare_http']:,} | |",
            (
                f"| Shoal to the bare loop behind HTTP, median of three rounds "
                f"| {told['http_to_bare_http']} | 0.5 |"
            ),
            f"| Shoal to the bare loop that reads a file | {told['http_to_bare']} | |",
            (
                f"| acknowledged at {told['half_load']:,} events a second: p50, p99, ms "
                f"| {alone['p50']}, {alone['p99']} | |"
            ),
            (
                f"| the same beside plans and compactions without a pause: p50, p99, ms "
                f"| {beside['p50']}, {beside['p99']} | p99 under 50 |"
            ),
            (
                f"| plans beside it, each s; compactions "
                f"| {told['plans']}, {told['plan_seconds']}; {told['compactions']} | |"
            ),
            "",
            f"* Shoal, bare behind HTTP, bare from a file, round by round: {rounds}.",
            (
                f"* {told['machine']['processor']}, Python {told['machine']['python']}. Load of the "
                f"machine: {told['load']}; above 1, waits and rates are those of a shared machine, and "
                "the bare loop, which mostly waits for the disk, suffers least."
            ),
            END,
        ]
    )


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    return section(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench capture")
    parser.add_argument("--bodies", type=int, default=1_500)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--load", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        _load(*given.load)
        return
    told = measure(given.bodies, given.seconds)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(told))
    print(json.dumps(told, indent=2))


def _load(port: str, secret: str, seed: str, rate: str) -> None:
    """The load generator, a process of its own."""
    count, first = (int(part) for part in seed.split(":"))
    some = requests(bodies(count, first), secret)
    speed = float(rate)
    print("ready", flush=True)
    sys.stdin.readline()
    sent = at_a_rate(int(port), some, speed) if speed else as_fast_as_it_goes(int(port), some)
    print(json.dumps([sent.bodies, sent.seconds, sent.waits]))


def generator(port: int, secret: str, count: int, seed: int, rate: float = 0.0) -> Any:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", "capture", "--load", str(port), secret, f"{count}:{seed}",
         str(rate)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def sent_by(process: Any) -> Sent:
    out, _ = process.communicate("go\n")
    return Sent(*json.loads(out))


def measure(count: int, seconds: float) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="shoal-bench-"))
    try:
        return _measured(folder, count, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path, count: int, seconds: float) -> dict[str, Any]:
    from shoal.access import KeyKind
    from shoal.project.init import init_project
    from shoal.project.opening import open_project
    from shoal.project.serving.served import create_key

    shop = folder / "shop"
    init_project(shop)
    (shop / "segments" / "bench.yml").write_text(RULES)
    project = open_project(shop)
    write, admin = (create_key(project, kind, "bench", "bench")[1] for kind in KeyKind)
    if not write.startswith("shw"):
        write, admin = admin, write
    server = subprocess.Popen(
        [sys.executable, "-m", "shoal", "--project", str(shop), "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    bare_server = subprocess.Popen(
        [sys.executable, "-m", "bench.bare_server", str(folder / "bare.log")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        port, bare_port = port_of(server), port_of(bare_server)
        sent_by(generator(port, write, 40, 1))  # what is compiled at first use is compiled
        say("a bare loop and HTTP in turn …")
        some = bodies(count, 2)
        rounds: list[dict[str, float]] = []
        for turn in range(3):
            process = generator(port, write, count, 10 + turn)
            one = bare(some, folder, 1)
            grouped = bare(some, folder, TOGETHER)
            http = sent_by(process).per_second
            over_http = sent_by(generator(bare_port, write, count, 20 + turn)).per_second
            rounds.append(
                {"bare": one, "bare_grouped": grouped, "bare_http": over_http, "http": http}
            )
            say(rounds[-1])
        half = median(it["http"] for it in rounds) / 2
        say(f"half of it, {half:,.0f} events a second, with plan and compaction beside it …")
        quiet = _waited(port, write, half, seconds / 2, 30)
        with _Beside(port, admin, shop) as beside:
            busy = _waited(port, write, half, seconds, 31)
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        for process in (server, bare_server):
            if process.poll() is None:
                process.kill()
            process.communicate()
    return _told(rounds, half, quiet, busy, beside)


def port_of(server: Any) -> int:
    """Where a server listens, as it says in its first line."""
    found = re.search(r":(\d+)$", server.stdout.readline().strip())
    assert found is not None
    return int(found[1])


def _waited(port: int, secret: str, rate: float, seconds: float, seed: int) -> Sent:
    return sent_by(generator(port, secret, int(rate * seconds / EVENTS), seed, rate))


class _Beside:
    """Plans and compactions, one after the other, as long as the block lasts."""

    def __init__(self, port: int, admin: str, shop: Path) -> None:
        self.plans: list[float] = []
        self.compactions: list[float] = []
        self._port, self._admin, self._shop = port, admin, shop
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=it) for it in (self._plan, self._compact)]

    def __enter__(self) -> Self:
        headers = {"authorization": f"Bearer {self._admin}"}
        connection = HTTPConnection("127.0.0.1", self._port)
        connection.request("POST", "/api/v1/apply", headers=headers)
        assert connection.getresponse().status == 200
        (self._shop / "segments" / "bench.yml").write_text(RULES + PLANNED)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _plan(self) -> None:
        headers = {"authorization": f"Bearer {self._admin}"}
        while not self._stop.is_set():
            began = time.perf_counter()
            connection = HTTPConnection("127.0.0.1", self._port)
            connection.request("GET", "/api/v1/plan", headers=headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            connection.close()
            self.plans.append(time.perf_counter() - began)

    def _compact(self) -> None:
        from shoal.store import hand_over

        while not self._stop.wait(1.0):
            began = time.perf_counter()
            hand_over(self._shop, {"operation": "compact"})
            self.compactions.append(time.perf_counter() - began)


def _told(
    rounds: list[dict[str, float]], half: float, quiet: Sent, busy: Sent, beside: _Beside
) -> dict[str, Any]:
    def waits(sent: Sent) -> dict[str, float]:
        ordered = sorted(sent.waits)
        places = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
        found = {name: ordered[int(len(ordered) * at)] * 1000 for name, at in places.items()}
        return {name: round(it, 1) for name, it in {**found, "most": ordered[-1] * 1000}.items()}

    middle = {name: median(it[name] for it in rounds) for name in rounds[0]}
    return {
        "machine": machine(),
        "load": load(),
        "events_per_second": {name: round(it) for name, it in middle.items()},
        "rounds": [{name: round(it) for name, it in one.items()} for one in rounds],
        "http_to_bare": round(median(it["http"] / it["bare"] for it in rounds), 2),
        "http_to_bare_http": round(median(it["http"] / it["bare_http"] for it in rounds), 2),
        "http_to_bare_grouped": round(median(it["http"] / it["bare_grouped"] for it in rounds), 2),
        "half_load": round(half),
        "milliseconds_alone": waits(quiet),
        "milliseconds_beside_plan_and_compaction": waits(busy),
        "plans": len(beside.plans),
        "plan_seconds": round(median(beside.plans), 2) if beside.plans else None,
        "compactions": len(beside.compactions),
    }
