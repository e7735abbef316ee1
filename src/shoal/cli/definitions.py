"""``shoal check``, ``test``, ``plan`` and ``apply``: from files to what answers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from shoal.cli.options import AsOf, Json, instant, project_of
from shoal.cli.output import print_json, say


def check(context: typer.Context, json: Json = False) -> None:
    """Every problem of the definition files, with its place; exit code 1 if there is one."""
    from shoal.project.checking import check_project

    checked = check_project(project_of(context))
    if json:
        print_json(checked.as_json())
    else:
        for problem in checked.problems:
            print(f"{'warning: ' if problem.severity == 'warning' else ''}{problem}")
        print(checked.summary)
    if checked.errors:
        raise typer.Exit(1)


def run(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Only these segments.")
    ] = None,
    json: Json = False,
) -> None:
    """Runs the timelines in `tests:` through the engine; exit code 1 if one does not hold."""
    from shoal.project.testing import run_tests

    report = run_tests(project_of(context), names or [])
    if json:
        print_json(report.as_json())
    else:
        print(report.text)
    if report.failures:
        raise typer.Exit(1)


def plan(context: typer.Context, as_of: AsOf = None, json: Json = False) -> None:
    """Who would enter and leave if the definition files were applied; changes nothing."""
    from shoal.project.changes.planning import make_plan

    project = project_of(context)
    planned = make_plan(project, instant("--as-of", as_of, project))
    if json:
        print_json(planned.as_json())
    else:
        print(planned.text)
    if planned.errors:
        raise typer.Exit(1)


def apply(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Makes the definition files the ones that answer; asks first on a terminal."""
    from shoal.project.changes.planning import apply_plan, make_plan

    project = project_of(context)
    planned = make_plan(project, None)
    if planned.errors or planned.is_empty:
        if json:
            print_json(planned.as_json())
        else:
            print(planned.text)
        if planned.errors:
            raise typer.Exit(1)
        return
    if not json:
        print(planned.text)
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        typer.confirm("Apply this?", abort=True, err=True)
    version = apply_plan(project, planned)
    if json:
        print_json({**planned.as_json(), "version": version})
    else:
        say(f"Applied as version {version}.")
