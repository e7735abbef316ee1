"""One process owns the store; the others hand their writes over to it, or are told."""

from __future__ import annotations

import json
import os
import resource
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shoal.core.errors import NotFoundError, StoreBusyError, StoreError
from shoal.events.event import Event
from shoal.store import OPERATIONS, create, hand_over, open_store, operation
from shoal.store.local_socket import listen_locally, stop_listening
from shoal.store.owner import SERVING
from tests.store.model import SOURCE, Row, event_of, people_in, tables

NOW = 10**15

OTHER = """
import sys
from shoal.core.errors import ShoalError
from shoal.events.event import Event
from shoal.store import open_store
store = open_store(sys.argv[1])
try:
    print(store.append([Event("page", "other", None, 1, 2, "m", {"x": 0.5})], wait=3).appended)
    print(store.perform("erase", {"user_id": "a"})["erased"]["events"])
    store.perform("undo", {"import_id": 77})
except ShoalError as error:
    print(type(error).__name__, error)
"""


def other(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return done.stdout.splitlines()


def test_another_process_hands_its_writes_over(tmp_path: Path) -> None:
    store = create(tmp_path)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables([Row("order", "a", None, 1, 1)]), imported_at=NOW)
        socket_path = tmp_path / ".shoal" / "owner.sock"
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o600
        assert other(tmp_path) == [
            "1",
            "1",
            "NotFoundError there is no import 77; `shoal import list` shows them",
        ]
        assert set(people_in(store.snapshot())) == {"other"}
    assert not socket_path.exists()
    assert other(tmp_path)[:2] == ["0", "0"]  # with no owner, it becomes the owner


def test_a_path_too_long_for_a_socket_still_has_one(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("longer" * 20)
    folder.mkdir(parents=True)
    store = create(folder)
    with store.write():
        facts = json.loads((folder / ".shoal" / "owner.lock").read_text())
        assert len(facts["socket"]) < 108
        assert hand_over(folder, {"operation": "compact"}) == {"merged": 0}
    assert not Path(facts["socket"]).parent.exists()


def test_a_busy_store_says_who_is_busy(tmp_path: Path) -> None:
    create(tmp_path)
    with (
        open_store(tmp_path).write() as _,
        pytest.raises(StoreBusyError, match=rf"process {os.getpid()} owns the store"),
        open_store(tmp_path).write(wait=0.05),
    ):
        pass
    with pytest.raises(StoreBusyError, match="not taking writes"):
        hand_over(tmp_path, {"operation": "compact"})


def test_who_serves_is_to_be_stopped_and_not_waited_for(tmp_path: Path) -> None:
    create(tmp_path)
    with (
        open_store(tmp_path).write(doing=SERVING) as _,
        pytest.raises(StoreBusyError, match=r"\(shoal serve\) owns the store .*; stop it first"),
        open_store(tmp_path).write(wait=0.05),
    ):
        pass


def test_a_second_owner_waits_for_the_first(tmp_path: Path) -> None:
    store = create(tmp_path)
    entered = threading.Event()

    def hold() -> None:
        with store.write():
            entered.set()
            time.sleep(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with open_store(tmp_path).write(wait=5) as writer:
        assert writer.compact() == 0
    thread.join()


def test_operations_can_be_added_and_their_errors_come_back(tmp_path: Path) -> None:
    @operation("shout")
    def shout(writer, request):
        if request["word"] == "":
            raise NotFoundError("no word", hint="give one")
        return {"word": request["word"].upper()}

    store = create(tmp_path)
    try:
        assert store.perform("shout", {"word": "a"}) == {"word": "A"}
        with store.write():
            assert hand_over(tmp_path, {"operation": "shout", "word": "é"})["word"] == "É"
            with pytest.raises(NotFoundError, match="no word; give one"):
                hand_over(tmp_path, {"operation": "shout", "word": ""})
            with pytest.raises(StoreError, match="does not know `nothing`"):
                hand_over(tmp_path, {"operation": "nothing"})
            with pytest.raises(StoreError, match="makes no sense"):
                hand_over(tmp_path, {"operation": "undo"})
    finally:
        del OPERATIONS["shout"]


def test_appends_go_on_while_an_import_runs(tmp_path: Path) -> None:
    store = create(tmp_path)

    def slow_tables():
        for number in range(5):
            row = Row("order", f"user {number}", None, number, number)
            hand_over(
                tmp_path,
                {
                    "operation": "apply_definitions",
                    "files": {"a.yml": str(number)},
                    "at": number,
                },
            )
            store.append(
                [Event("page", f"user {number}", None, 1, 2), Event("page", "b", None, 1, 2)]
            )
            yield from tables([row])

    with store.write() as writer:
        writer.import_tables(SOURCE, slow_tables(), imported_at=NOW)
    with store.snapshot() as snapshot:
        found = people_in(snapshot)
        assert {name: len(some) for name, (_, some) in found.items()} == {
            "b": 5,
            **{f"user {number}": 2 for number in range(5)},
        }
    version = store.books.applied_definitions()
    assert version is not None
    assert (version.files, version.applied_at) == ({"a.yml": "4"}, 4)
    with store.write() as writer:
        writer.compact()
    with store.snapshot() as snapshot:
        assert people_in(snapshot) == found


def test_many_threads_append_at_once(tmp_path: Path) -> None:
    store = create(tmp_path)
    with store.write() as writer:

        def send(first: int) -> None:
            for number in range(first, first + 10):
                row = Row("page", f"user {number % 5}", None, number, number % 20)
                writer.append([event_of(row, NOW)])

        threads = [threading.Thread(target=send, args=(10 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with store.snapshot() as snapshot:
        assert sum(len(some) for _, some in people_in(snapshot).values()) == 20


def test_many_may_wait_to_be_heard(tmp_path: Path) -> None:
    listener, path = listen_locally(tmp_path, "ear")
    waiting = [socket.socket(socket.AF_UNIX) for _ in range(100)]
    try:
        for one in waiting:
            one.settimeout(10)
            one.connect(str(path))
    finally:
        for one in waiting:
            one.close()
        stop_listening(listener, tmp_path, path)


def test_an_owner_that_ran_out_of_files_hears_again(tmp_path: Path) -> None:
    store = create(tmp_path)
    address = str(tmp_path / ".shoal" / "owner.sock")
    with (
        store.write(),
        socket.socket(socket.AF_UNIX) as first,  # it was listened for before
        socket.socket(socket.AF_UNIX) as asking,
    ):
        asking.settimeout(20)
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
        try:
            first.connect(address)
            asking.connect(address)
            time.sleep(0.3)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        asking.sendall(b'{"operation": "say", "what": "nothing"}\n')
        assert asking.makefile("rb").readline().startswith(b"{")
