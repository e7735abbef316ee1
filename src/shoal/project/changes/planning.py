"""The plan: what applying the definition files would change, as a value; and applying it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import DefinitionError, Problem
from shoal.core.instants import format_instant
from shoal.engine.running import unpack
from shoal.language.tree import Node, Rule, Value
from shoal.language.vocabulary import Vocabulary
from shoal.project.changes.planned_campaigns import CampaignChange, campaign_changes
from shoal.project.changes.planned_predictions import PredictionChange, prediction_changes
from shoal.project.checking import check_definitions, problem_json
from shoal.project.definitions import Definitions, Files, definitions_of, read_files
from shoal.project.owner.writing import write
from shoal.project.reading import Reading, read, reading_with
from shoal.project.worth import Worth, worth_of
from shoal.runners import RuleAnswer, ValueAnswer, evaluate
from shoal.runners.machine import Answer, ones
from shoal.segments.reach import named, reads_alike
from shoal.store import types_to_json

if TYPE_CHECKING:
    from shoal.project.opening import Project

EXAMPLES = 3
_WORTH = "$worth"
_OLD = "$old "


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
    worth: tuple[float, float] | None = None  # of those entering, of those leaving
    dependants: tuple[str, ...] = ()  # definitions that read this one

    def as_json(self) -> dict[str, Any]:
        """The contract's mapping, and what those who move are worth."""
        entering, leaving = self.worth or (None, None)
        return {
            "name": self.name,
            "change": self.change,
            "size_before": self.size_before,
            "size_after": self.size_after,
            "entering": self.entering,
            "leaving": self.leaving,
            "entering_value": entering,
            "leaving_value": leaving,
            "dependants": list(self.dependants),
        }


@dataclass(frozen=True, slots=True)
class TypeChange:
    """A property whose values would be read as another type, as the tracking plan declares."""

    event: str
    property: str
    before: str
    after: str
    values: int

    def as_json(self) -> dict[str, Any]:
        """The mapping in the contract's document."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change of applying these files, judged at one instant; nothing is changed by it."""

    as_of: int
    segments: tuple[Change, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()  # name and new, changed or removed
    types: tuple[TypeChange, ...] = ()  # properties whose values would be read as another type
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, str] | None = None
    touched: bool = False  # the files differ, if only in titles, tests or comments
    worth: Worth | None = None  # what `value` means in the changes
    campaigns: tuple[CampaignChange, ...] = ()  # those that would be another, or go to others
    predictions: tuple[PredictionChange, ...] = ()  # those that would say or learn something else

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that keep the files from being applied."""
        return tuple(it for it in self.problems if it.severity == "error")

    @property
    def is_empty(self) -> bool:
        """Whether applying would change nothing at all."""
        return not (self.touched or self.segments or self.traits or self.types)

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return {
            "segments": [change.as_json() for change in self.segments],
            "traits": [{"name": name, "change": change} for name, change in self.traits],
            "types": [it.as_json() for it in self.types],
            "campaigns": [it.as_json() for it in self.campaigns],
            "predictions": [it.as_json() for it in self.predictions],
            "problems": [problem_json(problem) for problem in self.errors],
            "warnings": [problem_json(it) for it in self.problems if it not in self.errors],
            "value": self.worth.text if self.worth else None,
            "as_of": format_instant(self.as_of),
        }

    @property
    def text(self) -> str:
        """The plan for people."""
        return "\n".join(_lines(self))


def make_plan(project: Project, as_of: int | None) -> Plan:
    """The plan of applying the project's definition files now."""
    return plan_of(project, read_files(project.folder), as_of)


def plan_of(project: Project, files: Files, as_of: int | None) -> Plan:
    """The plan of applying these files, wherever they come from."""
    before = read(project)
    at = before.at(as_of)
    wanted = definitions_of(files)
    after = reading_with(project, before.snapshot, wanted)
    problems = tuple(check_definitions(wanted, after.vocabulary))
    if any(problem.severity == "error" for problem in problems):
        return Plan(at, problems=problems)
    changes, worth = _changes(before, after, at)
    traits = _trait_changes(before.vocabulary, after.vocabulary)
    touched = dict(files.texts) != dict(before.definitions.files.texts)
    types = tuple(_type_changes(before, wanted))
    return Plan(
        at, tuple(changes), tuple(traits), types, problems, files.texts, touched, worth,
        campaign_changes(before, after, at), prediction_changes(before, after, at),
    )  # fmt: skip


def apply_plan(project: Project, plan: Plan, author: str = "") -> int:
    """Makes the planned files the applied ones; the number of the version."""
    if plan.errors or plan.files is None:
        raise DefinitionError(plan.errors)
    types = definitions_of(Files(plan.files)).types
    if types != dict(project.store.snapshot().catalogue.declared):
        request = {"types": types_to_json(types), "zone": project.settings.time_zone.name}
        write(project.store, "declare types", request)
    known = _guard_of(project)
    number = project.store.books.apply_definitions(plan.files, project.clock(), author).id
    _note_guard(project, number, author, known)
    return number


