"""Every place of the store that holds data, and how to find and erase a person in it.

A file that no place owns fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np

from shoal.privacy import Place
from shoal.store.books import Books
from shoal.store.change import Change
from shoal.store.damage import NOTE
from shoal.store.files import (
    ANSWERS,
    ANSWERS_SOCKET,
    BOOKS,
    BUCKETS,
    CAMPAIGN_LOCK,
    DAMAGED,
    FETCHED,
    FORMAT_FILE,
    HANDED,
    IDENTIFIERS,
    IMPORTING,
    KEY,
    LOG,
    OWNER_LOCK,
    OWNER_SOCKET,
    QUARANTINE,
    RECOMMENDATION_WEIGHTS,
    SOURCES_LOCK,
    TOMBSTONES,
    TRANSITIONS,
)
from shoal.store.handing import handed_files
from shoal.store.outbox import Outbox
from shoal.store.personal import Person
from shoal.store.quarantine import Quarantined, read_quarantine, speaks_of
from shoal.store.replaying import edit_quarantine
from shoal.store.state import State
from shoal.store.tail import refused_in
from shoal.store.transitions import STANDING, count_told, erase_transitions


@dataclass(frozen=True, slots=True)
class PersonalPlace:
    """A place with its ways of finding and of erasing a person; both answer how much there was."""

    place: Place
    find: Callable[[State, Person], int]
    erase: Callable[[State, Change, Person], int]


def _find_events(state: State, person: Person) -> int:
    return sum(
        int((~person.others(run)).sum())
        for files in state.manifest.buckets
        for run in state.runs(files)
    )


def _erase_events(state: State, change: Change, person: Person) -> int:
    del state
    return sum(
        change.keep_rows(bucket, person.others)
        for bucket, files in enumerate(change.buckets)
        if any(not bool(person.others(run).all()) for run in change.runs(files))
    )


def _find_identifiers(state: State, person: Person) -> int:
    del state
    return len(person.numbers)


def _erase_identifiers(state: State, change: Change, person: Person) -> int:
    del state
    # Named as left even where no row was, so that the identifier itself goes.
    change.left.append(np.array(person.numbers, dtype=np.int64))
    return len(person.numbers)


def is_theirs(person: Person) -> Callable[[Quarantined], bool]:
    """Whether a rejected row is the person's.

    It was never understood, so every row in which the identifier stands by itself counts.
    """
    tests = [speaks_of(one.text) for one in person.identifiers]
    return lambda row: any(test(row.raw) for test in tests)


def _find_rejected(state: State, person: Person) -> int:
    live = refused_in(state.root, state.manifest.log) if state.tail.refused else ()
    rows = chain(read_quarantine(state.root, state.manifest.quarantine), live)
    return sum(map(is_theirs(person), rows))


def _erase_rejected(state: State, change: Change, person: Person) -> int:
    is_rejected = is_theirs(person)
    return edit_quarantine(state, change, lambda row: None if is_rejected(row) else row)


def _find_logged(state: State, person: Person) -> int:
    del state
    return person.logged


def _erase_logged(state: State, change: Change, person: Person) -> int:
    # An erasure folds the log first: what was in it is in the buckets now, and its segments go.
    del person
    change.log = state.log.roll()
    return 0


def _find_told(state: State, person: Person) -> int:
    return count_told(state.root / TRANSITIONS, person.told)


def _erase_told(state: State, change: Change, person: Person) -> int:
    del change
    if state.telling is not None:
        return state.telling.erase(person.told)
    return erase_transitions(state.root / TRANSITIONS, person.told)


def _bytes_of(text: str) -> Iterator[bytes]:
    """An identifier as it may stand in a file."""
    for form in (text, json.dumps(text)[1:-1]):
        yield form.encode("utf-8", "surrogatepass")


def _damaged_files(state: State, person: Person) -> list[Path]:
    """Damaged files that the person's identifiers stand in: they cannot be rewritten, only go."""
    forms = {form for one in person.identifiers for form in _bytes_of(one.text)}
    folder = state.root / DAMAGED
    if not folder.is_dir():
        return []
    found: list[Path] = []
    for path in folder.iterdir():
        data = path.read_bytes()
        if any(form in data for form in forms) and not path.name.endswith(NOTE):
            found.append(path)
    return found


def _find_damaged(state: State, person: Person) -> int:
    return len(_damaged_files(state, person))


def _erase_damaged(state: State, change: Change, person: Person) -> int:
    del change
    found = _damaged_files(state, person)
    for path in found:
        path.unlink()
    return len(found)


