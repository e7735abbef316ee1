"""Backup, restore and replay give the same checksum; a doctor sees what is wrong."""

from __future__ import annotations

import json
import threading

import pytest
from msgspec.structs import replace

from shoal.cli import main
from shoal.core.errors import ShoalError, UsageError
from shoal.events.event import Event
from shoal.project.backups import checksum, restore_backup, take_backup
from shoal.project.doctor import State, examine_project, mend_project
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.store import Refused
from shoal.store.accounts import Accounts

AT = 1_760_000_000_000_000


def event(number, name="viewed"):
    return Event(
        name, f"user {number % 50}", None, AT + number, AT + 2 * number, f"m{number}",
        {"price": number / 8, "word": f"w{number % 3}", "odd": "x" if number % 7 == 0 else number},
        ({"sku": "a"}, {"sku": "b", "quantity": number}) if number % 5 == 0 else (),
    )  # fmt: skip


def sum_of(folder):
    with open_project(folder).store.snapshot() as snapshot:
        return checksum(snapshot)


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    init_project(folder)
    (folder / "segments" / "mine.yml").write_text("segments:\n  mine: did viewed\n")
    project = open_project(folder)
    path = tmp_path / "orders.csv"
    path.write_text("c,date,total\nana,2026-01-01,5\n,2026-01-02,6\nbo,2026-01-02,6\n")
    import_files(project, [path], Wanted(event="order", user="c", time="date"))
    with project.store.write() as writer:
        writer.append([event(number) for number in range(300)])
        writer.fold()
        writer.append([event(number) for number in range(300, 400)], [
            Refused("{}", "odd", "no_user", AT)
        ])  # fmt: skip
    return project


def test_backup_restore_and_replay_give_the_same_checksum(shop, tmp_path):
    before = sum_of(shop.folder)
    made = take_backup(shop, tmp_path / "shop.tar.zst")
    assert made.rows > 300
    assert (tmp_path / "shop.tar.zst").stat().st_mode & 0o077 == 0
    restore_backup(tmp_path / "shop.tar.zst", tmp_path / "again")
    again = open_project(tmp_path / "again")
    assert sum_of(again.folder) == before
    assert [it.raw for it in again.store.quarantine()] == [it.raw for it in shop.store.quarantine()]
    assert len(again.store.imports()) == 1
    assert (again.folder / "segments" / "mine.yml").exists()
    with again.store.write() as writer:  # everything sent once more, in another order
        counts = writer.append([event(number) for number in reversed(range(400))])
        assert (counts.appended, counts.duplicates) == (0, 400)
        writer.compact()
    assert sum_of(again.folder) == before
    assert not [it for it in examine_project(again) if it.state is State.WRONG]
    with again.store.write() as writer:
        writer.append([event(401)])
    assert sum_of(again.folder) != before


def test_the_checksum_does_not_depend_on_the_way_events_came(tmp_path):
    sums = []
    for name, order in (("one", range(200)), ("two", range(199, -1, -1))):
        init_project(tmp_path / name)
        with open_project(tmp_path / name).store.write() as writer:
            for number in order:
                one = event(number)
                # what a mixed property is depends on what came first, so there is none
                cells = {key: it for key, it in one.properties.items() if key != "odd"}
                writer.append([replace(one, properties=cells)])
                if name == "two" and number % 60 == 0:
                    writer.fold()
        sums.append(sum_of(tmp_path / name))
    assert sums[0] == sums[1]


def test_a_backup_taken_under_load_holds_a_moment(shop, tmp_path):
    stop = threading.Event()
    sent = []

    def load():
        number = 1000
        with shop.store.write() as writer:
            while not stop.is_set():
                writer.append([event(number)])
                sent.append(number)
                number += 1
                if number % 20 == 0:
                    writer.fold()

    thread = threading.Thread(target=load)
    thread.start()
    try:
        while len(sent) < 30:
            pass
        first = len(sent)
        take_backup(shop, tmp_path / "b.tar.zst")
        last = len(sent) + 1
    finally:
        stop.set()
        thread.join()
    restore_backup(tmp_path / "b.tar.zst", tmp_path / "again")
    with open_project(tmp_path / "again").store.write() as writer:
        counts = writer.append([event(number) for number in sent])
    assert first <= counts.duplicates <= last


def test_what_is_no_backup_is_refused_and_nothing_is_left(shop, tmp_path):
    file = tmp_path / "b.tar.zst"
    take_backup(shop, file)
    with pytest.raises(UsageError, match="there already"):
        take_backup(shop, file)
    with pytest.raises(UsageError, match="not empty"):
        restore_backup(file, shop.folder)
    data = file.read_bytes()
    for spoilt in (data[: len(data) // 2], b"no backup", data[:200] + b"\0" * 8 + data[208:]):
        file.write_bytes(spoilt)
        with pytest.raises(ShoalError):
            restore_backup(file, tmp_path / "again")
        assert not (tmp_path / "again").exists()
    assert sorted(it.name for it in tmp_path.iterdir()) == ["b.tar.zst", "orders.csv", "shop"]


def test_the_doctor_says_what_is_wrong_and_mends_it(shop, capsys):
    assert main(["--project", str(shop.folder), "doctor"]) == 0
    capsys.readouterr()
    path = next((shop.store.root / "buckets").iterdir())
    path.write_bytes(path.read_bytes()[:100])
    (shop.store.root / "stray.txt").write_text("what is this")
    assert main(["--project", str(shop.folder), "doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["well"] is False
    states = {(it["about"], it["state"]) for it in told["findings"]}
    assert {("files", "wrong"), ("orphans", "warning"), ("books", "well")} <= states
    assert path.name in mend_project(shop)[0]["file"]
    findings = {it.about: it for it in examine_project(shop)}
    assert findings["files"].state is State.WELL
    assert "rows of events" in findings["damaged"].told
    assert main(["--project", str(shop.folder), "doctor", "--checksum", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["checksum"]) == 32


def test_damaged_books_are_told(shop):
    path = shop.store.books.path
    path.write_bytes(b"\0" * 4096)
    findings = {it.about: it.state for it in examine_project(shop)}
    assert findings["books"] is State.WRONG


def test_accounts_come_with_a_backup(shop, tmp_path):
    from shoal.access import Role

    Accounts(shop.store.books).add_user("a@example.org", Role.ADMIN, "x", AT)
    take_backup(shop, tmp_path / "b.tar.zst")
    restore_backup(tmp_path / "b.tar.zst", tmp_path / "again")
    again = open_project(tmp_path / "again")
    assert [it.email for it in Accounts(again.store.books).users()] == ["a@example.org"]