Guard = tuple[dict[str, str], dict[str, dict[str, Any]]]
"""What the plan in force declares sensitive, and why which definitions read it."""


def _guard_of(project: Project) -> Guard:
    from shoal.project.guarding import declared, uses

    reading = read(project)
    reasons: dict[str, dict[str, Any]] = {
        use.subject: {"because": use.because, "reads": [it.text for it in use.reads]}
        for use in uses(reading.definitions, reading.vocabulary)
    }
    return declared(reading.definitions), reasons


def _note_guard(project: Project, number: int, author: str, before: Guard) -> None:
    """Keeps in the audit trail every reason that is new or another, and a guard set up or let go."""
    from shoal.access import AuditEntry
    from shoal.store.accounts import Accounts

    now = _guard_of(project)
    notes = [
        ("fairness.reason", subject, detail)
        for subject, detail in now[1].items()
        if before[1].get(subject) != detail
    ]
    added, gone = sorted(now[0].keys() - before[0]), sorted(before[0].keys() - now[0])
    if added or gone:
        notes.append(("fairness.guard", "plan", {"guarded": added, "no_longer": gone}))
    for action, subject, detail in notes:
        told = {**detail, "version": number}
        entry = AuditEntry(project.clock(), author or "cli", action, subject, told)
        Accounts(project.store.books).note(entry)


def _type_changes(reading: Reading, wanted: Definitions) -> Iterable[TypeChange]:
    for (event, name), after in wanted.types.items():
        known = reading.snapshot.catalogue.property(event, name)
        if known is not None and known.type is not after:
            values = known.set + known.unconverted
            yield TypeChange(event, name, str(known.type), str(after), values)


def _changes(before: Reading, after: Reading, at: int) -> tuple[list[Change], Worth | None]:
    kinds = _kinds(before.vocabulary, after.vocabulary)
    if not kinds:
        return [], None
    worth = worth_of(after)
    readers = _readers(after.vocabulary) | _readers(before.vocabulary)
    if not before.snapshot.rows:  # where nobody is known, nobody moves
        nothing = (0.0, 0.0) if worth is not None else None
        return [
            Change(name, kind, 0, 0, 0, 0, worth=nothing, dependants=tuple(readers.get(name, ())))
            for name, kind in kinds.items()
        ], worth
    was, will, values = _answers(before, after, kinds, at, worth)
    worths = _worths(values) if isinstance(values, ValueAnswer) else None
    return [
        replace(
            _change(name, kind, was.get(name), will.get(name), worths),
            dependants=tuple(readers.get(name, ())),
        )
        for name, kind in kinds.items()
    ], worth


