"""Rooms follow the data: each is in the contract, says what it holds, and imports only downwards."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT, modules, name_of
from tools.room_map import PAGE, purpose, rooms, with_map


def test_every_folder_is_a_room_of_the_contract():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == set(rooms())


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_holds(room):
    first = purpose(room)
    assert len(first.split()) >= 3, f"{room}/__init__.py needs a docstring: what the room holds"
    assert first.endswith("."), f"{room}: its first line is a sentence"


def test_every_module_says_what_it_is():
    silent = [name_of(path) for path, tree in modules() if not ast.get_docstring(tree)]
    assert silent == []


def test_the_room_map_is_the_contract():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_map(page), "run `make map`"


def test_imports_keep_the_contracts():
    command = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_tests_mirror_the_rooms():
    others = {"architecture", "clients", "oracle", "page", "properties", "stories"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    strays = folders - set(rooms()) - others - {"__pycache__", "bench", "data"}
    assert strays == set(), "a folder of tests is named after the room it tests"
