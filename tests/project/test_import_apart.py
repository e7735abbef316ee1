"""An import by a child process is the import this process would do; its end costs nothing."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from shoal.core.errors import ImportFileError, StoreError
from shoal.events.event import Event
from shoal.identity import Identifier
from shoal.project.imports.importing import (
    Wanted,
    import_files,
    quarantine_items,
    undo_import,
)
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.owner.import_apart import ENDED, Importers
from shoal.store.identifiers import ABSENT
from tests.api.loading import ENV, Writer, command, new_project, pings, serving
from tests.store.model import people_in

pytestmark = pytest.mark.serving

AT = 1_760_000_000_000_000
WANTED = Wanted(event="order", user="who", time="at")


def orders(folder, name="orders.csv", rows=400, start=0):
    path = folder / name
    lines = [
        f"u{n % 37},2026-01-{n % 28 + 1:02d},{'n/a' if n == 7 else n},{'red' if n % 2 else ''}"
        for n in range(start, start + rows)
    ]
    path.write_text("\n".join(["who,at,total,word", *lines, ",2026-01-01,3,odd", ""]))
    return path


def seen(number, total):
    return Event(
        "order", f"u{number}", None, AT + number, AT + number, f"m{number}", {"total": total}
    )


@pytest.fixture
def shop(tmp_path):
    init_project(tmp_path / "shop")
    return open_project(tmp_path / "shop")


@pytest.fixture
def owned(shop):
    """The store owned as a server owns it: imports of others are done by children."""
    importers = Importers()
    with shop.store.write() as writer:
        writer.importer = importers
        yield writer
        importers.close()


def interrupting(writer, at, act):
    """Does something when the child asks for this; answers the pids of the children."""
    inner = writer.importer
    found = []

    def importer(request, hear):
        def heard(question):
            if question.form["asks"] == at:
                (child,) = inner._at_work
                found.append(child.number)
                act(found[-1])
            return hear(question)

        return inner(request, heard)

    writer.importer = importer
    return found


def files_of(shop):
    root = shop.folder / ".shoal"
    kept = ("buckets", "identifiers", "quarantine", "importing")
    return sorted(str(it) for name in kept for it in (root / name).rglob("*"))


def test_an_import_by_a_child_is_the_same_import(tmp_path, shop, owned) -> None:
    init_project(tmp_path / "other")
    other = open_project(tmp_path / "other")
    first, second = orders(tmp_path), orders(tmp_path, "more.csv", 500, 300)
    consents = tmp_path / "consents.csv"
    consents.write_text("who,purpose,said\nu1,marketing,granted\nu2,marketing,perhaps\n")
    told = []
    for it in (shop, other):
        made = [import_files(it, [path], WANTED).as_json() for path in (first, second, first)]
        words = ["consent", "import", str(consents), "--user", "who", "--purpose", "purpose"]
        done = subprocess.run(
            command(it.folder, *words, "--state", "said", "--json"),
            capture_output=True, text=True, env=ENV, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        undone = undo_import(it, 1)
        replaced = import_files(it, [first], Wanted(**{**vars_of(WANTED), "replaces": 2}))
        told.append([*made, json.loads(done.stdout), undone, replaced.as_json()])
    assert told[0] == told[1]
    assert told[0][1]["duplicates"] == 100
    assert told[0][2]["duplicates"] == 400
    with shop.store.snapshot() as one, other.store.snapshot() as two:
        assert people_in(one) == people_in(two)
        assert one.catalogue == two.catalogue
    assert [it["raw"] for it in quarantine_items(shop)] == [
        it["raw"] for it in quarantine_items(other)
    ]


def vars_of(wanted):
    return {name: getattr(wanted, name) for name in ("event", "user", "time")}


@pytest.mark.parametrize("at", ["known", "numbers", "newest"])
def test_a_child_that_is_killed_leaves_nothing(tmp_path, shop, owned, at) -> None:
    owned.append([seen(1, 5)])
    owned.fold()
    before, facts = files_of(shop), people_in(shop.store.snapshot())
    plain = owned.importer
    pids = interrupting(owned, at, lambda pid: os.kill(pid, signal.SIGKILL))
    with pytest.raises(StoreError, match=ENDED):
        import_files(shop, [orders(tmp_path)], WANTED)
    assert len(pids) == 1
    assert files_of(shop) == before
    assert people_in(shop.store.snapshot()) == facts
    assert quarantine_items(shop) == []
    assert owned.state.identifiers.find(Identifier("u2")) == ABSENT
    owned.importer = plain
    assert import_files(shop, [orders(tmp_path)], WANTED).imported == 400


def test_a_full_disk_and_a_bad_file_are_said_as_ever(tmp_path, shop, owned) -> None:
    path, before = orders(tmp_path, rows=4000), files_of(shop)
    plain = owned.importer
    interrupting(
        owned, "newest", lambda pid: resource.prlimit(pid, resource.RLIMIT_FSIZE, (9_000, 9_000))
    )
    with pytest.raises(StoreError, match=r"no space left.*nothing was changed"):
        import_files(shop, [path], WANTED)
    owned.importer = plain
    with pytest.raises(ImportFileError, match="whom"):
        import_files(shop, [path], Wanted(event="order", user="whom", time="at"))
    assert files_of(shop) == before
    assert import_files(shop, [path], WANTED).imported == 4000


def test_events_are_appended_and_folded_while_an_import_is_under_way(tmp_path, shop, owned) -> None:
    """Under other types even, and whether the import comes to its end or not."""
    numbers = []

    def meanwhile(pid):
        owned.append([seen(n, f"word {n}") for n in range(5)])
        owned.append([seen(50, "word 50")])
        assert owned.fold() == 6
        owned.append([seen(6, "late")])
        numbers.append(owned.state.identifiers.find(Identifier("u3")))

    plain = owned.importer
    interrupting(owned, "newest", meanwhile)
    assert import_files(shop, [orders(tmp_path)], WANTED).imported == 400
    facts = shop.store.snapshot().catalogue.property("order", "total")
    assert (facts.type, facts.set, facts.unconverted) == ("text", 407, 0)
    assert owned.state.identifiers.find(Identifier("u3")) == numbers[0], "a promise is kept"
    owned.importer = plain
    interrupting(owned, "newest", lambda pid: owned.append([seen(90, "new")]) and os.kill(pid, 9))
    with pytest.raises(StoreError, match=ENDED):
        import_files(shop, [orders(tmp_path, "f.csv", 30, 1000)], WANTED)
    owned.fold()
    assert len(people_in(shop.store.snapshot())) == 37 + 2


def child_of(pid):
    """The importing child of a server, once it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                if "import_apart" in Path(f"/proc/{child}/cmdline").read_text():
                    return int(child)
        time.sleep(0.01)
    raise AssertionError("no child came")


