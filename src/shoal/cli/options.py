"""Options that several commands share, and the project they act on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from shoal.cli.output import Format, say
from shoal.core.errors import ShoalError, UsageError
from shoal.core.spans import Span

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.project.reading import Reading

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="T",
        help="Answer as of this instant: 2026-11-01 (its midnight in the project's time zone) or "
        "2026-11-01T09:30:00Z. Default: now, or the latest event where shoal.yml says so.",
    ),
]
AppliedAt = Annotated[
    str | None,
    typer.Option(metavar="T", help="Answer by the definitions that were applied at this instant."),
]
SegmentName = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="A segment, or a partition's part: stage.purchase."),
]
RuleText = Annotated[
    str | None,
    typer.Option("--rule", metavar="RULE", help="A rule instead of a segment's name."),
]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write to this file instead of stdout.")
]
As = Annotated[Format, typer.Option("--format", help="How the table is written.")]


def project_of(context: typer.Context) -> Project:
    """The project the command acts on, opened."""
    from shoal.project.opening import open_project

    return open_project(wanted_project(context))


def wanted_project(context: typer.Context) -> str | None:
    """What ``--project`` said, if it was given."""
    return cast("str | None", context.obj)


def reading_of(context: typer.Context, applied_at: str | None = None) -> Reading:
    """One consistent view of the project's data and applied definitions."""
    from shoal.project.reading import read

    project = project_of(context)
    return read(project, applied_at=instant("--applied-at", applied_at, project))


def instant(option: str, text: str | None, project: Project) -> int | None:
    """An instant given as an option; a bare date is its midnight in the project's zone."""
    if text is None:
        return None
    try:
        return project.settings.time_zone.parse(text)
    except ShoalError as error:
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error


def span(option: str, text: str) -> Span:
    """A span of time given as an option."""
    from shoal.project.settings import parse_span

    try:
        return parse_span(text)
    except ShoalError as error:
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error


def warn(messages: list[str] | tuple[str, ...]) -> None:
    """Warnings, on stderr."""
    for message in messages:
        say(f"Warning: {message}")
