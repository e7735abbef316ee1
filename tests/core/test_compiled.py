"""Compiled code is kept by the source it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.core import compiled


@pytest.fixture
def package(tmp_path, monkeypatch):
    for room in ("core", "events", "engine", "store"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "one.py").write_text(f"# {room}\n")
    monkeypatch.setattr(compiled, "PACKAGE", tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    compiled.cache_folder.cache_clear()
    yield tmp_path
    compiled.cache_folder.cache_clear()


def folder(room: str) -> str:
    compiled.cache_folder.cache_clear()
    return compiled.cache_folder(room)


def test_a_room_has_a_folder_of_its_own(package):
    assert folder("engine") != folder("store")
    assert folder("engine") == folder("engine")
    assert Path(folder("engine")).parent == package / "kept"


@pytest.mark.parametrize(("changed", "moves"), [("engine", True), ("core", True), ("store", False)])
def test_a_change_of_what_it_is_made_from_moves_it(package, changed, moves):
    before = folder("engine")
    (package / changed / "one.py").write_text("# another\n")
    assert (folder("engine") != before) == moves


def test_without_a_place_given_it_is_the_users(package, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(compiled, "user_cache_dir", lambda name: f"caches/{name}")
    assert Path(folder("engine")).parent == Path("caches/shoal/kernels")
