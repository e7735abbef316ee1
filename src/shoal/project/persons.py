"""One person: what they agreed to, and forgetting them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.consent.state import CONSENT, Consent, ConsentState, latest, parse_purpose, parse_state
from shoal.core.errors import UsageError
from shoal.core.instants import LATEST, format_instant
from shoal.project.opening import Project
from shoal.project.reading import default_as_of

if TYPE_CHECKING:
    from shoal.engine.history import Column
    from shoal.project.reading import Reading


def set_consent(
    project: Project, user_id: str, purpose: str, state: str, at: int | None
) -> dict[str, Any]:
    """Records a consent, by default at the project's *now*; the contract's mapping."""
    from shoal.project.writing import write

    now = default_as_of(project, project.store.snapshot()) if at is None else at
    given = Consent(_named(user_id), parse_purpose(purpose), parse_state(state), now)
    if abs(given.at) > LATEST:
        raise UsageError("the time is outside 1684 to 2255")
    request = {
        "user_id": given.user_id,
        "purpose": given.purpose,
        "state": str(given.state),
        "at": given.at,
        "received_at": project.clock(),
    }
    write(project.store, "consent", request)
    return {
        "user_id": given.user_id,
        "purpose": given.purpose,
        "state": str(given.state),
        "at": format_instant(given.at),
    }


def show_consents(reading: Reading, user_id: str, as_of: int) -> dict[str, Any]:
    """The consents in force for a person; purposes never asked about are absent."""
    found = reading.snapshot.find(user_id)
    given = latest(_consents(reading, user_id, as_of)) if found else []
    return {
        "user_id": user_id,
        "as_of": format_instant(as_of),
        "consents": [
            {"purpose": it.purpose, "state": str(it.state), "at": format_instant(it.at)}
            for it in given
        ],
    }


def erase_person(project: Project, user_id: str) -> dict[str, Any]:
    """Removes everything held about a person and turns later events of that id away.

    The answer names nobody: its hash is keyed by the store's own secret, so it cannot be turned
    back into an identifier by trying. Somebody nothing is held about gives an answer of zeros.
    """
    from shoal.identity import Identifier
    from shoal.project.writing import write
    from shoal.store.tombstones import read_tombstones

    named = _named(user_id)
    erased = write(project.store, "erase", {"user_id": named})["erased"]
    tombstones = read_tombstones(project.store.root, None)
    return {
        "user_id_hash": tombstones.mark(Identifier.readings(named)[-1]),
        "erased": erased,
        "at": format_instant(project.clock()),
    }


def _named(user_id: str) -> str:
    if not user_id or user_id == "anon:":
        raise UsageError("a user id is a text of at least one character")
    return user_id


def _consents(reading: Reading, user_id: str, as_of: int) -> list[Consent]:
    """Every answer of the person up to an instant, in order."""
    found = reading.snapshot.find(user_id)
    if found is None:
        return []
    bucket, index = found
    history = reading.snapshot.history(bucket)
    start, stop = int(history.offsets[index]), int(history.offsets[index + 1])
    purposes = _texts(history.column(CONSENT, "purpose"), start, stop)
    states = _texts(history.column(CONSENT, "state"), start, stop)
    return [
        Consent(user_id, purpose, ConsentState(states[row]), int(history.occurred_at[row]))
        for row, purpose in purposes.items()
        if states.get(row) in set(ConsentState) and int(history.occurred_at[row]) <= as_of
    ]


def _texts(column: Column | None, start: int, stop: int) -> dict[int, str]:
    """The texts of a column's rows in a span."""
    if column is None or column.dictionary is None:
        return {}
    low, high = column.rows.searchsorted([start, stop]).tolist()
    rows = column.rows[low:high].tolist()
    codes = column.values[low:high].tolist()
    return {row: column.dictionary[code].as_py() for row, code in zip(rows, codes, strict=True)}
