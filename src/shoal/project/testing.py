"""Timelines in ``tests:`` run through the very engine that answers for real customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, NotFoundError, Place
from shoal.core.instants import EARLIEST, format_instant
from shoal.core.names import nearest, snake_case
from shoal.language import find_event, to_text
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType, Vocabulary
from shoal.segments.timeline import IDENTIFY, TimelineEvent, history_of, with_lines

if TYPE_CHECKING:
    from shoal.project.definitions import Definitions
    from shoal.project.opening import Project

_VERDICTS = {0: "false", 1: "unknown", 2: "true", -1: "not known"}


@dataclass(frozen=True, slots=True)
class Timeline:
    """One test of a segment, ready to run; ``number`` counts the segment's tests from 1."""

    segment: str
    number: int
    member: bool
    events: tuple[TimelineEvent, ...]
    as_of: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one timeline went."""

    test: Timeline
    verdict: str
    member: bool

    @property
    def passed(self) -> bool:
        """Whether the person is a member, or not, as the test wants."""
        return self.member is self.test.member

    @property
    def title(self) -> str:
        """``lapsed[1] member``."""
        wanted = "member" if self.test.member else "not member"
        return f"{self.test.segment}[{self.test.number}] {wanted}"

    def lines(self, vocabulary: Vocabulary) -> list[str]:
        """Why it failed, for people."""
        rule = vocabulary.segments[self.test.segment].rule
        at = format_instant(self.test.as_of)
        is_one = "a member" if self.member else "no member"
        told = [
            f"FAILED {self.title}  ({self.test.place})",
            f"    at {at} the person is {is_one}: the rule is {self.verdict}",
            f"    rule: {to_text(rule)}",
        ]
        for event in self.test.events:
            given = ", ".join(f"{name}: {value}" for name, value in event.properties.items())
            told.append(
                f"    {format_instant(event.at)} {event.name}{' · ' if given else ''}{given}"
            )
        return told


@dataclass(frozen=True, slots=True)
class Report:
    """How all timelines went."""

    outcomes: tuple[Outcome, ...]
    vocabulary: Vocabulary

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Those that did not hold."""
        return tuple(it for it in self.outcomes if not it.passed)

    @property
    def text(self) -> str:
        """The report for people."""
        if not self.outcomes:
            return "No timelines: write some under `tests:` of a segment."
        lines: list[str] = []
        for name in dict.fromkeys(it.test.segment for it in self.outcomes):
            of_one = [it for it in self.outcomes if it.test.segment == name]
            lines.append(f"{name} {''.join('.' if it.passed else 'F' for it in of_one)}")
        lines.append("")
        for failure in self.failures:
            lines += [*failure.lines(self.vocabulary), ""]
        passed = len(self.outcomes) - len(self.failures)
        failed = f"{len(self.failures)} failed, " if self.failures else ""
        lines.append(f"{failed}{passed} passed")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal test --json``."""
        return {
            "passed": len(self.outcomes) - len(self.failures),
            "failed": len(self.failures),
            "tests": [
                {
                    "segment": it.test.segment,
                    "number": it.test.number,
                    "member": it.test.member,
                    "as_of": format_instant(it.test.as_of),
                    "verdict": it.verdict,
                    "passed": it.passed,
                }
                for it in self.outcomes
            ],
        }


def run_tests(project: Project, names: Sequence[str]) -> Report:
    """Every timeline of the definition files, or those of the segments named."""
    from shoal.project.checking import check_definitions
    from shoal.project.definitions import definitions_of, read_files
    from shoal.project.words import vocabulary_for

    wanted = definitions_of(read_files(project.folder))
    vocabulary = vocabulary_for(project.settings, project.store.snapshot(), wanted)
    errors = [it for it in check_definitions(wanted, vocabulary) if it.severity == "error"]
    if errors:
        raise DefinitionError(errors)
    for name in names:
        if name not in vocabulary.segments:
            meant = nearest(name, vocabulary.segments)
            raise NotFoundError(
                f"no segment `{name}` is written",
                hint=f"did you mean `{meant}`?" if meant else None,
            )
    tests = [it for it in timelines(wanted, vocabulary) if not names or it.segment in names]
    vocabulary = with_timelines(vocabulary, tests)
    return Report(tuple(run_timelines(tests, vocabulary)), vocabulary)


def timelines(definitions: Definitions, vocabulary: Vocabulary) -> Iterator[Timeline]:
    """Every test of every segment and part."""
    zone = vocabulary.zone
    for name, segment in definitions.segments.items():
        for number, test in enumerate(segment.tests, 1):
            events = tuple(
                TimelineEvent(
                    _event_name(event.name, vocabulary),
                    EARLIEST if event.at is None else zone.parse(event.at),
                    event.properties,
                )
                for event in test.events
            )
            yield Timeline(name, number, test.member, events, zone.parse(test.as_of), test.place)


def with_timelines(vocabulary: Vocabulary, tests: Sequence[Timeline]) -> Vocabulary:
    """The vocabulary with every event, property and trait that the timelines speak of.

    What no data has yet shown is as the timelines write it.
    """
    events, traits = dict(vocabulary.events), dict(vocabulary.traits)
    for row in with_lines(event for test in tests for event in test.events):
        types = {name: _type(value) for name, value in row.properties.items()}
        if row.name == IDENTIFY:
            traits.update({k: TraitEntry(k, v) for k, v in types.items() if k not in traits})
            continue
        known = events.get(row.name) or EventEntry(row.name)
        events[row.name] = replace(known, properties={**types, **known.properties})
        parent = events.get(row.name.removesuffix("_line"))
        if parent is not None and parent.name != row.name and parent.lines is None:
            events[parent.name] = replace(parent, lines=row.name)
            events[row.name] = replace(events[row.name], parent=parent.name)
    return replace(vocabulary, events=events, traits=traits)


def _type(value: object) -> ValueType:
    match value:
        case bool():
            return ValueType.BOOLEAN
        case int() | float():
            return ValueType.NUMBER
        case date():
            return ValueType.INSTANT
        case _:
            return ValueType.TEXT


def _event_name(name: str, vocabulary: Vocabulary) -> str:
    found = find_event(name, vocabulary)
    return found.name if found is not None else name if name.startswith("$") else snake_case(name)


def run_timelines(tests: Sequence[Timeline], vocabulary: Vocabulary) -> list[Outcome]:
    """The outcome of each test; those of one instant are evaluated together.

    Each timeline is a bucket of its own, so ranks of one say nothing about another.
    """
    from shoal.engine import evaluate_histories

    outcomes: list[Outcome] = []
    for test in tests:
        history = history_of([test.events], vocabulary.zone)
        rule = vocabulary.segments[test.segment].rule
        answer = evaluate_histories([history], {"it": rule}, vocabulary, test.as_of)["it"][0]
        state = int(answer[0])
        outcomes.append(Outcome(test, _VERDICTS[state], state == 2))
    return outcomes
