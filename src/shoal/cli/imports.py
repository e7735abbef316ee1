"""``shoal import``: files of what customers did; and imports seen, taken back, replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.options import Json, project_of, warn
from shoal.cli.output import counted, listed, print_json, print_table, say

if TYPE_CHECKING:
    from shoal.project.imports.importing import Wanted
    from shoal.project.owner.imported import Imported, Progress

EPILOG = (
    "shoal import list, shoal import undo ID and shoal import replace ID FILE… take a mistaken "
    "import back. A file that is called list is written ./list."
)

verbs = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="CSV, TSV, JSONL or Parquet, also .gz.")
]
Event = Annotated[
    str | None, typer.Option(metavar="NAME", help="The event that every row becomes.")
]
EventColumn = Annotated[
    str | None, typer.Option("--event-col", metavar="COL", help="The column with the event's name.")
]
User = Annotated[str | None, typer.Option(metavar="COL", help="The column of the user id.")]
Anonymous = Annotated[
    str | None,
    typer.Option(
        metavar="COL", help="The column of the anonymous id, used where there is no user id."
    ),
]
Time = Annotated[str | None, typer.Option(metavar="COL", help="The column of the time.")]
TimeFormat = Annotated[
    str | None,
    typer.Option(metavar="FMT", help="How times are written, in strptime signs: %d.%m.%Y %H:%M."),
]
Prop = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=COL", help="A property; may be repeated. Default: every other column."
    ),
]
Profiles = Annotated[bool, typer.Option("--profiles", help="Rows are profile traits, not events.")]
Trait = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=COL", help="With --profiles, a trait; may be repeated."),
]
Id = Annotated[
    str | None,
    typer.Option("--id", metavar="COL", help="The column of a row's own id. Default: its content."),
]
Map = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="A mapping file: several events, traits, constants. Or one that comes with Shoal: "
        "hubspot-contacts.",
    ),
]
Source = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The source whose ids these are. Default: files."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how the first rows will be understood; add nothing.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def _said(
    event: Event = None,
    event_column: EventColumn = None,
    user: User = None,
    anonymous: Anonymous = None,
    time: Time = None,
    time_format: TimeFormat = None,
    prop: Prop = None,
    profiles: Profiles = False,
    trait: Trait = None,
    id_column: Id = None,
    map_file: Map = None,
    source: Source = None,
) -> Wanted:
    """How rows are to be understood, as the options say it."""
    from shoal.project.imports.importing import Wanted

    return Wanted(
        event=event,
        event_column=event_column,
        profiles=profiles,
        user=user,
        anonymous=anonymous,
        time=time,
        time_format=time_format,
        id_column=id_column,
        properties=tuple(prop or ()),
        traits=tuple(trait or ()),
        map_file=map_file,
        source=source,
    )


def understanding_rows(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of ``_said`` in the place of its ``wanted``.

    Importing and replacing take the same options, and typer reads options off a signature: this
    makes the one of the command, so that they are written once.
    """
    unneeded = {"Wanted": object}  # known to type checkers only; typer wants all others resolved
    options = signature(_said, locals=unneeded, eval_str=True).parameters
    own = signature(command, locals=unneeded, eval_str=True).parameters

    @wraps(command)
    def run(**given: Any) -> None:
        wanted = _said(**{name: given.pop(name) for name in options})
        command(**given, wanted=wanted)

    parameters: list[Parameter] = []
    for parameter in own.values():
        parameters += options.values() if parameter.name == "wanted" else [parameter]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {it.name: it.annotation for it in parameters}
    return run


