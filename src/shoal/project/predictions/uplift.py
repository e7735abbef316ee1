"""Who is persuadable: learned from a file of treated people and controls, or from a past campaign."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import ImportFileError, ShoalError, TooFewError, UsageError
from shoal.core.instants import format_instant
from shoal.predictions.qini import Floats, Tried
from shoal.predictions.uplift import FEWEST, LEARNERS, Comparison, Judged, Uplift, compare

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.sources.columns import Columns

MOST_CATEGORIES = 30
"""Different texts of one column that are told apart, the commonest."""
MOST_COLUMNS = 500
UNBALANCED = 4.5
"""Standard errors by which the arms differ in a feature that was known before: chance alone does so
once in some 150,000."""


@dataclass(frozen=True, slots=True)
class UpliftAsked:
    """Which columns say who was treated (and how it is called), what came of it, and what was known."""

    treatment: str
    treated: str
    control: str
    outcome: str
    features: tuple[str, ...]
    user: str | None = None


@dataclass(frozen=True, eq=False)
class Trial:
    """People of two arms: what was known of them as a table of numbers, and what came of it."""

    table: Floats
    tried: Tried
    columns: tuple[str, ...]
    users: Sequence[str] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Uplifts:
    """A trial, and how well each learner ranks its people."""

    trial: Trial
    comparison: Comparison
    asked_for: Judged

    def as_json(self) -> dict[str, Any]:
        """The report; ``can_rank`` says whether anybody may be ranked by it."""
        tried, found = self.trial.tried, self.comparison
        return {
            "treated": int(tried.treated.sum()),
            "controls": int((~tried.treated).sum()),
            "outcome_treated": float(tried.outcome[tried.treated].mean()),
            "outcome_controls": float(tried.outcome[~tried.treated].mean()),
            "effect": tried.effect,
            "features": list(self.trial.columns),
            "learner": self.asked_for.name,
            "qini": _judged(self.asked_for),
            "can_rank": self.asked_for.can_rank,
            "learners": {it.name: _judged(it) for it in found.learners},
            "response_model": _judged(found.response),
            "over_response_model": {"low": found.over_response[0], "high": found.over_response[1]},
            "curve": found.points,
            "warnings": list(self.trial.warnings),
        }

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence."""
        it = self.asked_for
        if it.can_rank:
            return f"It ranks people by what the treatment does to them: Qini {_told(it)}."
        return f"It cannot rank anybody: Qini {_told(it)} is no better than chance for sure."


def _judged(one: Judged) -> dict[str, float]:
    return {"value": one.qini, "low": one.low, "high": one.high}


def _told(one: Judged) -> str:
    return f"{one.qini:.3f} ({one.low:.3f} to {one.high:.3f})"


def uplift_of(trial: Trial, learner: str | None = None) -> Uplifts:
    """How well each learner ranks people it did not know. TooFewError for too few outcomes."""
    if learner is not None and learner not in LEARNERS:
        raise UsageError(f"no learner `{learner}`", hint=f"learners are {', '.join(LEARNERS)}")
    tried = trial.tried
    for name, arm in (("treated", tried.treated), ("controls", ~tried.treated)):
        came = int(tried.outcome[arm].sum())
        for what, count in (("had the outcome", came), ("had not", int(arm.sum()) - came)):
            if count < FEWEST:
                raise TooFewError(
                    f"{count} of the {name} {what}, {FEWEST} are needed: {FEWEST - count} more"
                )
    found = compare(trial.table, tried)
    named = next((it for it in found.learners if it.name == learner), found.chosen)
    return Uplifts(trial, found, named)


def uplift_scores(found: Uplifts, people: Trial | None = None) -> pa.Table:
    """user_id and uplift, most persuadable first. ShoalError where nothing may be ranked.

    ``people`` are others than those it was learned from, with the same columns.
    """
    whom = people or found.trial
    said = learned(found)(whom.table)
    users = whom.users or [str(it) for it in range(1, len(said) + 1)]
    order = np.lexsort((np.array(users), -said))
    return pa.table({
        "user_id": pa.array([users[it] for it in order.tolist()], pa.string()),
        "uplift": pa.array(said[order], pa.float64()),
    })  # fmt: skip


