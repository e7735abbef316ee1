"""Subscribers are told everything at least once, in its order, signed, whatever happens to them."""

from __future__ import annotations

import time
from contextlib import contextmanager

import numpy as np
import pytest

from shoal.channels.retrying import Patience
from shoal.core.errors import NotFoundError, ShoalError, UsageError
from shoal.core.instants import SECOND
from shoal.events.event import Event
from shoal.project.backups import restore_backup, take_backup
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving import delivering
from shoal.project.serving.delivering import AT_ONCE, Deliveries, Outlet
from shoal.project.webhooks import (
    add_webhook,
    remove_webhook,
    replay_webhook,
    resume_webhook,
    show_webhook,
    try_webhook,
    webhook_rows,
)
from shoal.store.files import TRANSITIONS
from shoal.store.following import People
from shoal.store.subscriptions import Subscriptions
from shoal.store.transitions import (
    Cause,
    Frame,
    Kind,
    Position,
    Told,
    Transitions,
    read_transitions,
)
from tests.channels.listening import listening, verified

QUICK = Patience(first=0.01, longest=0.05, rejections=2, pause_after=3600)
SEGMENTS = ("buyers", "often")


class Shop:
    """A project whose transitions are told by the test."""

    def __init__(self, folder) -> None:
        init_project(folder)
        with (folder / "shoal.yml").open("a") as file:
            file.write("webhooks:\n  allow: [127.0.0.1]\n")
        self.project = open_project(folder)
        texts = {
            "segments/all.yml": "segments:\n  buyers: did ordered\n  often: count(ordered) > 1\n"
        }
        self.project.store.books.apply_definitions(texts, 1, "test")
        self.transitions = Transitions(self.project.store.root / TRANSITIONS)
        self.numbers: dict[str, int] = {}

    @property
    def last_seq(self) -> int:
        return self.transitions.last_seq

    def people(self, *names: str) -> None:
        at = self.project.clock()
        self.project.store.append([Event("ordered", name, None, at, at, name) for name in names])
        with self.project.store.snapshot() as snapshot:
            for bucket in range(snapshot.buckets):
                users = snapshot.user_ids(bucket).to_pylist()
                numbers = snapshot.history(bucket).profiles.tolist()
                self.numbers |= dict(zip(users, numbers, strict=True))

    def tell(self, *rows: tuple[str, str]) -> None:
        """Who entered what, in one frame."""
        many = len(rows)
        first = self.last_seq + 1
        told = Told(
            seq=np.arange(first, first + many),
            segment=np.array([SEGMENTS.index(segment) for _, segment in rows], np.int32),
            number=np.array([self.numbers[name] for name, _ in rows]),
            at=np.full(many, 10**15),
            kind=np.full(many, Kind.ENTERED, np.uint8),
            cause=np.full(many, Cause.CLOCK, np.uint8),
            event=np.full(many, -1, np.int32),
            arrival=np.zeros(many, np.int64),
            late=np.zeros(many, np.uint8),
            of=np.zeros(many, np.int64),
        )
        self.transitions.append(Frame(Position(), 10**15, 10**15, 1, SEGMENTS, (), told))

    @contextmanager
    def delivering(self, patience: Patience = QUICK, total: float = 15.0):
        outlet = Outlet(lambda: self.project, lambda: self.last_seq, patience, total)
        deliveries = Deliveries(outlet)
        deliveries.start()
        try:
            yield deliveries
        finally:
            deliveries.stop()

    def until(self, number: int, ready):
        end = time.monotonic() + 60
        while not ready(row := show_webhook(self.project, number)):
            assert time.monotonic() < end, row
            time.sleep(0.02)
        return row


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch):
    """What has to come is not waited for by the second."""
    monkeypatch.setattr(delivering, "LOOK_EVERY", 0.05)


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path / "shop")
    shop.people("ana", "rui", "eva")
    yield shop
    shop.transitions.close()
    shop.project.store.close()


@pytest.fixture
def listener():
    with listening() as it:
        yield it


def seqs(heard) -> list[int]:
    return [row["seq"] for it in heard for row in it.message["data"]["transitions"]]


