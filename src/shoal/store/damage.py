"""Files that are not what they should be: set aside, never thrown away, and told for good.

What can be read of them stays in the store; a note beside each says what could not.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from shoal.core.errors import StoreDamagedError
from shoal.store.files import DAMAGED, sync_folder, write_error, writing

NOTE = ".note.json"


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged file: where it belonged, when that was found, and what was lost with it.

    ``kept`` is its name among the damaged; None where there was no file to keep.
    """

    file: str
    found_at: int
    lost: str
    kept: str | None = None


def damages(root: Path) -> list[Damage]:
    """Everything ever set aside, oldest first."""
    folder = root / DAMAGED
    if not folder.is_dir():
        return []
    found: list[Damage] = []
    for path in sorted(folder.glob(f"*{NOTE}")):
        try:
            found.append(Damage(**json.loads(path.read_bytes())))
        except (OSError, ValueError, TypeError) as error:
            raise StoreDamagedError(f"`{path.name}` cannot be read: {error}") from error
    return sorted(found, key=lambda one: one.found_at)


def set_aside(root: Path, path: Path, lost: str) -> Damage:
    """Keeps a copy of the file among the damaged, with a note; the file itself stays for now."""
    folder = root / DAMAGED
    at = time.time_ns() // 1000
    kept = f"{at}-{path.name}" if path.exists() else None
    damage = Damage(path.relative_to(root).as_posix(), at, lost, kept)
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        if kept is not None:
            _keep(path, folder / kept)
        with writing(folder / f"{at}-{path.name}{NOTE}") as file:
            file.write(json.dumps(asdict(damage), ensure_ascii=False).encode())
        sync_folder(folder)
    except OSError as error:
        raise write_error(folder, error) from error
    return damage


def _keep(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:  # a file system without links
        shutil.copyfile(path, to)