def learned(found: Uplifts) -> Uplift:
    """What the treatment does to people, learned from all of the trial; refuses to rank by chance."""
    if not found.asked_for.can_rank:
        raise ShoalError(
            found.verdict.removesuffix("."),
            hint="more people, or features that tell more of whom it moves",
        )
    return LEARNERS[found.asked_for.name](found.trial.table, found.trial.tried)


# --- from a file -----------------------------------------------------------------------------------


def read_trial(path: str | Path, asked: UpliftAsked) -> Trial:
    """The people of a file whose arm is one of the two. ImportFileError for what makes it none."""
    from shoal.sources.columns import read_columns

    if not asked.features:
        raise UsageError("--feature COL names what was known before the treatment; give some")
    user = [] if asked.user is None else [asked.user]
    file = read_columns(path, [asked.treatment, asked.outcome, *asked.features, *user])
    codes, arms = file.codes(asked.treatment)
    for name in (asked.treated, asked.control):
        if name not in arms:
            known = ", ".join(f"`{it}`" for it in arms[:12])
            raise ImportFileError(
                f"no row of `{file.name}` has `{name}` as its `{asked.treatment}`",
                hint=f"there are {known}",
            )
    came, failed = file.amounts(asked.outcome)
    is_treated = codes == arms.index(asked.treated)
    some = (is_treated | (codes == arms.index(asked.control))) & ~np.isnan(came)
    if failed or not np.isin(came[some], (0.0, 1.0)).all():
        raise ImportFileError(f"`{asked.outcome}` is 0 or 1 (or true and false) in every row")
    rows = np.flatnonzero(some)
    tried = Tried(is_treated[rows], came[rows])
    table, columns = table_of(file, asked.features, rows)
    warnings = [*file.notices]
    if file.rejected:
        warnings.append(f"{file.rejected:,} rows could not be read")
    warnings += unbalanced(table, columns, tried)
    return Trial(table, tried, columns, _users(file, asked, rows), tuple(warnings))


def read_people(path: str | Path, asked: UpliftAsked, trial: Trial) -> Trial:
    """Other people, by the columns the trial has; a text that it did not know is none of its own."""
    from shoal.sources.columns import read_columns

    user = [] if asked.user is None else [asked.user]
    file = read_columns(path, [*asked.features, *user])
    rows = np.arange(len(file))
    for name in trial.columns:
        if name in file.arrays and file.amounts(name)[1]:
            raise ImportFileError(f"`{name}` is a number in the trial, in `{file.name}` not always")
    table = np.column_stack([_column(file, name) for name in trial.columns])
    nothing = Tried(np.zeros(len(rows), np.bool_), np.zeros(len(rows)))
    return Trial(filled(table, trial.table), nothing, trial.columns, _users(file, asked, rows))


def table_of(
    file: Columns, features: Sequence[str], rows: npt.NDArray[np.int64]
) -> tuple[Floats, tuple[str, ...]]:
    """A column of numbers for each feature; of texts one for each common one: ``channel=Web``."""
    names: list[str] = []
    for feature in dict.fromkeys(features):
        _, failed = file.amounts(feature)
        if not failed:
            names.append(feature)
            continue
        codes, texts = file.codes(feature)
        counts = np.bincount(codes[rows] + 1, minlength=len(texts) + 1)[1:]
        common = np.argsort(-counts, kind="stable")[:MOST_CATEGORIES]
        names += [f"{feature}={texts[it]}" for it in common.tolist() if counts[it]]
    if len(names) > MOST_COLUMNS:
        raise UsageError(
            f"the features make {len(names)} columns, at most {MOST_COLUMNS} are taken"
        )
    table = np.column_stack([_column(file, name)[rows] for name in names])
    return filled(table, table), tuple(names)


def _column(file: Columns, name: str) -> Floats:
    if name in file.arrays:
        return file.amounts(name)[0]
    # Either side may have more of the sign: the longest name that is a column is meant.
    ends = [it for it, sign in enumerate(name) if sign == "=" and name[:it] in file.arrays]
    feature, text = name[: ends[-1]], name[ends[-1] + 1 :]
    codes, texts = file.codes(feature)
    return (
        (codes == texts.index(text)).astype(np.float64) if text in texts else np.zeros(len(codes))
    )


