"""The parts of a rule as its builder shows them: each row and group, and the rule without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shoal.language.tree import And, Everyone, Not, Or, Rule


@dataclass(frozen=True, slots=True)
class Part:
    """A row or a group of a rule.

    ``id`` is a JSON Pointer into the rule's JSON form: ``""`` is the rule itself, ``/rules/0`` the
    first row of its group. ``without`` is the whole rule had this part never been written.
    """

    id: str
    rule: Rule
    without: Rule


Steps = tuple[int, ...]


def parts_of(rule: Rule) -> list[Part]:
    """The rule and every row and group of it, parents first, in the order of the text.

    A ``not`` goes with what it denies: without one, there is none of the other.
    """
    return [Part(_pointer(rule, steps), part, without(rule, steps)) for steps, part in _rows(rule)]


def without(rule: Rule, steps: Steps) -> Rule:
    """The rule less the part that these steps lead to; a group of one is that one.

    >>> from shoal.language import parse_rule, to_text
    >>> to_text(without(parse_rule("did a and (did b or did c)"), (1, 0)))
    'did a and did c'
    >>> to_text(without(parse_rule("did a and not (did b)"), (1, 0)))
    'did a'
    """
    left = _without(rule, steps)
    return Everyone() if left is None else left


def _without(rule: Rule, steps: Steps) -> Rule | None:
    if not steps:
        return None
    first, *rest = steps
    if isinstance(rule, Not):
        left = _without(rule.part, tuple(rest))
        return None if left is None else replace(rule, part=left)
    assert isinstance(rule, And | Or)
    left = _without(rule.parts[first], tuple(rest))
    parts = list(rule.parts)
    # a group within a group of its own kind is written as one
    parts[first : first + 1] = (
        [] if left is None else left.parts if isinstance(left, type(rule)) else [left]
    )
    return parts[0] if len(parts) == 1 else replace(rule, parts=tuple(parts))


def _rows(rule: Rule, steps: Steps = ()) -> Iterator[tuple[Steps, Rule]]:
    yield steps, rule
    if isinstance(rule, And | Or):
        for place, part in enumerate(rule.parts):
            yield from _rows(part, (*steps, place))
    elif isinstance(rule, Not):
        yield from _rows(rule.part, (*steps, 0))


def _pointer(rule: Rule, steps: Steps) -> str:
    found = ""
    for step in steps:
        if isinstance(rule, Not):
            found, rule = f"{found}/rule", rule.part
        else:
            assert isinstance(rule, And | Or)
            found, rule = f"{found}/rules/{step}", rule.parts[step]
    return found
