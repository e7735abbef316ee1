"""What ``shoal predict`` prints for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoal.cli.output import print_table

MOST = 12


def print_fit(found: Mapping[str, Any]) -> None:
    """What was fitted to what, and what moves scores."""
    print(f"{found['model']}: {found['target']}, as of {found['as_of']}.")
    print(f"Learned from {found['n']:,} people at {_counted(found['cutoffs'])}, of whom it came true for "
          f"{found['positives']:,}; kept: {found['kind']}, as {found['why']}.")  # fmt: skip
    print(f"{found['scored']:,} people scored, {found['stored']:,} scores are new.")
    print()
    _print_features(found["features"])
    _print_notes(found)


def print_backtest(found: Mapping[str, Any]) -> None:
    """The report: by cutoff, together, and beside the baselines."""
    print(f"{found['target']}: {found['n']:,} people at {_counted(found['cutoffs'])}, of whom it came "
          f"true for {found['positives']:,}.")  # fmt: skip
    print()
    columns = [it for it in ("auc", "rank_correlation", "brier", "mae", "ece", "lift", "top_decile",
                             "top_decile_value") if it in found]  # fmt: skip
    rows = [
        *((it["cutoff"][:10], it) for it in found["by_cutoff"]),
        ("together", found),
        *((f"baseline: {name}", it) for name, it in found["baselines"].items()),
    ]
    print_table(["", *columns], [[label, *(_cell(it.get(name)) for name in columns)]
                                 for label, it in rows])  # fmt: skip
    print()
    print("top_decile: the share of all for whom it came true (or of the amount) among the tenth with the "
          "highest scores.")  # fmt: skip
    print()
    print_table(["people", "said", "came"],
                [[it["people"], f"{it['said']:.4f}", f"{it['came']:.4f}"] for it in found["reliability"]])  # fmt: skip
    print()
    _print_drift(found["by_cutoff"][-1]["drift"])
    _print_notes(found)


def print_reasons(found: Mapping[str, Any]) -> None:
    """One person's score and what makes it."""
    is_rule = found["unit"] == "log-odds"
    score = f"{found['score']:.1%}" if is_rule else f"{found['score']:,.2f}"
    limits = (
        f"{found['low']:.1%} to {found['high']:.1%}"
        if is_rule
        else f"{found['low']:,.2f} to {found['high']:,.2f}"
    )
    print(f"{found['user_id']}, as of {found['as_of']}: {found['prediction']} {score} ({limits}).")
    print()
    rows = [
        [it["title"], it["value"], f"{it['adds']:+.3f}",
         "" if it["points"] is None else f"{100 * it['points']:+.1f}"]
        for it in found["reasons"]
    ]  # fmt: skip
    rows.append(["everything else", "", f"{found['others']:+.3f}", ""])
    print_table(["because", "value", found["unit"], "points"], rows)


def print_predictions(found: Sequence[Mapping[str, Any]]) -> None:
    """Every prediction: how it stands, its model, and its last scores."""
    print_table(
        ["prediction", "target", "status", "model", "as of", "kind", "scored as of"],
        [
            [
                *(it[key] for key in ("name", "target", "status", "model", "model_as_of", "kind")),
                None if it["last_scored"] is None else it["last_scored"]["as_of"],
            ]
            for it in found
        ],
    )
    for it in found:
        if it["because"]:
            print(f"{it['name']}: {it['because']}.")


def _print_features(features: Sequence[Mapping[str, Any]]) -> None:
    print_table(["feature", "what", "moves scores by"],
                [[it["name"], it["title"], f"{it['importance']:.3f}"] for it in features[:MOST]])  # fmt: skip


def _print_drift(drift: Mapping[str, Any]) -> None:
    print(f"Scores at the last cutoff against those at its calibration: PSI {drift['scores']:.3f} "
          "(from 0.25 on they are not alike).")  # fmt: skip
    if drift["moved"]:
        print_table(["moved since", "psi"],
                    [[it["feature"], f"{it['psi']:.2f}"] for it in drift["moved"][:MOST]])  # fmt: skip


def _print_notes(found: Mapping[str, Any]) -> None:
    for it in found["notes"]:
        print(f"Note: {it}.")


def _counted(cutoffs: Sequence[str]) -> str:
    days = ", ".join(it[:10] for it in cutoffs)
    return f"{len(cutoffs)} {'cutoff' if len(cutoffs) == 1 else 'cutoffs'} ({days})"


def _cell(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}" if abs(value) < 1_000 else f"{value:,.0f}"
