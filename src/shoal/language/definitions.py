"""Definition files become nouns: segments, traits, partitions, predictions, events.

::

    segments:     NAME: RULE, or {title, rule, why, polarity, purpose, vital, target, tests}
    traits:       NAME: VALUE, or {title, value, why}
    partitions:   NAME: [PART: RULE, …], or {title, why, parts: [PART: RULE or {title, rule, why}]}
    predictions:  NAME: RULE or VALUE about the future, or {title, target, why}
    events:       NAME: {title, why, line_of, properties: {NAME: TYPE or {type, title, why}}}

    vital         true: `shoal alerts` tells when its size moves as it usually does not
    target        {at_least: 500, by: 2026-12-31}; or at_most, and shares such as 10%
    tests:        - member: TIMELINE         (or `not member`)
                    as_of: INSTANT
    TIMELINE      a list of {EVENT: INSTANT, PROPERTY: VALUE, …}, {EVENT: {at: INSTANT, …}},
                  {trait: {NAME: VALUE}, at: INSTANT} (without `at` it holds always) and
                  {consent: {PURPOSE: granted or denied}, at: INSTANT}
    title, why    a text, or one per language: {en: Lapsed customers, pt: Clientes inativos}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, Place, Problem
from shoal.core.names import nearest, snake_case
from shoal.language.targets import TargetDefinition, read_target, read_truth
from shoal.language.tree import Everyone, Rule, Value
from shoal.language.vocabulary import ValueType
from shoal.language.words import LANGUAGES, Words, meant_language
from shoal.language.written_names import is_plain

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Page, Problems

POLARITIES = ("positive", "negative", "neutral")
PROPERTY_TYPES: Mapping[str, ValueType] = {
    "number": ValueType.NUMBER,
    "money": ValueType.NUMBER,
    "text": ValueType.TEXT,
    "boolean": ValueType.BOOLEAN,
    "instant": ValueType.INSTANT,
}
LONGEST_NAME = 100
_NAME = re.compile(r"[^\W\d_]\w*\Z")


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


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A segment as its file says; ``text`` is the rule as written, ``rule`` None if it is none."""

    name: str
    text: str
    rule: Rule | None
    title: Words | None = None
    why: Words | None = None
    polarity: str | None = None
    purpose: str | None = None
    tests: tuple[TimelineTest, ...] = ()
    vital: bool = False
    target: TargetDefinition | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TraitDefinition:
    """A computed trait: a value, or a rule that is then true or false."""

    name: str
    text: str
    value: Rule | Value | None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PartitionDefinition:
    """Parts in the order in which they are tried; their names are without the partition's."""

    name: str
    parts: tuple[SegmentDefinition, ...]
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PredictionDefinition:
    """A prediction: its target is a rule or value about the future of its instant."""

    name: str
    text: str
    target: Rule | Value | None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PropertyDefinition:
    """A property in the tracking plan; ``type`` is number, money, text, boolean or instant."""

    name: str
    type: str | None = None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """An event in the tracking plan; its title says what a person did: "placed an order"."""

    name: str
    title: Words | None = None
    why: Words | None = None
    line_of: str | None = None
    properties: tuple[PropertyDefinition, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What one file, or all files together, define; with every problem of their form."""

    segments: tuple[SegmentDefinition, ...] = ()
    traits: tuple[TraitDefinition, ...] = ()
    partitions: tuple[PartitionDefinition, ...] = ()
    predictions: tuple[PredictionDefinition, ...] = ()
    events: tuple[EventDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()


SECTIONS = ("segments", "traits", "partitions", "predictions", "events")


def parse_definitions(text: str, file: str | None = None) -> Definitions:
    """What the text of a definition file defines. Problems are collected, never raised.

    >>> parse_definitions("segments: {buyers: did order_completed}").segments[0].name
    'buyers'
    """
    from shoal.language.yaml_nodes import Problems, compose

    try:
        page, root = compose(text, file)
    except DefinitionError as error:
        return Definitions(problems=error.problems)
    reading = _Reading(page, Problems(page, []))
    if root is not None:
        reading.file(root)
    return Definitions(**reading.found, problems=tuple(reading.problems.found))


def merged(files: Iterable[Definitions]) -> Definitions:
    """All files as one; a name defined twice is a problem, and the first of them stays.

    An event may be described in several files: its properties are taken together.
    """
    files = list(files)
    problems = [problem for one in files for problem in one.problems]
    together: dict[str, Any] = {}
    taken: dict[tuple[str, str], Any] = {}
    for section in SECTIONS:
        kept: list[Any] = []
        space = "traits" if section == "predictions" else section
        space = "segments" if section == "partitions" else space
        for item in (item for one in files for item in getattr(one, section)):
            before = taken.setdefault((space, item.name), item)
            if before is item:
                kept.append(item)
            elif section == "events":
                whole = taken[space, item.name] = _together(before, item, problems)
                kept[kept.index(before)] = whole
            else:
                kind = section.removesuffix("s")
                hint = f"the other is at {before.place}" if before.place else None
                problems.append(Problem(f"{kind} `{item.name}` is defined twice", item.place, hint))
        together[section] = tuple(kept)
    return Definitions(**together, problems=tuple(problems))


def _together(
    first: EventDefinition, again: EventDefinition, problems: list[Problem]
) -> EventDefinition:
    """One event as two files describe it; a property of two types, or two parents, are problems."""
    known = {it.name: it for it in first.properties}
    for it in again.properties:
        before = known.setdefault(it.name, it)
        if before.type and it.type and before.type != it.type:
            message = f"`{first.name}.{it.name}` is {it.type} here and {before.type} elsewhere"
            hint = f"the other is at {before.place}" if before.place else None
            problems.append(Problem(message, it.place, hint))
    if first.line_of and again.line_of and first.line_of != again.line_of:
        message = (
            f"`{first.name}` is a line of `{again.line_of}` here, of `{first.line_of}` elsewhere"
        )
        hint = f"the other is at {first.place}" if first.place else None
        problems.append(Problem(message, again.place, hint))
    return replace(
        first,
        title=first.title or again.title,
        why=first.why or again.why,
        line_of=first.line_of or again.line_of,
        properties=tuple(known.values()),
    )


class _Reading:
    """One reading of one page."""

    def __init__(self, page: Page, problems: Problems) -> None:
        self.page = page
        self.problems = problems
        self.found: dict[str, Any] = {}

    def file(self, root: Node) -> None:
        sections = self.problems.fields(root, "a definition file", SECTIONS)
        for section, node in sections.items():
            read = getattr(self, f"_{section.removesuffix('s')}")
            items: list[Any] = []
            for name, key, value in self.problems.entries(node, f"`{section}`"):
                if self.is_name(name, key, section.removesuffix("s")):
                    items.append(read(name, key, value))
            self.found[section] = tuple(items)

    def is_name(self, name: str, node: Node, what: str) -> bool:
        """A name for rules, file names and columns: snake_case, and not too long."""
        from shoal.language.yaml_nodes import shown

        if what == "event" and name.startswith("$"):
            return True
        if len(name) <= LONGEST_NAME and _NAME.match(name) and name == snake_case(name):
            return True
        better = snake_case(name)
        usable = len(better) <= LONGEST_NAME and _NAME.match(better) and is_plain(better)
        hint = f"write `{better}`" if usable else "use lower-case letters, digits and _"
        self.problems.add(f"`{shown(name)}` cannot be the name of a {what}", node, hint)
        return False

    # --- sections ---------------------------------------------------------------------------

    def _segment(self, name: str, key: Node, node: Node) -> SegmentDefinition:
        known = ("title", "rule", "why", "polarity", "purpose", "vital", "target", "tests")
        given = self.described(node, "rule", known, f"segment `{name}`")
        text, rule = self.expression(given.get("rule"), key, "rule")
        polarity = self.problems.text(given.get("polarity"), "`polarity`")
        if polarity is not None and polarity not in POLARITIES:
            hint = f"it is one of {', '.join(POLARITIES)}"
            self.problems.add(f"`{polarity}` is no polarity", given["polarity"], hint)
            polarity = None
        purpose = self.problems.text(given.get("purpose"), "`purpose`")
        if purpose is not None and not _NAME.match(purpose):
            self.problems.add(f"`{purpose}` cannot be a purpose", given["purpose"], "marketing")
            purpose = None
        tests = tuple(self.tests(given["tests"])) if "tests" in given else ()
        title, why = self.told(given)
        place = self.page.at(key)
        vital = read_truth(given.get("vital"), "`vital`", self.problems)
        target = read_target(given.get("target"), self.problems)
        return SegmentDefinition(
            name, text, rule, title, why, polarity, purpose, tests, vital, target, place
        )

    def _trait(self, name: str, key: Node, node: Node) -> TraitDefinition:
        given = self.described(node, "value", ("title", "value", "why"), f"trait `{name}`")
        text, value = self.expression(given.get("value"), key, "value")
        return TraitDefinition(name, text, value, *self.told(given), self.page.at(key))

    def _prediction(self, name: str, key: Node, node: Node) -> PredictionDefinition:
        known = ("title", "target", "why")
        given = self.described(node, "target", known, f"prediction `{name}`")
        text, target = self.expression(given.get("target"), key, "target")
        return PredictionDefinition(name, text, target, *self.told(given), self.page.at(key))

    def _partition(self, name: str, key: Node, node: Node) -> PartitionDefinition:
        known = ("title", "why", "parts")
        given = self.described(node, "parts", known, f"partition `{name}`", plain=False)
        parts: list[SegmentDefinition] = []
        items = self.problems.items(given["parts"], "`parts`") if "parts" in given else []
        for item in items:
            for part, part_key, value in self.problems.entries(item, "a part"):
                if not self.is_name(part, part_key, "part"):
                    continue
                if any(part == before.name for before in parts):
                    self.problems.add(f"part `{part}` is defined twice", part_key)
                    continue
                parts.append(self._segment(part, part_key, value))
        if not parts:
            self.problems.add(f"partition `{name}` has no parts", key, "- rest: everyone")
        self.exhaustive(name, parts)
        return PartitionDefinition(name, tuple(parts), *self.told(given), self.page.at(key))

    def exhaustive(self, name: str, parts: list[SegmentDefinition]) -> None:
        """Everyone is in exactly one part if the last one, and only it, is ``everyone``."""
        for before, part in pairwise(parts):
            if before.rule == Everyone():
                message = f"nobody is left for `{part.name}`: `{before.name}` is everyone"
                self.problems.found.append(Problem(message, part.place, None, "warning"))
        if parts and parts[-1].rule not in {None, Everyone()}:
            message = f"somebody may be in no part of `{name}`"
            hint = "let the last part be `everyone`"
            self.problems.found.append(Problem(message, parts[-1].place, hint, "warning"))

    def _event(self, name: str, key: Node, node: Node) -> EventDefinition:
        known = ("title", "why", "line_of", "properties")
        given = self.described(node, "title", known, f"event `{name}`")
        properties: list[PropertyDefinition] = []
        listed = given.get("properties")
        entries = self.problems.entries(listed, "`properties`") if listed is not None else ()
        for prop, prop_key, value in entries:
            about = self.described(value, "type", ("type", "title", "why"), f"property `{prop}`")
            kind = self.problems.text(about.get("type"), "`type`")
            if kind is not None and kind not in PROPERTY_TYPES:
                near = nearest(kind, PROPERTY_TYPES)
                known_types = ", ".join(PROPERTY_TYPES)
                hint = f"did you mean `{near}`?" if near else f"it is one of {known_types}"
                self.problems.add(f"`{kind}` is no type", about["type"], hint)
                kind = None
            place = self.page.at(prop_key)
            properties.append(PropertyDefinition(prop, kind, *self.told(about), place))
        line_of = self.problems.text(given.get("line_of"), "`line_of`")
        title, why = self.told(given)
        place = self.page.at(key)
        return EventDefinition(name, title, why, line_of, tuple(properties), place)

    # --- their parts ------------------------------------------------------------------------

    def described(
        self, node: Node, main: str, known: tuple[str, ...], what: str, *, plain: bool = True
    ) -> dict[str, Node]:
        """The fields of a definition; the short form is the main one alone."""
        from yaml import ScalarNode, SequenceNode

        if isinstance(node, ScalarNode if plain else SequenceNode):
            return {main: node}
        return self.problems.fields(node, what, known)

    def told(self, given: Mapping[str, Node]) -> tuple[Words | None, Words | None]:
        return self.words(given.get("title"), "title"), self.words(given.get("why"), "why")

    def words(self, node: Node | None, what: str) -> Words | None:
        """A text for people: a scalar, or a mapping of languages."""
        from yaml import MappingNode

        if not isinstance(node, MappingNode):
            text = self.problems.text(node, f"`{what}`")
            return Words.plain(text) if text is not None else None
        texts: dict[str, str] = {}
        for code, key, value in self.problems.entries(node, f"`{what}`"):
            if code not in LANGUAGES:
                self.problems.add(*_no_language(code, key))
            elif text := self.problems.text(value, f"`{what}` in `{code}`"):
                texts[code] = text
        return Words.by_language(**texts) if texts else None

    def expression(self, node: Node | None, key: Node, what: str) -> tuple[str, Any]:
        """The text as written and the tree it says; None, and problems, if it says none."""
        from yaml import ScalarNode

        from shoal.language.parse import read_expression, read_rule
        from shoal.language.yaml_nodes import is_null

        if node is None or is_null(node):
            self.problems.add(f"`{what}` is missing", key)
            return "", None
        if not isinstance(node, ScalarNode):
            self.problems.add(f"`{what}` is a text of the rule language", node)
            return "", None
        read = read_rule if what == "rule" else read_expression
        try:
            return node.value.strip(), read(node.value, self.page.inside(node))
        except DefinitionError as error:
            self.problems.found.extend(error.problems)
            return node.value.strip(), None

    def tests(self, node: Node) -> Iterable[TimelineTest]:
        for item in self.problems.items(node, "`tests`"):
            given = self.problems.fields(item, "a test", ("member", "not member", "as_of"))
            wanted = [name for name in ("member", "not member") if name in given]
            if len(wanted) != 1:
                self.problems.add("a test has either `member` or `not member`", item)
                continue
            as_of = self.instant(given.get("as_of"), item, "`as_of`")
            timeline = self.problems.items(given[wanted[0]], f"`{wanted[0]}`")
            events = [event for entry in timeline for event in self.happened(entry)]
            if as_of is not None:
                place = self.page.at(item)
                yield TimelineTest(wanted[0] == "member", tuple(events), as_of, place)

    def happened(self, node: Node) -> Iterable[TimelineEvent]:
        """One entry of a timeline."""
        from yaml import MappingNode

        entries = list(self.problems.entries(node, "an entry of a timeline"))
        if not entries:
            return
        (name, key, value), *others = entries
        beside = {other: self.page.value(found) for other, _, found in others}
        make = partial(TimelineEvent, place=self.page.at(key))
        if not isinstance(value, MappingNode):
            at = self.instant(value, key, f"`{name}`")
            if at is not None:
                yield make(name, at, beside)
            return
        inner = {inside: found for inside, _, found in self.problems.entries(value, f"`{name}`")}
        given = {inside: self.page.value(found) for inside, found in inner.items()}
        if name in {"trait", "consent"} and "at" not in inner:
            when = next((found for other, _, found in others if other == "at"), None)
            at = self.instant(when, key, "`at`") if when is not None else None
            if name == "trait":
                yield make("$identify", at, given)
                return
            for purpose, state in given.items():
                if state not in {"granted", "denied"}:
                    self.problems.add("consent is `granted` or `denied`", inner[purpose])
                elif at is None:
                    self.problems.add("consent is given at an instant", key, "at: 2026-01-01")
                else:
                    yield make("$consent", at, {"purpose": purpose, "state": state})
            return
        at = self.instant(inner.get("at"), key, "`at`")
        given.pop("at", None)
        if at is not None:
            yield make(name, at, {**given, **beside})

    def instant(self, node: Node | None, near: Node, what: str) -> str | None:
        """A date or an instant, as written."""
        from shoal.language.literals import instant_complaint

        text = self.problems.text(node, what)
        if text is None:
            self.problems.add(f"{what} needs a date or an instant", node or near, "2026-11-01")
            return None
        text = re.sub(r"^(\d{4}-\d{2}-\d{2})[ \t]+(?=\d)", r"\1T", text).upper()
        complaint = instant_complaint(text) if len(text) <= 40 else ("not an instant",)
        if complaint is not None:
            hint = "write 2026-11-01 or 2026-11-01T09:30:00Z"
            self.problems.add(complaint[0], node or near, hint)
            return None
        return text


def _no_language(code: str, node: Node) -> tuple[str, Node, str]:
    """The problem of a code that is no language's here, and which was meant."""
    from shoal.language.yaml_nodes import shown

    meant = meant_language(code)
    known = ", ".join(LANGUAGES)
    hint = f"did you mean `{meant}`?" if meant else f"titles are in {known}"
    return f"no language `{shown(code)}`", node, hint
