"""Evaluation: questions, buckets and an instant in; members and values out.

The order of the steps is the order in which meanings depend on each other: derived rows first
(sessions, then changes of the segments that rules look back on), then ranks, each after those it
needs, then everything at once. Every step is the same kernel over the same buckets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

from shoal.core.instants import EARLIEST
from shoal.engine.binding import Stored, bind
from shoal.engine.calendars import NEVER
from shoal.engine.compiling import compile_program
from shoal.engine.decoding import decode_truths, decode_values
from shoal.engine.dependencies import changes_read, rank_nodes
from shoal.engine.derived import DerivedRows, MergedHistory
from shoal.engine.following import MembershipChanges, follow_membership
from shoal.engine.history import History
from shoal.engine.looking_back import starts_of_changes
from shoal.engine.program import ENTERED, LEFT, Program
from shoal.engine.ranking import cuts_of
from shoal.engine.running import BucketAnswer, everyone_in, run_program, spread, unpack
from shoal.engine.sessions import sessions_of
from shoal.language import tree
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import Vocabulary

Question = Rule | Value
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Questions made ready once, to be evaluated at any instant over any buckets."""

    questions: Mapping[str, Question]
    vocabulary: Vocabulary
    ranks: tuple[tree.Rank | tree.InTop, ...]
    levels: tuple[Program, ...]
    final: Program
    changes: tuple[str, ...]  # segments whose past changes are read, each after those it reads

    @property
    def ranks_behind_changes(self) -> bool:
        """Whether a segment whose changes are read depends on other profiles."""
        rules = [self.vocabulary.segments[name].rule for name in self.changes]
        return bool(rank_nodes(rules, self.vocabulary))


def prepare(
    questions: Mapping[str, Question], vocabulary: Vocabulary, *, tracing: bool = False
) -> Prepared:
    """Compile the questions, and the ranks and changes they need."""
    nodes = rank_nodes(questions.values(), vocabulary)
    places = {node: index for index, node in enumerate(nodes)}
    levels = tuple(
        compile_program(
            {"value": node.value, "scope": node.scope or tree.Everyone()}, vocabulary, places
        )
        for node in nodes
    )
    final = compile_program(questions, vocabulary, places, tracing=tracing)
    changes = changes_read(questions.values(), vocabulary)
    return Prepared(dict(questions), vocabulary, tuple(nodes), levels, final, changes)


# --- derived rows --------------------------------------------------------------------------------


def with_derived(
    prepared: Prepared, histories: Sequence[History], since: int, until: int, known_at: int
) -> list[History]:
    """Histories with the sessions and membership changes that the questions read.

    They may be asked at any instant from ``since`` to ``until``.
    """
    vocabulary = prepared.vocabulary
    segments = {name: prepare_segment(name, vocabulary) for name in prepared.changes}
    judged = {name for name, segment in segments.items() if segment.ranks}
    starts = starts_of_changes(
        prepared.questions.values(), vocabulary, prepared.changes, judged, since
    )
    changes: dict[str, list[tuple[DerivedRows, ...]]] = {}
    for name, segment in segments.items():
        before = merged_histories(segment, histories, changes, known_at)
        found = segment_changes(segment, before, starts[name], until, known_at)
        changes[name] = [change_rows(name, change) for change in found]
    return merged_histories(prepared, histories, changes, known_at)


def merged_histories(
    prepared: Prepared,
    histories: Sequence[History],
    changes: Mapping[str, Sequence[tuple[DerivedRows, ...]]],
    known_at: int,
) -> list[History]:
    """Histories with those derived rows that the prepared questions themselves read.

    Rows of changes are there already; sessions are found whenever a history is merged.
    """
    programs = (*prepared.levels, prepared.final)
    read = frozenset[str]().union(*(program.changed_segments for program in programs))
    chosen = [changes[name] for name in prepared.changes if name in read]
    sessions = any(program.uses_sessions for program in programs)
    if not chosen and not sessions:
        return list(histories)
    gap, lines = prepared.vocabulary.session_gap.microseconds, prepared.final.line_events

    def in_session(event: str) -> bool:
        return event not in lines and prepared.vocabulary.in_session(event)

    def additions(index: int) -> list[DerivedRows]:
        found = sessions_of(histories[index], in_session, gap, known_at) if sessions else ()
        return [*found, *(rows for each in chosen for rows in each[index])]

    return [
        MergedHistory(history, partial(additions, index)) for index, history in enumerate(histories)
    ]


