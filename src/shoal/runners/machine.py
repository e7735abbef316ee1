"""Questions asked of a snapshot on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.errors import NotFoundError
from shoal.engine.calendars import NEVER
from shoal.engine.decoding import decode_lists, plain_list_type
from shoal.engine.evaluation import (
    Prepared,
    Question,
    evaluate_prepared,
    prepare,
    transitions_of,
    with_derived,
)
from shoal.engine.program import Output
from shoal.engine.running import BucketAnswer, unpack
from shoal.engine.tracing import Traced, trace_rule
from shoal.language.tree import Rule
from shoal.language.vocabulary import ValueType, Vocabulary
from shoal.store.bucket_history import BucketHistory
from shoal.store.snapshot import Snapshot

ARROW = {
    ValueType.NUMBER: pa.float64(),
    ValueType.UNKNOWN: pa.float64(),
    ValueType.TEXT: pa.string(),
    ValueType.BOOLEAN: pa.bool_(),
    ValueType.INSTANT: pa.timestamp("us", "UTC"),
    ValueType.SPAN: pa.duration("us"),
}


@dataclass(frozen=True, eq=False)
class RuleAnswer:
    """Who a rule is true for. Counts are at hand; the list of members is made when asked for."""

    snapshot: Snapshot
    bits: Sequence[npt.NDArray[np.uint8]]
    unknown_bits: Sequence[npt.NDArray[np.uint8]]
    known_bits: Sequence[npt.NDArray[np.uint8]]
    sizes: Sequence[int]

    @cached_property
    def count(self) -> int:
        """Members."""
        return ones(self.bits)

    @cached_property
    def known(self) -> int:
        """Profiles known at the instant, anonymous ones included."""
        return ones(self.known_bits)

    @cached_property
    def unknown(self) -> int:
        """Known profiles for which the rule is neither true nor false."""
        return ones(self.unknown_bits)

    @cached_property
    def anonymous(self) -> int:
        """Members without a user id."""
        return sum(
            int((chosen & ~self.snapshot.has_user_id(bucket)).sum())
            for bucket, chosen in enumerate(self.chosen())
        )

    def chosen(self) -> list[npt.NDArray[np.bool_]]:
        """One truth a profile, bucket by bucket."""
        return [unpack(bits, size) for bits, size in zip(self.bits, self.sizes, strict=True)]

    def of(self, places: Sequence[tuple[int, int]]) -> npt.NDArray[np.bool_]:
        """Whether it is true for the people in these places: a bucket, and a profile in it."""
        chosen = self.chosen()
        return np.array([chosen[bucket][profile] for bucket, profile in places], np.bool_)

    def known_profiles(self) -> list[npt.NDArray[np.bool_]]:
        """Whether each profile is known at the instant, bucket by bucket."""
        return [unpack(bits, size) for bits, size in zip(self.known_bits, self.sizes, strict=True)]

    def members(self) -> pa.Table:
        """Column ``user_id`` of the members, sorted by code point."""
        parts = [
            self.snapshot.user_ids(bucket).take(pa.array(np.flatnonzero(chosen)))
            for bucket, chosen in enumerate(self.chosen())
        ]
        ids = pa.chunked_array(parts, pa.string()).combine_chunks()
        return pa.table({"user_id": ids.take(pc.sort_indices(ids))})


@dataclass(frozen=True, eq=False)
class ValueAnswer:
    """What a value is for everyone known."""

    snapshot: Snapshot
    output: Output
    index: int
    buckets: Sequence[BucketAnswer]
    as_of: int
    known_at: int
    type: ValueType = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", self.output.type)

    def table(self) -> pa.Table:
        """Columns ``user_id, value``, sorted by user id; null where unset.

        Instants are UTC timestamps, spans durations.
        """
        ids: list[pa.Array] = []
        values: list[pa.Array] = []
        for bucket, answer in enumerate(self.buckets):
            chosen = pa.array(np.flatnonzero(unpack(answer.known, answer.size)))
            ids.append(self.snapshot.user_ids(bucket).take(chosen))
            values.append(self._column(answer).take(chosen))
        together = pa.chunked_array(ids, pa.string()).combine_chunks()
        order = pc.sort_indices(together)
        column = joined(values)
        return pa.table({"user_id": together.take(order), "value": column.take(order)})

    def of(self, places: Sequence[tuple[int, int]]) -> list[Any]:
        """The value of the people in these places: a bucket, and a profile in it.

        None where it is unset, or somebody is not known at the instant.
        """
        found: list[Any] = [None] * len(places)
        for bucket in sorted({bucket for bucket, _ in places}):
            answer = self.buckets[bucket]
            known = unpack(answer.known, answer.size)
            mine = [n for n, at in enumerate(places) if at[0] == bucket and known[at[1]]]
            column = self._column(answer).take(pa.array([places[n][1] for n in mine], pa.int64()))
            for number, value in zip(mine, column.to_pylist(), strict=True):
                found[number] = value
        return found

    def _column(self, answer: BucketAnswer) -> pa.Array:
        if self.type == ValueType.LIST:
            lists = decode_lists(answer, self.output, self.as_of, self.known_at)
            kind = plain_list_type(answer, self.output)
            return pa.array(lists.tolist(), pa.list_(kind))
        numbers = answer.values[self.index]
        unset = np.isnan(numbers)
        if self.type == ValueType.TEXT:
            codes = np.where(unset, 0, numbers).astype(np.int64)
            return answer.bound.pool.take(pa.array(codes, mask=unset))
        arrow = ARROW[self.type]
        if self.type in (ValueType.NUMBER, ValueType.UNKNOWN):
            return pa.array(numbers, mask=unset)
        whole = np.where(unset, 0, np.rint(np.where(unset, 0, numbers))).astype(np.int64)
        if self.type == ValueType.BOOLEAN:
            return pa.array(whole.astype(bool), mask=unset)
        return pa.array(whole, mask=unset).cast(arrow)


Answer = RuleAnswer | ValueAnswer


def joined(parts: Sequence[pa.Array]) -> pa.Array:
    """Arrays of the buckets as one; an empty one where there are none."""
    filled = [part for part in parts if len(part)] or list(parts[:1])
    if not filled:
        return pa.array([], pa.float64())
    return pa.concat_arrays(filled)


def ones(parts: Iterable[npt.NDArray[np.uint8]]) -> int:
    """Set bits in packed bits."""
    return sum(int(np.bitwise_count(bits).sum()) for bits in parts)


def histories_of(snapshot: Snapshot) -> list[BucketHistory]:
    """All buckets of a snapshot."""
    return [snapshot.history(bucket) for bucket in range(snapshot.buckets)]


def evaluate(
    snapshot: Snapshot,
    questions: Mapping[str, Question],
    vocabulary: Vocabulary,
    as_of: int,
    known_at: int | None = None,
) -> dict[str, Answer]:
    """Answers to any number of rules and values at one instant, in one pass over the buckets."""
    prepared = prepare(questions, vocabulary)
    at = NEVER if known_at is None else known_at
    buckets = evaluate_prepared(prepared, histories_of(snapshot), as_of, at)
    return answers_of(snapshot, prepared, buckets, as_of, at)


def answers_of(
    snapshot: Snapshot,
    prepared: Prepared,
    buckets: Sequence[BucketAnswer],
    as_of: int,
    known_at: int,
) -> dict[str, Answer]:
    """Buckets' answers as the questions' answers."""
    result: dict[str, Answer] = {}
    known = [bucket.known for bucket in buckets]
    sizes = [bucket.size for bucket in buckets]
    truth = value = 0
    for output in prepared.final.outputs:
        if output.truth:
            result[output.name] = RuleAnswer(
                snapshot,
                [bucket.members[truth] for bucket in buckets],
                [bucket.unknowns[truth] for bucket in buckets if bucket.unknowns is not None],
                known,
                sizes,
            )
            truth += 1
        else:
            result[output.name] = ValueAnswer(snapshot, output, value, buckets, as_of, known_at)
            value += 1
    return result


def evaluate_at(
    snapshot: Snapshot,
    questions: Mapping[str, Question],
    vocabulary: Vocabulary,
    instants: Sequence[int],
    known_at: int | None = None,
) -> list[dict[str, Answer]]:
    """The same questions at several instants; what does not depend on the instant is done once."""
    if not instants:
        return []
    prepared = prepare(questions, vocabulary)
    at = NEVER if known_at is None else known_at
    # derived rows later than an instant do not exist at it, so those of the last serve all,
    # unless other profiles decide: then changes are judged at each instant itself
    shared = not prepared.ranks_behind_changes
    histories = histories_of(snapshot)
    if shared:
        derived = with_derived(prepared, histories, min(instants), max(instants), at)
        found = [
            evaluate_prepared(prepared, derived, instant, at, derive=False) for instant in instants
        ]
    else:
        found = [evaluate_prepared(prepared, histories, instant, at) for instant in instants]
    return [
        answers_of(snapshot, prepared, buckets, instant, at)
        for instant, buckets in zip(instants, found, strict=True)
    ]


def counts_at(
    snapshot: Snapshot,
    rules: Mapping[str, Rule],
    vocabulary: Vocabulary,
    instants: Sequence[int],
) -> list[dict[str, int]]:
    """Sizes of several rules at several instants."""
    answers = evaluate_at(snapshot, rules, vocabulary, instants)
    return [
        {name: answer.count for name, answer in each.items() if isinstance(answer, RuleAnswer)}
        for each in answers
    ]


def transitions(
    snapshot: Snapshot, rule: Rule, vocabulary: Vocabulary, start: int, end: int
) -> pa.Table:
    """Columns ``user_id, at, entered``: every membership change in ``(start, end]``, exactly.

    In order of (instant, user id).
    """
    found = transitions_of(histories_of(snapshot), rule, vocabulary, start, end)
    ids = [
        snapshot.user_ids(bucket).take(pa.array(changes.profiles))
        for bucket, changes in enumerate(found)
    ]
    table = pa.table(
        {
            "user_id": pa.chunked_array(ids, pa.string()).combine_chunks(),
            "at": pa.array(np.concatenate([changes.at for changes in found]), pa.int64()).cast(
                pa.timestamp("us", "UTC")
            ),
            "entered": pa.array(np.concatenate([changes.entered for changes in found])),
        }
    )
    return table.sort_by([("at", "ascending"), ("user_id", "ascending")])


def trace(
    snapshot: Snapshot,
    rule: Rule,
    vocabulary: Vocabulary,
    user_id: str,
    as_of: int,
    known_at: int | None = None,
) -> Traced:
    """Why one person is a member or not, and until when. Raises NotFoundError for nobody."""
    place = snapshot.find(user_id)
    if place is None:
        raise NotFoundError(f"nobody is known as `{user_id}`")
    return trace_rule(histories_of(snapshot), *place, rule, vocabulary, as_of, known_at)


def changes_at(
    snapshot: Snapshot, rule: Rule, vocabulary: Vocabulary, user_id: str, as_of: int
) -> int | None:
    """The first instant after ``as_of`` at which membership changes by the clock alone.

    None if it never does, or if other profiles decide.
    """
    return trace(snapshot, rule, vocabulary, user_id, as_of).changes_at
