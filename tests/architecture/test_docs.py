"""What the pages say can be done: every command is described, every example holds."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
import yaml

from shoal.language import parse_expression
from tests.architecture.tree import ROOT, name_of

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)


def _blocks(language: str) -> list[tuple[str, str]]:
    return [
        (name_of(page), body)
        for page in PAGES
        for kind, body in BLOCK.findall(page.read_text(encoding="utf-8"))
        if kind == language
    ]


def _commands() -> dict[str, object]:
    """Every command of the program by its words."""
    from shoal.cli.app import command

    found: dict[str, object] = {}

    def walk(words: tuple[str, ...], node: object) -> None:
        children = getattr(node, "commands", None)
        if not children:
            found[" ".join(words).replace("imports", "import")] = node
        for name, child in (children or {}).items():
            walk((*words, name), child)

    walk(("shoal",), command)
    return found


def test_every_command_is_described():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    hidden = {name for name, node in _commands().items() if getattr(node, "hidden", False)}
    assert [name for name in _commands() if name not in text and name not in hidden] == []


def _spoken() -> list[tuple[str, str]]:
    """Every `shoal …` line of the pages' shell examples, continued lines joined."""
    return [
        (page, line.removeprefix("$ ").strip())
        for page, body in _blocks("sh")
        for line in body.replace("\\\n", " ").splitlines()
        if line.removeprefix("$ ").startswith("shoal ")
    ]


@pytest.mark.parametrize(("page", "line"), _spoken())
def test_commands_in_examples_exist(page, line):
    words = shlex.split(line, comments=True)
    words = words[: min((words.index(sign) for sign in ("|", ">") if sign in words), default=None)]
    commands = _commands()
    lengths = [n for n in range(len(words), 0, -1) if " ".join(words[:n]) in commands]
    assert lengths, f"{page}: no such command: {line}"
    node = commands[" ".join(words[: lengths[0]])]
    known = {text for item in node.params for text in (*item.opts, *item.secondary_opts)}
    known |= {"--help", "--project"}
    used = {word.partition("=")[0] for word in words[lengths[0] :] if word.startswith("--")}
    assert used <= known, f"{page}: {line}"


@pytest.mark.parametrize(("page", "body"), _blocks("rule"))
def test_rules_in_examples_parse(page, body):
    for text in re.split(r"\n\s*\n", body.strip()):
        parse_expression(text)


@pytest.mark.parametrize(("page", "body"), [*_blocks("yaml"), *_blocks("yml")])
def test_definitions_in_examples_parse(page, body):
    document = yaml.safe_load(body)
    assert isinstance(document, dict), page
    for segment in (document.get("segments") or {}).values():
        parse_expression(segment["rule"] if isinstance(segment, dict) else segment)
    for trait in (document.get("traits") or {}).values():
        parse_expression(trait["value"] if isinstance(trait, dict) else trait)
    for parts in (document.get("partitions") or {}).values():
        for part in parts if isinstance(parts, list) else ():
            for rule in part.values():
                parse_expression(rule["rule"] if isinstance(rule, dict) else rule)


@pytest.mark.parametrize(("page", "body"), _blocks("python"))
def test_python_in_examples_parses(page, body):
    ast.parse(body)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []


def test_make_targets_in_pages_exist():
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:`|^\$? ?)make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, name_of(page)


def test_pages_are_not_empty():
    assert [name_of(page) for page in PAGES if len(page.read_text(encoding="utf-8")) < 200] == []


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_has_a_context_a_choice_and_a_price_and_stands_in_the_index(page):
    text = page.read_text(encoding="utf-8")
    number, title = re.match(r"# (\d+)\. (.+)\n", text).groups()
    assert page.name.startswith(f"{int(number):04}-")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Choice", "Price"]
    index = (page.parent / "README.md").read_text(encoding="utf-8")
    assert f"{number}. [{title}]({page.name})" in index
