"""A damaged file is set aside and told; what is left stays true, and the store goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.core.errors import StoreDamagedError
from shoal.events.event import Event
from shoal.events.quarantine import Rejected
from shoal.store import Refused, create, open_store
from shoal.store.log import segment_path
from tests.store.model import SOURCE, Row, people_in, tables

AT = 1_760_000_000_000_000
ROWS = [Row("order", f"user {n % 20}", None, n, n) for n in range(200)]


def good(number: int) -> Event:
    return Event("viewed", f"user {number}", None, AT + number, AT + number, f"m{number}", {"n": 1})


def logged(tmp_path: Path, count: int = 5) -> Path:
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        for number in range(count):
            writer.append([good(number)], [Refused(f"{{{number}}}", "odd", "no_user", AT + number)])
    return segment_path(tmp_path / ".shoal" / "log", 1)


def spoil(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(("at", "kept"), [(0, 5), (200, 4)])
def test_a_damaged_segment_costs_one_write_and_is_kept_aside(tmp_path, at, kept) -> None:
    path = logged(tmp_path)
    before = path.read_bytes()
    spoil(path, at)
    with open_store(tmp_path).write() as writer:
        assert len(writer.state.tail) == kept
        writer.append([good(number) for number in range(5)])
    store = open_store(tmp_path)
    (damage,) = store.damages()
    assert damage.file == "log/segment-00000001.log"
    assert "received" in damage.lost or at == 0
    aside = (tmp_path / ".shoal" / "damaged" / str(damage.kept)).read_bytes()
    assert len(aside) == len(before)
    assert len(people_in(store.snapshot())) == 5, "what was sent again is there once"
    assert store.snapshot().rows == 5
    with store.write() as writer:
        writer.fold()
    assert len(store.damages()) == 1


def test_damage_of_the_log_is_never_cut_off_with_what_follows(tmp_path) -> None:
    path = logged(tmp_path)
    spoil(path, 200)
    assert open_store(tmp_path).snapshot().rows == 4, "a reader sees the others too"


def imported(tmp_path: Path):
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        writer.import_tables(
            SOURCE, tables(ROWS), [Rejected(1, "odd", "a,b"), Rejected(2, "odd", "c,d")],
            imported_at=AT,
        )  # fmt: skip
    return store


def test_a_damaged_run_is_told_with_what_was_lost_and_the_rest_answers(tmp_path) -> None:
    store = imported(tmp_path)
    bucket = store.snapshot().manifest.buckets[0]
    path = tmp_path / ".shoal" / "buckets" / bucket.base.name
    path.write_bytes(path.read_bytes()[:500])
    whole = store.damages()
    with pytest.raises(StoreDamagedError), store.write() as writer:
        writer.append([good(number) for number in range(20)])
    with open_store(tmp_path).write(mend=True) as writer:
        writer.append([good(21)])
    (damage,) = store.damages()
    assert whole == []
    assert f"{bucket.base.rows:,} rows" in damage.lost
    assert "bucket 0" in damage.lost
    snapshot = open_store(tmp_path).snapshot()
    assert snapshot.rows == 200 - bucket.base.rows + 1
    assert snapshot.catalogue.events["order"].rows == 200 - bucket.base.rows
    with store.write(mend=True) as writer:
        assert writer.import_tables(SOURCE, tables(ROWS), imported_at=AT).imported > 0
    assert len(store.damages()) == 1


@pytest.mark.parametrize("gone", [True, False])
def test_damaged_identifiers_are_taken_from_the_runs(tmp_path, gone) -> None:
    store = imported(tmp_path)
    before = people_in(store.snapshot())
    (path,) = (tmp_path / ".shoal" / "identifiers").iterdir()
    path.unlink() if gone else path.write_bytes(b"nothing")
    with store.write(mend=True) as writer:
        writer.append([good(3)])
        writer.fold()
    after = people_in(open_store(tmp_path).snapshot())
    assert set(after) == set(before)
    assert after["user 4"] == before["user 4"]
    number, events = after["user 3"]
    assert (number, len(events)) == (before["user 3"][0], len(before["user 3"][1]) + 1)
    assert len(store.damages()) == 1


def test_a_damaged_row_of_the_quarantine_stays_listed(tmp_path) -> None:
    store = imported(tmp_path)
    (path,) = (tmp_path / ".shoal" / "quarantine").iterdir()
    spoil(path, 5)
    for _ in range(2):
        rows = list(store.quarantine())
        assert len(rows) == 2
        assert rows[0].code == "damaged"
        assert "a,b" in rows[0].raw
        assert rows[1].raw == "c,d"
        with store.write(mend=True):
            pass
    assert len(store.damages()) == 1
    (path,) = (tmp_path / ".shoal" / "quarantine").iterdir()
    path.unlink()
    assert [row.code for row in store.quarantine()] == ["damaged"]
    with store.write(mend=True):
        pass
    assert len(store.damages()) == 2


def test_erasing_a_person_removes_damaged_files_that_speak_of_them(tmp_path) -> None:
    path = logged(tmp_path)
    spoil(path, 200)
    store = open_store(tmp_path)
    with store.write() as writer:
        assert writer.plan_erasure("user 3").found["damaged"] == 1
        assert writer.erase("user 3").places["damaged"] == 1
    held = b"".join(it.read_bytes() for it in (tmp_path / ".shoal").rglob("*") if it.is_file())
    assert b"user 3" not in held
    assert len(store.damages()) == 1, "that there was damage stays told"
