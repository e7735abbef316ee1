"""Read-only SQL over events, profiles and memberships, in a sandbox without files or network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, UsageError
from shoal.project.answers import member_rows, profile_rows
from shoal.project.views import all_events, event_rows, names_in

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.project.reading import Reading

MEMORY = "2GB"
SECONDS = 120.0

SANDBOX = {
    "temp_directory": "",
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "memory_limit": MEMORY,
    "TimeZone": "UTC",
    "lock_configuration": "true",
}


def query_project(
    reading: Reading, query: str, as_of: int, *, until: int | None = None, seconds: float = SECONDS
) -> pa.Table:
    """The answer to one SELECT over ``events``, ``profiles``, ``memberships``, and a view per event.

    Events are all that are held, or those up to ``until``.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    timer = threading.Timer(seconds, connection.interrupt)
    try:
        _only_a_select(connection, query)
        views = view_makers(reading, as_of, until)
        for name in names_in(query, views):
            connection.register(name, views[name]())
        for option, value in SANDBOX.items():
            connection.execute(f"SET {option} = '{value}'")
        timer.start()
        return connection.sql(query).to_arrow_table()
    except duckdb.InterruptException as error:
        raise ShoalError(f"the query took longer than {seconds:g} seconds") from error
    except duckdb.Error as error:
        raise ShoalError(_sentence(error), hint=_views_hint(reading, error)) from error
    finally:
        timer.cancel()
        connection.close()


def view_makers(
    reading: Reading, as_of: int, until: int | None
) -> dict[str, Callable[[], pa.Table]]:
    """Each view's name and what makes its table; made only for a query that names it."""
    snapshot = reading.snapshot
    makers: dict[str, Callable[[], pa.Table]] = {}
    for name in snapshot.catalogue.events:
        makers[name] = lambda name=name: event_rows(snapshot, name, until)
    makers["events"] = lambda: all_events(snapshot, until)
    makers["profiles"] = lambda: profile_rows(reading, as_of)
    makers["memberships"] = lambda: member_rows(reading, as_of)
    return makers


def _only_a_select(connection: Any, query: str) -> None:
    """Raises unless the query is one SELECT."""
    statements = connection.extract_statements(query)
    if len(statements) != 1 or str(statements[0].type).rpartition(".")[2] not in {
        "SELECT",
        "EXPLAIN",
    }:
        raise UsageError("only one SELECT is answered", hint="shoal sql reads, it changes nothing")


def _sentence(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _views_hint(reading: Reading, error: Exception) -> str | None:
    if "Catalog Error" not in str(error):
        return None
    names = [name for name in reading.snapshot.catalogue.events if not name.startswith("$")]
    return f"there are events, profiles, memberships, {', '.join(names) or 'and no events yet'}"
