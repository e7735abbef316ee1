"""What the JSON form knows of the tree: the name of every form, its fields and their kinds.

Read from the tree's own declarations, so that writing, reading and the schema cannot drift apart.
"""

from __future__ import annotations

import re
import types
import typing
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any

from shoal.language import tree
from shoal.language.tree import Node

_RENAMED = {"parts": "rules", "part": "rule", "event": "events"}
_FORMS = {
    "SequenceMatch": "sequence_match",
    "NumberLiteral": "number",
    "TextLiteral": "text",
    "BooleanLiteral": "boolean",
    "SpanLiteral": "span",
    "InstantLiteral": "instant",
    "TraitValue": "trait",
    "PropertyValue": "property",
}
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")

AT_LEAST = {
    ("and", "rules"): 2,
    ("or", "rules"): 2,
    ("sequence", "steps"): 1,
    ("in_list", "literals"): 1,
    ("has", "literals"): 1,
    ("case", "whens"): 1,
}
"""How many items a list must have, where it must have some."""

UNIONS: dict[str, Any] = {
    "rule": tree.Rule,
    "value": tree.Value,
    "literal": tree.Literal,
    "window": tree.Window,
}
UNTAGGED = (tree.Selection, tree.Sequence, tree.Step, tree.When)
"""Nodes that stand in one place only and need no ``form``."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its key in JSON, its name in the tree, its kind, its default."""

    key: str
    name: str
    kind: Any
    default: Any
    optional: bool

    @property
    def required(self) -> bool:
        """True where the field has no default."""
        return self.default is MISSING


def form_name(kind: type[Node]) -> str:
    """``compare`` for Compare, ``number`` for NumberLiteral."""
    return _FORMS.get(kind.__name__) or _HUMP.sub("_", kind.__name__).lower()


@cache
def form_fields(kind: type[Node]) -> tuple[Field, ...]:
    """The fields of a form, in the tree's order."""
    hints = typing.get_type_hints(kind)
    found: list[Field] = []
    for item in fields(kind):
        if item.name == "place":
            continue
        options = members(hints[item.name])
        optional = types.NoneType in options
        inner = tuple(option for option in options if option is not types.NoneType)
        wanted = inner[0] if len(inner) == 1 else typing.Union[inner]  # noqa: UP007 - made at run time
        key = _RENAMED.get(item.name, item.name)
        found.append(Field(key, item.name, wanted, item.default, optional))
    return tuple(found)


def members(kind: Any) -> tuple[Any, ...]:
    """The members of a union; anything else is its own only member."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return typing.get_args(kind)
    return (kind,)


@cache
def forms_of(kind: Any) -> dict[str, type[Node]]:
    """The forms that may stand where the kind stands, by name."""
    return {form_name(member): member for member in members(kind)}


@cache
def union_name(kind: Any) -> str:
    """Which of the named unions this is."""
    options = set(members(kind))
    return next(name for name, union in UNIONS.items() if set(members(union)) == options)
