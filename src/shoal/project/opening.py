"""A project, opened: its folder, settings, store and clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.project.settings import (
    Now,
    Settings,
    project_folder,
    read_settings,
    write_setting,
)

if TYPE_CHECKING:
    from shoal.store import Store
    from shoal.store.identities import IdentityRules


def system_clock() -> int:
    """The instant the clock shows: read here and handed on, nowhere else."""
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Project:
    """What every command acts on."""

    folder: Path
    settings: Settings
    store: Store
    clock: Callable[[], int] = system_clock

    def with_now(self, now: Now) -> Project:
        """The project after ``now`` was set in its ``shoal.yml``."""
        write_setting(self.folder, "now", str(now))
        return replace(self, settings=replace(self.settings, now=now))


def open_project(
    wanted: str | os.PathLike[str] | None = None, clock: Callable[[], int] = system_clock
) -> Project:
    """The project in ``wanted``, else in ``SHOAL_PROJECT``, else in the current folder."""
    from shoal.store import open_store

    folder = project_folder(wanted)
    settings = read_settings(folder)
    store = open_store(folder)
    store.rules = rules_of(settings)
    return Project(folder, settings, store, clock)


def rules_of(settings: Settings) -> IdentityRules:
    """What the settings say about who is who, as the store takes it."""
    from shoal.identity import Limits
    from shoal.store.identities import IdentityRules

    said = settings.identity
    limits = Limits(said.most_user_ids, said.most_people_per_identifier)
    return IdentityRules(limits, said.ignored)
