"""A process of low priority for the long work of a fold, so that the store's owner stays responsive.

It changes nothing but by files that nothing names yet; the commit is the owner's.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from shoal.core.errors import StoreError
from shoal.store.beside import Beside, answer_all
from shoal.store.catalogue import (
    catalogue_from_json,
    catalogue_to_json,
    naming_from_json,
    naming_to_json,
)
from shoal.store.folded import Folded, FoldTask, folded
from shoal.store.manifest import BucketFiles, RunFile, read_manifest

NICE = 10
ENDED = "the process that moves events into the buckets ended early"


class Child:
    """The child, as the owner sees it: started when first needed, again if it died."""

    def __init__(self) -> None:
        self._beside = Beside("shoal.store.child", (), ENDED)

    def __call__(self, task: FoldTask) -> Folded:
        """Has the task done."""
        request = {
            "root": str(task.root.resolve()),
            "manifest": task.manifest.number,
            "segment": task.segment,
            "is_compact": task.is_compact,
        }
        self._beside.start()
        return _from_json(self._beside.ask(request))

    @property
    def number(self) -> int | None:
        """Its process id; None while there is none."""
        return self._beside.number

    def close(self) -> None:
        """Lets the child finish what it does, and end."""
        self._beside.close()


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """What the child answers."""
    try:
        root = Path(request["root"])
        manifest = read_manifest(root, request["manifest"])
        done = folded(FoldTask(root, manifest, request["segment"], request["is_compact"]))
    except OSError as error:
        raise StoreError(f"the log cannot be folded: {error}") from error
    return _to_json(done)


def _to_json(done: Folded) -> dict[str, Any]:
    return {
        "events": done.events,
        "buckets": [
            [None if file is None else asdict(file) for file in (files.base, files.delta)]
            for files in done.buckets
        ],
        "naming": naming_to_json(done.naming),
        "catalogue": catalogue_to_json(done.catalogue),
        "latest_event_at": done.latest_event_at,
        "quarantine": done.quarantine,
        "merged": done.merged,
    }


def _from_json(form: dict[str, Any]) -> Folded:
    return Folded(
        form["events"],
        tuple(
            BucketFiles(*(None if file is None else RunFile(**file) for file in pair))
            for pair in form["buckets"]
        ),
        naming_from_json(form["naming"]),
        catalogue_from_json(form["catalogue"], form["naming"]["declared"]),
        form["latest_event_at"],
        form["quarantine"],
        form["merged"],
    )


if __name__ == "__main__":
    answer_all(answer_to, NICE)
