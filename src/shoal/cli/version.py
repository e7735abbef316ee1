"""``shoal version …``: what was applied when, what it changed, and going back."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json, print_table, say

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="A version's number.")]


@app.command("list")
def list_versions(context: typer.Context, json: Json = False) -> None:
    """Every applied version of the definitions and what it changed."""
    from shoal.project.changes.versions import versions_of

    rows = [version.as_json() for version in versions_of(project_of(context))]
    if json:
        print_json(rows)
    elif rows:
        print_table(
            ("id", "applied at", "new", "changed", "removed"),
            [
                (row["id"], row["applied_at"], *(_few(row[key]) for key in _KINDS))
                for row in reversed(rows)
            ],
        )
    else:
        print("No definitions are applied. Write them in segments/, then `shoal apply`.")


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A segment, a partition's part or a trait.")],
    json: Json = False,
) -> None:
    """Every wording a segment or trait has had."""
    from shoal.project.changes.versions import meanings_of

    rows = [meaning.as_json() for meaning in meanings_of(project_of(context), name)]
    if json:
        print_json(rows)
        return
    for row in rows:
        print(f"version {row['version']}, {row['applied_at']}")
        print(f"  {row['rule'] if row['rule'] is not None else '(removed)'}")


@app.command()
def diff(context: typer.Context, old: Number, new: Number) -> None:
    """What differs between the files of two versions."""
    from shoal.project.changes.versions import difference

    print(difference(project_of(context), old, new) or "The two versions are alike.", end="")


@app.command()
def restore(
    context: typer.Context,
    version: Number,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that were changed and not applied.")
    ] = False,
) -> None:
    """Writes the files of a version back; `shoal plan` then shows what applying them changes."""
    from shoal.project.changes.versions import restore as write_back

    changed = write_back(project_of(context), version, force=force)
    for name in changed:
        print(name)
    say(
        f"{counted(len(changed), 'file')} as in version {version}; `shoal apply` makes that answer."
        if changed
        else f"The files are as in version {version} already."
    )


_KINDS = ("new", "changed", "removed")


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") or "-"
