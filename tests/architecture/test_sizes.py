"""One idea per file, functions about a screen: budgets that keep pages readable."""

from __future__ import annotations

import ast

from tests.architecture.tree import modules, name_of

FILE = 600
FUNCTION = 70
METHODS = 20
# One loop over a block with everything at hand: cut up, each part would take what the others hold.
LONG = {
    "src/shoal/engine/choosing.py:choose_rows",
}


def _functions(tree: ast.Module):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, the docstring apart."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_are_short():
    long = {
        name_of(path): lines
        for path, _ in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE
    }
    assert long == {}, f"more than {FILE} lines: one idea per file"


def test_functions_are_about_a_screen():
    long = {
        f"{name_of(path)}:{function.name}": _lines(function)
        for path, tree in modules()
        for function in _functions(tree)
        if _lines(function) > FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONG} == {}
    assert not LONG - set(long), "an exception that is no longer needed"


def test_classes_have_few_methods():
    large = {
        f"{name_of(path)}:{node.name}": count
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (count := sum(_is_public_method(item) for item in node.body)) > METHODS
    }
    assert large == {}


def _is_public_method(item: ast.stmt) -> bool:
    return isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
