"""What an owner does for other processes, and how to have it done whoever the owner is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.store.tail import event_from_json

if TYPE_CHECKING:
    from shoal.store.writer import Writer

Request = dict[str, Any]
Operation = Callable[["Writer", Request], Request]

OPERATIONS: dict[str, Operation] = {}
"""By name; :func:`operation` adds to it."""


def operation(name: str) -> Callable[[Operation], Operation]:
    """Registers what an owner does for others under a name."""

    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function
        return function

    return register


@operation("append")
def _append(writer: Writer, request: Request) -> Request:
    counts = writer.append([event_from_json(cells) for cells in request["events"]])
    return {
        "appended": counts.appended,
        "duplicates": counts.duplicates,
        "dropped": counts.dropped,
    }


@operation("undo")
def _undo(writer: Writer, request: Request) -> Request:
    return {"removed": writer.undo(int(request["import_id"]))}


@operation("erase")
def _erase(writer: Writer, request: Request) -> Request:
    return {"erased": dict(writer.erase(str(request["user_id"])).places)}


@operation("find person")
def _find_person(writer: Writer, request: Request) -> Request:
    return {"held": dict(writer.plan_erasure(str(request["user_id"])).found)}


@operation("compact")
def _compact(writer: Writer, request: Request) -> Request:
    del request
    return {"merged": writer.compact()}


@operation("apply_definitions")
def _apply_definitions(writer: Writer, request: Request) -> Request:
    version = writer.books.apply_definitions(
        request["files"], int(request["at"]), str(request.get("author", ""))
    )
    return {"version": version.id}


@operation("say")
def _say(writer: Writer, request: Request) -> Request:
    says = writer.says.get(str(request["what"]))
    return says() if says is not None else {}