def test_what_is_told_arrives_signed_and_in_order(shop, listener):
    shop.tell(("ana", "buyers"))
    one, secret = add_webhook(shop.project, listener.url, ["buyers"], None, "test")
    assert secret.startswith("whsec_")
    assert secret not in str(webhook_rows(shop.project))
    with shop.delivering():
        shop.tell(("rui", "buyers"), ("rui", "often"), ("eva", "buyers"))
        shop.tell(("ana", "often"))
        shop.tell(("eva", "buyers"))
        heard = list(listener.until(lambda heard: len(heard) == 2))
        shop.until(one.id, lambda row: row["backlog"] == 0)
    assert [it.headers["webhook-id"] for it in heard] == ["shoal-1-2-4", "shoal-1-6-6"]
    now = shop.project.clock() / SECOND
    assert all(verified(secret, it, now=now) for it in heard)
    message = heard[0].message
    assert (message["type"], message["data"]["webhook"]) == ("transitions", 1)
    assert message["data"]["transitions"][0] == {
        "seq": 2, "segment": "buyers", "user_id": "rui", "kind": "entered",
        "at": "2001-09-09T01:46:40Z", "told_at": "2001-09-09T01:46:40Z",
        "cause": {"kind": "clock"}, "version": 1,
    }  # fmt: skip
    assert seqs(heard) == [2, 4, 6]
    with shop.delivering():  # it goes on where it was
        shop.tell(("ana", "buyers"))
        listener.until(lambda heard: len(heard) == 3)
    assert seqs(listener.heard) == [2, 4, 6, 7]
    assert show_webhook(shop.project, one.id)["delivered"] == 3


def test_a_long_frame_is_several_messages_that_are_the_same_each_time(shop, listener):
    one, _ = add_webhook(shop.project, listener.url, [], 0, "test")
    shop.tell(*[("ana", "buyers")] * (2 * AT_ONCE + 5))
    with shop.delivering():
        listener.until(lambda heard: len(heard) == 3)
        shop.until(one.id, lambda row: row["backlog"] == 0)
    names = [it.headers["webhook-id"] for it in listener.heard]
    bodies = [it.body for it in listener.heard]
    assert names == ["shoal-1-1-99", "shoal-1-100-199", "shoal-1-200-205"]
    resume_webhook(shop.project, one.id, "test", 0)
    with shop.delivering():
        listener.until(lambda heard: len(heard) == 6)
    assert [it.headers["webhook-id"] for it in listener.heard[3:]] == names
    assert [it.body for it in listener.heard[3:]] == bodies


def test_trouble_is_waited_out_and_nothing_overtakes(shop, listener):
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    statuses = iter([500, 0, 302, 404, 429, 403])
    listener.answer = lambda _: (next(statuses, 200), {})
    with shop.delivering():
        shop.tell(("ana", "buyers"))
        shop.tell(("rui", "buyers"))
        listener.until(lambda heard: len(heard) >= 8)
        row = shop.until(one.id, lambda row: row["backlog"] == 0)
    assert seqs(listener.heard) == [1] * 7 + [2]
    assert len({it.headers["webhook-id"] for it in listener.heard}) == 2
    assert (row["state"], row["failures"], row["last_error"]) == ("active", 0, None)


def test_a_dead_or_slow_destination_holds_nobody(shop, listener):
    with listening() as dead, listening() as slow:
        dead.answer = lambda _: (503, {})
        hold = []
        slow.answer = lambda _: (hold.append(1), time.sleep(1.5), (200, {}))[2]
        numbers = [
            add_webhook(shop.project, it.url, [], None, "test")[0].id
            for it in (dead, slow, listener)
        ]
        with shop.delivering(Patience(first=60)) as deliveries:
            for _ in range(20):
                shop.tell(("ana", "buyers"))
            listener.until(lambda heard: len(heard) == 20)
            states = {row["id"]: row for row in deliveries.status()}
            assert not any("url" in row for row in states.values())
            row = shop.until(numbers[0], lambda row: row["state"] == "failing")
            assert (row["backlog"], row["last_error"]) == (20, "it answered 503")
            assert len(slow.heard) < 20
    assert seqs(listener.heard) == list(range(1, 21))


