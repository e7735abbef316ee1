"""Names come from the field; words that say nothing are not among them."""

from __future__ import annotations

import ast
import importlib
import re

import pytest

from tests.architecture.tree import modules, name_of
from tools.room_map import rooms

EMPTY = {"util", "utils", "helper", "helpers", "common", "manager", "service", "misc", "impl"}
EMPTY_FOR_CLASSES = EMPTY | {"base", "abstract", "handler"}
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(name: str) -> set[str]:
    return {word.lower() for word in WORDS.findall(name)}


def test_modules_are_named_for_what_they_hold():
    assert [name_of(path) for path, _ in modules() if _words(path.stem) & EMPTY_FOR_CLASSES] == []


def test_classes_and_functions_are_named_for_what_they_are():
    empty = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                forbidden = EMPTY_FOR_CLASSES
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                forbidden = EMPTY
            else:
                continue
            if _words(node.name) & forbidden:
                empty.append(f"{name_of(path)}:{node.name}")
    assert empty == []


@pytest.mark.parametrize("room", ["shoal", *(f"shoal.{room}" for room in rooms())])
def test_public_names_are_sorted_and_there(room):
    module = importlib.import_module(room)
    public = list(getattr(module, "__all__", ()))
    assert public == sorted(public, key=_rank)
    assert [name for name in public if not hasattr(module, name)] == []


def _rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by name."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_the_errors_are_one_tree():
    strays = []
    for path, tree in modules():
        for node in ast.walk(tree):
            bases = (
                [ast.unparse(item) for item in node.bases] if isinstance(node, ast.ClassDef) else []
            )
            if any(base in {"Exception", "ValueError", "RuntimeError"} for base in bases):
                strays.append(f"{name_of(path)}:{node.name}")
    assert strays == ["src/shoal/core/errors.py:ShoalError"]


def test_only_doors_catch_everything():
    doors = ("src/shoal/cli/",)
    broad = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler) or name_of(path).startswith(doors):
                continue
            if node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}:
                broad.append(f"{name_of(path)}:{node.lineno}")
    assert broad == []
