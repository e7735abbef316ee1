"""A file of people as an experiment: arms, outcomes, covariates, segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoal.core.errors import ImportFileError
from shoal.experiments.analysis import People
from shoal.experiments.metric import SHARES, Outcome, cap_of
from shoal.experiments.moments import Floats
from shoal.experiments.predicted import predicted
from shoal.project.experiments.words import Asked
from shoal.sources.columns import Columns, read_columns

MOST_ARMS = 50
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which columns hold what.

    ``covariates`` were known before; ``features`` are those of which a model makes one covariate
    for each metric; ``user`` names the person, of whom there may be several rows.
    """

    variant: str
    control: str
    metrics: tuple[Asked, ...]
    covariates: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    segment: str | None = None
    user: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        outcomes = [column for asked in self.metrics for column in asked.columns]
        others = (it for it in (self.segment, self.user) if it is not None)
        return (self.variant, *outcomes, *self.covariates, *self.features, *others)


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """What was read: people, their outcomes one metric after another, and what was left out.

    ``crossed`` counts persons who were in several arms; they are in none of the numbers.
    """

    people: People
    outcomes: tuple[Outcome, ...]
    features: tuple[Floats, ...]
    segment: Codes | None
    segments: tuple[str, ...]
    rows: int
    without_arm: int
    crossed: int
    warnings: tuple[str, ...]


def read_experiment(path: str | Path, reading: Reading) -> Experiment:
    """The experiment in the file. Raises ImportFileError for what makes it none."""
    file = read_columns(path, reading.columns)
    if not len(file):
        raise ImportFileError(f"`{file.name}` has no rows")
    warnings = [*file.notices]
    if file.rejected:
        warnings.append(f"{_counted(file.rejected, 'row')} could not be read")
    arm, arms = _arms(file, reading)
    amounts = {
        column: _amounts(file, column, warnings)
        for column in dict.fromkeys(
            [it for asked in reading.metrics for it in asked.columns]
            + [*reading.covariates, *reading.features]
        )
    }
    for asked in reading.metrics:
        _check_share(file, asked, amounts)
    segment, segments = (None, []) if reading.segment is None else file.codes(reading.segment)
    gathered = _gathered(file, reading, arm, amounts, segment)
    if gathered.crossed:
        told = (
            "was in several arms and is"
            if gathered.crossed == 1
            else "were in several arms and are"
        )
        warnings.append(f"{_counted(gathered.crossed, 'person')} {told} left out")
    if gathered.without_arm:
        told = "was" if gathered.without_arm == 1 else "were"
        rows = _counted(gathered.without_arm, "row")
        warnings.append(f"{rows} without a `{reading.variant}` {told} left out")
    outcomes = tuple(_outcome(asked, gathered.amounts) for asked in reading.metrics)
    for outcome in outcomes:
        if not outcome.known.any():
            raise ImportFileError(f"metric `{outcome.metric.name}` has no number in any row")
    return Experiment(
        People(arms, gathered.arm, {it: gathered.amounts[it] for it in reading.covariates}),
        outcomes,
        tuple(gathered.amounts[it] for it in reading.features),
        gathered.segment,
        tuple(segments),
        len(file),
        gathered.without_arm,
        gathered.crossed,
        tuple(warnings),
    )


def with_predictions(people: People, outcome: Outcome, features: Sequence[Floats]) -> People:
    """The people with more covariates: the outcome as a model foretells it, and the features.

    Beside the features themselves the model never does worse than a line through them. Of a ratio, what is above the line is foretold, less its usual share of what is below.
    """
    cap = cap_of(outcome)
    values = np.where(outcome.known, outcome.values, np.nan)
    if cap is not None:
        values = np.minimum(values, cap)
    if outcome.below is not None:
        usual = np.nansum(values) / max(
            np.nansum(np.where(outcome.known, outcome.below, 0)), 1e-300
        )
        values = values - usual * outcome.below
    told = predicted(features, values)
    covariates = {f"\0feature {at}": feature for at, feature in enumerate(features)}
    return People(people.arms, people.arm, {**people.covariates, **covariates, "\0predicted": told})


