"""A new project: its settings, its definition folders with an example each, and an empty store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from shoal.core.errors import ShoalError
from shoal.project.settings import SETTINGS_FILE, reason_of

GITIGNORE = """\
# what Shoal keeps of your customers does not belong into version control
.shoal/
"""

SETTINGS = """\
# The settings of this project. Times without an offset are in its zone.
name: {name}
time_zone: {time_zone}      # an IANA name, such as Europe/Lisbon
# currency: EUR
# country: PT       # whose public holidays hold where a person's own country is not known
now: clock          # what now means without --as-of: clock, or latest_event
session_gap: 30m    # a visit ends after this long without an event
# language: pt      # of titles and sentences: en or pt
"""

EXAMPLES = {
    "segments/example.yml": """\
# Segments: who belongs, as a rule over what people did. Take the # away, then `shoal check`,
# `shoal plan` (who would enter and leave) and `shoal apply`.
#
# segments:
#   lapsed:
#     title: Lapsed customers
#     rule: did order_completed and age(last(order_completed)) > 180d
#     tests:                         # timelines that must hold; run by `shoal test`
#       - member: [{order_completed: 2026-01-01}]
#         as_of: 2026-11-01
#       - not member: [{order_completed: 2026-10-20}]
#         as_of: 2026-11-01
#
# partitions:                        # everyone is in exactly one part; the first that fits wins
#   journey_stage:
#     - purchase: did order_completed in last 365d
#     - consideration: did product_viewed in last 30d
#     - awareness: everyone
""",
    "traits/example.yml": """\
# Traits: one value per person, from what they did.
#
# traits:
#   average_order_value: avg(order_completed.revenue)
#   orders_90d: count(order_completed in last 90d)
""",
}


@dataclass(frozen=True, slots=True)
class NewProject:
    """What was made: the folder and the files written into it."""

    folder: Path
    files: tuple[str, ...]


def init_project(
    folder: Path, *, name: str | None = None, time_zone: str = "UTC", examples: bool = True
) -> NewProject:
    """A project in ``folder``, which is made if need be; nothing there is overwritten.

    Raises ShoalError where a project stands already or the folder cannot be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise ShoalError(f"`{folder}` is a file, not a folder")
        if (folder / SETTINGS_FILE).exists():
            raise ShoalError(
                f"`{folder}` holds a Shoal project already", hint="its settings are in shoal.yml"
            )
        folder.mkdir(parents=True, exist_ok=True)
        title = _printable(name or folder.resolve().name) or "shop"
        quoted = json.dumps(title, ensure_ascii=False)
        settings = SETTINGS.format(name=quoted, time_zone=time_zone)
        _make_store(folder)
        wanted = {
            **(EXAMPLES if examples else {}),
            ".gitignore": GITIGNORE,
            SETTINGS_FILE: settings,
        }
        written = [path for path, text in wanted.items() if _write_new(folder / path, text)]
    except (OSError, ValueError) as error:
        raise ShoalError(f"cannot make a project in `{folder}`: {reason_of(error)}") from error
    return NewProject(folder, tuple(written))


def _make_store(folder: Path) -> None:
    """An empty store, unless one stands there from a project whose settings were lost."""
    from shoal.store import create, open_store

    try:
        open_store(folder)
    except ShoalError:
        create(folder)


def _printable(text: str) -> str:
    """The text with what no YAML file may hold replaced."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return shown.encode("utf-8", "replace").decode("utf-8").strip()


def _write_new(path: Path, text: str) -> bool:
    """Writes a file that does not exist yet; says whether it did."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