def prepare_segment(name: str, vocabulary: Vocabulary) -> Prepared:
    """A segment's rule, ready to be followed through time."""
    return prepare({name: vocabulary.segments[name].rule}, vocabulary)


def change_rows(name: str, changes: MembershipChanges) -> tuple[DerivedRows, DerivedRows]:
    """Membership changes as rows of the history."""
    parts = ((ENTERED + name, changes.entered), (LEFT + name, ~changes.entered))
    entered, left = (
        DerivedRows(
            event,
            changes.profiles[chosen],
            changes.at[chosen],
            # what they follow from has been chosen by its receipt already
            np.full(int(chosen.sum()), EARLIEST, dtype=np.int64),
        )
        for event, chosen in parts
    )
    return entered, left


def segment_changes(
    prepared: Prepared, histories: Sequence[History], start: int, end: int, known_at: int
) -> list[MembershipChanges]:
    """Membership changes of the one prepared rule in ``(start, end]``, bucket by bucket.

    The histories already hold the derived rows the rule reads. A rule that depends on other
    profiles (ranks) is judged at local midnights and at ``end``.
    """
    if prepared.ranks:
        return judged_changes(prepared, histories, start, end, known_at)

    def work(index: int) -> MembershipChanges:
        return follow_membership(bind(prepared.final, histories[index]), start, end, known_at)

    return spread(work, histories)


def judged_changes(
    prepared: Prepared, histories: Sequence[History], start: int, end: int, known_at: int
) -> list[MembershipChanges]:
    """Changes seen from one local midnight to the next, and at the end."""
    first = min(spread(lambda index: first_row(histories[index], end), histories), default=end)
    instants = [start, *midnights(prepared.vocabulary, max(start, first - 1), end)]
    if instants[-1] != end:
        instants.append(end)
    parts: list[list[MembershipChanges]] = [[] for _ in histories]
    before: list[npt.NDArray[np.bool_]] | None = None
    for instant in instants:
        answers = evaluate_prepared(prepared, histories, instant, known_at, derive=False)
        now = [unpack(answer.members[0], answer.size) for answer in answers]
        if before is not None:
            for bucket, (old, new) in enumerate(zip(before, now, strict=True)):
                moved = np.flatnonzero(old != new)
                at = np.full(len(moved), instant, dtype=np.int64)
                parts[bucket].append(MembershipChanges(moved, at, new[moved]))
        before = now
    return [joined(part) for part in parts]


def first_row(history: History, end: int) -> int:
    """The first instant at which anything dated happened, at most ``end``."""
    times = history.occurred_at
    return int(times[times > EARLIEST].min(initial=end))


def joined(parts: Sequence[MembershipChanges]) -> MembershipChanges:
    """Changes of several instants in order of (profile, instant)."""
    nothing = np.empty(0, dtype=np.int64)
    profiles = np.concatenate([nothing, *(part.profiles for part in parts)])
    at = np.concatenate([nothing, *(part.at for part in parts)])
    entered = np.concatenate([np.empty(0, dtype=bool), *(part.entered for part in parts)])
    order = np.lexsort((at, profiles))
    return MembershipChanges(profiles[order], at[order], entered[order])


def midnights(vocabulary: Vocabulary, start: int, end: int) -> list[int]:
    """Local midnights in ``(start, end]``."""
    zone = vocabulary.zone
    if start >= end:
        return []
    day = zone.to_local(start).date()
    found: list[int] = []
    while True:
        instant = zone.midnight(day)
        if instant > end:
            return found
        if instant > start:
            found.append(instant)
        day += timedelta(days=1)


# --- ranks ---------------------------------------------------------------------------------------


