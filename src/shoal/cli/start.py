"""``shoal init`` and ``shoal demo``: the first steps."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import wanted_project
from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from shoal.project.opening import Project

HOST, PORT = "127.0.0.1", 8765


def init(
    context: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="Default: the current folder.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the project is called.")] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA name of its time zone. Default: UTC."),
    ] = None,
    packs: Annotated[
        list[str] | None,
        typer.Option("--pack", metavar="NAME", help="With the definitions of a pack, in force."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="With the pack's made-up people, marked as such.")
    ] = False,
) -> None:
    """Makes a project: settings, definition folders with examples, and an empty local store."""
    from shoal.core.instants import Zone
    from shoal.project.init import init_project
    from shoal.project.starting import start_with

    wanted = wanted_project(context)
    if folder is not None and wanted is not None:
        raise UsageError("two folders are given", hint="leave out --project")
    if sample and not packs:
        raise UsageError("--sample goes with --pack NAME", hint="see `shoal pack list`")
    place = Path(folder or wanted or ".")
    zone = Zone(time_zone).name if time_zone is not None else None
    if packs:
        for line in start_with(place, packs, name=name, time_zone=zone, sample=sample):
            print(line)
        return
    made = init_project(place, name=name, time_zone=zone or "UTC")
    print(f"Made a project in {made.folder}: {', '.join(made.files)}")
    print("Next: shoal import FILE --event NAME --user COL --time COL")


def demo(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="complete-journey, or a file of your own orders."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where the demo project is made.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the web page afterwards.")
    ] = True,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, metavar="N", help="The web page's port. Default: 8765."),
    ] = None,
) -> None:
    """The main job on real data, start to finish; then the page on it, until it is stopped."""
    from shoal.project.demo.run import run_demo

    del context
    found = run_demo(folder, data)
    if serve:
        _show_page(found.project, port)


def _show_page(project: Project, port: int | None) -> None:
    """Serves the page, and opens it where there is somebody who sees it."""
    from shoal.api.journal import LogLevel, open_journal
    from shoal.api.server import bound
    from shoal.cli.serve import serve_project

    try:
        listening = bound(HOST, PORT if port is None else port)
    except UsageError:
        if port is not None:
            raise
        listening = bound(HOST, 0)  # nobody asked for that very one
    open_journal(LogLevel.WARNING)
    print("\nThe page shows the same, and more; Ctrl+C stops it.")
    serve_project(project, listening, HOST, _open_browser)


def _open_browser(address: str) -> None:
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if has_screen and sys.stdout.isatty():
        webbrowser.open(address)
