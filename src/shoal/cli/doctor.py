"""``shoal doctor``: is this project well?"""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import print_json, say


def doctor(
    context: typer.Context,
    checksum: Annotated[
        bool, typer.Option("--checksum", help="Print one number for everything that happened.")
    ] = False,
    mend: Annotated[
        bool,
        typer.Option("--mend", help="Set aside files that cannot be read, and go on without them."),
    ] = False,
    json: Json = False,
) -> None:
    """Looks at the project, its files, books, clock and machine. Exit code 1 if something is wrong."""
    from dataclasses import asdict

    from shoal.project.backups import checksum as checksum_of
    from shoal.project.doctor import State, examine_project, mend_project

    project = project_of(context)
    if mend:
        for one in mend_project(project):
            say(f"Set aside {one['file']}; lost: {one['lost']}")
    if checksum:
        with project.store.snapshot() as snapshot:
            found = {"checksum": checksum_of(snapshot), "rows": snapshot.rows}
        if json:
            print_json(found)
        else:
            print(f"{found['checksum']}  {found['rows']:,} rows")
        return
    findings = examine_project(project)
    is_well = all(it.state is not State.WRONG for it in findings)
    if json:
        print_json({"well": is_well, "findings": [asdict(it) for it in findings]})
    else:
        for it in findings:
            print(f"{it.state:<8} {it.about}: {it.told}")
            if it.hint:
                print(f"{'':<8} {it.hint}")
    if not is_well:
        raise typer.Exit(1)
