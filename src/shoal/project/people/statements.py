"""What people said: consents, subscriptions and suppressions, recorded and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shoal.consent.statement import KINDS, Kind, Statement, in_force, statement, statement_event
from shoal.core.errors import UsageError
from shoal.core.instants import LATEST, format_instant
from shoal.project.opening import Project
from shoal.project.reading import default_as_of

if TYPE_CHECKING:
    from shoal.engine.history import Column
    from shoal.project.reading import Reading

HERE = "command line"
"""The sender of what is recorded by hand."""


def record(  # noqa: PLR0913, PLR0917  what is said, of whom, since when
    project: Project,
    kind: Kind,
    user_id: str,
    about: str,
    state: str,
    at: int | None,
    beside: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Records a statement, by default at the project's *now*, and tells it."""
    now = default_as_of(project, project.store.snapshot()) if at is None else at
    said = statement(kind, person_named(user_id), about, state, now, beside or {})
    if abs(said.at) > LATEST:
        raise UsageError("the time is outside 1684 to 2255")
    project.store.append([statement_event(said, project.clock(), HERE)])
    return {"user_id": said.user_id, **told(said)}


def set_consent(  # noqa: PLR0913, PLR0917  what the command says
    project: Project,
    user_id: str,
    purpose: str,
    state: str,
    at: int | None,
    beside: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Records a consent; the contract's mapping, with what stands beside it where it was given."""
    return record(project, KINDS["consent"], user_id, purpose, state, at, beside)


def told(said: Statement) -> dict[str, Any]:
    """A statement as JSON."""
    return {
        said.kind.about: said.about,
        "state": said.state,
        "at": format_instant(said.at),
        **said.beside,
    }


def show_consents(reading: Reading, user_id: str, as_of: int) -> dict[str, Any]:
    """The consents in force for a person; purposes never asked about are absent."""
    given = in_force(statements_of(reading, user_id, KINDS["consent"], as_of))
    return {
        "user_id": user_id,
        "as_of": format_instant(as_of),
        "consents": [told(it) for it in given],
    }


def show_statements(reading: Reading, user_id: str, as_of: int) -> dict[str, Any]:
    """All that is in force for a person and all they ever said, in the order in which they said it."""
    said = {name: statements_of(reading, user_id, kind, as_of) for name, kind in KINDS.items()}
    return {
        "user_id": user_id,
        "as_of": format_instant(as_of),
        **{f"{name}s": [told(it) for it in in_force(some)] for name, some in said.items()},
        "history": [
            {"kind": it.kind.name, "about": it.about, "state": it.state,
             "at": format_instant(it.at), "beside": dict(it.beside)}
            for it in sorted((it for some in said.values() for it in some), key=lambda it: it.at)
        ],
    }  # fmt: skip


def statements_of(reading: Reading, user_id: str, kind: Kind, as_of: int) -> list[Statement]:
    """Every statement of a kind about a person up to an instant, in order."""
    found = reading.snapshot.find(user_id)
    if found is None:
        return []
    bucket, index = found
    history = reading.snapshot.history(bucket)
    start, stop = int(history.offsets[index]), int(history.offsets[index + 1])
    texts = {
        name: _texts(history.column(kind.event, name), start, stop)
        for name in (kind.about, "state", *kind.beside)
    }
    return [
        Statement(
            kind,
            user_id,
            about,
            texts["state"][row],
            int(history.occurred_at[row]),
            {name: texts[name][row] for name in kind.beside if row in texts[name]},
        )
        for row, about in texts[kind.about].items()
        if texts["state"].get(row) in {kind.free, kind.strict}
        and int(history.occurred_at[row]) <= as_of
    ]


def person_named(user_id: str) -> str:
    """The id of a person, which is a text of at least one character."""
    if not user_id or user_id == "anon:":
        raise UsageError("a user id is a text of at least one character")
    return user_id


def _texts(column: Column | None, start: int, stop: int) -> dict[int, str]:
    """The texts of a column's rows in a span."""
    if column is None or column.dictionary is None:
        return {}
    low, high = column.rows.searchsorted([start, stop]).tolist()
    rows = column.rows[low:high].tolist()
    codes = column.values[low:high].tolist()
    return {row: column.dictionary[code].as_py() for row, code in zip(rows, codes, strict=True)}
