"""``shoal status``: how true a project's membership is, what waits, what failed."""

from __future__ import annotations

from typing import Any

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json, print_table, say

Row = dict[str, Any]


def status(context: typer.Context, json: Json = False) -> None:
    """How it is, by the word of the server or from the files. Exit code 1 if something has failed."""
    from shoal.project.serving.watching import status_of

    found = status_of(project_of(context))
    if json:
        print_json(found)
    else:
        _print(found)
    for problem in found["problems"]:
        say(f"Failed: {problem}")
    if not found["well"]:
        raise typer.Exit(1)


def _print(found: Row) -> None:
    owner, store = found["owner"], found["store"]
    if owner is None:
        print("Nobody writes; membership is told while `shoal serve` runs.")
    else:
        since = f" since {owner['since']}" if owner["since"] else ""
        print(f"Process {owner['pid']} ({owner['doing']}) owns it{since}.")
    _print_live(found)
    print(
        f"Store: version {store['version']}, {counted(store['rows'], 'row')}; "
        f"{counted(store['log_events'], 'event')} in the log ({store['log_bytes']:,} bytes); "
        f"{store['quarantined']:,} in quarantine; {counted(store['damaged_files'], 'damaged file')}."
    )
    if found["segments"]:
        print_table(
            ("segment", "members", "state", "definition"),
            [
                (it["name"], it["members"], it["state"], it.get("definition") or "")
                for it in found["segments"]
            ],
        )
    if found["webhooks"]:
        print_table(
            ("webhook", "host", "state", "backlog", "not taken"),
            [
                (it["id"], it["host"], it["state"], it["backlog"], it["dead_letters"])
                for it in found["webhooks"]
            ],
        )


def _print_live(found: Row) -> None:
    if found["correct_as_of"] is None:
        print("Membership was not told yet.")
        return
    backlog = found["backlog"]
    behind = found["behind_seconds"]
    late = f", {behind:,.1f} s behind" if behind is not None else ""
    waits = f"{counted(backlog['rows'], 'event')} and {backlog['due'] or 0:,} due people wait"
    print(f"Membership is true as of {found['correct_as_of']}{late}; {waits}.")
    if found["next_clock_exit"]:
        print(f"The clock changes something next at {found['next_clock_exit']}.")
    if found["last_failure"]:
        about = found["last_failure"]
        where = about.get("segment") or about.get("at")
        print(f"The last failure ({where}): {about['reason']}")
