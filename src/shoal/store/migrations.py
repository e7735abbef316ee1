"""Older formats, brought up to date in place: one resumable step from each format to the next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from shoal.core.errors import StoreFormatError
from shoal.store.files import FORMAT, FORMAT_FILE, sync_folder, writing

Step = Callable[[Path], None]

STEPS: Mapping[int, Step] = {}
"""From each older format, the step to the next. A step may be run again after a kill."""


def migrate(
    root: Path, found: int, *, steps: Mapping[int, Step] = STEPS, target: int = FORMAT
) -> None:
    """Takes the steps from format ``found`` on, after saying so."""
    for step in range(found, target):
        if step not in steps:
            raise StoreFormatError(f"the store in `{root}` has format {step}, which is unknown")
        sys.stderr.write(f"Bringing the store in `{root}` from format {step} to {step + 1} …\n")
        steps[step](root)
        with writing(root / FORMAT_FILE) as file:
            file.write(f"shoal store {step + 1}\n".encode())
        sync_folder(root)