@understanding_rows
def files(
    context: typer.Context,
    files: Files,
    wanted: Wanted,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Imports files: each row becomes an event, or a profile's traits.

    The same file twice adds nothing. Rows that cannot become events go to quarantine, with their
    row number and the reason. Without a mapping a guess is shown, and taken if you agree.
    """
    _import(context, files, wanted, dry_run=dry_run, yes=yes, json=json)


@verbs.command("list")
def list_imports(context: typer.Context, json: Json = False) -> None:
    """Imports, the ones taken back too."""
    from shoal.project.imports.importing import import_list

    rows = import_list(project_of(context))
    if json:
        print_json(rows)
    elif rows:
        print_table(
            (
                "id",
                "file",
                "imported at",
                "rows",
                "imported",
                "duplicates",
                "rejected",
                "undone at",
            ),
            [
                (
                    str(it["id"]),
                    it["file"],
                    it["imported_at"],
                    *(it[key] for key in ("rows", "imported", "duplicates", "rejected")),
                    it["undone_at"],
                )
                for it in rows
            ],
        )
    else:
        print("Nothing was imported yet.")


ImportId = Annotated[int, typer.Argument(metavar="ID", help="As `shoal import list` shows it.")]


@verbs.command()
def undo(context: typer.Context, import_id: ImportId, json: Json = False) -> None:
    """Takes an import back: its events, its traits and its quarantined rows."""
    from shoal.project.imports.importing import undo_import

    answer = undo_import(project_of(context), import_id)
    if json:
        print_json(answer)
    else:
        print(f"Import {import_id} is taken back: {counted(answer['removed'], 'row')} removed.")


@verbs.command()
@understanding_rows
def replace(
    context: typer.Context,
    import_id: ImportId,
    wanted: Wanted,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="Default: the file that was imported."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Takes an import back and imports anew, in one step: both happen or neither."""
    from dataclasses import replace

    from shoal.core.errors import UsageError
    from shoal.project.imports.importing import imported_path

    if files is None:
        files = [imported_path(project_of(context), import_id)]
    if len(files) != 1:
        raise UsageError("one file replaces an import", hint="undo it and import the files")
    wanted = replace(wanted, replaces=import_id)
    _import(context, files, wanted, dry_run=dry_run, yes=yes, json=json)


def finish(made: Imported, *, json: bool) -> None:
    """Prints what became of the rows; exit code 1 where every row was bad."""
    warn(made.notices)
    if json:
        print_json(made.as_json())
    else:
        print(
            f"{counted(made.rows, 'row')}: {made.imported:,} imported, "
            f"{made.duplicates:,} known already, {made.rejected:,} rejected."
        )
        if made.events:
            print(f"Events: {listed(made.events)}.")
        if made.unconverted:
            print(f"Kept as received, read as unset: {listed(made.unconverted)}.")
        if made.rejected:
            print("See `shoal quarantine list` for the rejected rows.")
    if made.all_bad:
        say("Error: no row could be imported; `shoal quarantine list` says why")
        raise typer.Exit(1)


def _import(
    context: typer.Context,
    files: list[Path],
    wanted: Wanted,
    *,
    dry_run: bool,
    yes: bool,
    json: bool,
) -> None:
    from dataclasses import replace

    from shoal.project.imports import importing, understanding

    project = project_of(context)
    if not wanted.is_said:
        guessed = understanding.guess_mapping(project, files)
        say(guessed.text)
        if not dry_run and not yes:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise understanding.unconfirmed(guessed, files)
            typer.confirm("Import it so?", default=True, abort=True, err=True)
        wanted = replace(wanted, mapping=guessed.mapping)
    if dry_run:
        told = understanding.preview(project, files, wanted)
        if json:
            print_json(told.as_json())
        else:
            print(told.text)
        return
    with _progress(len(files)) as progress:
        made = importing.import_files(project, files, wanted, progress)
    finish(made, json=json)


@contextmanager
def _progress(files: int) -> Generator[Progress | None]:
    """A bar on stderr, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{files} files" if files > 1 else "importing", total=None)

        def tell(name: str, done: int, total: int | None) -> None:
            bar.update(task, description=name, completed=done, total=total)

        yield tell
