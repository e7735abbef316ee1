"""``shoal source …``: places that data comes from again and again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from shoal.cli.options import Json, project_of, warn
from shoal.cli.output import counted, print_json, print_table, say

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME…]", help="Default: every source.")
]


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the source is called.")],
    place: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PLACE",
            help="A folder or pattern of files, s3://bucket/prefix, or a database's URL.",
        ),
    ],
    mapping: Annotated[
        str,
        typer.Option(
            "--map", metavar="FILE", help="A mapping file, or a name such as hubspot-contacts."
        ),
    ],
    every: Annotated[
        str | None, typer.Option(metavar="SPAN", help="How often: 1h. Default: only by hand.")
    ] = None,
    table: Annotated[str | None, typer.Option(metavar="T", help="A database's table.")] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="Instead of a table.")] = None,
    cursor: Annotated[
        str | None,
        typer.Option(metavar="COL", help="The column that grows: only what is new is read."),
    ] = None,
    overlap: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="How far before the cursor is read once more."),
    ] = None,
    ids: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose ids these are; see shoal import.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="A bucket's server that is not Amazon's.")
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="R", help="A bucket's region.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be imported; write no file.")
    ] = False,
    json: Json = False,
) -> None:
    """Says in words what would be imported, and writes sources/NAME.yml. Imports nothing yet."""
    from shoal.project.sources import sourcing

    project = project_of(context)
    said = {
        "from": place,
        "mapping": mapping,
        "every": every,
        "ids": ids,
        "table": table,
        "query": query,
        "cursor": cursor,
        "overlap": overlap,
        "endpoint": endpoint,
        "region": region,
    }
    source = sourcing.new_source(project, name, said)
    tried = sourcing.try_source(project, source)
    file = None if dry_run else sourcing.write_source(project, source)
    if json:
        print_json({**tried, "wrote": file})
        return
    _print_tried(tried)
    if file is not None:
        say(f"Wrote {file}. Import it now: shoal source run {name}")


@app.command()
def run(
    context: typer.Context,
    names: Names = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only those whose time has come; for cron.")
    ] = False,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Read everything there is, also what was read before."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be imported; add nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Imports what is new of sources. A served project runs those that are due by itself."""
    from shoal.project.sources import files as source_files
    from shoal.project.sources import sourcing

    project = project_of(context)
    if dry_run:
        wanted = sourcing.wanted_names(project, list(names or ()), due=due)
        tried = [
            sourcing.try_source(project, source_files.load_source(project.folder, name), anew=anew)
            for name in wanted
        ]
        if json:
            print_json(tried)
        else:
            for one in tried:
                _print_tried(one)
        return
    rows = sourcing.run_named(project, list(names or ()), due=due, anew=anew)
    if json:
        print_json(rows)
    elif rows:
        for row in rows:
            _print_ran(row)
    else:
        print("No source is due." if due else "There are no sources: see shoal source add --help.")
    if any(row["failure"] for row in rows):
        raise typer.Exit(1)


@app.command("list")
def list_sources(context: typer.Context, json: Json = False) -> None:
    """Sources: how the last run went, when the next is due, what changed of their columns."""
    from shoal.project.sources.sourcing import source_rows

    rows = source_rows(project_of(context))
    if json:
        print_json(rows)
    elif rows:
        columns = ("name", "kind", "state", "ran_at", "rows", "imported", "due_at")
        print_table(
            [it.replace("_", " ") for it in columns], [[row[it] for it in columns] for row in rows]
        )
        for row in rows:
            for sentence in (*row["drift"], *([row["failure"]] if row["failure"] else ())):
                say(f"{row['name']}: {sentence}")
    else:
        print("There are no sources. Add one: shoal source add NAME --from PLACE --map FILE")


def _print_tried(tried: dict[str, Any]) -> None:
    print(f"{tried['name']}:")
    for one in tried["files"]:
        why = f": {one['why']}" if one["why"] else ""
        print(f"  {one['file']} would be {one['state']}{why}")
    for sentence in tried["says"]:
        print(f"  {sentence}")


def _print_ran(row: dict[str, Any]) -> None:
    warn([f"{row['name']}: {it}" for it in (*row["drift"], *row["notices"])])
    print(
        f"{row['name']}: {counted(row['rows'], 'row')}, {row['imported']:,} imported, "
        f"{row['duplicates']:,} known already, {row['rejected']:,} rejected."
    )
    for one in row["files"]:
        if one["why"]:
            print(f"  {one['file']}: {one['state']}: {one['why']}")
    if row["failure"]:
        say(f"Error: {row['name']}: {row['failure']}")
