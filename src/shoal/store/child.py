"""The child process that folds the log and writes buckets anew, so that its owner stays responsive."""

from __future__ import annotations

from pathlib import Path
from typing import Any, overload

import numpy as np

from shoal.core.instants import Zone
from shoal.store.beside import Beside
from shoal.store.catalogue import (
    catalogue_from_json,
    catalogue_to_json,
    naming_from_json,
    naming_to_json,
    types_from_json,
    types_to_json,
)
from shoal.store.folded import Folded, FoldTask, folded
from shoal.store.manifest import buckets_from_json, buckets_to_json, read_manifest
from shoal.store.rewriting import Made, RewriteTask, Rewritten, rewritten
from shoal.store.talking import Ask, Message, answer_asking

NICE = 10
ENDED = "the process that moves events into the buckets ended early"


class Child(Beside):
    """The child, as the owner sees it: started when first needed, again if it died."""

    def __init__(self) -> None:
        super().__init__("shoal.store.child", (), ENDED)

    @overload
    def __call__(self, task: FoldTask) -> Folded: ...
    @overload
    def __call__(self, task: RewriteTask) -> Rewritten: ...
    def __call__(self, task: FoldTask | RewriteTask) -> Folded | Rewritten:
        """Has the task done."""
        self.start()
        request = {"root": str(task.root.resolve()), "manifest": task.manifest.number}
        if isinstance(task, FoldTask):
            form = {**request, "segment": task.segment, "is_compact": task.is_compact}
            return _folded_from_json(self.ask({"fold": form}))
        form = {
            **request,
            "take_back": task.take_back,
            "types": None if task.types is None else types_to_json(task.types),
            "zone": None if task.zone is None else task.zone.name,
        }
        answer = self.talk(Message({"rewrite": form}))
        return Rewritten(made_in(answer), answer.form["removed"], answer.form["changed"])


def answer_to(request: Message, ask: Ask) -> Message:
    """What the child answers."""
    del ask
    is_fold = "fold" in request.form
    form = request.form["fold" if is_fold else "rewrite"]
    root = Path(form["root"])
    manifest = read_manifest(root, form["manifest"])
    if is_fold:
        done = folded(FoldTask(root, manifest, form["segment"], form["is_compact"]))
        return Message(_folded_to_json(done))
    types = None if form["types"] is None else types_from_json(form["types"])
    zone = None if form["zone"] is None else Zone(form["zone"])
    again = rewritten(RewriteTask(root, manifest, form["take_back"], types, zone))
    return made_told(again.made, {"removed": again.removed, "changed": again.changed})


def made_told(made: Made, beside: dict[str, Any]) -> Message:
    """What a version is to be made of, as one process tells it another, and more beside it."""
    form = {
        "buckets": buckets_to_json(made.buckets),
        "catalogue": catalogue_to_json(made.catalogue),
        "declared": types_to_json(made.catalogue.declared),
        "latest_event_at": made.latest_event_at,
    }
    return Message({**beside, **form}, made.left.tobytes())


def made_in(message: Message) -> Made:
    """What :func:`made_told` told."""
    form = message.form
    return Made(
        buckets_from_json(form["buckets"]),
        catalogue_from_json(form["catalogue"], form["declared"]),
        form["latest_event_at"],
        np.frombuffer(message.data, np.int64),
    )


def _folded_to_json(done: Folded) -> dict[str, Any]:
    return {
        "events": done.events,
        "buckets": buckets_to_json(done.buckets),
        "naming": naming_to_json(done.naming),
        "catalogue": catalogue_to_json(done.catalogue),
        "latest_event_at": done.latest_event_at,
        "quarantine": done.quarantine,
        "merged": done.merged,
    }


def _folded_from_json(form: dict[str, Any]) -> Folded:
    return Folded(
        form["events"],
        buckets_from_json(form["buckets"]),
        naming_from_json(form["naming"]),
        catalogue_from_json(form["catalogue"], form["naming"]["declared"]),
        form["latest_event_at"],
        form["quarantine"],
        form["merged"],
    )


if __name__ == "__main__":
    answer_asking(answer_to, NICE, "the buckets cannot be written")
