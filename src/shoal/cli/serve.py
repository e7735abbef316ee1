"""``shoal serve``: capture, API and page in one process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import project_of
from shoal.cli.output import say

if TYPE_CHECKING:
    from socket import socket

    from shoal.project.opening import Project


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="H", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="N", help="The port; 0 takes a free one.")
    ] = 8765,
    log_level: Annotated[
        str,
        typer.Option(
            metavar="LEVEL",
            help="What is logged, as JSON lines on stderr: debug (every request), info, warning, "
            "error.",
        ),
    ] = "info",
) -> None:
    """Takes events as they happen, answers questions, shows the page; until it is stopped."""
    from shoal.api.journal import LogLevel, open_journal
    from shoal.api.server import bound
    from shoal.core.errors import UsageError

    if log_level not in set(LogLevel):
        raise UsageError(f"no log level `{log_level}`", hint=f"one of {', '.join(LogLevel)}")
    project = project_of(context)
    listening = bound(host, port)
    open_journal(LogLevel(log_level))
    serve_project(project, listening, host)


def serve_project(
    project: Project, listening: socket, host: str, then: Callable[[str], None] = lambda _: None
) -> None:
    """Serves until it is stopped; ``then`` is told the address to open once requests are taken."""
    from shoal.api.server import run
    from shoal.project.serving.first_run import opening_link
    from shoal.project.serving.served import serving

    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}"
    with serving(project) as served:
        link = opening_link(served, host)

        def tell() -> None:
            print(f"Shoal serves {project.settings.name} on {url}", flush=True)
            if link is not None:
                say(f"Open it once, within 15 minutes, as admin: {url}{link}")
            if served.damaged:
                say(f"Warning: {served.damaged} damaged files were set aside; see `shoal doctor`")
            then(f"{url}{link or ''}")

        run(served, listening, tell)
