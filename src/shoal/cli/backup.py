"""``shoal backup`` and ``shoal restore``: a project in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import print_json


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file: shop.tar.zst.")],
    json: Json = False,
) -> None:
    """Writes the whole project to one file, also while it is served."""
    from shoal.project.backups import take_backup

    made = take_backup(project_of(context), file)
    if json:
        print_json(made.as_json())
    else:
        print(f"Wrote {file}: {made.rows:,} rows in {made.files} files, {made.size:,} bytes.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    json: Json = False,
) -> None:
    """Makes a project of a backup, in a new folder."""
    from shoal.project.backups import restore_backup

    done = restore_backup(file, folder)
    if json:
        print_json(done)
    else:
        print(f"Restored {done['folder']} as it was {done['taken_at']}: {done['rows']:,} rows.")