def test_what_is_not_taken_is_laid_aside_and_sent_again_when_wanted(shop, listener):
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    bad = {2}
    listener.answer = lambda it: (422 if bad & {*seqs([it])} else 200, {})
    with shop.delivering():
        for name in ("ana", "rui", "eva"):
            shop.tell((name, "buyers"))
        listener.until(lambda heard: 3 in seqs(heard))
        row = shop.until(one.id, lambda row: row["backlog"] == 0)
        assert seqs(listener.heard) == [1, 2, 2, 3]
        [letter] = row["laid_aside"]
        assert (letter["first_seq"], letter["last_seq"]) == (2, 2)
        assert letter["reason"] == "it answered 422"
        assert replay_webhook(shop.project, one.id, "test") == 1
        shop.until(one.id, lambda row: len(listener.heard) == 6 and _is_idle(row))
        assert show_webhook(shop.project, one.id)["dead_letters"] == 1
        bad.clear()
        replay_webhook(shop.project, one.id, "test")
        shop.until(one.id, lambda row: row["dead_letters"] == 0)
        shop.tell(("ana", "often"))
        listener.until(lambda heard: 4 in seqs(heard))
    assert seqs(listener.heard) == [1, 2, 2, 3, 2, 2, 2, 4]


def _is_idle(row) -> bool:
    return not any(it["waits_to_be_sent"] for it in row["laid_aside"])


@pytest.mark.parametrize("gone", [True, False])
def test_after_long_trouble_it_is_paused_until_somebody_resumes(shop, listener, gone):
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    listener.answer = lambda _: (410 if gone else 500, {})
    patience = Patience(first=0.01, longest=0.01, pause_after=3600 if gone else 0)
    with shop.delivering(patience):
        shop.tell(("ana", "buyers"))
        row = shop.until(one.id, lambda row: row["state"] == "paused")
        assert row["last_error"] == f"it answered {410 if gone else 500}"
        assert row["backlog"] == 1
        before = len(listener.heard)
        shop.tell(("rui", "buyers"))
        listener.answer = lambda _: (200, {})
        resume_webhook(shop.project, one.id, "test")
        row = shop.until(one.id, lambda row: row["backlog"] == 0)
    assert seqs(listener.heard)[before:] == [1, 2]
    assert row["state"] == "active"


def test_somebody_erased_is_in_no_further_try(shop, listener):
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    listener.answer = lambda _: (500, {})
    with shop.delivering():
        shop.tell(("ana", "buyers"), ("rui", "buyers"))
        shop.tell(("ana", "often"))
        listener.until(lambda heard: len(heard) >= 2)
        shop.transitions.close()  # only one may write them
        shop.project.store.perform("erase", {"user_id": "ana"})
        shop.transitions = Transitions(shop.project.store.root / TRANSITIONS)
        assert shop.last_seq == 3
        before = len(listener.heard) + 2  # one may be under way
        listener.until(lambda heard: len(heard) > before)
        listener.answer = lambda _: (200, {})
        shop.until(one.id, lambda row: row["backlog"] == 0)
    late = listener.heard[before:]
    assert late
    assert show_webhook(shop.project, one.id)["cursor"] == 3
    assert all(b"ana" not in it.body for it in late)
    assert {*seqs(late)} == {2}
    root = shop.project.store.root
    files = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    assert not any(b"ana" in data for data in files)


def test_removed_and_refused(shop, listener):
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    with shop.delivering():
        shop.tell(("ana", "buyers"))
        listener.until(lambda heard: len(heard) == 1)
        remove_webhook(shop.project, one.id, "test")
        again, _ = add_webhook(shop.project, listener.url, [], None, "test")
        assert again.id > one.id  # a number is never given twice: it is part of messages' names
    with pytest.raises(NotFoundError):
        show_webhook(shop.project, one.id)
    for change in (remove_webhook, resume_webhook, replay_webhook):
        with pytest.raises(NotFoundError):
            change(shop.project, 99, "test")
    with pytest.raises(NotFoundError, match="no applied segment"):
        add_webhook(shop.project, listener.url, ["buyer"], None, "test")
    with pytest.raises(UsageError):
        add_webhook(shop.project, "ftp://127.0.0.1", [], None, "test")
    (shop.project.folder / "shoal.yml").write_text("name: shop\n")
    with pytest.raises(ShoalError, match="not on the open internet"):
        add_webhook(shop.project, listener.url, [], None, "test")
    found = try_webhook(shop.project, again.id)
    assert not found["taken"]
    assert "not on the open internet" in found["error"]
    assert len(listener.heard) == 1