def rank_inputs(
    prepared: Prepared, histories: Sequence[History], instants: npt.NDArray[np.int64], known_at: int
) -> tuple[list[Stored], Floats]:
    """Operands and scopes of all ranks, and the final program's constants with their cuts in place.

    Each rank is computed after those it needs.
    """
    values: list[list[Floats]] = [[] for _ in histories]
    scopes: list[list[npt.NDArray[np.int8]]] = [[] for _ in histories]
    tables: list[Floats | None] = []
    cuts: list[Floats] = []

    def stored() -> list[Stored]:
        return [Stored(v, s, tables) for v, s in zip(values, scopes, strict=True)]

    for node, program in zip(prepared.ranks, prepared.levels, strict=True):
        lent, constants = stored(), place_cuts(program, cuts)
        answers = spread(
            lambda index, program=program, lent=lent, constants=constants: run_program(
                bind(program, histories[index], lent[index], constants),
                everyone_in(histories[index]),
                instants,
                known_at,
                want_unknown=False,
            ),
            histories,
        )
        scoped: list[Floats] = [np.empty(0)]
        for index, answer in enumerate(answers):
            inside = unpack(answer.members[0], answer.size)
            value = np.ascontiguousarray(answer.values[0])
            scoped.append(value[inside & ~np.isnan(value)])
            values[index].append(value)
            scopes[index].append((inside * 2).astype(np.int8))
        found = cuts_of(node, np.concatenate(scoped))
        is_table = isinstance(node, tree.Rank) and node.function == tree.RankFunction.PERCENTILE
        tables.append(found if is_table else None)
        cuts.append(found)
    return stored(), place_cuts(prepared.final, cuts)


def place_cuts(program: Program, cuts: Sequence[Floats]) -> Floats:
    """The program's constants with the cuts of the ranks it reads."""
    constants = program.tables.constants.copy()
    for need in program.ranks:
        start, end = need.constants
        if end > start:
            constants[start:end] = cuts[need.stored]
    return constants


# --- everything at once --------------------------------------------------------------------------


def evaluate_prepared(
    prepared: Prepared,
    histories: Sequence[History],
    as_of: int,
    known_at: int,
    *,
    derive: bool = True,
    want_unknown: bool = True,
) -> list[BucketAnswer]:
    """Answers per bucket at one instant, in the order of the prepared outputs."""
    if derive:
        histories = with_derived(prepared, histories, as_of, as_of, known_at)
    instants = np.array([as_of], dtype=np.int64)
    stored, constants = rank_inputs(prepared, histories, instants, known_at)

    def work(index: int) -> BucketAnswer:
        bound = bind(prepared.final, histories[index], stored[index], constants)
        return run_program(
            bound, everyone_in(histories[index]), instants, known_at, want_unknown=want_unknown
        )

    return spread(work, histories)


def evaluate_histories(
    histories: Sequence[History],
    questions: Mapping[str, Question],
    vocabulary: Vocabulary,
    as_of: int,
    known_at: int | None = None,
) -> dict[str, list[npt.NDArray[np.generic]]]:
    """Every question's answer for every profile of every bucket, decoded.

    Rules give int8: 0 false, 1 unknown, 2 true, -1 where the profile is not known at ``as_of``.
    Values give objects: None for unset or not known, numbers, strings, booleans; instants and
    spans in microseconds; lists for ``values(…)``.
    """
    prepared = prepare(questions, vocabulary)
    at = NEVER if known_at is None else known_at
    result: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in questions}
    for answer in evaluate_prepared(prepared, histories, as_of, at):
        truth, value = 0, 0
        for output in prepared.final.outputs:
            if output.truth:
                result[output.name].append(decode_truths(answer, truth))
                truth += 1
            else:
                result[output.name].append(decode_values(answer, output, value, as_of, at))
                value += 1
    return result


def transitions_of(
    histories: Sequence[History],
    rule: Rule,
    vocabulary: Vocabulary,
    start: int,
    end: int,
    known_at: int | None = None,
) -> list[MembershipChanges]:
    """Membership changes of a rule in ``(start, end]``, bucket by bucket.

    Exactly, by events and by the clock; where other profiles decide, as judged at local midnights
    and at ``end``.
    """
    at = NEVER if known_at is None else known_at
    prepared = prepare({"rule": rule}, vocabulary)
    histories = with_derived(prepared, histories, start, end, at)
    return segment_changes(prepared, histories, start, end, at)
