"""How the columns of a source changed since it was last read, and what of that a mapping feels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shoal.core.errors import ShoalError
from shoal.core.names import nearest
from shoal.sources.expression import columns_of, parse
from shoal.sources.mapping import EventRows, FileMapping

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Drift:
    """Columns that came, those that went, and which of them are probably the same, renamed."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def sentences(self) -> Iterator[str]:
        """What changed, for people."""
        for old, new in self.renamed:
            yield f"column `{old}` is gone and `{new}` is new: it seems to be renamed"
        pairs = {name for pair in self.renamed for name in pair}
        gone = [name for name in self.gone if name not in pairs]
        new = [name for name in self.new if name not in pairs]
        if gone:
            yield f"{_columns(gone)} gone"
        if new:
            yield f"{_columns(new)} new"

    def stops(self, needed: Iterable[str]) -> str | None:
        """Why the mapping cannot read the columns any more, in one sentence; None if it can."""
        names = dict(self.renamed)
        lost = [name for name in needed if name in self.gone]
        if not lost:
            return None
        told = f"{_columns(lost)} gone, and the mapping needs {'it' if len(lost) == 1 else 'them'}"
        meant = [f"`{names[name]}` for `{name}`" for name in lost if name in names]
        return f"{told}; there is {' and '.join(meant)} now: renamed?" if meant else told


def drift(before: Iterable[str], now: Iterable[str], *, complete: bool = True) -> Drift:
    """What changed between two lists of columns.

    Not ``complete``: columns may turn up further on, so none is said to be gone.
    """
    old, current = tuple(before), tuple(now)
    new = tuple(name for name in current if name not in old)
    gone = tuple(name for name in old if name not in current) if complete else ()
    left = list(new)
    renamed: list[tuple[str, str]] = []
    for name in gone:
        plain = {_plain(one): one for one in reversed(left)}
        like = plain.get(_plain(name)) or nearest(name, left)
        if like is None and len(gone) == len(new) == 1 and old.index(name) == current.index(new[0]):
            like = new[0]  # it stands where the other stood
        if like is not None:
            renamed.append((name, like))
            left.remove(like)
    return Drift(new, gone, tuple(renamed))


def needed_columns(mapping: FileMapping, known: Iterable[str]) -> tuple[str, ...]:
    """The columns that the mapping cannot do without; ``known`` are those a file has or had."""
    names = tuple(known)
    found: dict[str, None] = {}
    for rows in mapping.rows:
        found.update(dict.fromkeys(_named(rows)))
        expressions = [*(rows.properties or {}).values()]
        if rows.lines is not None:
            expressions += (rows.lines.properties or {}).values()
        for text in expressions:
            try:
                found.update(dict.fromkeys(columns_of(parse(text, (*names, *mapping.optional)))))
            except ShoalError:  # the import tells what is wrong with it
                continue
    return tuple(name for name in found if name not in mapping.optional)


def _named(rows: EventRows) -> Iterator[str]:
    named = (rows.user, rows.anonymous, rows.time, rows.event_column)
    yield from (name for name in named if name is not None)
    yield from (*rows.ids, *rows.group_by, *rows.without)
    yield from (condition.column for condition in rows.when)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _columns(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"column {shown} is" if len(names) == 1 else f"columns {shown}{more} are"
