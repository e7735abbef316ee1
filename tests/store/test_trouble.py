"""A full disk, a read-only folder, a newer format, a damaged file: one clear message each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shoal.core.errors import StoreDamagedError, StoreError, StoreFormatError
from shoal.store import create, open_store
from shoal.store.migrations import migrate
from tests.store.model import SOURCE, Row, event_of, people_in, tables

NOW = 10**15
SOME = [Row("order", f"user {n}", None, n, n, word=f"word {n}") for n in range(2000)]


FULL = """
import resource, signal, sys
from shoal.core.errors import StoreError
from shoal.store import open_store
from tests.store.test_trouble import NOW, SOME, SOURCE, tables

store = open_store(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(SOME), imported_at=NOW)
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [20_000, 70_000])
def test_a_full_disk_is_said_and_the_store_answers_on(tmp_path: Path, limit: int) -> None:
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(SOME[:5]), imported_at=NOW)
    before = people_in(store.snapshot())
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), "."])},
    )
    assert "nothing was changed" in done.stdout
    assert people_in(open_store(tmp_path).snapshot()) == before
    assert len(list((tmp_path / ".shoal" / "buckets").iterdir())) == len(
        [one for bucket in store.snapshot().manifest.buckets for one in bucket.files()]
    )
    with store.write() as writer:
        assert writer.import_tables(SOURCE, tables(SOME), imported_at=NOW).imported == 1995


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_store_is_read_and_not_written(tmp_path: Path) -> None:
    store = create(tmp_path)
    root = tmp_path / ".shoal"
    root.chmod(0o500)
    try:
        assert people_in(store.snapshot()) == {}
        with pytest.raises(StoreError, match="cannot be written"), store.write():
            pass
    finally:
        root.chmod(0o700)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    store = create(tmp_path)
    root = tmp_path / ".shoal"
    manifest = root / "manifest-1.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(StoreFormatError, match="format 2, written by a newer Shoal"):
        store.snapshot()
    (root / "format").write_text("shoal store 2\n")
    with pytest.raises(StoreFormatError, match="format 2, written by a newer Shoal"):
        open_store(tmp_path)
    (root / "format").write_text("what?\n")
    with pytest.raises(StoreFormatError, match="does not say"):
        open_store(tmp_path)


def test_newer_books_are_refused(tmp_path: Path) -> None:
    store = create(tmp_path)
    store.books.set_setting("books_format", "2")
    with pytest.raises(StoreFormatError, match="books"):
        store.books.check_format()


def test_an_older_format_is_taken_up_step_by_step(tmp_path: Path, capsys) -> None:
    create(tmp_path)
    root = tmp_path / ".shoal"
    taken: list[int] = []
    steps = {1: lambda _: taken.append(1), 2: lambda _: taken.append(2)}
    migrate(root, 1, steps=steps, target=3)
    assert taken == [1, 2]
    assert (root / "format").read_text() == "shoal store 3\n"
    assert "from format 2 to 3" in capsys.readouterr().err
    with pytest.raises(StoreFormatError, match="unknown"):
        migrate(root, 0, steps={}, target=1)


@pytest.mark.parametrize("where", ["buckets", "identifiers"])
@pytest.mark.parametrize("left", [0, 100])
def test_a_damaged_file_is_said(tmp_path: Path, where: str, left: int) -> None:
    store = create(tmp_path, buckets=1)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(SOME[:50]), imported_at=NOW)
    (path,) = (tmp_path / ".shoal" / where).iterdir()
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(StoreDamagedError, match="cannot be read"):
        store.snapshot()
    path.unlink()
    with pytest.raises(StoreDamagedError, match="cannot be read"):
        store.snapshot()


def test_a_failed_import_leaves_nothing(tmp_path: Path) -> None:
    store = create(tmp_path)

    def broken():
        yield from tables(SOME[:50])
        raise StoreError("the file ends here")

    with store.write() as writer:
        with pytest.raises(StoreError, match="ends here"):
            writer.import_tables(SOURCE, broken(), imported_at=NOW, memory=0)
        writer.append([event_of(Row("page", "user 3", None, 1, 9999), NOW)])
        writer.fold()
    assert set(people_in(store.snapshot())) == {"user 3"}
    text = b"".join(path.read_bytes() for path in (tmp_path / ".shoal/identifiers").iterdir())
    assert b"user 4" not in text
    assert store.imports() == []
