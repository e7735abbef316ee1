# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""The lossless JSON form of trees, for rule builders.

Every node is an object whose ``form`` names it; what stands at its default is left out.

>>> from shoal.language.parse import parse_rule
>>> to_json(parse_rule("did a in last 7d"))
{'form': 'did', 'selection': {'events': ['a'], 'window': {'form': 'in_last', 'span': '7d'}}}
"""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, cast

from shoal.core.errors import DefinitionError, Problem
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.language import literals
from shoal.language.forms import (
    AT_LEAST,
    UNIONS,
    UNTAGGED,
    Field,
    form_fields,
    form_name,
    forms_of,
)
from shoal.language.shape import DEEPEST, misplaced
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Case,
    Coalesce,
    EventRef,
    InstantLiteral,
    InTop,
    Node,
    Or,
    Rule,
    Selection,
    SequenceAggregate,
    TextLiteral,
    TextMatch,
    TraitTruth,
    TraitValue,
    Value,
)
from shoal.language.written_names import is_plain

INSTANT = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
SPAN = r"^[0-9]{1,17}(s|m|h|d|w|mo|y)$"
Json = dict[str, Any]


def to_json(node: Rule | Value) -> Json:
    """The node as what ``json.dumps`` takes; ``from_json`` gives the node back."""
    return _written(node)


def from_json(document: object) -> Rule | Value:
    """The node that the document says.

    Raises DefinitionError with every problem, each naming where in the document it is.
    """
    reading = _Reading()
    node = reading.node(document, EXPRESSION, "", 1)
    problems = reading.problems or misplaced(cast("Node", node))
    if problems:
        raise DefinitionError(problems)
    return node


EXPRESSION: Any = UNIONS["rule"] | UNIONS["value"]


def _written(node: Node) -> Json:
    document: Json = {} if isinstance(node, UNTAGGED) else {"form": form_name(type(node))}
    for item in form_fields(type(node)):
        found = getattr(node, item.name)
        if item.required or found != item.default:
            document[item.key] = _plain(found)
    return document


def _plain(found: Any) -> Any:
    match found:
        case EventRef(names):
            return list(names)
        case Node():
            return _written(found)
        case tuple():
            return [_plain(part) for part in cast("tuple[Any, ...]", found)]
        case Span() | StrEnum():
            return str(found)
        case float():
            return int(found) if found.is_integer() and abs(found) < 2**53 else found
        case _:
            return found


class _Reading:
    """One reading of one document, and the problems met on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def complain(self, message: str, path: str, hint: str | None = None) -> Any:
        where = f"at {path}: " if path else ""
        self.problems.append(Problem(where + message, None, hint))
        return None

    def node(self, document: object, kind: Any, path: str, depth: int) -> Any:
        """One node; None, and a problem, where there is none."""
        if depth > DEEPEST:
            return self.complain(f"nested more than {DEEPEST} levels deep", path)
        if not isinstance(document, Mapping):
            return self.complain("an object is expected here", path)
        given = cast("Mapping[str, object]", document)
        if kind in UNTAGGED:
            return self.fill(given, kind, path, depth)
        forms, name = forms_of(kind), given.get("form")
        if not isinstance(name, str) or name not in forms:
            return self.complain(
                f"there is no form `{name}` here" if name else "`form` is missing",
                path,
                _suggestion(str(name), forms),
            )
        return self.fill(given, forms[name], path, depth)

    def fill(self, given: Mapping[str, object], kind: type[Node], path: str, depth: int) -> Any:
        """The node with its fields read from the object."""
        before = len(self.problems)
        wanted = {item.key: item for item in form_fields(kind)}
        for key in given:
            if key not in wanted and (key != "form" or kind in UNTAGGED):
                self.complain(
                    f"`{form_name(kind)}` has no `{key}`", path, _suggestion(str(key), wanted)
                )
        read: dict[str, Any] = {}
        for key, item in wanted.items():
            inner = f"{path}.{key}" if path else key
            if key in given and not (given[key] is None and item.optional):
                read[item.name] = self.field(given[key], item, inner, depth, form_name(kind))
            elif item.required:
                self.complain("is missing", inner)
        if len(self.problems) > before:
            return None
        node = kind(**read)
        self.settle(node, path)
        return _flattened(node)

    def field(self, found: object, item: Field, path: str, depth: int, form: str) -> Any:
        if typing.get_origin(item.kind) is tuple:
            if not isinstance(found, list):
                return self.complain("a list is expected here", path)
            items = cast("list[object]", found)
            least = AT_LEAST.get((form, item.key), 0)
            if len(items) < least:
                return self.complain(f"at least {least} are needed", path)
            inner = typing.get_args(item.kind)[0]
            return tuple(
                self.single(part, inner, f"{path}[{index}]", depth)
                for index, part in enumerate(items)
            )
        return self.single(found, item.kind, path, depth)

    def single(self, found: object, kind: Any, path: str, depth: int) -> Any:
        if kind is EventRef:
            return self.events(found, path)
        if kind is Span:
            return self.span(found, path)
        if kind is bool:
            return found if isinstance(found, bool) else self.complain("is true or false", path)
        if kind is float:
            is_number = isinstance(found, int | float) and not isinstance(found, bool)
            number = _finite(found) if is_number else None
            return number if number is not None else self.complain("a number is expected", path)
        if kind is str:
            return self.string(found, path)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            if found in list(kind):
                return kind(cast("str", found))
            return self.complain(f"`{found}` is unknown", path, _suggestion(str(found), list(kind)))
        return self.node(found, kind, path, depth + 1)

    def string(self, found: object, path: str) -> Any:
        if not isinstance(found, str):
            return self.complain("a string is expected", path)
        if literals.UNWRITABLE.search(found):
            return self.complain("holds a character that cannot be written", path)
        return found

    def span(self, found: object, path: str) -> Any:
        if not isinstance(found, str) or not re.match(SPAN, found):
            return self.complain("a duration such as `30d` is expected", path)
        span, complaint = literals.span(found)
        return self.complain(*complaint[:1], path, complaint[1]) if complaint else span

    def events(self, found: object, path: str) -> Any:
        if not isinstance(found, list):
            return self.complain("a list of names is expected; an empty one is any event", path)
        names = [self.string(name, path) for name in cast("list[object]", found)]
        if not all(names):
            return self.complain("an event has a name", path)
        raw = tuple(not is_plain(name) for name in names)
        return EventRef(tuple(names), raw if any(raw) else ())

    def settle(self, node: Node, path: str) -> None:
        """What the fields' kinds do not say by themselves."""
        match node:
            case InstantLiteral(text):
                if not re.match(INSTANT, text):
                    self.complain(f"`{text}` is not a date or an instant", path)
                elif complaint := literals.instant_complaint(text):
                    self.complain(complaint[0], path, complaint[1])
            case InTop(share=share) if share < 0:
                self.complain("a share is not negative", path)
            case SequenceAggregate(function) if function not in {
                AggregateFunction.COUNT,
                AggregateFunction.VALUES,
            }:
                self.complain(f"`{function}` does not work on a sequence", path)
            case Selection(property=str(), time_part=str()):
                self.complain("`property` and `time_part` exclude each other", path)
            case TraitTruth(value) if not _can_be_true(value):
                self.complain("this value cannot be true or false", path)
            case TextLiteral() | TextMatch():
                pass
            case _:
                for name in ("name", "property", "by", "purpose"):
                    if getattr(node, name, None) == "":
                        self.complain("a name is not empty", f"{path}.{name}")


def _finite(found: object) -> float | None:
    try:
        number = float(cast("float", found))
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _can_be_true(value: Value) -> bool:
    picked = {AggregateFunction.FIRST, AggregateFunction.LAST, AggregateFunction.TOP}
    return isinstance(value, TraitValue | Case | Coalesce) or (
        isinstance(value, Aggregate) and value.function in picked
    )


def _flattened(node: Node) -> Node:
    """``and`` within ``and`` says nothing more; the text has no way to write it."""
    if isinstance(node, And | Or):
        kind = type(node)
        parts = tuple(
            inner
            for part in node.parts
            for inner in (part.parts if isinstance(part, kind) else (part,))
        )
        return kind(parts)
    return node


def _suggestion(name: str, known: typing.Iterable[str]) -> str:
    options = list(known)
    near = nearest(name, options)
    return f"did you mean `{near}`?" if near else f"use one of {', '.join(options)}"
