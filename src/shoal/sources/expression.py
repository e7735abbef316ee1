"""Small expressions over the columns of a file: ``sum(Quantity * UnitPrice)``.

::

    expression = term { ("+" | "-") term } ;  term = factor { "*" factor }
    factor     = number | 'text' | column | `column` | "-" factor | "(" expression ")"
               | ("sum" | "min" | "max" | "first" | "last" | "count") "(" expression ")" | "count()"

Aggregates are for rows gathered into one event; a bare column there is its first value that is set.
A name that is a column as it stands is that column, whatever signs are in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from shoal.core.errors import ShoalError

AGGREGATES = ("sum", "min", "max", "first", "last", "count")

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|`(?P<quoted>[^`]+)`"
    r"|(?P<name>[^\W\d]\w*(?:\.\w+)*)|(?P<sign>[-+*()]))"
)


@dataclass(frozen=True, slots=True)
class ColumnCell:
    """The cell of a column."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for every row."""

    value: Decimal | str


@dataclass(frozen=True, slots=True)
class Operation:
    """``+``, ``-`` or ``*`` of two values."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value of the rows that become one event; ``count()`` has no inner value."""

    function: str
    inner: Expression | None


Expression = ColumnCell | Constant | Operation | Aggregate


def is_a_cell(expression: Expression | None) -> bool:
    """Whether its value is a cell as it stands in a column."""
    if isinstance(expression, Aggregate):
        return expression.function in ("first", "last") and is_a_cell(expression.inner)
    return isinstance(expression, ColumnCell)


def parse(text: str, columns: Collection[str]) -> Expression:
    """The expression. Raises ShoalError with what is wrong.

    >>> parse("price * 2", ("price",))
    Operation(sign='*', left=ColumnCell(name='price'), right=Constant(value=Decimal('2')))
    >>> parse("unit-price", ("unit-price",))
    ColumnCell(name='unit-price')
    """
    if text in columns:
        return ColumnCell(text)
    tokens = list(_tokens(text))
    expression, rest = _sum(tokens, 0, text)
    if rest < len(tokens):
        raise ShoalError(f"`{text}`: `{tokens[rest][1]}` is not expected there")
    return expression


def columns_of(expression: Expression) -> Iterator[str]:
    """The columns it reads."""
    if isinstance(expression, ColumnCell):
        yield expression.name
    elif isinstance(expression, Operation):
        yield from columns_of(expression.left)
        yield from columns_of(expression.right)
    elif isinstance(expression, Aggregate) and expression.inner is not None:
        yield from columns_of(expression.inner)


def has_aggregate(expression: Expression) -> bool:
    """Whether it speaks of several rows."""
    if isinstance(expression, Operation):
        return has_aggregate(expression.left) or has_aggregate(expression.right)
    return isinstance(expression, Aggregate)


Token = tuple[str, str]


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ShoalError(
                f"`{text}`: `{text[at:].strip()[:1]}` is not understood",
                hint="write columns with other signs in them in backticks",
            )
        yield match.lastgroup, match.group(match.lastgroup)
        at = match.end()


def _sum(tokens: list[Token], at: int, text: str) -> tuple[Expression, int]:
    left, at = _product(tokens, at, text)
    while at < len(tokens) and tokens[at] in (("sign", "+"), ("sign", "-")):
        sign = tokens[at][1]
        right, at = _product(tokens, at + 1, text)
        left = Operation(sign, left, right)
    return left, at


def _product(tokens: list[Token], at: int, text: str) -> tuple[Expression, int]:
    left, at = _factor(tokens, at, text)
    while at < len(tokens) and tokens[at] == ("sign", "*"):
        right, at = _factor(tokens, at + 1, text)
        left = Operation("*", left, right)
    return left, at


def _factor(tokens: list[Token], at: int, text: str) -> tuple[Expression, int]:
    kind, word = tokens[at] if at < len(tokens) else ("end", "")
    if kind == "number":
        return Constant(Decimal(word)), at + 1
    if kind == "text":
        return Constant(word[1:-1].replace("''", "'")), at + 1
    if kind == "quoted":
        return ColumnCell(word), at + 1
    if kind == "name":
        opens = at + 1 < len(tokens) and tokens[at + 1] == ("sign", "(")
        return _aggregate(tokens, at, text) if opens else (ColumnCell(word), at + 1)
    if word == "-":
        inner, at = _factor(tokens, at + 1, text)
        return Operation("-", Constant(Decimal(0)), inner), at
    if word == "(":
        inner, at = _sum(tokens, at + 1, text)
        return inner, _closed(tokens, at, text)
    raise ShoalError(f"`{text}`: a column or a number is missing" + (f" at `{word}`" * bool(word)))


def _aggregate(tokens: list[Token], at: int, text: str) -> tuple[Expression, int]:
    function = tokens[at][1].lower()
    if function not in AGGREGATES:
        raise ShoalError(
            f"`{text}`: there is no `{tokens[at][1]}(…)`", hint=f"use {', '.join(AGGREGATES)}"
        )
    at += 2
    if function == "count" and at < len(tokens) and tokens[at] == ("sign", ")"):
        return Aggregate(function, None), at + 1
    inner, at = _sum(tokens, at, text)
    if has_aggregate(inner):
        raise ShoalError(f"`{text}`: `{function}(…)` holds another sum, min, max …")
    return Aggregate(function, inner), _closed(tokens, at, text)


def _closed(tokens: list[Token], at: int, text: str) -> int:
    if at >= len(tokens) or tokens[at] != ("sign", ")"):
        raise ShoalError(f"`{text}`: a closing `)` is missing")
    return at + 1
