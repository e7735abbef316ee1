"""Rule text becomes a typed tree, or problems that say where and what.

>>> parse_rule("did order_completed in last 7d")  # doctest: +ELLIPSIS
Did(selection=Selection(event=EventRef(names=('order_completed',), ...
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, Problem
from shoal.language.literals import UNWRITABLE
from shoal.language.placing import Locate, places
from shoal.language.shape import DEEPEST, misplaced
from shoal.language.told import Figure, Told
from shoal.language.tree import Node, Rule, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Lark

    from shoal.language.assembly import Assembly
    from shoal.language.operands import Operand

LONGEST = 200_000
"""Characters a rule may have: room for a list of some ten thousand identifiers."""

_PARENTHESES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|#[^\n]*|[()]")


def parse_rule(text: str, file: str | None = None, line: int = 1, column: int = 1) -> Rule:
    """The rule that the text says; ``line`` and ``column`` are where it begins in ``file``.

    Raises DefinitionError with every problem found and its place.
    """
    return read_rule(text, places(text, file, line, column))


def parse_value(text: str, file: str | None = None, line: int = 1, column: int = 1) -> Value:
    """The value that the text says, such as ``avg(order_completed.revenue)``."""
    return read_value(text, places(text, file, line, column))


def parse_expression(
    text: str, file: str | None = None, line: int = 1, column: int = 1
) -> Rule | Value:
    """The rule or the value that the text says: a trait may be defined as either."""
    return read_expression(text, places(text, file, line, column))


def read_rule(text: str, locate: Locate) -> Rule:
    """As ``parse_rule``, with places from offsets in the text."""
    return _read(text, locate, lambda assembly, node: assembly.rule(node))


def read_value(text: str, locate: Locate) -> Value:
    """As ``parse_value``, with places from offsets in the text."""
    return _read(text, locate, lambda assembly, node: assembly.value(node))


def read_expression(text: str, locate: Locate) -> Rule | Value:
    """As ``parse_expression``, with places from offsets in the text."""
    return _read(text, locate, lambda assembly, node: assembly.either(node))


def _read(
    text: str,
    locate: Locate,
    wanted: Callable[[Assembly, Operand], Node],
) -> Any:
    if problem := _unreadable(text, locate):
        raise DefinitionError([problem])
    from lark import UnexpectedInput

    from shoal.language.assembly import Assembly
    from shoal.language.syntax_errors import syntax_problem

    try:
        tree = _grammar().parse(text)  # pyright: ignore[reportUnknownMemberType]
    except UnexpectedInput as error:
        raise DefinitionError([syntax_problem(error, text, locate)]) from None
    assembly = Assembly(locate)
    node = wanted(assembly, assembly.read(tree))
    if problems := dict.fromkeys(assembly.problems or misplaced(node)):
        raise DefinitionError(sorted(problems, key=lambda problem: problem.place or locate(0)))
    return node


@cache
def _grammar() -> Lark:
    """The parser. Its tables take longer to make than most rules to answer, so they are kept.

    They lie in the user's cache folder, told apart by the grammar's text and the library's version;
    where nothing can be written they are made each time.
    """
    from hashlib import sha256

    from lark import Lark, __version__
    from platformdirs import user_cache_path

    text = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    kept: bool | str = False
    with suppress(OSError):
        folder = user_cache_path("shoal") / "grammar"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            told = sha256(f"{__version__} {sys.version} {text}".encode()).hexdigest()
            kept = str(folder / f"{told[:16]}.tables")
    return Lark(text, parser="lalr", maybe_placeholders=True, cache=kept)


def _unreadable(text: str, locate: Locate) -> Problem | None:
    """What keeps the text from being read at all."""
    if len(text) > LONGEST:
        return Problem(
            Told("this rule has {0} characters", Figure(len(text))),
            locate(0),
            Told("the most is {0}", Figure(LONGEST)),
        )
    if match := UNWRITABLE.search(text):
        return Problem(
            Told("a character that cannot be written: U+{0}", Figure(ord(match[0]), "04X")),
            locate(match.start()),
        )
    level = 0
    for match in _PARENTHESES.finditer(text):
        level += (match[0] == "(") - (match[0] == ")")
        if level > DEEPEST:
            return Problem(
                Told("more than {0} parentheses inside one another", DEEPEST),
                locate(match.start()),
                Told("give parts of it names, as segments or traits"),
            )
    return None
