"""What ``shoal experiment`` found, for people."""

from __future__ import annotations

from typing import Any

from shoal.cli.output import print_table

SHARES = ("conversion", "retention")
WAYS = {
    "once": "one look, at the end",
    "looks": "planned looks (O'Brien-Fleming)",
    "whenever": "look whenever you like",
}


def _amount(value: float | None, unit: str, *, signed: bool = False) -> str:
    """A mean or a difference: shares as per cent and points."""
    if value is None:
        return "-"
    sign = "+" if signed else ""
    if unit == "share":
        return f"{100 * value:{sign}.3f} pp" if signed else f"{100 * value:.3f} %"
    digits = 2 if abs(value) >= 100 else 4
    return f"{value:{sign},.{digits}f}"


def _unit(found: dict[str, Any], name: str) -> str:
    """Shares, and ratios below 1, read best as per cent."""
    if found["kinds"][name] in SHARES:
        return "share"
    means = [arm["mean"] or 0 for arm in found["metrics"][name]]
    return "share" if found["kinds"][name] == "ratio" and max(map(abs, means)) < 1 else "amount"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:+.1f} %"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def print_analysis(found: dict[str, Any]) -> None:
    """A table for each metric, a sentence for each variant, and the sample ratio."""
    for name, arms in found["metrics"].items():
        unit = _unit(found, name)
        print(f"{name} ({found['kinds'][name]})")
        rows = [
            (
                arm["arm"], arm["n"], _amount(arm["mean"], unit),
                _amount(arm.get("effect"), unit, signed=True),
                _interval(arm, unit), _percent(arm.get("relative")), _p(arm.get("p")),
                arm.get("verdict", "control"),
            )
            for arm in arms
        ]  # fmt: skip
        print_table(("arm", "people", "mean", "effect", "95 % interval", "relative", "p", ""), rows)
        for arm in arms[1:]:
            print(f"  {_sentence(arm, arms[0]['arm'], unit)}")
        print()
    for effects in found["segments"]:
        _print_segments(effects, _unit(found, effects["metric"]))
    srm = found["srm"]
    counts = ", ".join(f"{arm} {count:,}" for arm, count in srm["counts"].items())
    said = (
        "people landed in the arms as planned" if srm["ok"] else "NOT as planned: see the warning"
    )
    print(f"Sample ratio: {said} ({counts}; p {_p(srm['p'])})")
    print(_method(found["method"]))


def _interval(arm: dict[str, Any], unit: str) -> str:
    if arm.get("low") is None:
        return "-"
    return f"{_amount(arm['low'], unit, signed=True)} to {_amount(arm['high'], unit, signed=True)}"


def _sentence(arm: dict[str, Any], control: str, unit: str) -> str:
    words = f"{arm['arm']} {arm['verdict']}"
    if arm["verdict"] == "can't tell yet":
        words = f"{arm['arm']}: can't tell yet whether it helped"
    if arm["low"] is None:
        return f"{words}."
    text = (
        f"{words}: against {control} between {_amount(arm['low'], unit, signed=True)} and "
        f"{_amount(arm['high'], unit, signed=True)}"
    )
    if arm["explained"] >= 0.0005:
        text += f"; covariates took {arm['explained']:.1%} of the variance away"
    if arm["holds"] is False and arm["verdict"].startswith("very"):
        text += "; among so many comparisons it may be chance"
    return f"{text}."


def _print_segments(effects: dict[str, Any], unit: str) -> None:
    print(f"{effects['metric']}, {effects['arm']} by segment, each drawn towards the common effect")
    rows = [
        (
            row["segment"], row["n_control"] + row["n"],
            _amount(row["measured"], unit, signed=True), _amount(row["effect"], unit, signed=True),
            _interval(row, unit), row["verdict"],
        )
        for row in effects["rows"]
    ]  # fmt: skip
    print_table(("segment", "people", "measured", "drawn", "95 % interval", ""), rows)
    common, spread = (_amount(effects[key], unit, signed=True) for key in ("common", "spread"))
    print(f"  Common effect {common}; true effects differ by about {spread.lstrip('+')}.")
    print()


def _method(method: dict[str, Any]) -> str:
    if method["name"] == "looks":
        return f"Look {method['look']} of {method['looks']} planned ones (O'Brien-Fleming)."
    if method["name"] == "whenever":
        return (
            "Intervals hold however often one looks; tightest at "
            f"{method['planned']:,.0f} people in two arms."
        )
    return "These intervals are for one look: looking on, or again, makes them too narrow."


def print_plan(found: dict[str, Any]) -> None:
    """The three ways with their prices, covariates, peeking and the holdout."""
    print(
        f"To notice {found['effect']:+.4g} on {found['baseline']:.4g} "
        f"with {found['power']:.0%} power at {found['alpha']:.0%}:"
    )
    rows = [
        (
            WAYS[way["way"]], way["people"], way["expected_people"],
            f"x {way['price']:.2f}", f"{way['power_with_the_people_of_once']:.0%}",
            way["days"], way["decides_at"],
        )
        for way in found["ways"]
    ]  # fmt: skip
    print_table(
        ("way", "people at most", "expected", "price", "power at the first's size", "days", "by"),
        rows,
    )
    looks = next(way for way in found["ways"] if way["way"] == "looks")
    if looks["look_days"]:
        print(f"Planned looks after {', '.join(map(str, looks['look_days']))} days.")
    peeking = found["peeking"]
    print(
        f"Peeking {peeking['looks']} times at the first way's interval would call "
        f"{peeking['false_positives']:.0%} of useless variants an effect."
    )
    covariates = found["covariates"]
    if covariates["explained"]:
        print(
            f"Covariates take {covariates['explained']:.1%} of the variance away: "
            f"{covariates['people_saved']:,} people fewer at one look. Counted above."
        )
    if found["holdout"] is not None:
        _print_holdout(found["holdout"], found["power"])


def _print_holdout(holdout: dict[str, Any], power: float) -> None:
    if holdout["enough"]:
        print(
            f"Holdout: {holdout['share']:.1%} of {holdout['audience']:,}, {holdout['people']:,} "
            f"people, notices it with {holdout['power']:.0%} power; leaving them alone forgoes "
            f"{holdout['forgone']:,.4g} in all if the effect is there."
        )
        return
    print(
        f"Holdout: even half of {holdout['audience']:,} people notice it with {holdout['power']:.0%} "
        f"power only; with {power:.0%} they would notice {holdout['smallest_effect']:.4g}."
    )
