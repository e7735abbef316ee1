"""``python -m bench experiments``: experiments without an effect, peeked at for a year.

Made-up people; nobody did any of it. Each experiment's running sums go through the very functions
that `shoal experiment analyze` uses (`Moments`, `effect_of`, `always_valid`, `obrien_fleming`,
`log_evidence`), thousands of experiments at a time.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shoal.experiments import always_valid
from shoal.experiments.distributions import normal_quantile
from shoal.experiments.effects import Effect, effect_of
from shoal.experiments.looks import even_looks, obrien_fleming
from shoal.experiments.moments import Floats, Moments
from shoal.experiments.power import Looking, about_share, power_of, ways_of
from shoal.experiments.sample_ratio import ALPHA, log_evidence

FOLDER = Path(__file__).parent / "results" / "experiments"
PAGE = Path(__file__).parent / "RESULTS.md"
BEGIN, END = "<!-- experiments: begin -->", "<!-- experiments: end -->"
CHUNK = 100
BASE, LIFT = 0.05, 0.10
LIFTED = about_share(BASE, BASE * (1 + LIFT))
RETAINED, KNOWN_AFTER = 0.3, 7


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """One arm of some experiments, day by day: people, sums, sums of products, and what burns in."""

    count: Floats  # (experiments, days)
    sums: Floats  # (experiments, days, columns)
    products: Floats  # (experiments, days, columns, columns)
    events: Floats  # (experiments, days)

    def so_far(self) -> tuple[Moments, Floats]:
        """The moments by the end of each day, and the events."""
        moments = Moments.from_sums(
            self.count.cumsum(1), self.sums.cumsum(1), self.products.cumsum(1)
        )
        return moments, self.events.cumsum(1)


Draw = Callable[[np.random.Generator, int, int, int], Days]


def shares(share: float, *, known_after: int = 0) -> Draw:
    """People who do it or not; their outcome is known so many days later."""

    def draw(rng: np.random.Generator, experiments: int, days: int, per_day: int) -> Days:
        count = np.full((experiments, days), float(per_day))
        some = rng.binomial(per_day, share, (experiments, days)).astype(float)
        count[:, :known_after] = some[:, :known_after] = 0
        return Days(count, some[..., None], some[..., None, None], np.minimum(some, count - some))

    return draw


def revenue(rng: np.random.Generator, experiments: int, days: int, per_day: int) -> Days:
    """Nothing from 95 in 100, a lognormal amount (sigma 1.2) from the others."""
    buyers = rng.binomial(per_day, BASE, (experiments, days))
    amounts = np.exp(rng.normal(3, 1.2, buyers.sum()))
    cell = np.repeat(np.arange(buyers.size), buyers.ravel())
    total, squares = (
        np.bincount(cell, weights, buyers.size).reshape(buyers.shape)
        for weights in (amounts, amounts**2)
    )
    count = np.full(buyers.shape, float(per_day))
    return Days(count, total[..., None], squares[..., None, None], buyers.astype(float))


def clicks(rng: np.random.Generator, experiments: int, days: int, per_day: int) -> Days:
    """Clicks over exposures: one to many exposures a person, who clicks with their own chance."""
    shape = (experiments, days, per_day)
    exposures = 1.0 + rng.poisson(3, shape)
    clicked = rng.binomial(exposures.astype(np.int64), rng.beta(2, 38, shape)).astype(float)
    table = np.stack([clicked, exposures], axis=-1)
    return Days(
        np.full((experiments, days), float(per_day)),
        table.sum(axis=2),
        np.einsum("edpi,edpj->edij", table, table),
        (clicked > 0).sum(axis=2).astype(float),
    )


KINDS: dict[str, tuple[Draw, bool, int]] = {
    "conversion": (shares(BASE), False, 1_000),
    "conversion, few people": (shares(0.02), False, 50),
    "revenue": (revenue, False, 1_000),
    "ratio": (clicks, True, 50),
    "retention": (shares(RETAINED, known_after=KNOWN_AFTER), False, 200),
}
"""Each with how it is drawn, whether it is a ratio, and people a day and arm."""


def called(effect: Effect, events: Floats, planned: float) -> dict[str, Floats]:
    """Per experiment: whether each way of looking ever calls an effect, looked at every day."""
    error = effect.standard_error
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.nan_to_num(np.abs(effect.difference) / error)
    bound = normal_quantile(0.975)
    people = np.maximum(effect.people, 1.0)
    ready = events >= always_valid.BURN_IN
    found = {
        "peeked": (z > bound).any(axis=1),
        "once": z[:, -1] > bound,
        "looks": _looks(z, 4).any(axis=1),
    }
    for name, size in (("whenever", always_valid.PLANNED), ("whenever, tuned", planned)):
        wide = always_valid.stretch(people, always_valid.mixture(size))
        found[name] = ((z > wide) & ready).any(axis=1)
    return found


def _looks(z: Floats, count: int) -> Floats:
    fractions = even_looks(count)
    at = [round(z.shape[1] * fraction) - 1 for fraction in fractions]
    return z[:, at] > np.array(obrien_fleming(fractions))


def rates(kind: str, experiments: int, days: int, seed: int, lift: float = 0.0) -> dict[str, float]:
    """How often each way of looking calls an effect, on one kind of metric."""
    draw, ratio, per_day = KINDS[kind]
    raised = shares(BASE * (1 + lift)) if lift else draw
    rng = np.random.default_rng(seed)
    found: list[dict[str, Floats]] = []
    for begin in range(0, experiments, CHUNK):
        some = min(CHUNK, experiments - begin)
        control, first = draw(rng, some, days, per_day).so_far()
        treated, second = raised(rng, some, days, per_day).so_far()
        with np.errstate(invalid="ignore", divide="ignore"):
            effect = effect_of(control, treated, ratio=ratio)
        found.append(called(effect, np.minimum(first, second), 2.0 * per_day * days))
    return {name: float(np.concatenate([it[name] for it in found]).mean()) for name in found[0]}


def ratio_alarms(share: float, runs: int, people: int, seed: int, dense: int = 2_000) -> float:
    """How often the sample-ratio check ever alarms: every person up to ``dense``, then every 100."""
    rng = np.random.default_rng(seed)
    alarms = 0
    for begin in range(0, runs, CHUNK):
        some = min(CHUNK, runs - begin)
        first = rng.binomial(1, share, (some, dense)).cumsum(axis=1)
        rest = rng.binomial(100, share, (some, (people - dense) // 100)).cumsum(axis=1)
        one = np.concatenate([first, first[:, -1:] + rest], axis=1).astype(float)
        at = np.concatenate([np.arange(1, dense + 1), np.arange(dense + 100, people + 1, 100)])
        counts = np.stack([one, at - one], axis=-1)
        logged = log_evidence(counts, np.array([0.5, 0.5]))
        alarms += int((logged > np.log(1 / ALPHA)).any(axis=1).sum())
    return alarms / runs


def measured(experiments: int, seed: int) -> dict[str, Any]:
    began = time.process_time()
    run: dict[str, Any] = {
        "experiments": experiments,
        "days": 365,
        "null": {
            kind: rates(kind, experiments // 2 if kind == "ratio" else experiments, 365, seed + at)
            for at, kind in enumerate(KINDS)
        },
        "lifted": rates("conversion", experiments, 28, seed + 50, LIFT),
        "planned": [
            {
                "way": way.name,
                "people": way.people,
                "price": way.price,
                "power": power_of(way.name, way.looks, LIFTED.drift(2 * 1_000 * 28)),
            }
            for way in ways_of(LIFTED, Looking(peeks=28))
        ],
        "sample_ratio": {
            "even": ratio_alarms(0.5, experiments, 60_000, seed + 60),
            "uneven": ratio_alarms(0.51, experiments, 60_000, seed + 61),
        },
    }
    run["processor"] = time.process_time() - began
    run["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
    return run


def _verdict(value: float, aim: float, *, at_least: bool = False) -> str:
    met = value >= aim if at_least else value <= aim
    return "met" if met else "**missed**"


def section(run: dict[str, Any]) -> str:
    total, days = run["experiments"], run["days"]
    lines = [
        BEGIN,
        f"## Experiments: {total:,} of each kind without an effect, {days} looks",
        "",
        "`python -m bench experiments`; people are made up. Share of experiments in which an effect",
        "is called that is not there, looked at once a day for a year. *Whenever* is `--sequential`,",
        f"tightest at {always_valid.PLANNED:,} people, *tuned* at the people of the whole year;",
        f"burn-in {always_valid.BURN_IN}. *Peeked* is the interval for one look, looked at every day.",
        "",
        "| A/A | people a day and arm | whenever | tuned | aim | | four planned looks | one look | peeked |",
        "|---|---:|---:|---:|---|---|---:|---:|---:|",
    ]
    for kind, found in run["null"].items():
        worst = max(found["whenever"], found["whenever, tuned"])
        lines.append(
            f"| {kind} | {KINDS[kind][2]:,} | {found['whenever']:.1%} | "
            f"{found['whenever, tuned']:.1%} | at most 5 % | {_verdict(worst, 0.05)} | "
            f"{found['looks']:.1%} | {found['once']:.1%} | {found['peeked']:.1%} |"
        )
    lifted = run["lifted"]
    lines += [
        "",
        "What peeking costs: 5 % conversion raised by a tenth, 1,000 people a day and arm, 28 days.",
        "",
        "| | power, simulated | power, as `shoal experiment plan` says | people for 80 % | price |",
        "|---|---:|---:|---:|---:|",
    ]
    names = {"once": "one look", "looks": "four planned looks", "whenever": "whenever"}
    for way in run["planned"]:
        key = "whenever, tuned" if way["way"] == "whenever" else way["way"]
        lines.append(
            f"| {names[way['way']]} | {lifted[key]:.1%} | {way['power']:.1%} | "
            f"{way['people']:,} | {way['price']:.2f} |"
        )
    even, uneven = run["sample_ratio"]["even"], run["sample_ratio"]["uneven"]
    lines += [
        "",
        f"Sample ratio, {total:,} runs, looked at after each of 2,000 people and every 100 up to 60,000:",
        "",
        "| | measured | aim | |",
        "|---|---:|---|---|",
        f"| alarms at 50/50 | {even:.2%} | at most 1 % | {_verdict(even, 0.01)} |",
        (
            f"| alarms at 51/49 | {uneven:.1%} | at least 90 % | "
            f"{_verdict(uneven, 0.90, at_least=True)} |"
        ),
        "",
        "* Conversion 5 % (few people: 2 %); revenue from 5 %, lognormal with sigma 1.2; clicks over",
        "  1 + Poisson(3) exposures with a chance of one's own, Beta(2, 38) (half as many",
        f"  experiments); retention 30 %, known after {KNOWN_AFTER} days. Every person once, with an",
        "  outcome that no longer changes.",
        f"* {run['processor']:.0f} processor seconds; {run['machine']}.",
        END,
    ]
    return "\n".join(lines)


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = FOLDER / "run.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def main() -> None:
    import argparse

    asked = argparse.ArgumentParser()
    asked.add_argument("--experiments", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    run = measured(given.experiments, given.seed)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    parts = [it for it in (before.rstrip(), section(run), rest.partition(END)[2].strip()) if it]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(section(run))


if __name__ == "__main__":
    main()
