"""Killed at any point, a store opens and holds all of what was done or nothing of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shoal.store import create, open_store
from tests.store.killing import NOW, rows
from tests.store.model import SOURCE, people_in, tables


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kills") / "prepared"
    folder.mkdir()
    store = create(folder, buckets=2)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(rows("old", 30)), imported_at=NOW)
    return folder


@pytest.fixture(scope="module")
def killer():
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.killing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), "."])},
    )

    def kill(folder: Path, task: str, count: int) -> tuple[str, list[str]]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{folder} {task} {count}\n")
        process.stdin.flush()
        how, *told = process.stdout.readline().split()
        return how, told

    with process:
        yield kill
        assert process.stdin is not None
        process.stdin.close()


every = pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])


def each_kill(prepared: Path, killer, task: str, tmp_path: Path, step: int):
    """The store after each possible kill, with what had been acknowledged."""
    for count in range(step - 1, 400, step):
        folder = tmp_path / str(count)
        shutil.copytree(prepared, folder)
        how, told = killer(folder, task, count)
        assert how != "failed"
        yield folder, told
        shutil.rmtree(folder)
        if how == "ended":
            assert count > 10
            return
    raise AssertionError("it never ended")


@every
def test_an_import_is_there_whole_or_not_at_all(prepared, killer, tmp_path, step) -> None:
    before = set(people_in(open_store(prepared).snapshot()))
    seen = set()
    for folder, told in each_kill(prepared, killer, "bring", tmp_path, step):
        store = open_store(folder)
        found = people_in(store.snapshot())
        new = sum(len(some) for name, (_, some) in found.items() if name.startswith("new"))
        assert new in ((40,) if told else (0, 40))
        assert before <= set(found)
        seen.add(new)
        with store.write() as writer:
            counts = writer.import_tables(SOURCE, tables(rows("new", 40)), imported_at=NOW)
        assert counts.imported == 40 - new
        assert len(store.imports()) == (3 if new else 2)
        assert leftovers(folder) == []
    assert seen == {0, 40}


@every
def test_nothing_acknowledged_is_lost(prepared, killer, tmp_path, step) -> None:
    for folder, told in each_kill(prepared, killer, "append", tmp_path, step):
        store = open_store(folder)
        _, some = people_in(store.snapshot()).get("sent", (0, []))
        kept = [at for _, at, *_ in some]
        assert kept == list(range(len(kept)))
        assert len(told) <= len(kept) <= len(told) + 1
        with store.write() as writer:
            writer.fold()
        _, again = people_in(store.snapshot()).get("sent", (0, []))
        assert again == some


@every
def test_an_erasure_is_done_or_can_be_done_again(prepared, killer, tmp_path, step) -> None:
    for folder, told in each_kill(prepared, killer, "erase", tmp_path, step):
        store = open_store(folder)
        with store.snapshot() as snapshot:
            found = people_in(snapshot)
        assert len(found) == (6 if "old1" not in found else 7)
        assert not (told and "old1" in found)
        with store.write() as writer:
            writer.erase("old1")
        assert leftovers(folder) == []
        text = b"".join(path.read_bytes() for path in (folder / ".shoal").rglob("*.arrow"))
        assert b"old1" not in text
        assert b"old2" in text


def leftovers(folder: Path) -> list[Path]:
    root = folder / ".shoal"
    assert len(list(root.glob("manifest-*.json"))) == 1
    with open_store(folder).snapshot() as snapshot:
        named = snapshot.manifest.file_names()
    lying = {
        path.relative_to(root).as_posix()
        for place in ("buckets", "identifiers", "quarantine", "tombstones")
        for path in (root / place).iterdir()
    }
    return sorted(lying - named) + list(root.rglob("*.partial"))
