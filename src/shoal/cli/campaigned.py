"""Campaigns for people: what a list, a dry run and a result look like on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoal.cli.output import counted, indented, listed, print_table

Row = Mapping[str, Any]
_STEPS = (
    ("matched", "the rule holds"),
    ("consented", "agreed to the purpose"),
    ("reachable", "can be reached"),
    ("suppressed", "less: suppressed"),
    ("held_out", "less: left alone"),
    ("capped", "less: had enough messages"),
    ("sendable", "get a message"),
)


def print_rows(rows: Sequence[Row]) -> None:
    """A list of campaigns."""
    print_table(
        ("name", "state", "audience", "channel", "timing", "sent", "waiting"),
        [
            (
                it["name"], f"{it['state']}{' (changed)' if it['is_changed'] else ''}",
                it["audience"], it["channel"], it["timing"], it["messages"]["sent"],
                it["messages"]["queued"] + it["messages"]["planned"],
            )
            for it in rows
        ],
    )  # fmt: skip


def print_waterfall(waterfall: Mapping[str, int]) -> None:
    """From those matched to those who get a message."""
    print_table(("", "people"), [(said, waterfall[name]) for name, said in _STEPS])


def print_campaign(found: Row) -> None:
    """One campaign."""
    print(f"{found['name']} · {found['state']}{' · changed since' if found['is_changed'] else ''}")
    if found.get("sentence"):
        print(f"To: {found['sentence']}")
        print(f"Goal: {found['goal']}")
        print(f"{found['channel']}, {found['timing']}, purpose {found['purpose']}")
    if found["holdout"] is not None:
        print(f"Left alone: {found['holdout']:.0%}")
    messages = {state: count for state, count in found["messages"].items() if count}
    if messages:
        print(f"Messages: {listed(messages)}")
    for reason, count in found["reasons"].items():
        print(f"  {count:,} not sent: {reason}")
    for it in found["log"]:
        print(f"{it['at']}  {it['action']} by {it['actor']}")
    if found["passes"]:
        last = found["passes"][-1]
        print(f"Last pass, {last['occasion']}:")
        print_waterfall(last["waterfall"])


def print_check(found: Row) -> None:
    """What was found wrong, and what does not fit."""
    for problem in (*found["problems"], *found["warnings"]):
        where = f"{problem['file']}:{problem['line']}: " if problem["file"] else ""
        hint = f"; {problem['hint']}" if problem["hint"] else ""
        print(f"{where}{problem['message']}{hint}")
    for lack in found["settings"]:
        print(f"Before the start: {lack}")
    _print_fit(found["fit"])
    if found["holdout"] is not None:
        print(f"Left alone: {found['holdout']['share']:.0%}, {found['holdout']['because']}.")
    print(f"`{found['name']}` is {found['state']}.")


def _print_fit(fit: Sequence[Row]) -> None:
    for it in fit:
        print(f"Does it fit? {it['message']}; {it['hint']}")


def print_preview(found: Row) -> None:
    """A dry run."""
    for it in found["messages"]:
        note = " (would be left alone)" if it["held_out"] else ""
        print(f"--- {it['user_id']} · {it['variant']} · {it['channel']}{note}")
        if it["problem"]:
            print(f"  no message: {it['problem']}")
        for name, text in it["parts"].items():
            print(f"{name}:")
            print(indented(text))
    print()
    print_waterfall(found["waterfall"])
    for it in found["lacking"]:
        print(
            f"{counted(it['people'], 'person')} lack `{it['value']}`: {', '.join(it['examples'])}"
        )
    _print_fit(found["fit"])
    for lack in found["settings"]:
        print(f"Before the start: {lack}")
    print("Nothing was sent.")


def print_run(found: Row) -> None:
    """What a pass did."""
    for it in found["campaigns"]:
        if it["trouble"]:
            print(f"{it['name']}: {it['trouble']}")
        elif it["waterfall"] is not None:
            print(f"{it['name']}: {counted(it['assigned'], 'person')} given an arm")
    print(f"Messages: {listed(found['messages']) or 'none'}.")
    if found["uncertain"]:
        print(f"{counted(found['uncertain'], 'message')} may have arrived before; not sent again.")
    for it in found["channels"]:
        print(f"{it['channel']} is in trouble: {it['said']}")


def print_results(found: Row) -> None:
    """A verdict, the arms, and when it is decided."""
    if found["verdict"]:
        print(f"{found['verdict'].capitalize()} ({found['best']}, against {found['control']}).")
    if not found["is_decided"]:
        print(f"Decided at {found['decides_at'] or 'an end that is not set'}; "
              "until then intervals hold however often one looks.")  # fmt: skip
    for name, arms in found["metrics"].items():
        print(f"\n{name}")
        print_table(
            ("arm", "people", "mean", "effect", "from", "to", "verdict"),
            [
                (
                    it["arm"], it["n"], _short(it["mean"]), _short(it.get("effect")),
                    _short(it.get("low")), _short(it.get("high")), it.get("verdict"),
                )
                for it in arms
            ],
        )  # fmt: skip
    if found["engagement"]:
        print()
        columns = ("arm", "sent", "opened", "clicked")
        print_table(columns, [[it[name] for name in columns] for it in found["engagement"]])
    if found["srm"] is not None and not found["srm"]["ok"]:
        print(f"People did not land in the arms as planned (p {found['srm']['p']:.2g}).")
    if found["waiting"]:
        print(f"{counted(found['waiting'], 'person')} not counted yet: their days are not over.")
    for warning in found["warnings"]:
        print(f"Warning: {warning}")


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.4g}"
