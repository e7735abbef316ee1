"""A definition file without some of its definitions, every other line as it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from yaml import MappingNode, ScalarNode

from shoal.core.errors import DefinitionError
from shoal.language.yaml_nodes import compose

if TYPE_CHECKING:
    from shoal.language.definitions import Definitions

KINDS = {
    "segments": "segment",
    "partitions": "segment",
    "traits": "trait",
    "predictions": "trait",
    "campaigns": "campaign",
}
"""Sections whose names exclude each other; an event may be described in several files."""

Named = tuple[str, str]
"""Kind and name."""


def names_in(definitions: Definitions) -> Iterator[Named]:
    """What is defined, by kind and name."""
    for section, kind in KINDS.items():
        for item in getattr(definitions, section):
            yield kind, item.name


def without(text: str, taken: Collection[Named]) -> tuple[str | None, tuple[Named, ...]]:
    """The text without what is taken, and what was left out; None where nothing remains.

    >>> without("segments: {a: everyone}", {("segment", "a")})
    (None, (('segment', 'a'),))
    """
    if not taken:
        return text, ()
    try:
        _, root = compose(text, None)
    except DefinitionError:
        return text, ()
    lines = text.splitlines(keepends=True)
    if not isinstance(root, MappingNode):
        return text, ()
    cut: list[tuple[int, int]] = []
    left_out: list[Named] = []
    remaining = 0
    for section, body, end in _spans(root, len(lines), lines):
        kind = KINDS.get(section.value)
        if kind is None or not isinstance(body, MappingNode):
            remaining += 1
            continue
        spans = list(_spans(body, end, lines))
        gone = [(key, last) for key, _, last in spans if (kind, key.value) in taken]
        left_out += [(kind, key.value) for key, _ in gone]
        if len(gone) == len(spans):
            cut.append((_start(section, lines), end))
        else:
            remaining += 1
            cut += [(_start(key, lines), last) for key, last in gone]
    if not left_out:
        return text, ()
    dropped = {line for first, last in cut for line in range(first, last)}
    kept = "".join(line for number, line in enumerate(lines) if number not in dropped)
    return (kept if remaining else None), tuple(left_out)


def _spans(
    node: MappingNode, end: int, lines: Sequence[str]
) -> Iterator[tuple[ScalarNode, object, int]]:
    """Each key, its value, and the line at which the next one begins."""
    entries = [(key, value) for key, value in node.value if isinstance(key, ScalarNode)]
    starts = [_start(key, lines) for key, _ in entries]
    for (key, value), last in zip(entries, [*starts[1:], end], strict=True):
        yield key, value, last


def _start(key: ScalarNode, lines: Sequence[str]) -> int:
    """The line at which an entry begins: its key's, or that of the comment right above it.

    A comment at the head of the file belongs to the file.
    """
    first = at = key.start_mark.line
    while first and _depth(lines[first - 1]) == key.start_mark.column:
        first -= 1
    return first if first or key.start_mark.column else at


def _depth(line: str) -> int | None:
    """How deep a comment stands; None for any other line."""
    text = line.lstrip()
    return len(line) - len(text) if text.startswith("#") else None