def _readers(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """By segment, the segments and traits whose definitions name it."""
    found: dict[str, list[str]] = {}
    defined: dict[str, Node] = {name: it.rule for name, it in vocabulary.segments.items()}
    defined |= {name: it.value for name, it in vocabulary.traits.items() if it.value is not None}
    for name, node in defined.items():
        for segment in named(node):
            if not _same_partition(name, segment):
                found.setdefault(segment, []).append(name)
    return found


def _same_partition(one: str, other: str) -> bool:
    """Parts read those before them: that is the partition itself, nobody who depends on it."""
    return "." in one and one.rpartition(".")[0] == other.rpartition(".")[0]


def _answers(
    before: Reading, after: Reading, names: Iterable[str], at: int, worth: Worth | None
) -> tuple[dict[str, Answer], dict[str, Answer], Answer | None]:
    """Members by the old rules and by the new, and what people are worth.

    Old rules that mean the same among the new definitions are asked with the new ones, so that most
    plans take one pass over the data; a second one asks the others as they were defined.
    """
    old, new = before.vocabulary, after.vocabulary
    names = list(names)
    was = {name: old.segments[name].rule for name in names if name in old.segments}
    together = {
        name: rule
        for name, rule in was.items()
        if old.events == new.events and reads_alike(rule, old, new)
    }
    questions: dict[str, Rule | Value] = {_OLD + name: rule for name, rule in together.items()}
    questions |= {name: new.segments[name].rule for name in names if name in new.segments}
    if worth is not None:
        questions[_WORTH] = worth.value
    found = evaluate(after.snapshot, questions, new, at) if questions else {}
    apart = {name: rule for name, rule in was.items() if name not in together}
    answers = evaluate(before.snapshot, apart, old, at) if apart else {}
    answers |= {name: found.pop(_OLD + name) for name in together}
    worths = found.pop(_WORTH, None)
    return answers, found, worths


def _worths(answer: ValueAnswer) -> list[npt.NDArray[np.float64]]:
    """What each person is worth, bucket by bucket; nothing where it is unset."""
    return [np.nan_to_num(bucket.values[answer.index]) for bucket in answer.buckets]


def _change(
    name: str,
    kind: str,
    old: Answer | None,
    new: Answer | None,
    worths: list[npt.NDArray[np.float64]] | None,
) -> Change:
    """What becomes of one segment; before and after are bits of the same profiles."""
    some = new if isinstance(new, RuleAnswer) else old
    assert isinstance(some, RuleAnswer)
    nobody = [np.zeros_like(bits) for bits in some.bits]
    was = old.bits if isinstance(old, RuleAnswer) else nobody
    will = new.bits if isinstance(new, RuleAnswer) else nobody
    entering = [now & ~then for then, now in zip(was, will, strict=True)]
    leaving = [then & ~now for then, now in zip(was, will, strict=True)]
    return Change(
        name,
        kind,
        ones(was),
        ones(will),
        ones(entering),
        ones(leaving),
        (_examples(some, entering), _examples(some, leaving)),
        None if worths is None else (_sum(some, entering, worths), _sum(some, leaving, worths)),
    )


def _sum(
    answer: RuleAnswer, bits: list[npt.NDArray[np.uint8]], worths: list[npt.NDArray[np.float64]]
) -> float:
    """What the people of these bits are worth together."""
    parts = zip(bits, answer.sizes, worths, strict=True)
    return fsum(
        amount
        for some, size, worth in parts
        if some.any()
        for amount in worth[unpack(some, size)].tolist()
    )


def _examples(answer: RuleAnswer, bits: list[npt.NDArray[np.uint8]]) -> tuple[str, ...]:
    """A few of the people, in the order of their names."""
    found: list[str] = []
    for bucket, (some, size) in enumerate(zip(bits, answer.sizes, strict=True)):
        if len(found) < EXAMPLES and some.any():
            places = np.flatnonzero(unpack(some, size))[: EXAMPLES - len(found)]
            found += answer.snapshot.user_ids(bucket).take(pa.array(places)).to_pylist()
    return tuple(sorted(found))


def _kinds(old: Vocabulary, new: Vocabulary) -> dict[str, str]:
    """Segments whose meaning differs: by their own rule or by one they rest on."""
    kinds: dict[str, str] = {}
    for name, entry in new.segments.items():
        if name not in old.segments:
            kinds[name] = "new"
        elif not _means_as_before(entry.rule, old.segments[name].rule, old, new):
            kinds[name] = "changed"
    removed = {name: "removed" for name in old.segments if name not in new.segments}
    return kinds | removed


def _means_as_before(will: Node, was: Node, old: Vocabulary, new: Vocabulary) -> bool:
    return will == was and reads_alike(was, old, new)


def _trait_changes(old: Vocabulary, new: Vocabulary) -> Iterable[tuple[str, str]]:
    was = {name: entry.value for name, entry in old.traits.items() if entry.value is not None}
    will = {name: entry.value for name, entry in new.traits.items() if entry.value is not None}
    for name, value in will.items():
        if name not in was:
            yield name, "new"
        elif not _means_as_before(value, was[name], old, new):
            yield name, "changed"
    yield from ((name, "removed") for name in was if name not in will)


def _lines(plan: Plan) -> Iterable[str]:
    yield from (str(problem) for problem in plan.problems)
    if plan.errors:
        yield "Nothing can be applied until these are mended."
        return
    if plan.is_empty:
        yield "Nothing would change: the files are as applied."
        return
    yield f"As of {format_instant(plan.as_of)}, applying the files would change:"
    if not (plan.segments or plan.traits or plan.types or plan.campaigns or plan.predictions):
        yield "  no membership and no trait, only what is said beside the rules"
    for it in plan.segments:
        entering, leaving = it.worth or (None, None)
        yield (
            f"  segment {it.name} ({it.change}): {it.size_before:,} -> {it.size_after:,} profiles, "
            f"{it.entering:,} entering{_named(it.examples[0])}{_worth(entering, plan)}, "
            f"{it.leaving:,} leaving{_named(it.examples[1])}{_worth(leaving, plan)}"
        )
        if it.dependants:
            yield f"    read by {', '.join(it.dependants)}"
    yield from (f"  {it}" for it in (*plan.campaigns, *plan.predictions))
    for name, change in plan.traits:
        yield f"  trait {name} ({change})"
    for it in plan.types:
        yield f"  type of {it.event}.{it.property}: {it.before} -> {it.after}, {it.values:,} values"
    if plan.worth is not None and any(it.worth and any(it.worth) for it in plan.segments):
        yield f"Worth is {plan.worth.text}."


def _worth(value: float | None, plan: Plan) -> str:
    if not value or plan.worth is None:
        return ""
    unit = f" {plan.worth.currency}" if plan.worth.currency else ""
    return f" worth {value:,.0f}{unit}"


def _named(examples: tuple[str, ...]) -> str:
    return f" (such as {', '.join(examples)})" if examples else ""
