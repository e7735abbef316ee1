"""What a project is, in a few facts: its name, its clock, how much it holds and up to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.core.instants import format_instant
from shoal.project.sampling import SOURCE
from shoal.project.views import received_names

if TYPE_CHECKING:
    from shoal.project.reading import Reading


def project_facts(reading: Reading) -> dict[str, Any]:
    """Name, language, zone and currency; the default ``as_of``; events received, first and last."""
    settings, snapshot = reading.project.settings, reading.snapshot
    events = [snapshot.catalogue.events[name] for name in received_names(snapshot)]
    firsts = [it.first_at for it in events if it.first_at is not None]
    imports = reading.project.store.books.imports()
    return {
        "name": settings.name,
        "language": settings.language,
        "time_zone": settings.time_zone.name,
        "currency": settings.currency,
        "now": str(settings.now),
        "as_of": format_instant(reading.at(None)),
        "version": snapshot.version,
        "events": sum(it.rows for it in events),
        "first_event_at": format_instant(min(firsts)) if firsts else None,
        "latest_event_at": _told(snapshot.latest_event_at),
        "sample": any(it.source.name == SOURCE and it.undone_at is None for it in imports),
    }


def _told(at: int | None) -> str | None:
    return None if at is None else format_instant(at)
