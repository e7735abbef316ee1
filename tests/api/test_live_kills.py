"""Killed under load while membership is told: each change is told once, and the sum is the truth."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

import httpx
import pytest

from shoal.access import KeyKind
from shoal.cli import main
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key
from tests.api.loading import Served, Writer, new_project, serving, until_live
from tests.api.test_serving_kills import load_and_kill

RULES = {
    "pinged": "did ping",
    "busy": "count(ping in last 2s) >= 3",
    "quiet": "did ping and age(last(ping)) > 1s",
    "busy_lately": "entered segment busy in last 5s",
}


@dataclass
class Reader:
    """What is read of a server with an admin key."""

    served: Served
    secret: str

    def get(self, path: str, **query: object) -> dict:
        headers = {"authorization": f"Bearer {self.secret}"}
        url = f"http://127.0.0.1:{self.served.port}/api/v1/{path}"
        answer = httpx.get(url, params=query, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def transitions(self) -> list[dict]:
        found: list[dict] = []
        after = 0
        while True:
            page = self.get("transitions", after=after, limit=1_000)
            found += page["transitions"]
            if page["next_after"] == after:
                return found
            after = page["next_after"]

    def until_all_is_told(self) -> str:
        """The instant at which everything that was told is true, with nothing waiting."""
        until = time.monotonic() + 120
        while True:
            status = self.get("status")
            backlog = status["backlog"]
            if status["live"] == "live" and (backlog["rows"], backlog["due"]) == (0, 0):
                return status["correct_as_of"]
            assert time.monotonic() < until, status
            time.sleep(0.05)


def standing(told: list[dict]) -> list[dict]:
    """What was told and not taken back."""
    retracted = {row["retracts"] for row in told if row["kind"] == "retracted"}
    return [row for row in told if row["kind"] != "retracted" and row["seq"] not in retracted]


def moment(row: dict) -> tuple[datetime, int]:
    return datetime.fromisoformat(row["at"]), row["seq"]


def members_by(changes: list[dict], segment: str) -> set[str]:
    last: dict[str, str] = {}
    for row in sorted(changes, key=moment):
        if row["segment"] == segment:
            last[row["user_id"]] = row["kind"]
    return {user for user, kind in last.items() if kind == "entered"}


@pytest.mark.parametrize("kills", [pytest.param(6, marks=pytest.mark.slow)])
def test_what_is_told_by_kills_under_load_is_told_once_and_true(tmp_path, capsys, kills) -> None:
    folder, secret = new_project(tmp_path / "shop")
    project = open_project(folder)
    admin = create_key(project, KeyKind.ADMIN, "follow", "test")[1]
    rules = "".join(f'  {name}:\n    rule: "{rule}"\n' for name, rule in RULES.items())
    project.store.books.apply_definitions({"segments/all.yml": f"segments:\n{rules}"}, 1, "test")
    with serving(folder) as served:  # segments begin with nobody, so that every change is told
        until_live(folder)
        served.kill()
    writers = [Writer(f"w{number}", secret) for number in range(4)]
    before: list[dict] = []
    for number in range(kills):
        with serving(folder) as served:
            if number % 2:
                reader = Reader(served, admin)
                reader.until_all_is_told()
                told = reader.transitions()
                assert told[: len(before)] == before, "what was told stays as it was told"
                before = told
            load_and_kill(served, writers, 120 + 29 * (number % 5))
    with serving(folder) as served:
        for writer in writers:
            writer.send_again(served.port)
        reader = Reader(served, admin)
        instant = reader.until_all_is_told()
        told = reader.transitions()
        assert served.stop()[0] == 0
    assert told[: len(before)] == before
    seqs = [row["seq"] for row in told]
    assert seqs == list(range(1, len(seqs) + 1))
    changes = [row for row in standing(told) if moment(row)[0] <= datetime.fromisoformat(instant)]
    keys = Counter((row["segment"], row["user_id"], row["at"], row["kind"]) for row in changes)
    assert max(keys.values()) == 1
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sorted(changes, key=moment):
        kinds[row["segment"], row["user_id"]].append(row["kind"])
    for pair, some in kinds.items():
        assert some == ["entered", "left"] * (len(some) // 2) + ["entered"] * (len(some) % 2), pair
    for name in RULES:
        assert main(["segment", "members", name, "--as-of", instant, "--project", str(folder)]) == 0
        rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
        assert members_by(changes, name) == {row["user_id"] for row in rows}, name
        assert any(row["segment"] == name for row in changes), f"nobody ever entered {name}"
