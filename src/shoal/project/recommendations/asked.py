"""What recommendations are made of: the event and the item, and what ``recommendations.yml`` adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, NotFoundError, ShoalError, UsageError
from shoal.project.missing import no_event, no_property
from shoal.project.settings import reason_of
from shoal.recommendations.items import Rules
from shoal.runners.having import Source

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Problems
    from shoal.project.reading import Reading

FILE = "recommendations.yml"
LARGEST = 1_000_000
"""Bytes of that file."""


@dataclass(frozen=True, slots=True)
class HavingAsked:
    """Somebody has an item by the ``event``, whose property ``item`` names it.

    ``looks`` and ``searches`` are other events and their properties; ``file`` tells of items,
    ``title`` is how people call them, ``properties`` are others that a playlist may ask for;
    ``partition`` is one in each of whose parts other things are popular.
    """

    event: str
    item: str
    looks: tuple[tuple[str, str], ...] = ()
    searches: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    title: str | None = None
    partition: str | None = None
    properties: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)

    def sources(self, reading: Reading) -> tuple[Source, ...]:
        """The event first, then looks and searches, each where its property is carried.

        Raises NotFoundError for the event itself; a signal that never came is left out.
        """
        found = [_carried(reading, self.event, self.item)]
        for (event, name), is_search in [
            *((it, False) for it in self.looks),
            *((it, True) for it in self.searches),
        ]:
            if event in reading.vocabulary.events:
                source = _carried(reading, event, name)
                found.append(Source(source.event, source.item, is_search))
        return tuple(found)


def _carried(reading: Reading, event: str, item: str) -> Source:
    events = reading.vocabulary.events
    if event not in events:
        raise no_event(reading.vocabulary, event)
    line = f"{event}_line"
    if item in events[event].properties:
        return Source(event, item)
    if line in events and item in events[line].properties:
        return Source(line, item)
    raise no_property(reading.vocabulary, event, item)


USUAL_LOOKS = ("product_viewed", "product_id")
USUAL_SEARCHES = ("products_searched", "query")


def usual(reading: Reading) -> HavingAsked | None:
    """What is meant where nothing is said: products of orders; None where no order names one."""
    try:
        source = _carried(reading, "order_completed", "product_id")
    except NotFoundError:
        return None
    carried = reading.vocabulary.events[source.event].properties

    def known(*signals: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        events = reading.vocabulary.events
        return tuple(it for it in signals if it[0] in events and it[1] in events[it[0]].properties)

    return HavingAsked(
        "order_completed",
        "product_id",
        looks=known(USUAL_LOOKS),
        searches=known(USUAL_SEARCHES),
        title="name" if "name" in carried else None,
        rules=Rules(category="category" if "category" in carried else None),
    )


def asked_of(reading: Reading, event: str | None, item: str | None) -> HavingAsked:
    """What is asked for: as the caller or the project's file says, else what is usual.

    Raises what ``having_asked`` raises where nothing is usual either.
    """
    folder = reading.project.folder
    if event is None and item is None and not (folder / FILE).is_file():
        found = usual(reading)
        if found is not None:
            return found
    return having_asked(folder, event, item)


def having_asked(folder: Path, event: str | None, item: str | None) -> HavingAsked:
    """What is asked for: as the project's file says, or by this event and property alone.

    Raises UsageError where neither says what somebody has, DefinitionError for a file that is wrong.
    """
    if event and item and not (folder / FILE).is_file():
        return HavingAsked(event, item)
    said = read_asked(folder)
    if said is None:
        raise UsageError(
            "by which event does somebody have an item, and which property names it?",
            hint=f"--event order_completed --item product_id, or say it in {FILE}",
        )
    is_other = (event or said.event, item or said.item) != (said.event, said.item)
    return HavingAsked(event or said.event, item or said.item) if is_other else said


def read_asked(folder: Path) -> HavingAsked | None:
    """What the project's file says; None where there is none."""
    path = folder / FILE
    try:
        if path.stat().st_size > LARGEST:
            raise ShoalError(f"{FILE} is larger than {LARGEST:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ShoalError(f"cannot read {FILE}: {reason_of(error)}") from error
    return parse_asked(text)


def parse_asked(text: str) -> HavingAsked:
    """What a text says; every problem at once, each with its place.

    >>> parse_asked("{event: order_completed, item: product_id}").item
    'product_id'
    """
    from shoal.language.yaml_nodes import Problems, compose

    page, root = compose(text, FILE)
    problems = Problems(page, [])
    nodes = {} if root is None else problems.fields(root, "this file", (*_READERS, *_RULES))
    values = {
        name: _READERS[name](problems, node) for name, node in nodes.items() if name in _READERS
    }
    rules = {name: _RULES[name](problems, node) for name, node in nodes.items() if name in _RULES}
    given = {name: value for name, value in values.items() if value is not None}
    if not problems.found:
        for name in ("event", "item"):
            if name not in given:
                raise ShoalError(f"{FILE} lacks `{name}`", hint=f"{name}: …")
    if problems.found:
        raise DefinitionError(problems.found)
    return HavingAsked(
        **given, rules=Rules(**{name: it for name, it in rules.items() if it is not None})
    )


Reader = Callable[["Problems", "Node"], Any]


def _text(problems: Problems, node: Node) -> str | None:
    found = problems.text(node, "this")
    if found is not None and not found:
        problems.add("a name is expected here", node)
    return found


def _pairs(problems: Problems, node: Node) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, told)
        for name, _, value in problems.entries(node, "this")
        if (told := _text(problems, value)) is not None
    )


def _names(problems: Problems, node: Node) -> tuple[str, ...]:
    texts = [_text(problems, it) for it in problems.items(node, "this")]
    return tuple(it for it in texts if it)


def _counts(problems: Problems, node: Node) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, _, value in problems.entries(node, "this"):
        told = _text(problems, value) or ""
        if told.isascii() and told.isdigit() and 0 < int(told[:9]) < 1_000_000:
            found[name] = int(told)
        else:
            problems.add("a whole number from 1 on is expected here", value)
    return found


def _lists(problems: Problems, node: Node) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, _, value in problems.entries(node, "this"):
        found[name] = _names(problems, value)
    return found


def _share(problems: Problems, node: Node) -> float | None:
    told = (_text(problems, node) or "").removesuffix("%")
    try:
        share = float(told) / (100 if (_text(problems, node) or "").endswith("%") else 1)
    except ValueError:
        share = -1.0
    if 0 <= share <= 10:
        return share
    problems.add("a share from 0 to 10 is expected here, such as 0.2 or 20%", node)
    return None


def _truth(problems: Problems, node: Node) -> bool | None:
    told = (_text(problems, node) or "").casefold()
    if told in {"true", "yes", "false", "no"}:
        return told in {"true", "yes"}
    problems.add("`true` or `false` is expected here", node)
    return None


_READERS: dict[str, Reader] = {
    "event": _text, "item": _text, "looks": _pairs, "searches": _pairs, "file": _text,
    "title": _text, "partition": _text, "properties": _names,
}  # fmt: skip
_RULES: dict[str, Reader] = {
    "category": _text, "stock": _text, "margin": _text, "margin_counts": _share,
    "most_per": _counts, "hide": _lists, "owned": _truth,
}  # fmt: skip
