"""A run of sources: what is new of each is imported, and how it went is kept.

What is kept is written after an import is committed: killed in between, the next run imports the
same rows again, which adds nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, ImportFileError, ShoalError, StoreBusyError
from shoal.core.instants import format_instant
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.owner.imported import Imported, Progress
from shoal.project.sources.files import load_source, mapping_for, source_names
from shoal.project.sources.folders import Pause, Piece, folder_pieces
from shoal.sources.definition import SourceDefinition, SourceKind
from shoal.sources.drift import drift, needed_columns
from shoal.store.files import FETCHED, SOURCES_LOCK, lock_alone
from shoal.store.source_books import SourceBooks, SourceState

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.sources import FileMapping

journal = logging.getLogger("shoal.sources")

UNFORESEEN = (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)
MOST_TOLD = 50
"""Files of one run of which it is kept what became of each."""


@dataclass(slots=True)
class Ran:
    """How one run of a source went.

    ``files`` says what became of each: imported, known, left or stopped, with the sentence that
    says why. ``failure`` is why the run did not come to its end, or which file stopped.
    """

    name: str
    ran_at: int
    imported: Imported = field(default_factory=Imported)
    files: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    drift: tuple[str, ...] = ()
    failure: str | None = None
    left: int = 0

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal source run --json`` for one source."""
        made = self.imported.as_json()
        return {
            "name": self.name,
            "ran_at": format_instant(self.ran_at),
            **{key: made[key] for key in ("rows", "imported", "duplicates", "rejected", "dropped")},
            "passed_over": made["passed_over"],
            "events": made["events"],
            "files": self.files,
            "left": self.left,
            "drift": list(self.drift),
            "notices": made["notices"],
            "failure": self.failure,
        }

    def note(self, piece: Piece, state: str, why: str | None = None, rows: int = 0) -> None:
        """Keeps what became of a piece."""
        if len(self.files) < MOST_TOLD:
            self.files.append({"file": piece.name, "state": state, "why": why, "rows": rows})


@contextmanager
def running(project: Project) -> Generator[None]:
    """Keeps others from running sources meanwhile; StoreBusyError where another does."""
    path = project.store.root / SOURCES_LOCK
    path.touch(mode=0o600, exist_ok=True)
    handle = lock_alone(path)
    if handle is None:
        raise StoreBusyError(
            "another process runs the sources of this project", hint="try again when it is done"
        )
    fetched = project.store.root / FETCHED
    try:
        shutil.rmtree(fetched, ignore_errors=True)  # of a run that was killed
        yield
    finally:
        shutil.rmtree(fetched, ignore_errors=True)  # of one that failed
        os.close(handle)


def due_sources(project: Project, now: int) -> list[str]:
    """The sources whose time has come; one whose file cannot be read is none."""
    found: list[str] = []
    books = SourceBooks(project.store.books)
    for name in source_names(project.folder):
        try:
            source = load_source(project.folder, name)
        except ShoalError:
            continue
        due_at = source.due_at(books.state(name, source.reads).ran_at)
        if due_at is not None and due_at <= now:
            found.append(name)
    return found


def keep_failure(project: Project, name: str, why: str) -> None:
    """Keeps that a run did not come to its end: it stays due, and ``source list`` says why."""
    try:
        source = load_source(project.folder, name)
    except ShoalError:  # its file has changed meanwhile; the list says what is wrong with it
        return
    books = SourceBooks(project.store.books)
    state = books.state(name, source.reads)
    result = {**state.result, "failure": why}
    books.keep(name, replace(state, result=result, failures=state.failures + 1))


def run_sources(
    project: Project,
    names: Sequence[str],
    progress: Progress | None = None,
    pause: Pause = time.sleep,
    *,
    anew: bool = False,
) -> list[Ran]:
    """Runs the sources of these names, one after the other; one that fails stops no other.

    ``anew`` reads everything there is, as if they had never been run; what is in is known again.
    Raises NotFoundError before anything is run where there is none of a name.
    """
    sources: list[SourceDefinition | Ran] = []
    for name in names:
        try:
            sources.append(load_source(project.folder, name))
        except DefinitionError as error:
            sources.append(Ran(name, project.clock(), failure=str(error)))
    with running(project):
        if anew:  # a run that is killed is gone on with by the next one
            for one in sources:
                if isinstance(one, SourceDefinition) and _can_begin(project, one):
                    SourceBooks(project.store.books).forget(one.name)
        return [it if isinstance(it, Ran) else _run(project, it, progress, pause) for it in sources]


def _can_begin(project: Project, source: SourceDefinition) -> bool:
    """Whether its mapping can be read: of one that cannot begin, it stays known how far it is."""
    try:
        mapping_for(project.folder, source)
    except ShoalError:
        return False
    return True


def pieces_of(  # noqa: PLR0913  what there is, or what a dry run would find
    project: Project,
    source: SourceDefinition,
    state: SourceState,
    pause: Pause,
    *,
    only_first: bool = False,
    anew: bool = False,
) -> Iterator[Piece]:
    """What there is to import now, one after the other; or enough of it to look at."""
    spool = project.store.root / FETCHED / source.name
    if source.kind is SourceKind.DATABASE:
        from shoal.project.sources.databases import Reading, database_pieces

        mapping = mapping_for(project.folder, source)
        gathers = any(rows.group_by or rows.per_user for rows in mapping.rows)
        reading = Reading(spool, gathers, only_first)
        return database_pieces(source, state.cursor, project.folder, reading)
    seen = {} if anew else SourceBooks(project.store.books).seen(source.name)
    if source.kind is SourceKind.BUCKET:
        from shoal.project.sources.buckets import bucket_pieces

        return bucket_pieces(source, seen, spool)
    return folder_pieces(source, project.folder, seen, project.clock() * 1000, pause)


