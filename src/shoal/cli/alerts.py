"""``shoal alerts``: vital segments that moved, targets that fall behind."""

from __future__ import annotations

import json as json_form
from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.options import AsOf, Json, instant, reading_of
from shoal.cli.output import counted, print_json, say


def alerts(
    context: typer.Context,
    as_of: AsOf = None,
    weeks: Annotated[
        int, typer.Option(min=5, max=520, metavar="N", help="Weeks that are looked back on.")
    ] = 12,
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="Post what is found there, if anything is.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add what is found, one JSON line each.")
    ] = None,
    json: Json = False,
) -> None:
    """Segments marked `vital` that moved unusually, and targets that are missed or fall behind."""
    from shoal.core.errors import ShoalError
    from shoal.project.measurement.alerting import alerts_of
    from shoal.project.posting import post_json

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    watched = alerts_of(reading, at, weeks)
    document = watched.as_json()
    if json:
        print_json(document)
    elif not watched.segments:
        print("Nothing is watched. Mark segments with `vital: true` or give them a `target:`.")
    else:
        for alert in watched.alerts:
            print(alert.sentence)
        found = counted(len(watched.alerts), "alert")
        print(f"{found}; {counted(len(watched.segments), 'segment')} watched.")
    if log is not None and watched.alerts:
        try:
            with log.open("a", encoding="utf-8") as file:
                for alert in watched.alerts:
                    line = {"as_of": document["as_of"], **alert.as_json()}
                    file.write(json_form.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise ShoalError(f"cannot write {log}: {error.strerror}") from error
    if webhook is not None and watched.alerts:
        status = post_json(webhook, document)
        say(f"Posted {len(watched.alerts)} alerts ({status}).")
