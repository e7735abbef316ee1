"""A store with damaged files, brought to where what is left of it is true, before it is opened.

The log mends itself whenever an owner opens it: a damaged frame costs none but itself. Runs,
identifiers and quarantine are mended when asked for, since without them there is less to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoal.core.errors import StoreDamagedError
from shoal.core.instants import format_instant
from shoal.identity import hash_texts
from shoal.store.catalogue import catalogue_of, naming_of
from shoal.store.damage import Damage, set_aside
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG, QUARANTINE
from shoal.store.identifiers import IdentifierBlock, empty_block, merged, read_block, write_block
from shoal.store.log import Gap, Segment, examine, segment_numbers, segment_path, write_segment
from shoal.store.manifest import BucketFiles, Manifest, RunFile, newest_manifest, publish
from shoal.store.quarantine import DAMAGED_ROW, read_quarantine, write_quarantine
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import decode


def mended_log(root: Path, first: int) -> dict[int, Segment]:
    """The segments from ``first`` on; one with damage is written anew with every good frame."""
    numbers = [number for number in segment_numbers(root / LOG) if number >= first]
    found: dict[int, Segment] = {}
    for number in numbers:
        path = segment_path(root / LOG, number)
        try:
            segment = examine(path)
        except StoreDamagedError:
            segment = examine(path, headless=True)
        if number != numbers[-1] and _is_cut_off(path, segment):  # only the last may be
            gaps = (*segment.gaps, Gap(segment.end, segment.size))
            segment = replace(segment, gaps=gaps)
        if segment.gaps:
            set_aside(root, path, _lost(segment))
            write_segment(path, [payload for _, payload in segment.frames])
            segment = examine(path)
        found[number] = segment
    return found


def _is_cut_off(path: Path, segment: Segment) -> bool:
    """Whether something else than zeros stands behind the frames."""
    with path.open("rb") as file:
        file.seek(segment.end)
        return bool(file.read().strip(b"\0"))


def mend_files(root: Path) -> list[Damage]:
    """Runs, identifiers and quarantine that cannot be read, taken out of the newest version.

    For the owner, before anything is opened. Identifiers lose nothing: the runs have them too.
    """
    manifest = newest_manifest(root)
    found: list[Damage] = []
    runs: list[Run] = []
    buckets: list[BucketFiles] = []
    for bucket, files in enumerate(manifest.buckets):
        good = [_good_run(root, bucket, file, found, runs) for file in (files.base, files.delta)]
        buckets.append(BucketFiles(*good))
    identifiers = _good_identifiers(root, manifest, found, runs)
    quarantine = _good_quarantine(root, manifest, found)
    if found:
        latest = [run.latest_event_at for run in runs if run.latest_event_at is not None]
        mended = replace(
            manifest,
            number=manifest.number + 1,
            buckets=tuple(buckets),
            identifiers=identifiers,
            quarantine=quarantine,
            latest_event_at=max(latest) if latest else None,
            catalogue=catalogue_of(naming_of(manifest.catalogue), runs),
        )
        publish(root, mended)
    return found


def trouble_in(path: Path, file: RunFile) -> str | None:
    """Why a run or a block cannot be what the manifest says, as far as a look at it tells."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "it is gone"
    if size != file.size:
        return f"it has {size:,} bytes where it had {file.size:,}"
    try:
        read = read_run if path.parent.name == BUCKETS else read_block
        rows = len(read(path))
    except StoreDamagedError as error:
        return error.message
    return None if rows == file.rows else f"it has {rows:,} rows where it had {file.rows:,}"


def _good_run(
    root: Path, bucket: int, file: RunFile | None, found: list[Damage], runs: list[Run]
) -> RunFile | None:
    if file is None:
        return None
    path = root / BUCKETS / file.name
    trouble = trouble_in(path, file)
    if trouble is None:
        runs.append(read_run(path))
        return file
    lost = f"{file.rows:,} rows of events and traits, of people of bucket {bucket}: {trouble}"
    found.append(set_aside(root, path, lost))
    return None


