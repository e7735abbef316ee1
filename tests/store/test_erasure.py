"""After an erasure no byte of the person is left under .shoal."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from shoal.events.event import Event
from shoal.events.quarantine import Rejected
from shoal.privacy import unowned
from shoal.store import create, open_store
from shoal.store.files import FETCHED, HANDED
from shoal.store.handing import handing
from shoal.store.places import PERSONAL, PLACES
from tests.store.model import SOURCE, Row, event_of, people_in, tables

NOW = 10**15
SECRET = "ludmila-7f3a"
TRACES = (b"ludmila", b"7f3a", b"her own words", b"her-device")


def lived_in(folder: Path):
    """A store in which the person is everywhere: base, delta, log, quarantine, dictionaries."""
    store = create(folder, buckets=2)
    others = [
        Row("order", f"user {n}", None, n, n, x=1.0, word="red" if n % 2 else "blue")
        for n in range(200)
    ]
    hers = [Row("order", SECRET, "her-device", n, 900 + n, word="her own words") for n in range(9)]
    few = [Row("page", SECRET, None, n, 950 + n, word=f"her own words {n}") for n in range(3)]
    rejected = [
        Rejected(1, "no time", f"{SECRET},yesterday"),
        Rejected(2, "no time", f"{SECRET}-not-she,yesterday".replace("ludmila-7f3a", "somebody")),
    ]
    with store.write() as writer:
        writer.import_tables(SOURCE, tables([*others, *hers]), rejected, imported_at=NOW)
        writer.import_tables(SOURCE, tables(few), imported_at=NOW)
        writer.append([event_of(Row("page", SECRET, None, 5, 999, word="her own words"), NOW)])
    fetched = folder / ".shoal" / FETCHED
    fetched.mkdir()
    (fetched / "orders-1.jsonl").write_text(f'{{"customer": "{SECRET}"}}\n')
    (fetched / "orders-2.jsonl").write_text('{"customer": "somebody"}\n')
    (fetched / "orders-3.jsonl").write_text("")
    return store


def test_every_byte_is_gone(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    before = people_in(store.snapshot())
    assert all(trace in everything(tmp_path) for trace in TRACES)
    with store.write() as writer:
        plan = writer.plan_erasure(SECRET)
        counts = writer.erase(SECRET)
        left = everything(tmp_path)
        assert writer.plan_erasure(SECRET).total == 0
    assert dict(plan.found) == dict(counts.places)
    assert counts.places == {
        "events": 12, "identifiers": 2, "quarantine": 1, "log": 1, "transitions": 0,
        "damaged": 0, "fetched": 1, "handed": 0, "outbox": 0,
    }  # fmt: skip
    assert [trace for trace in TRACES if trace in left] == []
    assert b"somebody" in left
    del before[SECRET]
    assert people_in(open_store(tmp_path).snapshot()) == before


def test_what_is_being_handed_over_goes_too(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    with store.write() as writer, handing(store.root) as folder:
        (folder / "scores.csv").write_text(f"{SECRET},0.7\n")
        (folder / "others.csv").write_text("somebody,0.7\n")
        assert writer.plan_erasure(SECRET).found["handed"] == 1
        assert writer.erase(SECRET).places["handed"] == 1
        assert list(folder.iterdir()) == []


def test_what_a_killed_process_was_handing_over_is_taken_away(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    left = store.root / HANDED / "of the killed"
    left.mkdir(parents=True)
    (left / "scores.csv").write_text(f"{SECRET},0.7\n")
    with handing(store.root) as folder:
        assert not left.exists()
        left.mkdir()
        with store.write():
            assert folder.exists()
            assert not left.exists()
    assert not folder.exists()


def test_what_comes_later_is_turned_away(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    with store.write() as writer:
        writer.erase(SECRET)
        again = [Row("order", SECRET, None, 1, 1), Row("order", "kim", None, 1, 2)]
        counts = writer.import_tables(SOURCE, tables(again), imported_at=NOW)
        assert (counts.imported, counts.dropped) == (1, 1)
    with store.write() as writer:
        assert writer.append([event_of(again[0], NOW)]).dropped == 1
        assert writer.import_tables(SOURCE, tables(again[:1]), imported_at=NOW).dropped == 1
    assert SECRET.encode() not in everything(tmp_path)
    assert store.snapshot().find(SECRET) is None


def test_a_person_only_in_the_log_or_in_quarantine_is_found(tmp_path: Path) -> None:
    store = create(tmp_path)
    with store.write() as writer:
        writer.import_tables(SOURCE, [], [Rejected(1, "no time", '{"who": "kim"}')])
        writer.append([Event("$consent", "lee", None, 1, 1, None, {"wording": Decimal("1.5")})])
        assert writer.erase("lee").places["log"] == 1
        assert writer.erase("kim").places["quarantine"] == 1
        assert writer.erase("nobody").total == 0
    assert b"kim" not in everything(tmp_path)
    assert b"lee" not in everything(tmp_path)


def test_a_reader_keeps_what_it_has_mapped(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    with store.snapshot() as held:
        with store.write() as writer:
            writer.erase(SECRET)
        assert SECRET in people_in(held)


def test_every_file_has_its_place(tmp_path: Path) -> None:
    store = lived_in(tmp_path)
    with store.write() as writer:
        writer.erase("user 3")
        writer.append([event_of(Row("page", "a", None, 5, 1000), NOW)])
        root = tmp_path / ".shoal"
        files = [path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()]
    assert len({path.split("/")[0] for path in files}) >= 9
    assert unowned(files, PLACES) == ()
    assert all(callable(one.find) and callable(one.erase) for one in PERSONAL)
    assert {one.place for one in PERSONAL} == {place for place in PLACES if place.personal}


def test_only_the_owner_of_the_files_can_read_the_key(tmp_path: Path) -> None:
    create(tmp_path)
    assert (tmp_path / ".shoal").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".shoal" / "key").stat().st_mode & 0o777 == 0o600


def everything(folder: Path) -> bytes:
    return b"\n".join(
        path.name.encode() + path.read_bytes()
        for path in (folder / ".shoal").rglob("*")
        if path.is_file()
    )
