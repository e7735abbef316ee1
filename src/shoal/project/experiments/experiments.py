"""``shoal experiment analyze``: anyone's file as an experiment, analysed, as one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shoal.core.errors import UsageError
from shoal.experiments.analysis import (
    Analysis,
    Arm,
    SegmentEffects,
    analyse,
    by_segment,
)
from shoal.experiments.comparing import Comparison, Horizon, Looks, Once, Whenever
from shoal.experiments.looks import even_looks
from shoal.project.experiments.files import Experiment, Reading, read_experiment, with_predictions


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """An experiment, its analysis and its effects by segment."""

    experiment: Experiment
    horizon: Horizon
    analysis: Analysis
    segments: tuple[SegmentEffects, ...]


def horizon_of(
    *, sequential: bool, planned: float | None, looks: int | None, look: int | None
) -> Horizon:
    """The way of looking that was asked for. Raises UsageError for two at once."""
    if sequential and looks is not None:
        raise UsageError("--sequential and --looks are two different ways of looking")
    if (looks is None) != (look is None):
        raise UsageError("--looks and --look go together: how many, and which one this is")
    if planned is not None and not planned >= 1:
        raise UsageError("--planned is a number of people")
    if looks is not None and look is not None:
        if not 1 <= looks <= 100:
            raise UsageError("--looks is 1 to 100")
        return Looks(even_looks(looks), look)
    if sequential:
        return Whenever() if planned is None else Whenever(planned)
    if planned is not None:
        raise UsageError(
            "--planned says where always-valid intervals are tightest", hint="add --sequential"
        )
    return Once()


def analyse_file(
    path: str | Path,
    reading: Reading,
    horizon: Horizon,
    shares: dict[str, float] | None = None,
) -> Analysed:
    """The file's experiment, analysed. Raises ImportFileError and UsageError."""
    experiment = read_experiment(path, reading)
    people = experiment.people
    planned = None if not shares else _shares(people.arms, shares)
    if not experiment.features:
        analysis = analyse(people, experiment.outcomes, horizon, planned)
        return Analysed(experiment, horizon, analysis, _segments(experiment))
    # A model's covariate is one metric's own, so each metric has people of its own.
    extended = tuple(
        with_predictions(people, outcome, experiment.features) for outcome in experiment.outcomes
    )
    analysis = analyse(people, experiment.outcomes, horizon, planned, extended)
    return Analysed(experiment, horizon, analysis, _segments(experiment))


def _shares(arms: Sequence[str], shares: dict[str, float]) -> list[float]:
    stray = next((arm for arm in shares if arm not in arms), None)
    missing = next((arm for arm in arms if arm not in shares), None)
    if stray is not None:
        raise UsageError(f"--share: there is no arm `{stray}`")
    if missing is not None:
        raise UsageError(f"--share: the arm `{missing}` has no share")
    return [shares[arm] for arm in arms]


def _segments(experiment: Experiment) -> tuple[SegmentEffects, ...]:
    if experiment.segment is None:
        return ()
    return tuple(
        by_segment(experiment.people, experiment.outcomes, experiment.segment, experiment.segments)
    )


def as_json(found: Analysed) -> dict[str, Any]:
    """The answer as a document."""
    experiment, analysis = found.experiment, found.analysis
    ratio = analysis.sample_ratio
    return {
        "metrics": {
            measured.metric.name: [arm_row(arm) for arm in measured.arms]
            for measured in analysis.measured
        },
        "srm": {
            "p": ratio.p,
            "ok": ratio.ok,
            "counts": dict(zip(experiment.people.arms, ratio.counts, strict=True)),
            "planned": dict(zip(experiment.people.arms, ratio.shares, strict=True)),
        },
        "method": _method(found.horizon),
        "control": experiment.people.arms[0],
        "kinds": {it.metric.name: it.metric.kind.value for it in analysis.measured},
        "winsorised_at": {it.metric.name: it.cap for it in analysis.measured if it.cap is not None},
        "segments": [_segment_effects(it) for it in found.segments],
        "rows": experiment.rows,
        "without_arm": experiment.without_arm,
        "crossed": experiment.crossed,
        "warnings": [*experiment.warnings, *analysis.warnings],
    }


def _method(horizon: Horizon) -> dict[str, Any]:
    match horizon:
        case Once():
            return {"name": "once"}
        case Looks():
            return {"name": "looks", "looks": len(horizon.fractions), "look": horizon.look}
        case Whenever():
            return {"name": "whenever", "planned": horizon.planned}


def arm_row(arm: Arm) -> dict[str, Any]:
    """An arm on one metric, for a program."""
    row: dict[str, Any] = {"arm": arm.name, "n": arm.count, "mean": arm.mean}
    told = arm.comparison
    if told is not None:
        row |= _comparison(told)
        found = arm.found
        row |= {
            "false_discovery_rate": None if found is None else found.rate,
            "holds": None if found is None else found.holds,
            "holds_low": None if found is None else found.low,
            "holds_high": None if found is None else found.high,
        }
    return row | {"unset": arm.unset}


def _comparison(told: Comparison) -> dict[str, Any]:
    relative = told.relative or (None, None, None)
    return {
        "effect": told.difference,
        "low": told.low,
        "high": told.high,
        "p": told.p,
        "verdict": told.verdict.value,
        "relative": relative[0],
        "relative_low": relative[1],
        "relative_high": relative[2],
        "evidence": told.evidence,
        "explained": told.explained,
        "burning_in": told.burning_in,
    }


def _segment_effects(it: SegmentEffects) -> dict[str, Any]:
    return {
        "metric": it.metric,
        "arm": it.arm,
        "common": it.common,
        "spread": it.spread,
        "rows": [
            {
                "segment": row.segment,
                "n_control": row.counts[0],
                "n": row.counts[1],
                "measured": row.measured,
                "measured_low": row.measured_low,
                "measured_high": row.measured_high,
                "effect": row.effect,
                "low": row.low,
                "high": row.high,
                "verdict": row.verdict.value,
            }
            for row in it.rows
        ],
    }