def _fetched_files(state: State) -> list[Path]:
    folder = state.root / FETCHED
    return [path for path in folder.rglob("*") if path.is_file()]


def _find_fetched(state: State, person: Person) -> int:
    return _that_hold(_fetched_files(state), person)


def _that_hold(files: Iterable[Path], person: Person) -> int:
    forms = {form for one in person.identifiers for form in _bytes_of(one.text)}
    return sum(_holds(path, forms) for path in files)


def _holds(path: Path, forms: set[bytes]) -> bool:
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return any(data.find(form) >= 0 for form in forms)
    except (FileNotFoundError, ValueError):  # imported meanwhile; empty
        return False


def _erase_fetched(state: State, change: Change, person: Person) -> int:
    """All of it goes, whoever it is about, since it may be packed; the source brings it again."""
    del change
    count = _find_fetched(state, person)
    for path in _fetched_files(state):
        path.unlink(missing_ok=True)
    return count


def _find_handed(state: State, person: Person) -> int:
    return _that_hold(handed_files(state.root), person)


def _erase_handed(state: State, change: Change, person: Person) -> int:
    """All of it goes, since it may be packed: whoever misses it writes it again."""
    del change
    count = _find_handed(state, person)
    for path in handed_files(state.root):
        path.unlink(missing_ok=True)
    return count


def _outbox_of(state: State) -> Outbox:
    return Outbox(Books(state.root / BOOKS))


def _find_letters(state: State, person: Person) -> int:
    return _outbox_of(state).find([one.display for one in person.identifiers])


def _erase_letters(state: State, change: Change, person: Person) -> int:
    del change
    return _outbox_of(state).erase([one.display for one in person.identifiers])


PERSONAL = (
    PersonalPlace(
        # An erasure waits for the end of an import, which takes away what it has put aside.
        Place("events", "events and traits", (f"{BUCKETS}/*.arrow", f"{IMPORTING}/*/*.arrow")),
        _find_events,
        _erase_events,
    ),
    PersonalPlace(
        Place("identifiers", "user ids and anonymous ids", (f"{IDENTIFIERS}/*.arrow",)),
        _find_identifiers,
        _erase_identifiers,
    ),
    PersonalPlace(
        Place("quarantine", "what could not become an event", (f"{QUARANTINE}/*.jsonl",)),
        _find_rejected,
        _erase_rejected,
    ),
    PersonalPlace(
        Place("log", "events not yet in the buckets", (f"{LOG}/segment-*.log",)),
        _find_logged,
        _erase_logged,
    ),
    PersonalPlace(
        Place(
            "transitions",
            "what was told of memberships",
            (f"{TRANSITIONS}/segment-*.log", f"{TRANSITIONS}/{STANDING}"),
        ),
        _find_told,
        _erase_told,
    ),
    PersonalPlace(
        Place("damaged", "files that were damaged and set aside", (f"{DAMAGED}/*",)),
        _find_damaged,
        _erase_damaged,
    ),
    PersonalPlace(
        Place("fetched", "what a source has brought to be imported", (f"{FETCHED}/*",)),
        _find_fetched,
        _erase_fetched,
    ),
    PersonalPlace(
        Place("handed", "what one process hands to another", (f"{HANDED}/*/*",)),
        _find_handed,
        _erase_handed,
    ),
    # Its table stands in the books, whose file is another place's.
    PersonalPlace(
        Place("outbox", "messages of campaigns, sent and waiting", ()),
        _find_letters,
        _erase_letters,
    ),
)

IMPERSONAL = (
    Place("format", "the store's format", (FORMAT_FILE,), personal=False),
    Place("key", "the secret that tombstones are made with", (KEY,), personal=False),
    Place(
        "manifest", "names of files, counts, names of events", ("manifest-*.json",), personal=False
    ),
    Place("answers", "sizes of segments, worked out before", (ANSWERS,), personal=False),
    Place(
        "recommendation weights",
        "how much each part of recommendations counts, worked out before",
        (RECOMMENDATION_WEIGHTS,),
        personal=False,
    ),
    Place("tombstones", "keyed marks of the erased", (f"{TOMBSTONES}/*.txt",), personal=False),
    Place(
        "books",
        "definitions, settings, imports",
        (BOOKS, f"{BOOKS}-wal", f"{BOOKS}-shm"),
        personal=False,
    ),
    Place(
        "owner",
        "which process writes, which answers, which sends, which brings data in",
        (OWNER_LOCK, OWNER_SOCKET, ANSWERS_SOCKET, CAMPAIGN_LOCK, SOURCES_LOCK),
        personal=False,
    ),
)

PLACES = (*(one.place for one in PERSONAL), *IMPERSONAL)
