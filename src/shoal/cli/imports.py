"""``shoal import``: files of what customers did; and imports seen, taken back, replaced."""

from __future__ import annotations

import typer

EPILOG = ""
verbs = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


def files() -> None:
    """x."""


@verbs.command("list")
def l() -> None:
    """x."""
