"""The same thing twice: what imports recognised, and what only looks like another event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from shoal.audits.findings import Verdict
from shoal.audits.quality import PASSED_OVER, Check, QualityFinding, counted, weight
from shoal.audits.quality_measuring import Bucket, Rows
from shoal.audits.wording import first_few, share
from shoal.core.instants import SECOND
from shoal.engine.history import Column, Int32s
from shoal.language.told import Figure, Told

NEAR = 2 * SECOND
"""Two alike within this are one deed told twice: a double click, a request sent again."""
MOST_PAIRS = 50_000
"""Pairs of one event and bucket that are compared; of more, the first."""
RARE = 0.001
"""Less than this part alike is chance, or people who are quick."""
OWN_IDS = ("message_id", "event_id", "said_at", "sent_at", "request_id")
ORDER_IDS = ("order_id", "transaction_id", "receipt_id", "basket_id", "invoice_id", "invoice")


_ODD, _PRIME = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@dataclass(slots=True)
class DuplicateTally:
    """Pairs alike by event, lines like another of their order, and order numbers that come again."""

    pairs: dict[str, int] = field(default_factory=dict[str, int])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    repeated: dict[tuple[str, str], list[int]] = field(
        default_factory=dict[tuple[str, str], "list[int]"]
    )


def measure_duplicates(
    rows: Rows, properties: Mapping[str, Sequence[str]], tally: DuplicateTally
) -> None:
    """Adds a bucket; ``properties`` names those of each event that was received."""
    bucket = rows.bucket
    for event, names in properties.items():
        chosen = bucket.rows_of(event)
        if len(chosen) < 2:
            continue
        alike = _alike(rows, event, chosen, names)
        if alike:
            tally.pairs[event] = tally.pairs.get(event, 0) + alike
        for name in names:
            if name in ORDER_IDS and event.startswith(("order_completed", "order_paid", "purch")):
                _repeated(bucket, event, name, tally)


def _alike(rows: Rows, event: str, chosen: Int32s, names: Sequence[str]) -> int:
    """Neighbours of one person within a moment whose properties are all the same."""
    at, person = rows.bucket.occurred_at[chosen], rows.person[chosen]
    near = np.flatnonzero((np.diff(at) <= NEAR) & (np.diff(person) == 0))[:MOST_PAIRS]
    first, second = chosen[near], chosen[near + 1]
    compared = 0
    for name in names:
        if not len(first):
            return 0
        if name in OWN_IDS or name in PASSED_OVER:
            continue
        column = rows.bucket.column(event, name)
        if column is None:
            continue
        compared += 1
        same = _same(column, first, second)
        first, second = first[same], second[same]
    # a bare event may well happen twice within a day's midnight; only what says something is alike
    return len(first) if compared else 0


def measure_lines(
    rows: Rows, properties: Mapping[str, Sequence[str]], tally: DuplicateTally
) -> None:
    """Adds a bucket's lines; ``properties`` names those of each line event."""
    for event, names in properties.items():
        chosen = rows.bucket.rows_of(event)
        if len(chosen) < 2:
            continue
        at, person = rows.bucket.occurred_at[chosen], rows.person[chosen]
        begins = np.ones(len(chosen), np.bool_)
        begins[1:] = (np.diff(at) != 0) | (np.diff(person) != 0)
        marks = _mixed(np.cumsum(begins).astype(np.uint64))
        for number, name in enumerate(names):
            column = rows.bucket.column(event, name)
            if column is None or name in PASSED_OVER:
                continue
            whole = len(column.rows) == len(chosen)
            places = slice(None) if whole else np.searchsorted(chosen, column.rows)
            values = np.ascontiguousarray(column.values)
            bits = values.view(np.uint64) if values.itemsize == 8 else values.astype(np.uint64)
            marks[places] += _mixed(bits ^ np.uint64((number + 1) << 48))
        marks.sort()
        alike = int((marks[1:] == marks[:-1]).sum())
        if alike:
            tally.lines[event] = tally.lines.get(event, 0) + alike


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers spread over 64 bits, so that sums of them are as good as different."""
    found = numbers * _ODD
    found ^= found >> np.uint64(29)
    found *= _PRIME
    found ^= found >> np.uint64(32)
    return found


def _same(column: Column, first: Int32s, second: Int32s) -> npt.NDArray[np.bool_]:
    one, has_one = _values(column, first)
    two, has_two = _values(column, second)
    return (has_one == has_two) & (~has_one | (one == two))


def _values(column: Column, rows: Int32s) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    places = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
    return column.values[places], column.rows[places] == rows


def _repeated(bucket: Bucket, event: str, name: str, tally: DuplicateTally) -> None:
    column = bucket.column(event, name)
    if column is None or not len(column.rows):
        return
    if column.dictionary is not None:
        counts = np.bincount(cast("Int32s", column.values), minlength=len(column.dictionary))
    else:
        counts = np.unique(column.values, return_counts=True)[1]
    known = tally.repeated.setdefault((event, name), [0, 0, 0])
    known[0] += int((counts > 0).sum())
    known[1] += int((counts > 1).sum())
    known[2] += int(counts[counts > 1].sum())


def judge_duplicates(
    tally: DuplicateTally,
    rows: Mapping[str, int],
    imported: int,
    recognised: int,
    files: Sequence[str],
) -> Iterator[QualityFinding]:
    """What is to be said: of imports, of events alike, of numbers that come again."""
    if recognised:
        yield _recognised(recognised, imported, files)
    few: list[tuple[str, int]] = []
    for event, pairs in sorted(tally.pairs.items(), key=lambda it: -it[1]):
        part = pairs / max(rows.get(event, 0), 1)
        if part < RARE:
            few.append((event, pairs))
            continue
        yield QualityFinding(
            Check.DUPLICATES,
            Verdict.POOR if part >= 0.05 else Verdict.CAREFUL,
            weight(30, part),
            Told(
                "{0} `{1}` ({2}) {3:is|are} like the one before in every property, "
                "within two seconds of the same person.",
                counted(pairs, "event"),
                event,
                share(part),
                Figure(pairs),
            ),
            Told("Give each deed a message id that stays the same when it is sent again."),
            {"event": event, "pairs": pairs, "rows": rows.get(event, 0)},
        )
    for event, alike in tally.lines.items():
        part = alike / max(rows.get(event, 0), 1)
        if part < RARE:
            few.append((event, alike))
            continue
        yield QualityFinding(
            Check.DUPLICATES,
            Verdict.CAREFUL,
            weight(20, part),
            Told(
                "{0} of `{1}` ({2}) {3:is|are} like another of the same moment in every "
                "property: the same article twice, or a row exported twice?",
                counted(alike, "row"),
                event,
                share(part),
                Figure(alike),
            ),
            Told(
                "If they are exported twice, export the quantity instead, and replace the import."
            ),
            {"event": event, "alike": alike, "rows": rows.get(event, 0)},
        )
    yield from _judge_repeated(tally)
    if few:
        shown = first_few([Told("{0} of `{1}`", Figure(number), event) for event, number in few])
        yield QualityFinding(
            Check.DUPLICATES,
            Verdict.GOOD,
            8,
            Told("Hardly any events look like the one before: {0}.", shown),
            None,
            {"pairs": dict(few)},
        )
    if not (
        recognised or tally.pairs or tally.lines or any(it[1] for it in tally.repeated.values())
    ):
        yield QualityFinding(
            Check.DUPLICATES, Verdict.GOOD, 10, Told("Nothing came twice, and nothing looks alike.")
        )


def _recognised(recognised: int, imported: int, files: Sequence[str]) -> QualityFinding:
    part = recognised / (imported + recognised)
    return QualityFinding(
        Check.DUPLICATES,
        Verdict.GOOD if part < 0.05 else Verdict.CAREFUL,
        min(30.0, weight(10, part)),
        Told(
            "Imports brought {0} that {1:was|were} there already ({2}), recognised "
            "exactly and counted once.",
            counted(recognised, "row"),
            Figure(recognised),
            share(part),
        ),
        None if part < 0.05 else Told("See what is exported twice; nothing is counted twice here."),
        {"duplicates": recognised, "imported": imported, "files": list(files)},
    )


def _judge_repeated(tally: DuplicateTally) -> Iterator[QualityFinding]:
    """What is to be said of order numbers that stand in more than one event."""
    for (event, name), (different, again, of_rows) in tally.repeated.items():
        if not again:
            continue
        part = again / different
        lines = part > 0.3
        remedy = (
            Told("These rows look like lines of orders: import them as `lines:` of one event.")
            if lines
            else Told("Count orders by their number, or correct an order by a refund.")
        )
        yield QualityFinding(
            Check.DUPLICATES,
            Verdict.POOR if part >= 0.05 else Verdict.CAREFUL,
            weight(50, part),
            Told("{0} of `{1}.{2}` ({3}) {4:stands|stand} in more than one event.", counted(again, "value"), event, name, share(part), Figure(again)),
            remedy,
            {"event": event, "property": name, "values": different, "repeated": again,
             "rows": of_rows},
        )  # fmt: skip
