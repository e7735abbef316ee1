"""How names are written in rules: plain, dotted, or in backticks."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"(?:[^\W\d][\w$]*|\$[\w$]+)\Z")
_PART = re.compile(r"`((?:[^`]|``)+)`|([^\s.`]+)")

RESERVED = frozenset(
    [
        "and",
        "any",
        "between",
        "case",
        "did",
        "else",
        "end",
        "everyone",
        "false",
        "has",
        "in",
        "is",
        "nobody",
        "not",
        "or",
        "sequence",
        "then",
        "true",
        "when",
        "where",
    ]
)
"""Words that would read as something else, or hard to read, where a name stands."""


def is_plain(name: str) -> bool:
    """True of a single name that needs no backticks for its letters."""
    return _PLAIN.match(name) is not None


def split_name(token: str) -> list[str]:
    """The parts of a written name, without backticks.

    >>> split_name("order_completed.address.city"), split_name("`Order Done`.`a``b`")
    (['order_completed', 'address', 'city'], ['Order Done', 'a`b'])
    """
    return [quoted.replace("``", "`") or plain for quoted, plain in _PART.findall(token)]


def part_text(name: str) -> str:
    """One part of a name as it is written in a rule."""
    if is_plain(name) and name.lower() not in RESERVED:
        return name
    return "`" + name.replace("`", "``") + "`"


def name_text(name: str) -> str:
    """A dotted name as it is written in a rule.

    >>> name_text("journey_stage.purchase"), name_text("Net value"), name_text("in")
    ('journey_stage.purchase', '`Net value`', '`in`')
    """
    parts = name.split(".")
    if not all(parts):
        return part_text(name)
    return ".".join([part_text(parts[0]), *(part_text(part) for part in parts[1:])])
