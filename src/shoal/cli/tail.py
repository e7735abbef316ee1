"""``shoal tail``: events and transitions as they happen."""

from __future__ import annotations

import json as json_form
import select
import sys
import time
from typing import Annotated

import typer

from shoal.cli.options import project_of

PACE = 0.1
"""Seconds between two looks."""


def tail(
    context: typer.Context,
    events: Annotated[bool, typer.Option("--events", help="Events only.")] = False,
    transitions: Annotated[
        bool, typer.Option("--transitions", help="Transitions only: who entered and left what.")
    ] = False,
    segment: Annotated[
        str | None, typer.Option(metavar="S", help="Transitions of this segment only.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="U", help="Of this person only: a user id, or anon:ID.")
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(min=0, metavar="SEQ", help="Every transition after this number first."),
    ] = None,
    n: Annotated[
        int,
        typer.Option("--n", min=0, metavar="N", help="The last N first; of events, of the log's."),
    ] = 10,
    follow: Annotated[bool, typer.Option(help="Go on until it is stopped.")] = True,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Events and transitions as they happen, beside a running server or without one."""
    from shoal.project.serving.tailing import Wanted, sentence
    from shoal.project.serving.tailing import tail as rows_of

    both = events == transitions
    wanted = Wanted(
        events if not both else segment is None or events,
        transitions or both,
        segment,
        user,
        since,
        n,
    )

    def more() -> bool:
        sys.stdout.flush()
        if not follow or _is_nobody_reading():
            return False
        time.sleep(PACE)
        return True

    for row in rows_of(project_of(context), wanted, more):
        print(json_form.dumps(row, ensure_ascii=False) if json else sentence(row))


def _is_nobody_reading() -> bool:
    """Whether the other end of a pipe is closed, which writing nothing would never find out."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0))
    except (OSError, ValueError, AttributeError):  # no file, or a system without polling
        return False
