"""Metrics and shares as they are written on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shoal.core.errors import UsageError
from shoal.experiments.metric import Kind, Metric

FORM = "write NAME=COLUMN:conversion, :mean or :retention, or NAME=COLUMN/COLUMN:ratio"


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric and the columns it is read from: one, or two for a ratio."""

    metric: Metric
    columns: tuple[str, ...]


def asked_metrics(
    texts: Sequence[str],
    *,
    less_is_better: Iterable[str] = (),
    winsorise: float | None = None,
) -> tuple[Asked, ...]:
    """The metrics. Raises UsageError for what is not written like one.

    >>> asked_metrics(["spend=total:mean"])[0].columns
    ('total',)
    """
    less = set(less_is_better)
    found = tuple(_asked(text, less, winsorise) for text in texts)
    names = [it.metric.name for it in found]
    if not found:
        raise UsageError("there is no metric", hint=f"--metric: {FORM}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"the metric `{twice}` is there twice")
    stray = next(iter(sorted(less - set(names))), None)
    if stray is not None:
        raise UsageError(f"--less-is-better: there is no metric `{stray}`")
    return found


def _asked(text: str, less_is_better: set[str], winsorise: float | None) -> Asked:
    before, colon, word = text.rpartition(":")
    name, equals, column = before.partition("=")
    if not equals:
        column = name
    if not colon or not name or not column or word not in set(Kind):
        raise UsageError(f"--metric: `{text}` is no metric", hint=FORM)
    kind = Kind(word)
    columns: tuple[str, ...] = (column,)
    if kind is Kind.RATIO:
        above, slash, below = column.partition("/")
        if not (slash and above and below):
            raise UsageError(f"--metric: `{text}` needs two columns", hint=FORM)
        columns = (above, below)
    cap = winsorise if kind is Kind.MEAN else None
    return Asked(Metric(name, kind, name in less_is_better, cap), columns)


def asked_shares(texts: Sequence[str]) -> dict[str, float]:
    """Planned shares by arm, in any unit. Raises UsageError.

    >>> asked_shares(["control=10", "treated=90%"])
    {'control': 10.0, 'treated': 90.0}
    """
    result: dict[str, float] = {}
    for text in texts:
        arm, equals, number = text.rpartition("=")
        try:
            share = float(number.removesuffix("%"))
        except ValueError:
            share = 0.0
        if not equals or not arm or not 0 < share < float("inf"):
            raise UsageError(f"--share: `{text}` is no share", hint="write ARM=NUMBER")
        result[arm] = share
    return result


def part(option: str, text: str) -> float:
    """A share such as 5% or 0.05. Raises UsageError.

    >>> part("--lift", "5%")
    0.05
    """
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise UsageError(f"{option}: `{text}` is no share", hint="write 5% or 0.05") from error
    if number != number or abs(number) == float("inf"):  # noqa: PLR0124  NaN is not itself
        raise UsageError(f"{option}: `{text}` is no share", hint="write 5% or 0.05")
    return number
