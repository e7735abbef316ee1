"""The plan: what applying the definition files would change, as a value; and applying it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, Problem
from shoal.core.instants import format_instant
from shoal.language.tree import Rule
from shoal.language.vocabulary import Vocabulary
from shoal.project.checking import check_definitions, problem_json
from shoal.project.definitions import definitions_of, read_files
from shoal.project.reading import Reading, read, reading_with
from shoal.segments.reach import reached

if TYPE_CHECKING:
    from shoal.project.opening import Project

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one segment."""

    name: str
    change: str  # new, changed or removed
    size_before: int
    size_after: int
    entering: int
    leaving: int
    examples: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def as_json(self) -> dict[str, Any]:
        """The contract's mapping."""
        return {
            "name": self.name,
            "change": self.change,
            "size_before": self.size_before,
            "size_after": self.size_after,
            "entering": self.entering,
            "leaving": self.leaving,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change of applying these files, judged at one instant; nothing is changed by it."""

    as_of: int
    segments: tuple[Change, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()  # name and new, changed or removed
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, str] | None = None
    touched: bool = False  # the files differ, if only in titles, tests or comments

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that keep the files from being applied."""
        return tuple(it for it in self.problems if it.severity == "error")

    @property
    def is_empty(self) -> bool:
        """Whether applying would change nothing at all."""
        return not self.touched and not self.segments and not self.traits

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return {
            "segments": [change.as_json() for change in self.segments],
            "traits": [{"name": name, "change": change} for name, change in self.traits],
            "problems": [problem_json(problem) for problem in self.errors],
            "warnings": [problem_json(it) for it in self.problems if it not in self.errors],
            "as_of": format_instant(self.as_of),
        }

    @property
    def text(self) -> str:
        """The plan for people."""
        return "\n".join(_lines(self))


def make_plan(project: Project, as_of: int | None) -> Plan:
    """The plan of applying the project's definition files now."""
    before = read(project)
    at = before.at(as_of)
    files = read_files(project.folder)
    wanted = definitions_of(files)
    after = reading_with(project, before.snapshot, wanted)
    problems = tuple(check_definitions(wanted, after.vocabulary))
    if any(problem.severity == "error" for problem in problems):
        return Plan(at, problems=problems)
    changes = _changes(before, after, at)
    traits = _trait_changes(before.vocabulary, after.vocabulary)
    touched = dict(files.texts) != dict(before.definitions.files.texts)
    return Plan(at, tuple(changes), tuple(traits), problems, files.texts, touched)


def apply_plan(project: Project, plan: Plan, author: str = "") -> int:
    """Makes the planned files the applied ones; the number of the version."""
    if plan.errors or plan.files is None:
        raise DefinitionError(plan.errors)
    return project.store.books.apply_definitions(plan.files, project.clock(), author).id


def _changes(before: Reading, after: Reading, at: int) -> list[Change]:
    kinds = _kinds(before.vocabulary, after.vocabulary)
    was, will = _members(before, kinds, at), _members(after, kinds, at)
    found: list[Change] = []
    for name, kind in kinds.items():
        old, new = was.get(name, frozenset[str]()), will.get(name, frozenset[str]())
        entering, leaving = new - old, old - new
        examples = _examples(entering), _examples(leaving)
        found.append(Change(name, kind, len(old), len(new), len(entering), len(leaving), examples))
    return found


def _members(reading: Reading, names: Iterable[str], at: int) -> dict[str, frozenset[str]]:
    """The members of those segments that this reading has, in one pass."""
    from shoal.runners import RuleAnswer, evaluate

    segments = reading.vocabulary.segments
    rules = {name: segments[name].rule for name in names if name in segments}
    if not rules:
        return {}
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    return {
        name: frozenset[str](answer.members()["user_id"].to_pylist())
        for name, answer in answers.items()
        if isinstance(answer, RuleAnswer)
    }


def _kinds(old: Vocabulary, new: Vocabulary) -> dict[str, str]:
    """Segments whose meaning differs: by their own rule or by one they rest on."""
    kinds: dict[str, str] = {}
    for name, entry in new.segments.items():
        if name not in old.segments:
            kinds[name] = "new"
        elif _meaning(entry.rule, new) != _meaning(old.segments[name].rule, old):
            kinds[name] = "changed"
    removed = {name: "removed" for name in old.segments if name not in new.segments}
    return kinds | removed


def _meaning(rule: Rule, vocabulary: Vocabulary) -> list[object]:
    return list(reached(rule, vocabulary))


def _trait_changes(old: Vocabulary, new: Vocabulary) -> Iterable[tuple[str, str]]:
    was = {name: entry.value for name, entry in old.traits.items() if entry.value is not None}
    will = {name: entry.value for name, entry in new.traits.items() if entry.value is not None}
    for name, value in will.items():
        if name not in was:
            yield name, "new"
        elif list(reached(value, new)) != list(reached(was[name], old)):
            yield name, "changed"
    yield from ((name, "removed") for name in was if name not in will)


def _examples(people: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(people)[:EXAMPLES])


def _lines(plan: Plan) -> Iterable[str]:
    yield from (str(problem) for problem in plan.problems)
    if plan.errors:
        yield "Nothing can be applied until these are mended."
        return
    if plan.is_empty:
        yield "Nothing would change: the files are as applied."
        return
    yield f"As of {format_instant(plan.as_of)}, applying the files would change:"
    if not plan.segments and not plan.traits:
        yield "  no membership and no trait, only what is said beside the rules"
    for it in plan.segments:
        yield (
            f"  segment {it.name} ({it.change}): {it.size_before:,} -> {it.size_after:,} profiles, "
            f"{it.entering:,} entering{_named(it.examples[0])}, "
            f"{it.leaving:,} leaving{_named(it.examples[1])}"
        )
    for name, change in plan.traits:
        yield f"  trait {name} ({change})"


def _named(examples: tuple[str, ...]) -> str:
    return f" (such as {', '.join(examples)})" if examples else ""
