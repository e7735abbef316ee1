"""What was told so far, kept in a file, so that a restart need not read all that was ever told.

The file repeats what the log of transitions says up to a place in it and may go at any moment: an
erasure takes it away, a damaged one is passed over, and the log is read from its beginning.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection
from dataclasses import fields
from typing import Any

import numpy as np
from pyroaring import BitMap64

from shoal.live.standing import Recent, Standing
from shoal.store.files import writing
from shoal.store.log import Place
from shoal.store.transitions import STANDING, Position, Transitions

FORMAT = 1
_COLUMNS = tuple(field.name for field in fields(Recent) if field.name != "as_of")


def remember(standing: Standing, transitions: Transitions) -> None:
    """Writes what stands beside the log, with the place up to which it says what the log says."""

    def write(place: Place, erased: Collection[int]) -> None:
        with writing(transitions.folder / STANDING) as file:
            np.savez(file, **_arrays(standing, place, erased))

    transitions.beside(write)


def recall(transitions: Transitions) -> Standing:
    """What was told so far: what was remembered, and what the log says beyond that."""
    found, place = _read(transitions) or (Standing(), None)
    for frame in transitions.frames(place):
        found.apply(frame)
    return found


def _read(transitions: Transitions) -> tuple[Standing, Place] | None:
    """What was remembered; None where it is of no use: then it goes."""
    path = transitions.folder / STANDING
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            place = Place(*said["place"])
            if said["format"] == FORMAT and transitions.has(place):
                return _standing(said, arrays), place
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        pass
    path.unlink(missing_ok=True)
    return None


def _arrays(standing: Standing, place: Place, erased: Collection[int]) -> dict[str, Any]:
    gone = BitMap64(erased)
    recent = [some.without(np.array(sorted(erased), np.int64)) for some in standing.recent]
    arrays: dict[str, Any] = {
        f"recent_{name}": np.concatenate(
            [np.empty(0, np.int64), *(getattr(it, name) for it in recent)]
        )
        for name in _COLUMNS
    }
    members = {name: (found - gone).serialize() for name, found in standing.members.items()}
    said = {
        "format": FORMAT,
        "place": place,
        "position": standing.position,
        "version": standing.version,
        "as_of": standing.as_of,
        "horizon": standing.horizon,
        "next_seq": standing.next_seq,
        "names": standing.names,
        "began": standing.began,
        "meanings": standing.meanings,
        "members": {name: len(data) for name, data in members.items()},
        "recent": [[len(it.seq), it.as_of] for it in recent],
    }
    arrays["members"] = np.frombuffer(b"".join(members.values()), dtype=np.uint8)
    arrays["said"] = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
    return arrays


def _standing(said: dict[str, Any], arrays: Any) -> Standing:
    found = Standing()
    arrival, segment, end, imports = said["position"]
    found.position = Position(arrival, segment, end, tuple(imports))
    found.version, found.as_of = said["version"], said["as_of"]
    found.horizon, found.next_seq = said["horizon"], said["next_seq"]
    found.began, found.meanings = said["began"], said["meanings"]
    for name in said["names"]:
        found.id_of(name)
    data, at = arrays["members"].tobytes(), 0
    for name, size in said["members"].items():
        found.members[name] = BitMap64.deserialize(data[at : at + size])
        at += size
    columns = {name: arrays[f"recent_{name}"] for name in _COLUMNS}
    at = 0
    for size, as_of in said["recent"]:
        part = {name: column[at : at + size].copy() for name, column in columns.items()}
        part["entered"], part["holds"] = part["entered"].astype(bool), part["holds"].astype(bool)
        found.recent.append(Recent(**part, as_of=as_of))
        at += size
    return found
