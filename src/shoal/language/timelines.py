"""Timelines: what happened to the imagined people of a segment's tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from shoal.core.errors import Place

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Page, Problems


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something in a test's timeline; ``at`` is as written, None for an undated trait.

    ``$identify`` carries traits, ``$consent`` a ``purpose`` and a ``state``, as in the store.
    """

    name: str
    at: str | None
    properties: Mapping[str, object]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TimelineTest:
    """A timeline, and whether its person is a member at ``as_of`` (as written)."""

    member: bool
    events: tuple[TimelineEvent, ...]
    as_of: str
    place: Place | None = field(default=None, compare=False)


def read_tests(node: Node, page: Page, problems: Problems) -> Iterable[TimelineTest]:
    """The tests of a segment."""
    for item in problems.items(node, "`tests`"):
        given = problems.fields(item, "a test", ("member", "not member", "as_of"))
        wanted = [name for name in ("member", "not member") if name in given]
        if len(wanted) != 1:
            problems.add("a test has either `member` or `not member`", item)
            continue
        as_of = _instant(given.get("as_of"), item, "`as_of`", problems)
        timeline = problems.items(given[wanted[0]], f"`{wanted[0]}`")
        events = [event for entry in timeline for event in _happened(entry, page, problems)]
        if as_of is not None:
            place = page.at(item)
            yield TimelineTest(wanted[0] == "member", tuple(events), as_of, place)


def _happened(node: Node, page: Page, problems: Problems) -> Iterable[TimelineEvent]:
    """One entry of a timeline."""
    from yaml import MappingNode

    entries = list(problems.entries(node, "an entry of a timeline"))
    if not entries:
        return
    (name, key, value), *others = entries
    beside = {other: page.value(found) for other, _, found in others}
    make = partial(TimelineEvent, place=page.at(key))
    if not isinstance(value, MappingNode):
        at = _instant(value, key, f"`{name}`", problems)
        if at is not None:
            yield make(name, at, beside)
        return
    inner = {inside: found for inside, _, found in problems.entries(value, f"`{name}`")}
    given = {inside: page.value(found) for inside, found in inner.items()}
    if name in {"trait", "consent"} and "at" not in inner:
        when = next((found for other, _, found in others if other == "at"), None)
        at = _instant(when, key, "`at`", problems) if when is not None else None
        if name == "trait":
            yield make("$identify", at, given)
            return
        for purpose, state in given.items():
            if state not in {"granted", "denied"}:
                problems.add("consent is `granted` or `denied`", inner[purpose])
            elif at is None:
                problems.add("consent is given at an instant", key, "at: 2026-01-01")
            else:
                yield make("$consent", at, {"purpose": purpose, "state": state})
        return
    at = _instant(inner.get("at"), key, "`at`", problems)
    given.pop("at", None)
    if at is not None:
        yield make(name, at, {**given, **beside})


def _instant(node: Node | None, near: Node, what: str, problems: Problems) -> str | None:
    """A date or an instant, as written."""
    from shoal.language.literals import instant_complaint

    text = problems.text(node, what)
    if text is None:
        problems.add(f"{what} needs a date or an instant", node or near, "2026-11-01")
        return None
    text = re.sub(r"^(\d{4}-\d{2}-\d{2})[ \t]+(?=\d)", r"\1T", text).upper()
    complaint = instant_complaint(text) if len(text) <= 40 else ("not an instant",)
    if complaint is not None:
        hint = "write 2026-11-01 or 2026-11-01T09:30:00Z"
        problems.add(complaint[0], node or near, hint)
        return None
    return text
