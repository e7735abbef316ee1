"""Forgetting a person, and the receipt for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shoal.core.instants import format_instant
from shoal.privacy import is_genuine, signed
from shoal.project.opening import Project
from shoal.project.people.statements import person_named


def erase_person(project: Project, user_id: str) -> dict[str, Any]:
    """Removes everything held about a person and turns later events of that id away.

    The answer names nobody: its hash is keyed by the store's own secret, so it cannot be turned
    back into an identifier by trying. It is signed. Somebody nothing is held about gives an answer
    of zeros.
    """
    from shoal.identity import Identifier
    from shoal.project.owner.writing import write
    from shoal.store.tombstones import read_tombstones

    named = person_named(user_id)
    erased = write(project.store, "erase", {"user_id": named})["erased"]
    secret = read_tombstones(project.store.root, None)
    receipt = {
        "user_id_hash": secret.mark(Identifier.readings(named)[-1]),
        "erased": erased,
        "at": format_instant(project.clock()),
    }
    return signed(receipt, secret.signing_key)


def verify_receipt(
    project: Project, receipt: Mapping[str, Any], user_id: str | None = None
) -> dict[str, Any]:
    """Whether a receipt is this project's own and unchanged; with a ``user_id``, whether of them."""
    from shoal.identity import Identifier
    from shoal.store.tombstones import read_tombstones

    secret = read_tombstones(project.store.root, None)
    found: dict[str, Any] = {"genuine": is_genuine(receipt, secret.signing_key)}
    if user_id is not None:
        hashes = {secret.mark(one) for one in Identifier.readings(person_named(user_id))}
        found["about"] = found["genuine"] and receipt.get("user_id_hash") in hashes
    return found
