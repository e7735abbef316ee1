"""A version in the making: what is to be in it, and the files that are written for it.

Nothing names these files before the version is committed, so whoever has them in hand may make
them: the owner, or a child of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Int64s
from shoal.store.assembly import assemble
from shoal.store.catalogue import Catalogue, Naming, catalogue_of, naming_of
from shoal.store.files import BUCKETS
from shoal.store.folded import with_runs
from shoal.store.linking import mentioned_numbers
from shoal.store.manifest import BucketFiles, Manifest, RunFile
from shoal.store.run import Run
from shoal.store.run_file import read_run, write_run

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Change:
    """A version in the making. ``left`` are profiles that may have lost their last row."""

    root: Path
    manifest: Manifest
    """The version it stands on."""
    buckets: list[BucketFiles]
    naming: Naming
    quarantine: tuple[str, ...]
    imports: tuple[int, ...]
    tombstones: str | None
    log: int
    next_import: int
    left: list[Int64s] = field(default_factory=list[Int64s])
    at_once: bool = False
    """Take old files away even from under readers."""
    facts: tuple[Catalogue, int | None] | None = None
    """Catalogue and latest event, where they are known already."""
    opened: dict[str, Run] = field(default_factory=dict[str, Run])
    """Runs by the name of their file, each opened once."""
    token: str = field(default_factory=lambda: token_hex(4))
    """What its files are called by: whoever did the same and was killed may still be writing."""

    def runs(self, files: BucketFiles) -> list[Run]:
        """Base and delta, as far as there are any."""
        return [self.run(file) for file in files.files()]

    def run(self, file: RunFile) -> Run:
        """The run in a file."""
        found = self.opened.get(file.name)
        if found is None:
            found = self.opened[file.name] = read_run(self.root / BUCKETS / file.name)
        return found

    def write(self, bucket: int, role: str, run: Run) -> RunFile:
        """The run as a file of this version."""
        name = f"{bucket:04d}-{self.manifest.number + 1:08d}-{role}-{self.token}.arrow"
        self.opened.pop(name, None)
        size = write_run(self.root / BUCKETS / name, run)
        return RunFile(name, len(run), size)

    def add(self, bucket: int, runs: Sequence[Run]) -> None:
        """Adds runs to a bucket: to its delta, or to its base once the delta has grown."""
        if any(len(run) for run in runs):
            now = replace(self.manifest, buckets=tuple(self.buckets))
            self.buckets[bucket] = with_runs(self.root, now, bucket, runs, token_hex(4))

    def keep_rows(self, bucket: int, wanted: Callable[[Run], Mask]) -> int:
        """Rewrites the bucket with only the wanted rows; how many others there were."""
        files = self.buckets[bucket]
        kept: list[RunFile] = []
        removed = 0
        for role, file in (("base", files.base), ("delta", files.delta)):
            if file is None:
                continue
            run = self.run(file)
            mask = wanted(run)
            if bool(mask.all()):
                kept.append(file)
                continue
            removed += len(run) - int(mask.sum())
            self.left += [np.array(run.profiles), mentioned_numbers(run)]
            rest = assemble([run.as_part()], [mask])
            if rest is not None:
                kept.append(self.write(bucket, f"{role}-kept", rest))
        self.buckets[bucket] = BucketFiles(*kept)
        return removed

    def take_stock(self) -> tuple[Catalogue, int | None]:
        """Catalogue and latest event of the version as it is by now."""
        if self.facts is None:
            runs = [run for files in self.buckets for run in self.runs(files)]
            latest = [run.latest_event_at for run in runs if run.latest_event_at is not None]
            self.facts = catalogue_of(self.naming, runs), max(latest) if latest else None
        return self.facts


def change_of(manifest: Manifest, root: Path, opened: dict[str, Run] | None = None) -> Change:
    """A version after this one that as yet changes nothing."""
    return Change(
        root,
        manifest,
        list(manifest.buckets),
        naming_of(manifest.catalogue),
        manifest.quarantine,
        manifest.imports,
        manifest.tombstones,
        manifest.log,
        manifest.next_import,
        opened={} if opened is None else opened,
    )
