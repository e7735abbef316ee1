"""Imports that a serving process has done by a child of its own, one for each.

The child reads the file and writes sorted files that nothing names yet; it asks the owner for the
numbers of people and, when it has read everything, for the newest version. The owner writes the
books and commits. A child that is killed leaves nothing behind.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.core.errors import StoreBusyError
from shoal.core.instants import Zone
from shoal.engine.history import Int64s
from shoal.events.source import ImportSource
from shoal.identity import hash_texts
from shoal.project.owner.imported import (
    Before,
    Brought,
    Imported,
    bring_in,
    finish,
    import_stream,
    imported_before,
    opened,
)
from shoal.store.beside import Beside
from shoal.store.catalogue import types_from_json
from shoal.store.child import made_in, made_told
from shoal.store.files import IDENTIFIERS
from shoal.store.identifiers import ABSENT, Pile, block_of, look_up, read_block
from shoal.store.importing import ImportCounts, ImportTask, Placed
from shoal.store.manifest import Manifest, pin_newest, read_manifest
from shoal.store.owner import is_caller_there
from shoal.store.talking import Ask, Message, answer_asking

if TYPE_CHECKING:
    from shoal.store import Writer
    from shoal.store.import_under_way import ImportUnderWay

ENDED = "the process that imports ended early; nothing was changed"
NICE = 10
PROGRAM = "shoal.project.owner.import_apart"


class Importers:
    """The children of a serving process that import now."""

    def __init__(self) -> None:
        self._at_work: set[Beside] = set()
        self._is_closed = False
        self._lock = threading.Lock()

    def __call__(self, request: Message, hear: Ask) -> Message:
        """The answer of a new child, which ends with it or when the caller goes away."""
        child = Beside(PROGRAM, (), ENDED)
        with self._lock:
            if self._is_closed:
                raise StoreBusyError("the server is stopping", hint="run it again")
            self._at_work.add(child)
        try:
            child.start()
            return child.talk(request, hear, lambda: is_caller_there() and not self._is_closed)
        finally:
            self._at_work.discard(child)
            child.close()

    def close(self) -> None:
        """Ends the imports that are not done; nothing of them stays."""
        with self._lock:
            self._is_closed = True
            for child in tuple(self._at_work):  # each goes as it ends
                child.kill()


def import_for_another(writer: Writer, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Imports what another process asks for: by the importer if there is one, or here."""
    declared = request.get("declared")
    stream = tables = None
    if writer.importer is None:
        stream, tables = opened(name, request)
    try:
        with writer.importing(
            zone=Zone(request["zone"]),
            imported_at=request["imported_at"],
            replaces=request.get("replaces"),
            declared=None if declared is None else types_from_json(declared),
        ) as one:
            if stream is not None and tables is not None:
                return import_stream(writer, one, stream, tables).as_json()
            return finish(writer, one, brought_by(writer, one, name, request)).as_json()
    finally:
        if stream is not None:
            stream.close()


def brought_by(
    writer: Writer, one: ImportUnderWay, name: str, request: Mapping[str, Any]
) -> Brought:
    """What the writer's importer brings in, as the owner who answers what it asks."""

    def hear(question: Message) -> Message:
        match question.form["asks"]:
            case "known":
                source = ImportSource(**question.form["source"])
                return Message(asdict(imported_before(writer, source, one.task.replaces)))
            case "numbers":
                with pa.ipc.open_stream(question.data) as reader:
                    texts = reader.read_all().column(0).combine_chunks()
                numbers = one.numbers_of(texts, anonymous=question.form["anonymous"])
                return Message({}, numbers.tobytes())
            case _:
                return Message({"manifest": one.newest().number})

    assert writer.importer is not None
    asked = {"name": name, "request": dict(request), "task": one.task.as_json()}
    answer = writer.importer(Message(asked), hear)
    form = answer.form
    brought = Brought(ImportSource(**form["source"]), Imported.from_json(form["imported"]))
    if form["counts"] is None:
        return brought
    placed = Placed(made_in(answer), ImportCounts(**form["counts"]), form["quarantine"])
    return Brought(brought.source, brought.imported, placed)


class _Owner:
    """The owner, as the child sees it."""

    def __init__(self, root: Path, manifest: Manifest, ask: Ask) -> None:
        self._root = root
        self._ask = ask
        self._blocks = [read_block(root / IDENTIFIERS / it.name) for it in manifest.identifiers]
        self._told = Pile()

    def numbers_of(self, texts: pa.LargeStringArray, *, anonymous: bool = False) -> Int64s:
        """The number of each identifier: as the files have it, as told before, or asked for."""
        hashes = hash_texts(texts, anonymous=anonymous)
        blocks = (*self._told.blocks, *self._blocks)
        numbers = look_up(texts, hashes, blocks, anonymous=anonymous)
        unknown = np.flatnonzero(numbers == ABSENT)
        if len(unknown):
            some = texts.take(pa.array(unknown))
            batch = pa.record_batch({"text": some})
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            question = {"asks": "numbers", "anonymous": anonymous}
            answer = self._ask(Message(question, sink.getvalue().to_pybytes()))
            numbers[unknown] = found = np.frombuffer(answer.data, np.int64)
            self._told.add(block_of(some, hashes[unknown], found, anonymous=anonymous))
        return numbers

    def newest(self) -> Manifest:
        """The newest version; nobody makes another before the import is done."""
        return read_manifest(self._root, self._ask(Message({"asks": "newest"})).form["manifest"])


def answer_to(request: Message, ask: Ask) -> Message:
    """What the child answers: everything that the commit needs."""
    form = request.form
    task = ImportTask.from_json(form["task"])
    stream, tables = opened(form["name"], form["request"])
    try:
        source = asdict(stream.source)
        known = ask(Message({"asks": "known", "source": source})).form
        before = Before(known["is_same"], tuple(known["imports"]))
        manifest, handle = pin_newest(task.root)
        try:
            owner = _Owner(task.root, manifest, ask)
        finally:
            os.close(handle)
        brought = bring_in(task, manifest, stream, tables, owner, before=before)
    finally:
        stream.close()
    told: dict[str, Any] = {"source": source, "imported": brought.imported.as_json()}
    placed = brought.placed
    if placed is None:
        return Message({**told, "counts": None})
    more = {"counts": asdict(placed.counts), "quarantine": placed.quarantine}
    return made_told(placed.made, {**told, **more})


if __name__ == "__main__":
    answer_asking(answer_to, NICE, "the file cannot be imported")
