"""The manifest: which files make up a version of the store. Publishing one is the only commit.

``manifest-N.json`` is never changed. A reader pins one by a shared lock on it and sees that
version for as long as it likes; files that no manifest names any more are removed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shoal.core.errors import StoreDamagedError, StoreFormatError
from shoal.store.catalogue import (
    Catalogue,
    catalogue_from_json,
    catalogue_to_json,
    types_to_json,
)
from shoal.store.files import (
    BUCKETS,
    FORMAT,
    IDENTIFIERS,
    PARTIAL,
    QUARANTINE,
    TOMBSTONES,
    lock_shared,
    remove_unpinned,
    sync_folder,
    write_error,
    writing,
)

_NAME = re.compile(r"manifest-(\d+)\.json\Z")
_DATA_FOLDERS = (BUCKETS, IDENTIFIERS, QUARANTINE, TOMBSTONES)


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file of a bucket: how many rows and bytes it has."""

    name: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class BucketFiles:
    """At most one base and one delta."""

    base: RunFile | None = None
    delta: RunFile | None = None

    def files(self) -> tuple[RunFile, ...]:
        """Base and delta, as far as there are any."""
        return tuple(file for file in (self.base, self.delta) if file is not None)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A version of the store, whole. ``log`` is the first segment not folded into the buckets."""

    number: int
    buckets: tuple[BucketFiles, ...]
    identifiers: tuple[RunFile, ...] = ()
    tombstones: str | None = None
    quarantine: tuple[str, ...] = ()
    log: int = 1
    imports: tuple[int, ...] = ()
    next_profile: int = 1
    next_arrival: int = 1
    next_import: int = 1
    latest_event_at: int | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for bucket in self.buckets for file in bucket.files())

    def file_names(self) -> set[str]:
        """Every data file of this version, as ``folder/name``."""
        names = {f"{BUCKETS}/{file.name}" for bucket in self.buckets for file in bucket.files()}
        names |= {f"{IDENTIFIERS}/{file.name}" for file in self.identifiers}
        names |= {f"{QUARANTINE}/{name}" for name in self.quarantine}
        if self.tombstones is not None:
            names.add(f"{TOMBSTONES}/{self.tombstones}")
        return names


def buckets_to_json(buckets: Iterable[BucketFiles]) -> list[list[dict[str, Any] | None]]:
    """The files of buckets as a manifest holds them."""
    return [
        [None if file is None else asdict(file) for file in (bucket.base, bucket.delta)]
        for bucket in buckets
    ]


def buckets_from_json(form: Iterable[Sequence[dict[str, Any] | None]]) -> tuple[BucketFiles, ...]:
    """What :func:`buckets_to_json` wrote."""
    return tuple(
        BucketFiles(*(None if file is None else RunFile(**file) for file in pair)) for pair in form
    )


def manifest_path(root: Path, number: int) -> Path:
    """Where a manifest lies."""
    return root / f"manifest-{number}.json"


def publish(root: Path, manifest: Manifest) -> None:
    """Makes the manifest the newest one, durably. Its files must be durable already."""
    form: dict[str, Any] = {
        "format": FORMAT,
        "number": manifest.number,
        "tombstones": manifest.tombstones,
        "quarantine": manifest.quarantine,
        "log": manifest.log,
        "imports": manifest.imports,
        "next_profile": manifest.next_profile,
        "next_arrival": manifest.next_arrival,
        "next_import": manifest.next_import,
        "latest_event_at": manifest.latest_event_at,
    }
    form["buckets"] = buckets_to_json(manifest.buckets)
    form["identifiers"] = [asdict(file) for file in manifest.identifiers]
    form["catalogue"] = catalogue_to_json(manifest.catalogue)
    form["declared"] = types_to_json(manifest.catalogue.declared)
    try:
        for folder in _DATA_FOLDERS:
            sync_folder(root / folder)
    except OSError as error:
        raise write_error(root, error) from error
    path = manifest_path(root, manifest.number)
    with writing(path) as file:
        file.write(json.dumps(form, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    try:
        sync_folder(root)
    except OSError as error:  # nobody may build on a version that may not last
        path.unlink(missing_ok=True)
        raise write_error(path, error) from error


def manifest_numbers(root: Path) -> list[int]:
    """Numbers of the manifests there are, ascending."""
    found = (_NAME.match(entry.name) for entry in os.scandir(root))
    return sorted(int(match[1]) for match in found if match)


def read_manifest(root: Path, number: int) -> Manifest:
    """The manifest of this number."""
    path = manifest_path(root, number)
    try:
        form: dict[str, Any] = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        if form["format"] > FORMAT:
            raise StoreFormatError(
                f"`{path}` has format {form['format']}, written by a newer Shoal; "
                f"this one reads up to {FORMAT}",
                hint="upgrade Shoal",
            )
        return _from_json(form)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamagedError(f"`{path}` is not a manifest: {error}") from error


def newest_manifest(root: Path) -> Manifest:
    """The newest version, unpinned: for the owner, who alone publishes."""
    numbers = manifest_numbers(root)
    if not numbers:
        raise StoreDamagedError(f"the store in `{root}` has no manifest")
    return read_manifest(root, numbers[-1])


def pin_newest(root: Path) -> tuple[Manifest, int]:
    """The newest version and the handle that pins it; close the handle to let go."""
    while True:
        numbers = manifest_numbers(root)
        if not numbers:
            raise StoreDamagedError(f"the store in `{root}` has no manifest")
        handle = lock_shared(manifest_path(root, numbers[-1]))
        if handle is None:
            continue
        with ExitStack() as stack:
            stack.callback(os.close, handle)
            with suppress(FileNotFoundError):  # an erasure waits for no reader
                manifest = read_manifest(root, numbers[-1])
                stack.pop_all()
                return manifest, handle


def remove_old(root: Path, newest: Manifest, *, at_once: bool = False) -> int:
    """Removes older manifests and the files that only they name; ``at_once`` even pinned ones.

    Answers the first log segment still needed.
    """
    needed = newest.file_names()
    log = newest.log
    for number in manifest_numbers(root):
        if number >= newest.number:
            continue
        path = manifest_path(root, number)
        if at_once:
            path.unlink(missing_ok=True)
            continue
        kept = read_manifest(root, number)
        if not remove_unpinned(path):
            needed |= kept.file_names()
            log = min(log, kept.log)
    _sweep(root, needed)
    return log


def _sweep(root: Path, needed: Iterable[str]) -> None:
    """Removes data files that no manifest names: leftovers of older versions and of killed writes."""
    kept = set(needed)
    for folder in _DATA_FOLDERS:
        for entry in os.scandir(root / folder):
            if f"{folder}/{entry.name}" not in kept:
                os.unlink(entry.path)  # noqa: PTH108
    for entry in os.scandir(root):
        if entry.name.endswith(PARTIAL):
            os.unlink(entry.path)  # noqa: PTH108


def _from_json(form: dict[str, Any]) -> Manifest:
    return Manifest(
        form["number"],
        buckets_from_json(form["buckets"]),
        tuple(RunFile(**cells) for cells in form["identifiers"]),
        form["tombstones"],
        tuple(form["quarantine"]),
        form["log"],
        tuple(form["imports"]),
        form["next_profile"],
        form["next_arrival"],
        form["next_import"],
        form["latest_event_at"],
        catalogue_from_json(form["catalogue"], form.get("declared", ())),
    )
