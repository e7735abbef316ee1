"""Scores as rows of people's histories: one at the instant it speaks for, never changed after.

They join the store as an import does, in one commit, whoever owns it; the same scores twice add
nothing. Erasing a person, merging people and asking as of an instant are what they are for any row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import format_instant
from shoal.language.foretelling import ABOUT, MODEL, VERSION
from shoal.predictions.sight import Floats, Numbers
from shoal.project.owner.handing_over import handed_over
from shoal.project.owner.score_files import ANONYMOUS, AT, ID, USER
from shoal.project.owner.writing import write

if TYPE_CHECKING:
    from pathlib import Path

    from shoal.project.reading import Reading

DECIMALS = 6
"""Decimals of a score: so many are kept exactly."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What was foretold of people at an instant, by which model, of which version of the data."""

    prediction: str
    about: str
    model: int
    at: int
    places: Numbers
    scores: Floats


def rounded(scores: Floats) -> Floats:
    """Scores as they are kept and told."""
    return np.round(scores, DECIMALS)


def user_ids(reading: Reading, places: Numbers) -> pa.StringArray:
    """How outputs name people by their places in the snapshot."""
    snapshot = reading.snapshot
    parts = [snapshot.user_ids(bucket) for bucket in range(snapshot.buckets)]
    return pa.chunked_array(parts, pa.string()).take(pa.array(places)).combine_chunks()


def store_scores(reading: Reading, found: Scores) -> int:
    """Adds the scores to the histories of these people; how many are new."""
    if not len(found.places):
        return 0

    project, count = reading.project, len(found.places)
    users, anonymous = id_columns(reading, found.places)
    ids = user_ids(reading, found.places)
    table = pa.table({
        USER: users,
        ANONYMOUS: anonymous,
        AT: pa.array(np.full(count, found.at)).cast(pa.timestamp("us", "UTC")),
        found.prediction: pa.array(rounded(found.scores)),
        ABOUT: pa.array([found.about] * count),
        MODEL: pa.array([f"{found.prediction}-{found.model}"] * count),
        VERSION: pa.array([reading.snapshot.version] * count),
        ID: pa.array([
            f"{found.model} {found.at} {score} {user}"
            for score, user in zip(rounded(found.scores).tolist(), ids.to_pylist(), strict=True)
        ]),
    })  # fmt: skip

    def send(path: Path) -> int:
        request = {
            "path": str(path),
            "prediction": found.prediction,
            "zone": project.settings.time_zone.name,
            "imported_at": project.clock(),
        }
        return int(write(project.store, "import scores", request)["imported"])

    day = format_instant(found.at).partition("T")[0]
    return handed_over(project, f"{found.prediction} {day}", table, send)


def id_columns(reading: Reading, places: Numbers) -> tuple[pa.Array, pa.Array]:
    """User ids, and anonymous ids of those who have none."""
    snapshot = reading.snapshot
    named = np.concatenate([
        np.zeros(0, np.bool_),
        *(snapshot.has_user_id(bucket) for bucket in range(snapshot.buckets)),
    ])[places]  # fmt: skip
    ids = user_ids(reading, places)
    anonymous = pc.utf8_slice_codeunits(ids, len("anon:"))
    is_named = pa.array(named)
    return pc.if_else(is_named, ids, None), pc.if_else(is_named, None, anonymous)
