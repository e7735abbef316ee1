"""The quarantine, edited: rows mended, dropped, or read again and made events, each in one commit.

What is replayed leaves the quarantine by the very commit that brings its events, never before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shoal.core.errors import NotFoundError
from shoal.core.instants import Zone
from shoal.events.event import Event
from shoal.events.table import EventTable
from shoal.store.assembly import assemble
from shoal.store.change import Change
from shoal.store.duplicates import without_duplicates
from shoal.store.entries import entries_of
from shoal.store.folded import folded
from shoal.store.folding import Hand, fold, fresh_of, without_forgotten
from shoal.store.intake import Circumstances, split, take_in
from shoal.store.quarantine import Quarantined, read_quarantine, write_quarantine
from shoal.store.run import Part, Run
from shoal.store.state import IMPORT_SPAN, State
from shoal.store.tail import identifier_of, logged_of
from shoal.store.tail_runs import tail_runs

Edit = Callable[[Quarantined], Quarantined | None]


@dataclass(frozen=True, slots=True)
class TableOfImport:
    """Rows of an import that can be understood by now."""

    import_id: int
    imported_at: int
    zone: Zone
    table: EventTable


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What rows of the quarantine became when they were read again.

    ``understood`` leave it; ``reasons`` say why others stay.
    """

    events: tuple[Event, ...] = ()
    tables: tuple[TableOfImport, ...] = ()
    understood: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ReplayCounts:
    """What became of replayed rows: ``left`` stay in the quarantine."""

    rows: int = 0
    replayed: int = 0
    appended: int = 0
    duplicates: int = 0
    dropped: int = 0
    left: int = 0


def edit_quarantine(state: State, change: Change, edit: Edit) -> int:
    """Rewrites what the edit changes, None being a row that goes; how many rows that were."""
    names: list[str] = []
    changed = 0
    for name in change.quarantine:
        rows = list(read_quarantine(state.root, [name]))
        edited = [edit(row) for row in rows]
        different = sum(one is not row for one, row in zip(edited, rows, strict=True))
        if not different:
            names.append(name)
            continue
        changed += different
        fresh = f"{name.split('.')[0]}.{state.manifest.number + 1}.jsonl"
        if write_quarantine(state.root, fresh, [row for row in edited if row is not None]):
            names.append(fresh)
    change.quarantine = tuple(names)
    return changed


def edit_row(state: State, wanted: str, edit: Edit, hand: Hand = folded) -> None:
    """Edits one row; NotFoundError if there is none of that id."""
    fold(state, hand)  # what was refused live is in the log until then
    change = state.change()
    if not edit_quarantine(state, change, lambda row: edit(row) if row.id == wanted else row):
        raise NotFoundError(
            f"nothing in quarantine is called `{wanted}`", hint="`shoal quarantine list` shows all"
        )
    state.commit(change)


def replay(
    state: State,
    wanted: Callable[[Quarantined], bool],
    read: Callable[[Sequence[Quarantined]], ReadAgain],
    hand: Hand = folded,
) -> ReplayCounts:
    """Reads the wanted rows again; what is understood becomes events and leaves, in one commit."""
    fold(state, hand)
    rows = [row for row in read_quarantine(state.root, state.manifest.quarantine) if wanted(row)]
    again = read(rows)
    if not again.understood and not again.reasons:
        return ReplayCounts(len(rows), left=len(rows))
    with state.lock:  # no live event may slip in between being looked for and being there
        change = state.change()
        events, duplicates, dropped = _live(state, change, again.events)
        more = _imported(state, change, again.tables)

        def edit(row: Quarantined) -> Quarantined | None:
            if row.id in again.understood:
                return None
            reason = again.reasons.get(row.id)
            return row if reason in {None, row.reason} else row.with_reason(str(reason))

        edit_quarantine(state, change, edit)
        state.commit(change)
    return ReplayCounts(
        len(rows),
        len(again.understood),
        events + more[0],
        duplicates + more[1],
        dropped + more[2],
        len(rows) - len(again.understood),
    )


def _live(state: State, change: Change, events: Sequence[Event]) -> tuple[int, int, int]:
    """Adds live events: how many are new, were there before, belong to erased people."""
    cover = state.tombstones.cover
    kept = [without_forgotten(it, cover) for it in events if not cover(identifier_of(it))]
    fresh, place = fresh_of(state, kept)
    state.log.make_durable(place)
    logged = [logged_of(one) for one in fresh.values()]
    runs = tail_runs(entries_of(logged), change.naming, len(change.buckets))
    for bucket, run in runs.items():
        change.add(bucket, [run])
    return len(logged), len(kept) - len(logged), len(events) - len(kept)


def _imported(
    state: State, change: Change, tables: Sequence[TableOfImport]
) -> tuple[int, int, int]:
    """The same for rows of imports, which stay rows of their import."""
    pieces: dict[int, list[Part]] = {}
    dropped = 0
    forgotten = state.tombstones.cover if state.tombstones.marks else None
    for one in tables:
        circumstances = Circumstances(
            one.import_id, state.next_arrivals(IMPORT_SPAN), one.imported_at, one.zone
        )
        part, fallen = take_in(
            one.table, state.identifiers, change.naming, circumstances, forgotten
        )
        dropped += fallen
        for bucket, piece in split(part, len(change.buckets)):
            pieces.setdefault(bucket, []).append(piece)
    added = duplicates = 0
    for bucket, some in sorted(pieces.items()):
        run: Run | None = assemble(some)
        if run is None:
            continue
        before = [one.seen for one in change.runs(change.buckets[bucket])]
        run, repeated = without_duplicates(run, before)
        duplicates += repeated
        if run is not None:
            added += len(run.seen.rows)
            change.add(bucket, [run])
    return added, duplicates, dropped