def filled(table: Floats, usual: Floats) -> Floats:
    """What is not known is as usual."""
    known = np.isfinite(usual)
    counts = known.sum(axis=0)
    means = np.where(known, usual, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return np.where(np.isfinite(table), table, means)


def _users(file: Columns, asked: UpliftAsked, rows: npt.NDArray[np.int64]) -> list[str]:
    if asked.user is None:
        return [str(it) for it in file.numbers[rows].tolist()]
    codes, texts = file.codes(asked.user)
    return [texts[it] if it >= 0 else "" for it in codes[rows].tolist()]


def unbalanced(table: Floats, columns: Sequence[str], tried: Tried) -> list[str]:
    """Features in which the arms differ more than chance makes them: not known before, or no chance."""
    one, other = table[tried.treated], table[~tried.treated]
    if not len(one) or not len(other):
        return []
    spread = np.sqrt(one.var(axis=0) / len(one) + other.var(axis=0) / len(other))
    apart = np.abs(one.mean(axis=0) - other.mean(axis=0))
    far = apart > UNBALANCED * np.maximum(spread, 1e-12)
    return [
        f"the arms differ in `{name}`: it was not known before the treatment, or people were not "
        "divided by chance"
        for name, is_far in zip(columns, far.tolist(), strict=True)
        if is_far
    ]


# --- from a campaign ---------------------------------------------------------------------------------


def campaign_trial(
    reading: Reading,
    name: str,
    traits: str | None,
    as_of: int | None,
    *,
    without: Collection[str] = (),
) -> Trial:
    """The people of a past campaign whose days are over: any message against those left alone.

    What was known is what it was just before the first of them was assigned, ``without`` some of it.
    """
    from shoal.experiments import HOLDOUT, Kind
    from shoal.project.behaviours import chosen_behaviours, observe
    from shoal.project.campaigns.assigned import assigned_in
    from shoal.project.campaigns.results import measures_of, outcomes_of
    from shoal.project.campaigns.terms import arms_for, campaign_named
    from shoal.store.campaign_books import CampaignBooks

    definition = campaign_named(reading, name)
    at = reading.at(as_of)
    stands = CampaignBooks(reading.project.store.books).one(name)
    goal = measures_of(reading, definition)[0]
    if goal.metric.kind is not Kind.CONVERSION:
        raise UsageError(
            f"the goal of `{name}` is an amount; it has to be a rule: did … in next 7d"
        )
    arms = tuple(arms_for(reading, definition, stands.holdout or 0.0).shares)
    if HOLDOUT not in arms:
        raise UsageError(f"nobody was left alone in `{name}`: there is nothing to compare with")
    assigned = assigned_in(reading, definition, arms, at)
    ripe = assigned.chosen(assigned.at + goal.above.horizon <= at)
    if not len(ripe.arm):
        raise TooFewError(f"nobody's days in `{name}` are over yet")
    came = np.nan_to_num(outcomes_of(reading, [goal], ripe, at)[0].values)
    before = int(ripe.at.min()) - 1
    chosen = chosen_behaviours(reading, traits, texts=True)
    seen = observe(reading, [it for it in chosen if it.name not in without], before)
    place = np.searchsorted(seen.places, ripe.places)
    is_known = (place < len(seen.places)) & (
        seen.places[np.minimum(place, max(len(seen.places) - 1, 0))] == ripe.places
        if len(seen.places)
        else np.zeros(len(place), np.bool_)
    )
    if not is_known.any():
        raise TooFewError("nobody was known before the campaign began: nothing tells people apart")
    table = seen.matrix.values[place[is_known]]
    tried = Tried(ripe.arm[is_known] != arms.index(HOLDOUT), came[is_known])
    columns = tuple(it.name for it in seen.matrix.features)
    whole = filled(table, table)
    lost = int((~is_known).sum())
    told = (f"{lost:,} people who were not known before {format_instant(before)} are left out",)
    ids: list[str] = seen.user_ids.take(pa.array(place[is_known])).to_pylist()
    return Trial(
        whole, tried, columns, ids,
        (*(told if lost else ()), *unbalanced(whole, columns, tried)),
    )  # fmt: skip
