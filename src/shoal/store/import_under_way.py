"""An import under way, as the owner has it: its number, its people's numbers, and the commit."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

import pyarrow as pa

from shoal.engine.history import Int64s
from shoal.store import folding
from shoal.store.importing import ImportTask, Placed
from shoal.store.manifest import Manifest
from shoal.store.rewriting import leave_out
from shoal.store.state import IMPORT_SPAN, State


class ImportUnderWay:
    """One import between its beginning and its commit. Folds go on until it asks for the newest."""

    def __init__(self, state: State, task: ImportTask, hand: folding.Hand, held: ExitStack) -> None:
        self.task = task
        self._state = state
        self._hand = hand
        self._held = held
        self._is_alone = False

    def numbers_of(self, texts: pa.LargeStringArray, *, anonymous: bool = False) -> Int64s:
        """The number of each of these distinct identifiers, promised to the import."""
        return self._state.identifiers.numbers_of(texts, anonymous=anonymous, promised=True)

    def newest(self) -> Manifest:
        """The newest version, with all that is in the log; nobody makes another from now on."""
        if not self._is_alone:
            self._held.enter_context(self._state.bulk)
            self._is_alone = True
            folding.fold(self._state, self._hand)
        return self._state.manifest

    def commit(self, placed: Placed, record: Callable[[], None]) -> None:
        """Makes it the newest version. ``record`` puts it into the books, just before."""
        state, task = self._state, self.task
        change = state.change()
        placed.made.put_into(change)
        change.next_import = task.import_id + 1
        if task.replaces is not None:
            leave_out(change, task.replaces)
        change.imports = (*change.imports, task.import_id)
        if placed.quarantine is not None:
            change.quarantine = (*change.quarantine, placed.quarantine)
        record()
        state.identifiers.keep_promises()
        state.commit(change)


@contextmanager
def under_way(
    state: State,
    hand: folding.Hand,
    task: Callable[[int, int], ImportTask],
    *,
    replaces: bool,
) -> Generator[ImportUnderWay]:
    """An import: others wait for its end. Whatever it left behind is taken away if it fails.

    ``task`` makes one of its number and its first arrival number. One that ``replaces`` another
    stands on the newest version from its beginning.
    """
    with state.importing, ExitStack() as held:
        number = state.manifest.next_import
        one = ImportUnderWay(state, task(number, state.next_arrivals(IMPORT_SPAN)), hand, held)
        try:
            if replaces:
                one.newest()
            yield one
        finally:
            if number not in state.manifest.imports:
                with state.bulk:
                    state.forget_uncommitted()
