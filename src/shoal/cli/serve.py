"""``shoal serve``: capture, API and page in one process."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import project_of
from shoal.cli.output import say


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="H", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="N", help="The port; 0 takes a free one.")
    ] = 8765,
) -> None:
    """Takes events as they happen, answers questions, shows the page; until it is stopped."""
    from shoal.api.server import bound, run
    from shoal.project.first_run import opening_link
    from shoal.project.serving import serving

    project = project_of(context)
    listening = bound(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}"
    with serving(project) as served:
        link = opening_link(served, host)

        def tell() -> None:
            print(f"Shoal serves {project.settings.name} on {url}", flush=True)
            if link is not None:
                say(f"Open it once, within 15 minutes, as admin: {url}{link}")

        run(served, listening, tell)