def _good_identifiers(
    root: Path, manifest: Manifest, found: list[Damage], runs: Sequence[Run]
) -> tuple[RunFile, ...]:
    troubles = {
        file.name: trouble
        for file in manifest.identifiers
        if (trouble := trouble_in(root / IDENTIFIERS / file.name, file)) is not None
    }
    if not troubles:
        return manifest.identifiers
    good = [
        read_block(root / IDENTIFIERS / file.name)
        for file in manifest.identifiers
        if file.name not in troubles
    ]
    for name, trouble in troubles.items():
        lost = f"nothing of those who have events: they were taken from the runs ({trouble})"
        found.append(set_aside(root, root / IDENTIFIERS / name, lost))
    block = _identifiers_of(good, runs)
    if not len(block):
        return ()
    name = f"{manifest.number + 1:08d}-base.arrow"
    return (RunFile(name, len(block), write_block(root / IDENTIFIERS / name, block)),)


def _identifiers_of(good: Sequence[IdentifierBlock], runs: Sequence[Run]) -> IdentifierBlock:
    """Those of the good blocks, and whoever else has a row."""
    whole = merged(good) if good else empty_block()
    people = [run.people for run in runs]
    numbers = np.concatenate([np.zeros(0, np.int64), *(one.numbers for one in people)])
    _, at = np.unique(numbers, return_index=True)
    at = at[~np.isin(numbers[at], whole.numbers)]
    if not len(at):
        return whole
    kinds = np.concatenate([one.anonymous for one in people])[at]
    texts = pa.concat_arrays([one.texts.cast(pa.large_string()) for one in people])
    texts = texts.take(pa.array(at))
    blocks = [whole]
    for anonymous in (False, True):
        some = np.flatnonzero(kinds == anonymous)
        if len(some):
            names = texts.take(pa.array(some))
            hashes = hash_texts(names, anonymous=anonymous)
            order = np.argsort(hashes, kind="stable")
            kind = np.full(len(some), anonymous, dtype=np.uint8)
            blocks.append(
                IdentifierBlock(
                    hashes[order], numbers[at][some][order], kind, names.take(pa.array(order))
                )
            )
    return merged(blocks)


def _good_quarantine(root: Path, manifest: Manifest, found: list[Damage]) -> tuple[str, ...]:
    names: list[str] = []
    for name in manifest.quarantine:
        rows = list(read_quarantine(root, [name]))
        bad = sum(row.id.startswith(f"{DAMAGED_ROW}-{name}-") for row in rows)
        if not bad:
            names.append(name)
            continue
        path = root / QUARANTINE / name
        lost = f"{bad} rows of the quarantine, listed there as far as they can be read"
        found.append(set_aside(root, path, lost if path.exists() else "a file of the quarantine"))
        fresh = f"{name.split('.')[0]}.{manifest.number + 1}.jsonl"
        write_quarantine(root, fresh, rows)
        names.append(fresh)
    return tuple(names)


def _lost(segment: Segment) -> str:
    """How many bytes of how many writes, and between which receipts."""
    size = sum(gap.end - gap.start for gap in segment.gaps)
    first, last = segment.gaps[0].start, segment.gaps[-1].end
    before = [payload for at, payload in segment.frames if at < first]
    after = [payload for at, payload in segment.frames if at >= last]
    bounds = [
        f"{word} {_received(payload)}"
        for word, payload in (("after", before[-1:]), ("before", after[:1]))
        if payload and _received(payload)
    ]
    when = f", received {' and '.join(bounds)}" if bounds else ""
    return f"what stood in {size:,} of {segment.size:,} bytes{when}"


def _received(payload: list[bytes]) -> str | None:
    try:
        logged, refused = decode(payload[0])
    except (ValueError, TypeError):
        return None
    times = [one.event.received_at for one in logged] + [one.received_at for one in refused]
    return format_instant(max(times)) if times else None
