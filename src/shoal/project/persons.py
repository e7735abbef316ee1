"""Forgetting a person."""

from __future__ import annotations

from typing import Any

from shoal.core.instants import format_instant
from shoal.project.opening import Project
from shoal.project.statements import person_named


def erase_person(project: Project, user_id: str) -> dict[str, Any]:
    """Removes everything held about a person and turns later events of that id away.

    The answer names nobody: its hash is keyed by the store's own secret, so it cannot be turned
    back into an identifier by trying. Somebody nothing is held about gives an answer of zeros.
    """
    from shoal.identity import Identifier
    from shoal.project.writing import write
    from shoal.store.tombstones import read_tombstones

    named = person_named(user_id)
    erased = write(project.store, "erase", {"user_id": named})["erased"]
    tombstones = read_tombstones(project.store.root, None)
    return {
        "user_id_hash": tombstones.mark(Identifier.readings(named)[-1]),
        "erased": erased,
        "at": format_instant(project.clock()),
    }