def test_a_trial_says_what_the_other_side_answered(shop, listener):
    one, secret = add_webhook(shop.project, listener.url, [], None, "test")
    assert try_webhook(shop.project, one.id) == {
        "id": 1, "taken": True, "status": 204, "error": None,
    }  # fmt: skip
    [heard] = listener.heard
    assert heard.message["type"] == "test"
    assert verified(secret, heard, now=shop.project.clock() / SECOND)
    listener.answer = lambda _: (500, {})
    assert try_webhook(shop.project, one.id)["status"] == 500
    assert Subscriptions(shop.project.store.books).one(one.id).progress.failures == 0


def test_no_byte_of_somebody_erased_is_left_where_things_were_told_and_laid_aside(shop, listener):
    name = "ludmila-7f3a"
    shop.people(name)
    one, _ = add_webhook(shop.project, listener.url, [], None, "test")
    answers = {1: 422, 2: 422, 3: 500}
    listener.answer = lambda it: (answers.get(seqs([it])[0], 200), {})
    with shop.delivering():
        for who in (name, "rui", name):
            shop.tell((who, "buyers"))
        row = shop.until(one.id, lambda row: row["dead_letters"] == 2 and row["failures"] > 2)
        assert [it["first_seq"] for it in row["laid_aside"]] == [1, 2]
    assert any(name.encode() in it.body for it in listener.heard)
    shop.transitions.close()
    counts = shop.project.store.perform("erase", {"user_id": name})["erased"]
    assert counts["transitions"] == 2
    shop.transitions = Transitions(shop.project.store.root / TRANSITIONS)
    shop.project.store.close()
    root = shop.project.store.root
    for path in root.rglob("*"):
        if path.is_file():
            assert b"ludmila" not in path.read_bytes(), path
    assert [
        int(it.told.number[0]) for it in read_transitions(root / TRANSITIONS) if len(it.told)
    ] == [shop.numbers["rui"]]
    listener.heard.clear()
    listener.answer = lambda _: (200, {})
    assert replay_webhook(shop.project, one.id, "test") == 2
    with shop.delivering():
        shop.until(one.id, lambda row: row["dead_letters"] == 0 and row["backlog"] == 0)
    assert seqs(listener.heard) == [2]


def test_a_backup_holds_what_was_told_and_a_restored_project_sends_nothing_by_itself(
    shop, listener, tmp_path
):
    one, secret = add_webhook(shop.project, listener.url, [], None, "test")
    shop.tell(("ana", "buyers"), ("rui", "buyers"))
    shop.tell(("eva", "often"))
    with shop.delivering():
        shop.until(one.id, lambda row: row["backlog"] == 0)
    take_backup(shop.project, tmp_path / "shop.tar.zst")
    shop.tell(("ana", "often"))
    restore_backup(tmp_path / "shop.tar.zst", tmp_path / "again")
    again = open_project(tmp_path / "again")
    folder = again.store.root / TRANSITIONS
    assert told_in(folder) == [(1, "ana"), (2, "rui"), (3, "eva")]
    assert told_in(folder) == told_in(shop.project.store.root / TRANSITIONS)[:3]
    transitions = Transitions(folder)
    assert transitions.last_seq == 3
    transitions.close()
    [row] = webhook_rows(again)
    assert (row["state"], row["cursor"]) == ("paused", 3)
    assert row["last_error"] == "it was restored from a backup"
    before = len(listener.heard)
    resume_webhook(again, one.id, "test", 0)
    deliveries = Deliveries(Outlet(lambda: again, lambda: 3, QUICK))
    deliveries.start()
    listener.until(lambda heard: len(heard) == before + 2)
    deliveries.stop()
    late = listener.heard[before:]
    assert seqs(late) == [1, 2, 3]
    assert all(verified(secret, it, now=again.clock() / SECOND) for it in late)
    again.store.close()


def told_in(folder) -> list[tuple[int, str]]:
    people = People(folder.parent)
    return [
        (int(seq), name)
        for frame in read_transitions(folder)
        for seq, name in zip(frame.told.seq, people.names_of(frame.told.number), strict=True)
    ]