def _arms(file: Columns, reading: Reading) -> tuple[Codes, tuple[str, ...]]:
    """Each row's arm and the arms' names, the control first and the others in order."""
    codes, names = file.codes(reading.variant)
    if len(names) > MOST_ARMS:
        raise ImportFileError(
            f"column `{reading.variant}` has {len(names):,} different values",
            hint="is it the variant?",
        )
    told = ", ".join(f"`{name}`" for name in sorted(names))
    if not names:
        raise ImportFileError(f"column `{reading.variant}` is empty in every row")
    if reading.control not in names:
        raise ImportFileError(
            f"no row of `{file.name}` has `{reading.control}` in column `{reading.variant}`",
            hint=f"it holds {told}",
        )
    if len(names) == 1:
        raise ImportFileError(
            f"every row of `{file.name}` is in one arm, {told}",
            hint="an effect needs a control and a variant",
        )
    ordered = (reading.control, *sorted(set(names) - {reading.control}))
    place = np.array([*(ordered.index(name) for name in names), -1], dtype=np.int64)
    return place[codes], ordered


def _amounts(file: Columns, column: str, warnings: list[str]) -> Floats:
    values, failed = file.amounts(column)
    if failed:
        told = "is no number and was" if failed == 1 else "are no numbers and were"
        warnings.append(f"column `{column}`: {_counted(failed, 'cell')} {told} left out")
    return values


def outcome_of(file: Columns, asked: Asked, amounts: dict[str, Floats]) -> Outcome:
    """The metric in a file of one row a person. Raises ImportFileError for a share that is none."""
    _check_share(file, asked, amounts)
    return _outcome(asked, amounts)


def _check_share(file: Columns, asked: Asked, amounts: dict[str, Floats]) -> None:
    if asked.metric.kind not in SHARES:
        return
    values = amounts[asked.columns[0]]
    strange = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
    if len(strange):
        at = int(strange[0])
        raise ImportFileError(
            f"column `{asked.columns[0]}` holds {values[at]:g} in row {int(file.numbers[at]):,}, "
            f"and a {asked.metric.kind} is 0 or 1",
            hint=f"for amounts write {asked.metric.name}={asked.columns[0]}:mean",
        )


def _outcome(asked: Asked, amounts: dict[str, Floats]) -> Outcome:
    above, *below = (amounts[column] for column in asked.columns)
    if asked.metric.kind in SHARES:
        above = np.minimum(above, 1.0)  # somebody who converted in two rows converted
    return Outcome(asked.metric, above, below[0] if below else None)


@dataclass(frozen=True, slots=True, eq=False)
class _Gathered:
    arm: Codes
    amounts: dict[str, Floats]
    segment: Codes | None
    without_arm: int
    crossed: int


def _gathered(
    file: Columns,
    reading: Reading,
    arm: Codes,
    amounts: dict[str, Floats],
    segment: Codes | None,
) -> _Gathered:
    """A row for each person: the file's own rows, or those of each user put together."""
    inside = arm >= 0
    without_arm = int((~inside).sum())
    if reading.user is None:
        kept = {column: values[inside] for column, values in amounts.items()}
        cut = None if segment is None else segment[inside]
        return _Gathered(arm[inside], kept, cut, without_arm, 0)
    user, names = file.codes(reading.user)
    inside &= user >= 0
    without_arm = int((~inside).sum())
    user = user[inside]
    people = len(names)
    least = np.full(people, len(file), dtype=np.int64)
    most = np.full(people, -1, dtype=np.int64)
    np.minimum.at(least, user, arm[inside])
    np.maximum.at(most, user, arm[inside])
    seen, crossed = most >= 0, (most >= 0) & (least != most)
    clear = seen & ~crossed
    first = np.full(people, -1, dtype=np.int64)
    first[user[::-1]] = np.flatnonzero(inside)[::-1]
    known = {*reading.covariates, *reading.features}
    gathered: dict[str, Floats] = {}
    for column, values in amounts.items():
        if column in known:
            gathered[column] = values[first[clear]]
        else:
            gathered[column] = _together(user, values[inside], people)[clear]
    cut = None if segment is None else segment[first[clear]]
    return _Gathered(least[clear], gathered, cut, without_arm, int(crossed.sum()))


def _together(user: Codes, values: Floats, people: int) -> Floats:
    """Each person's sum; NaN for whom nothing is set."""
    is_set = ~np.isnan(values)
    total = np.bincount(user[is_set], values[is_set], people)
    count = np.bincount(user[is_set], minlength=people)
    return np.where(count > 0, total, np.nan)


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