def fitting(mapping: FileMapping, piece: Piece) -> FileMapping:
    """The mapping for a piece whose columns are known: one that is unset in every row is not missing."""
    if piece.columns is None:
        return mapping
    needed = needed_columns(mapping, piece.columns)
    there = [it for it in needed if {it, it.partition(".")[0]} & set(piece.columns)]
    return replace(mapping, optional=tuple(dict.fromkeys((*mapping.optional, *there))))


def _run(
    project: Project, source: SourceDefinition, progress: Progress | None, pause: Pause
) -> Ran:
    ran = Ran(source.name, project.clock())
    books = SourceBooks(project.store.books)
    run = _Run(project, source, books, ran, progress)
    try:
        run.all(pause)
    except ShoalError as error:
        ran.failure = str(error)
    except OSError as error:
        ran.failure = f"`{source.place}` cannot be read: {error.strerror or error}"
    except UNFORESEEN as error:  # which stops no other source
        journal.exception("a source failed", extra={"source": source.name})
        ran.failure = f"it failed with {type(error).__name__}; the log says why"
    state = books.state(source.name, source.reads)
    failures = 0 if ran.failure is None else state.failures + 1
    books.keep(
        source.name, replace(state, ran_at=ran.ran_at, result=ran.as_json(), failures=failures)
    )
    return ran


class _Run:
    """One run of one source."""

    def __init__(
        self,
        project: Project,
        source: SourceDefinition,
        books: SourceBooks,
        ran: Ran,
        progress: Progress | None,
    ) -> None:
        self._project = project
        self._source = source
        self._books = books
        self._ran = ran
        self._progress = progress
        self._state = books.state(source.name, source.reads)
        self._digests: set[str] = set()

    def all(self, pause: Pause) -> None:
        """Imports everything there is. Raises ShoalError where it cannot be gone on."""
        mapping = mapping_for(self._project.folder, self._source)
        pieces = pieces_of(self._project, self._source, self._state, pause)
        with closing(as_generator(pieces)) as found:
            for piece in found:
                if piece.trouble is not None:
                    self._stop(piece, piece.trouble)
                elif piece.left is not None:
                    self._leave(piece, piece.left)
                elif not piece.is_new or (piece.file and piece.file.digest in self._digests):
                    self._keep(piece)
                    self._ran.note(piece, "known", "its content is in already")
                elif not self._bring(piece, mapping):
                    return

    def _bring(self, piece: Piece, mapping: FileMapping) -> bool:
        """Imports a piece; whether the next may follow."""
        ran = self._ran
        try:
            self._look_at_columns(piece, mapping)
            wanted = Wanted(mapping=fitting(mapping, piece))
            made = import_files(self._project, [piece.path], wanted, self._progress)
        except ImportFileError as error:
            self._stop(piece, str(error))
            # What follows in a table rests on what came before; files do not.
            return self._source.kind is not SourceKind.DATABASE
        ran.imported += made
        if not piece.is_as_it_was:
            self._leave(piece, "it was changed while it was read")
            return True
        self._keep(piece)
        ran.note(piece, "imported", None, made.rows)
        return True

    def _look_at_columns(self, piece: Piece, mapping: FileMapping) -> None:
        """Tells what changed of the columns; ImportFileError where the mapping needs what is gone."""
        from shoal.sources.stream import open_reader

        before = self._state.columns
        if piece.columns is None:
            reader = open_reader(piece.path, mapping, first_rows=1)
            now, is_complete = reader.columns, reader.complete
        else:
            now, is_complete = piece.columns, True
        if before is None and piece.columns is not None:
            needed = needed_columns(mapping, now)
            lost = (it for it in needed if it not in now and it.partition(".")[0] not in now)
            before = (*now, *lost)  # of a column of JSON, `column.key` comes with the rows
        if before is not None:
            changed = drift(before, now, complete=is_complete)
            stop = changed.stops(needed_columns(mapping, before))
            self._ran.drift = tuple(dict.fromkeys((*self._ran.drift, *changed.sentences())))
            if stop is not None:
                raise ImportFileError(stop, hint=f"mend the mapping `{self._source.mapping}`")
            if not is_complete:
                now = tuple(dict.fromkeys((*before, *now)))
        self._state = replace(self._state, columns=now)

    def _keep(self, piece: Piece) -> None:
        """After the commit: what is in is not brought again."""
        state = self._state if piece.cursor is None else replace(self._state, cursor=piece.cursor)
        if piece.file is not None:
            self._books.add_seen(self._source.name, piece.file)
            self._digests.add(piece.file.digest)  # not before: a copy of what failed is not in
        if state != self._books.state(self._source.name, self._source.reads):
            self._books.keep(self._source.name, state)
        self._state = state

    def _stop(self, piece: Piece, why: str) -> None:
        self._ran.note(piece, "stopped", why)
        self._ran.failure = self._ran.failure or f"{piece.name}: {why}"

    def _leave(self, piece: Piece, why: str) -> None:
        self._ran.left += 1
        self._ran.note(piece, "left", why)


def as_generator(pieces: Iterator[Piece]) -> Generator[Piece]:
    """The pieces, so that they can be let go of before their end."""
    yield from pieces
