"""Many questions to the engine at once, answered as arrays in one order of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import SECOND
from shoal.language import parse_expression, parse_rule
from shoal.language.tree import Rule, Value
from shoal.runners import RuleAnswer, ValueAnswer, evaluate, evaluate_at

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answers:
    """What was asked at one instant: per rule who is in, per value what it is; in People's order.

    Numbers are doubles (spans in seconds) with NaN for unset; ``texts`` hold everything else.
    """

    at: int
    rules: Mapping[str, Bools]
    numbers: Mapping[str, Floats]
    texts: Mapping[str, list[str | None]]

    def size(self, rule: str) -> int:
        """How many are in."""
        return int(self.rules[rule].sum())

    def total(self, number: str, inside: Bools | None = None) -> float:
        """The sum over everybody, or over some; unset counts as nothing."""
        values = self.numbers[number]
        return float(np.nansum(values if inside is None else values[inside]))


@dataclass(frozen=True, eq=False)
class People:
    """Everybody a report speaks of, in the order of their ids, and how to ask about them."""

    reading: Reading
    ids: pa.StringArray

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, user_id: str) -> int:
        """Where a person stands in the arrays."""
        return int(pc.index(self.ids, user_id).as_py())

    def ask(
        self,
        at: int,
        rules: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Answers:
        """All rules and values, by the names given to them, in one pass of the engine."""
        return self.ask_often((at,), rules, values)[0]

    def ask_often(
        self,
        instants: Sequence[int],
        rules: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> tuple[Answers, ...]:
        """The same questions at several instants."""
        questions: dict[str, Rule | Value] = {
            **{f"rule {name}": parse_rule(text) for name, text in (rules or {}).items()},
            **{f"value {name}": parse_expression(text) for name, text in (values or {}).items()},
        }
        reading = self.reading
        found = evaluate_at(reading.snapshot, questions, reading.vocabulary, instants)
        return tuple(self._answers(at, each) for at, each in zip(instants, found, strict=True))

    def _answers(self, at: int, found: Mapping[str, RuleAnswer | ValueAnswer]) -> Answers:
        rules: dict[str, Bools] = {}
        numbers: dict[str, Floats] = {}
        texts: dict[str, list[str | None]] = {}
        for key, answer in found.items():
            name = key.partition(" ")[2]
            if isinstance(answer, RuleAnswer):
                rules[name] = self._members(answer.members())
                continue
            table = answer.table()
            if _is_number(table):
                numbers[name] = self._numbers(table)
            else:
                texts[name] = self._texts(table)
        return Answers(at, rules, numbers, texts)

    def _members(self, table: pa.Table) -> Bools:
        inside = np.zeros(len(self), np.bool_)
        inside[self.places(table.column("user_id"))[1]] = True
        return inside

    def _numbers(self, table: pa.Table) -> Floats:
        column = table.column("value")
        if pa.types.is_duration(column.type):
            whole = column.cast(pa.duration("us")).cast(pa.int64())
            column = pc.divide(whole.cast(pa.float64()), float(SECOND))
        given = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        rows, places = self.places(table.column("user_id"))
        numbers = np.full(len(self), np.nan)
        numbers[places] = given[rows]
        return numbers

    def _texts(self, table: pa.Table) -> list[str | None]:
        given = table.column("value").cast(pa.string()).to_pylist()
        rows, places = self.places(table.column("user_id"))
        texts: list[str | None] = [None] * len(self)
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            texts[place] = given[row]
        return texts

    def places(self, user_ids: pa.ChunkedArray) -> tuple[Int64s, Int64s]:
        """Rows of a column of ids that speak of these people, and each one's place among them."""
        found = pc.index_in(user_ids.combine_chunks(), value_set=self.ids)
        places = pc.fill_null(found.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(places >= 0)
        return rows, places[rows]


def everybody(reading: Reading, at: int, rule: str = "everyone") -> People:
    """The people a rule is true for at an instant."""
    found = evaluate(reading.snapshot, {"it": parse_rule(rule)}, reading.vocabulary, at)["it"]
    assert isinstance(found, RuleAnswer)
    ids: Any = found.members().column("user_id").combine_chunks()
    return People(reading, ids.cast(pa.string()))


def _is_number(table: pa.Table) -> bool:
    kind = table.column("value").type
    return bool(
        pa.types.is_floating(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_decimal(kind)
    )