def start(folder, path, *more):
    words = ("--event", "order", "--user", "who", "--time", "at", "--json", *more)
    return subprocess.Popen(
        command(folder, "import", str(path), *words),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENV,
    )  # fmt: skip


def test_a_server_hands_imports_to_a_child_and_takes_events_meanwhile(tmp_path) -> None:
    folder, secret = new_project(tmp_path / "shop")
    path = orders(tmp_path, rows=50_000)
    writer = Writer("w", secret)
    stop = threading.Event()
    with serving(folder) as served:
        thread = threading.Thread(target=writer.run, args=(served.port, stop))
        thread.start()
        try:
            killed = start(folder, path)
            child = child_of(served.process.pid)
            os.kill(child, signal.SIGKILL)
            out, err = killed.communicate(timeout=120)
            assert killed.returncode == 1
            assert ENDED in err + out

            given_up = start(folder, path)
            child = child_of(served.process.pid)
            os.kill(child, signal.SIGSTOP)  # a fast child would end before anybody sees it
            given_up.send_signal(signal.SIGKILL)
            given_up.communicate()
            until = time.monotonic() + 60
            while (is_there := Path(f"/proc/{child}").exists()) and time.monotonic() < until:
                time.sleep(0.01)
            assert not is_there, "nobody waits for it any more"

            both = [start(folder, path), start(folder, orders(tmp_path, "b.csv", 100, 60_000))]
            told = [json.loads(one.communicate(timeout=300)[0]) for one in both]
            assert [one["imported"] for one in told] == [50_000, 100]
            assert sorted(one["imports"] for one in told) == [[1], [2]], "the first two never were"
        finally:
            stop.set()
            thread.join()
        assert len(writer.acknowledged) > 0
        assert served.stop()[0] == 0
    assert set(pings(folder)) == set(writer.acknowledged)
    assert not (folder / ".shoal" / "importing").exists()
    assert open_project(folder).store.snapshot().catalogue.events["order"].rows == 50_100


def test_a_server_that_stops_ends_the_import_and_says_so(tmp_path) -> None:
    folder, _ = new_project(tmp_path / "shop")
    with serving(folder) as served:
        importing = start(folder, orders(tmp_path, rows=50_000))
        os.kill(child_of(served.process.pid), signal.SIGSTOP)  # else it is done first
        assert served.stop()[0] == 0
        out, err = importing.communicate(timeout=120)
    assert importing.returncode == 1
    assert ENDED in err + out
    assert open_project(folder).store.imports() == []
