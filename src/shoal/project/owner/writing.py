"""Writes that another process may do for us: by the store's owner, whoever that is.

With no owner, the command becomes it. With one, the request goes over the store's socket; the
owner runs the very same function.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shoal.core.errors import StoreBusyError
from shoal.core.instants import Zone
from shoal.store import OPERATIONS, hand_over, operation, types_from_json

if TYPE_CHECKING:
    from shoal.store import Store, Writer

TRY_LOCK = 0.1
GIVE_UP = 30.0


def write(
    store: Store,
    name: str,
    request: Mapping[str, Any],
    here: Callable[[Writer], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Does a registered operation, here or in the process that owns the store.

    ``here`` does the same where this process is the owner, and can tell its progress.
    """
    until = time.monotonic() + GIVE_UP
    while True:
        try:
            with store.write(wait=TRY_LOCK) as writer:
                return here(writer) if here else OPERATIONS[name](writer, dict(request))
        except StoreBusyError:
            try:
                # However long it takes: it is done while the owner lives, and refused if it ends.
                return hand_over(store.folder, {"operation": name, **request}, timeout=None)
            except StoreBusyError:
                if time.monotonic() >= until:
                    raise


@operation("erase")
def erase(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Erases a person; how many records of each place."""
    return {"erased": dict(writer.erase(request["user_id"]).places)}


@operation("undo")
def undo(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Takes an import back; how many rows went."""
    return {"removed": writer.undo(request["import_id"])}


@operation("declare types")
def declare_types(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Gives properties the types that the tracking plan declares; how many values that changed."""
    types = types_from_json(request["types"])
    return {"changed": writer.declare(types, Zone(request["zone"]))}


@operation("import")
def import_file(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Imports one file of this machine."""
    from shoal.project.owner.import_apart import import_for_another
    from shoal.project.owner.imported import FILE

    return import_for_another(writer, FILE, request)


@operation("import scores")
def import_scores(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Adds the scores in one file of this machine to the histories they are about."""
    from shoal.project.owner.import_apart import import_for_another
    from shoal.project.owner.imported import SCORES

    return import_for_another(writer, SCORES, request)


@operation("import statements")
def import_statements(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Imports consents, subscriptions or suppressions from one file of this machine."""
    from shoal.project.owner.import_apart import import_for_another
    from shoal.project.owner.imported import STATEMENTS

    return import_for_another(writer, STATEMENTS, request)
