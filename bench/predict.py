"""``python -m bench predict``: predictions held against what came, on published data, and how long they take.

``--data`` is the folder with ``cdnow`` and ``telco_churn``; ``--store`` a store that ``python -m bench
discovery`` has made, of which a copy is fitted and scored. Every setting was fixed before the test
cutoff; nothing was chosen on what is reported.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.generate import NOW
from bench.measure import load, machine, peak_bytes, say, versions, write_section
from shoal.core.instants import from_datetime
from shoal.predictions.judging import auc, brier, calibration_error
from shoal.predictions.model import Seen, fit_models
from shoal.predictions.sight import Column, Feature, Kind, Sight

if TYPE_CHECKING:
    from shoal.predictions.buying import Purchases

RESULTS = Path(__file__).parent / "results" / "predict"
STORE = Path(__file__).parent / "data" / "events-plain-12000000-2400000-7"
BEGIN, END = "<!-- predict: begin -->", "<!-- predict: end -->"
CDNOW = "predictions: {will_buy: did order_completed in next 90d}\n"
BOUGHT = """\
predictions:
  will_order: {target: did order_completed in next 90d, population: did any event in last 730d}
"""
NUMBERS = ("tenure", "MonthlyCharges", "TotalCharges")
FOLDS, REPEATS = 5, 2


def cdnow(data: Path) -> dict[str, Any]:
    """The 90 days after 1998-03-31, from the raw orders, as `shoal predict backtest` says."""
    import shoal
    from shoal.project.opening import open_project
    from shoal.project.predictions.backtesting import backtest_prediction
    from shoal.project.reading import read

    text = gzip.decompress((data / "cdnow" / "CDNOW_master.txt.gz").read_bytes()).decode()
    rows = [line.split() for line in text.splitlines()[1:]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text("who,on,cds,revenue\n" + "".join(
            f"{who},{on[:4]}-{on[4:6]}-{on[6:]},{cds},{value}\n" for who, on, cds, value in rows))  # fmt: skip
        shop = shoal.init(Path(folder) / "shop")
        shop.import_file(path, event="order_completed", user="who", time="on")
        (shop.project.folder / "predictions").mkdir(exist_ok=True)
        (shop.project.folder / "predictions" / "p.yml").write_text(CDNOW)
        shop.apply()
        reading = read(open_project(shop.project.folder))
        return backtest_prediction(reading, "will_buy", shop.zone.parse("1998-06-29"), 1)


@contextmanager
def sample(data: Path) -> Generator[Any]:
    """A project with the orders of CDNOW's published sample."""
    import shoal

    text = gzip.decompress((data / "cdnow" / "CDNOW_sample.txt.gz").read_bytes()).decode()
    rows = [line.split() for line in text.splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text("who,on,value\n" + "".join(
            f"{a},{d[:4]}-{d[4:6]}-{d[6:]},{v}\n" for a, _, d, _, v in rows))  # fmt: skip
        shop = shoal.init(Path(folder) / "shop")
        shop.import_file(path, event="order", user="who", time="on")
        yield shop


def next_purchase(data: Path) -> dict[str, Any]:
    """The next purchase of CDNOW's sample in the 39 weeks after 1997-09-30, and when it came."""
    from datetime import date

    from shoal.core.spans import Span
    from shoal.project.opening import open_project
    from shoal.project.predictions.next_purchases import NextAsked, next_days, next_purchases
    from shoal.project.reading import read
    from shoal.runners.purchase_days import purchase_days

    until = date(1997, 9, 30)
    today = (until - date(1970, 1, 1)).days
    asked = NextAsked("order", until, Span(39, "w"))
    with sample(data) as shop:
        reading = read(open_project(shop.project.folder))
        began = time.perf_counter()
        found = next_purchases(reading, asked)
        seconds = time.perf_counter() - began
        days = purchase_days(reading.snapshot, "order", None, shop.zone, 1 << 50)
        after = next_days(days, found.profiles, today)
        came = (after > 0) & (after <= found.days)
        day = today + after
        inside = (day >= found.earliest) & (day <= found.latest)
        return {
            **found.as_json(asked),
            "came": int(came.sum()),
            "inside": float(inside[came].mean()),
            "by_the_middle": float((day <= found.expected)[came].mean()),
            "auc": auc(found.chance, came),
            "ece": calibration_error(found.chance, came),
            "width": float((found.latest - found.earliest)[came].mean()),
            "seconds": seconds,
        }


def clv(data: Path) -> dict[str, Any]:
    """Lifetime value of CDNOW's sample: 39 weeks to 1997-09-30, and the 39 after."""
    from datetime import date

    from shoal.core.spans import Span
    from shoal.project.opening import open_project
    from shoal.project.predictions.lifetimes import LifetimeAsked, lifetimes
    from shoal.project.reading import read
    from shoal.runners.purchase_days import purchase_days

    until = date(1997, 9, 30)
    asked = LifetimeAsked("order", "value", until, Span(39, "w"))
    with sample(data) as shop:
        reading = read(open_project(shop.project.folder))
        began = time.perf_counter()
        found = lifetimes(reading, asked)
        seconds = time.perf_counter() - began
        days = purchase_days(reading.snapshot, "order", None, shop.zone, 1 << 50)
        later = days.days > (until - date(1970, 1, 1)).days
        numbers, counts = np.unique(days.profiles[later], return_counts=True)
        came = np.zeros(len(found.profiles))
        came[np.searchsorted(found.profiles, numbers)] = counts
        return {
            **found.as_json(asked),
            "came_total": int(came.sum()),
            "correlation": float(np.corrcoef(came, found.expected)[0, 1]),
            "seconds": seconds,
        }


def many_customers(count: int = 1_000_000) -> dict[str, Any]:
    """Customers made up by the model of lifetime value itself, and how long it takes to fit it.

    In a process that has fitted before, as the first also reads scipy.
    """
    from shoal.predictions.buying import fit_buying
    from shoal.predictions.spending import fit_spending

    rng = np.random.default_rng(1)
    seen = drawn_purchases(count, rng)
    back = seen.repeats > 0
    rate = rng.gamma(3.74, 1 / 15.44, count)
    means = rng.gamma(6.25 * np.maximum(seen.repeats, 1)) / (np.maximum(seen.repeats, 1) * rate)
    fit_buying(drawn_purchases(5_000, rng))
    before, began, used = load(), time.perf_counter(), time.process_time()
    bought = fit_buying(seen)
    spent = fit_spending(seen.repeats[back], means[back])
    return {
        "count": count,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - used,
        "params": {
            "r": bought.r, "alpha": bought.alpha, "a": bought.a, "b": bought.b,
            "p": spent.p, "q": spent.q, "v": spent.v,
        },
        "load": before,
    }  # fmt: skip


def drawn_purchases(count: int, rng: np.random.Generator) -> Purchases:
    """Purchases by week, told by day, of customers known for half a year to two years."""
    from shoal.predictions.buying import Purchases

    rate, leaving = rng.gamma(0.2426, 1 / 4.4137, count), rng.beta(0.7929, 2.4259, count)
    known = np.round(rng.uniform(26, 104, count) * 7) / 7
    at, last, repeats = np.zeros(count), np.zeros(count), np.zeros(count)
    active = np.arange(count)
    while len(active):
        at[active] += rng.exponential(1 / rate[active])
        active = active[at[active] <= known[active]]
        repeats[active] += 1
        last[active] = at[active]
        active = active[rng.random(len(active)) >= leaving[active]]
    return Purchases(repeats, np.minimum(np.ceil(last * 7) / 7, known), known)


def telco(data: Path) -> dict[str, Any]:
    """Churn of 7,043 customers, a table without times: five folds, twice, seed 42."""
    from sklearn.model_selection import RepeatedStratifiedKFold

    path = data / "telco_churn" / "telco_customer_churn.csv.gz"
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))
    sight, left = table(rows), np.array([it["Churn"] == "Yes" for it in rows])
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=42)
    kinds: list[str] = []
    each: list[tuple[float, float, float, float]] = []
    said = np.zeros((REPEATS, len(left)))
    random = np.random.default_rng(1)
    for number, (learnt, held) in enumerate(folds.split(np.zeros(len(left)), left)):
        fitted = fit_models([Seen(sight.rows(learnt), left[learnt])], 50)
        scores = fitted.model.scores(sight.rows(held))
        kinds.append(fitted.model.kind)
        said[number // FOLDS, held] = scores
        drawn = [calibration_error(scores, random.random(len(held)) < scores) for _ in range(50)]
        each.append((auc(scores, left[held]), brier(scores, left[held]),
                     calibration_error(scores, left[held]), float(np.mean(drawn))))  # fmt: skip
    area, square, error, floor = (float(it) for it in np.mean(each, axis=0))
    return {
        "auc": area,
        "brier": square,
        "ece_of_a_fold": error,
        "ece_of_a_true_one": floor,
        "ece": float(np.mean([calibration_error(it, left) for it in said])),
        "kinds": sorted(set(kinds)),
        "n": len(left),
    }


def table(rows: list[dict[str, str]]) -> Sight:
    """The columns as they are: three numbers, the others texts."""
    features: list[Feature] = []
    columns: list[Column] = []
    for name in rows[0]:
        if name in {"customerID", "Churn"}:
            continue
        cells = [it[name].strip() for it in rows]
        if name in NUMBERS:
            numbers = np.array([float(it) if it else np.nan for it in cells], np.float32)
            features.append(Feature(name, name))
            columns.append(Column(numbers))
        else:
            names = tuple(sorted(set(cells)))
            places = np.array([names.index(it) for it in cells], np.float32)
            features.append(Feature(name, name, Kind.TEXT))
            columns.append(Column(places, names))
    return Sight(tuple(features), tuple(columns), len(rows))


def large(store: Path) -> dict[str, Any]:
    """A fit with its scores kept, of a copy of a big store."""
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.opening import open_project
    from shoal.project.predictions.fitting import foreseeing_for_fit, prediction_named
    from shoal.project.predictions.predicting import fit_prediction
    from shoal.project.reading import read

    copy = store.parent / "predict"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(store, copy)
    try:
        (copy / "predictions").mkdir(exist_ok=True)
        (copy / "predictions" / "p.yml").write_text(BOUGHT)
        project = open_project(copy)
        apply_plan(project, make_plan(project, None))
        reading, at = read(project), from_datetime(NOW)
        definition = prediction_named(reading, "will_order")
        features = len(foreseeing_for_fit(reading, definition, at).behaviours)
        before = load()
        began, processor = time.perf_counter(), time.process_time()
        found = fit_prediction(reading, "will_order", at)
        seconds = time.perf_counter() - began
        return {
            "seconds": seconds,
            "processor": time.process_time() - processor,
            "peak": peak_bytes(),
            "people": found["scored"],
            "kept": found["stored"],
            "features": features,
            "learnt_from": found["n"],
            "events": reading.snapshot.rows,
            "load_before": before,
            "load_after": load(),
        }
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def section(run: dict[str, Any]) -> str:
    bought, left, worth = run["cdnow"], run["telco"], run["clv"]
    plain = bought["baselines"]
    big = run.get("large")
    lines = [
        BEGIN,
        "## Predictions",
        "",
        "`python -m bench predict`",
        "",
        (
            "* **Next purchase**, CDNOW, 23,570 customers: whether they buy in the 90 days after 1998-03-31, learned "
            f"at {len(bought['by_cutoff'][0]['learnt_from'])} cutoffs whose horizons were over by then, features found "
            f"by themselves; kept: {bought['kind']}."
        ),
        "",
        "| | AUC | Brier | calibration error | lift | spend in the top tenth |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {name} | {it['auc']:.4f} | {_cell(it, 'brier')} | {_cell(it, 'ece')} | "
            f"{it['lift']:.2f} | {it['top_decile_value']:.1%} |"
            for name, it in (
                ("prediction", bought), ("sum of weights", plain["logistic"]),
                ("recency alone", plain["recency"]),
            )
        ),
        "| *aim* | .836 | | .020 | | 58 % |",
        "",
        (
            f"* **Churn**, Telco, {left['n']:,} customers, five folds twice: AUC {left['auc']:.4f} (aim .847), Brier "
            f"{left['brier']:.4f} (aim .1345), calibration error {left['ece']:.4f} (aim .02) over everyone left out "
            f"once; in a single fold of 1,409 it is {left['ece_of_a_fold']:.4f}, where chances that are exactly true "
            f"would show {left['ece_of_a_true_one']:.4f}. Kept: {', '.join(left['kinds'])}. A table without times, so "
            "this is of the models alone."
        ),
        (
            f"* **Lifetime value**, CDNOW's sample, {worth['customers']:,} customers to 1997-09-30: log-likelihood "
            f"{worth['log_likelihood']:.2f}, parameters {_params(worth)}; correlation with the 39 weeks after "
            f"{worth['correlation']:.4f}; {worth['raw_expected_total']:,.0f} purchases by the model itself, "
            f"{worth['expected_total']:,.0f} calibrated on an earlier day, {worth['came_total']:,} came; "
            f"{worth['seconds']:.2f} s."
        ),
    ]  # fmt: skip
    if (many := run.get("many")) is not None:
        met = "met" if many["seconds"] < 5 else "**missed**"
        lines.append(
            f"* **Fit** of lifetime value for {many['count']:,} customers made up by the model: "
            f"{many['seconds']:.1f} s, {many['processor']:.1f} processor seconds (aim: 5 s: {met}); found again: "
            f"{_params(many)}. Load {many['load']}."
        )
    then = run.get("next")
    if then is not None:
        lines.append(
            f"* **The day of the next purchase**, CDNOW's sample, to 1997-09-30 and 39 weeks ahead: "
            f"{then['expected_to_come']:,.0f} were expected to come, {then['came']:,} of {then['customers']:,} came "
            f"(AUC {then['auc']:.3f}, calibration error {then['ece']:.4f}); of these {then['inside']:.1%} in their "
            f"{then['interval']:.0%} interval (on average {then['width']:.0f} of 273 days wide), and "
            f"{then['by_the_middle']:.1%} by its middle; {then['seconds']:.2f} s."
        )
    if big is not None:
        met = "met" if big["seconds"] < 180 and big["peak"] < 6 << 30 else "**missed**"
        lines.append(
            f"* **Fit and score** {big['people']:,} people by {big['features']} features ({big['events']:,} rows; "
            f"sample data): {big['seconds']:.0f} s, {big['processor']:.0f} processor seconds, {big['peak'] / 2**30:.1f} "
            f"GiB at most, {big['kept']:,} scores kept (aim: 3 minutes and 6 GiB for 1 M and 60: {met}). Load "
            f"{big['load_before']} to {big['load_after']}."
        )
    lines += ["", f"{run['machine']['processor']}; LightGBM {run['versions']['lightgbm']}.", END]
    return "\n".join(lines)


def _cell(found: dict[str, Any], name: str) -> str:
    return f"{found[name]:.4f}" if name in found else ""


def _params(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {it:.4f}" for name, it in found["params"].items())


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = RESULTS / "run.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--data", type=Path, required=True)
    reader.add_argument("--store", type=Path, default=STORE)
    reader.add_argument("--only", choices=["many"], help="one part anew, the rest as measured last")
    options = reader.parse_args()
    path = RESULTS / "run.json"
    if options.only == "many":
        run = json.loads(path.read_text(encoding="utf-8")) | {"many": many_customers()}
        path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
        write_section(BEGIN, END, section(run))
        return
    run: dict[str, Any] = {"machine": machine(), "versions": versions("lightgbm", "numpy")}
    say("CDNOW")
    run["cdnow"] = cdnow(options.data)
    run["clv"] = clv(options.data)
    run["many"] = many_customers()
    run["next"] = next_purchase(options.data)
    say("Telco")
    run["telco"] = telco(options.data)
    if options.store.exists():
        say(f"{options.store.name}")
        run["large"] = large(options.store)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(run))


if __name__ == "__main__":
    main()
