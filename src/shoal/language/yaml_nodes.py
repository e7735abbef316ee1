"""YAML as nodes that know where they stand, and places inside their scalars.

Aliases are refused and nesting is bounded, so that reading a file costs what its size says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from yaml import (
    AliasEvent,
    MappingNode,
    MarkedYAMLError,
    Node,
    SafeLoader,
    ScalarNode,
    SequenceNode,
    YAMLError,
)
from yaml.reader import ReaderError

from shoal.core.errors import DefinitionError, Place, Problem
from shoal.core.names import nearest
from shoal.language.placing import Locate, places
from shoal.language.told import Told

DEEPEST = 24


class _Loader(SafeLoader):
    """Composes nodes without aliases, to a bounded depth."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = cast("Any", self).peek_event()
        if isinstance(event, AliasEvent):
            raise MarkedYAMLError(None, None, "`*` aliases are not read here", event.start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise MarkedYAMLError(None, None, "nested too deep", event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass(frozen=True)
class Page:
    """The text of one definition file."""

    text: str
    file: str | None
    locate: Locate

    def at(self, node: Node) -> Place:
        """Where the node begins."""
        return self.locate(node.start_mark.index)

    def inside(self, node: ScalarNode) -> Locate:
        """Places in the file, from offsets in the scalar's value."""
        offsets = _offsets(self.text, node)
        return lambda offset: self.locate(offsets[min(offset, len(offsets) - 1)])

    def value(self, node: Node) -> Any:
        """The node as plain data."""
        loader: Any = SafeLoader("")  # its methods have no types
        try:
            return loader.construct_object(node, deep=True)
        except (ValueError, OverflowError, YAMLError):
            return node.value if isinstance(node, ScalarNode) else None
        finally:
            loader.dispose()


@dataclass(slots=True)
class Problems:
    """The problems of a page, as they are found."""

    page: Page
    found: list[Problem]

    def add(self, message: str, node: Node, hint: str | None = None, *, warn: bool = False) -> None:
        """One more problem, at the node."""
        self.found.append(
            Problem(message, self.page.at(node), hint, "warning" if warn else "error")
        )

    def entries(self, node: Node, what: str) -> Iterator[tuple[str, ScalarNode, Node]]:
        """Key, node of the key and node of the value of a mapping; each key once."""
        if not isinstance(node, MappingNode):
            if not is_null(node):
                self.add(Told("{0} is a mapping, `name: …`", what), node)
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.add(Told("a name is expected here"), key)
            elif key.value in seen:
                self.add(Told("`{0}` is given twice", shown(key.value)), key)
            else:
                seen.add(key.value)
                yield key.value, key, value

    def items(self, node: Node, what: str) -> list[Node]:
        """The items of a list."""
        if isinstance(node, SequenceNode):
            return list(node.value)
        if not is_null(node):
            self.add(Told("{0} is a list", what), node, "- …")
        return []

    def fields(self, node: Node, what: str, known: tuple[str, ...]) -> dict[str, Node]:
        """The values of a mapping with known keys."""
        found: dict[str, Node] = {}
        for name, key, value in self.entries(node, what):
            if name in known:
                found[name] = value
            else:
                near = nearest(name, known)
                all_known = Told("it has {0}", ", ".join(known))
                hint = Told("did you mean `{0}`?", near) if near else all_known
                self.add(Told("{0} has no `{1}`", what, shown(name)), key, hint)
        return found

    def text(self, node: Node | None, what: str) -> str | None:
        """The text of a scalar; None where there is none."""
        if node is None or is_null(node):
            return None
        if isinstance(node, ScalarNode):
            return node.value.strip()
        self.add(Told("{0} is a text", what), node)
        return None


def compose(text: str, file: str | None) -> tuple[Page, Node | None]:
    """The page and its root node; raises DefinitionError if it is no YAML."""
    text = text.removeprefix("\ufeff")
    page = Page(text, file, places(text, file))
    loader = None
    try:
        loader = _Loader(text)
        return page, loader.get_single_node()
    except ReaderError as error:
        place = page.locate(error.position if isinstance(error.position, int) else 0)
        code = error.character if isinstance(error.character, int) else 0
        message = f"a character that cannot stand here: U+{code:04X}"
        raise DefinitionError([Problem(message, place)]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = page.locate(mark.index if mark else 0)
        message = f"not YAML: {error.problem or error.context}"
        raise DefinitionError([Problem(message, place, _yaml_hint(str(error.problem)))]) from None
    finally:
        if loader is not None:
            loader.dispose()  # pyright: ignore[reportUnknownMemberType]


def is_null(node: Node) -> bool:
    """True of a key without a value."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def shown(name: str) -> str:
    """A name within a message, however long it is."""
    flat = " ".join(name.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}…"


@cache
def _yaml_hint(problem: str) -> str | None:
    if "mapping values are not allowed" in problem:
        return 'put a text that holds ": " in quotes, or after `>-` on its own lines'
    if "cannot start any token" in problem:
        return "put the text in quotes; tabs do not indent"
    if "alias" in problem:
        return "write it out, or put a text that begins with * in quotes"
    return None


def _offsets(text: str, node: ScalarNode) -> list[int]:
    """For every character of the value (and its end), where it stands in the page.

    Folding changes white space only, so characters that are none are found in their order.
    """
    position, end = node.start_mark.index, node.end_mark.index
    if node.style in {"|", ">"}:
        position = text.find("\n", position, end) + 1 or end
    elif node.style in {"'", '"'}:
        position += 1
    offsets: list[int] = []
    for character in node.value:
        if not character.isspace():
            found = text.find(character, position, end)
            position = found if found >= 0 else position
        offsets.append(min(position, end))
        position += not character.isspace()
    offsets.append(min(position, end))
    return offsets
