"""What the owner of a served project says of itself, asked by whoever answers questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.core.instants import format_instant
from shoal.project.asked import LIVE, SERVING, SHORTEN
from shoal.project.serving.watching import STATUS, served_status

if TYPE_CHECKING:
    from shoal.project.serving.served import Served


def sayings(served: Served) -> dict[str, Callable[[], dict[str, Any]]]:
    """By what is asked."""

    def shorten() -> dict[str, Any]:
        served.shorten_log()
        return {}

    return {
        STATUS: lambda: served_status(served),
        SERVING: lambda: _serving(served),
        LIVE: served.living.status,
        SHORTEN: shorten,
    }


def _serving(served: Served) -> dict[str, Any]:
    counted = served.intake.counted
    return {
        "started_at": format_instant(served.started_at),
        "ready": served.is_ready,
        "trouble": served.trouble,
        "waiting": served.intake.waiting,
        "in_log": len(served.writer.state.tail),
        "events": counted.events,
        "duplicates": counted.duplicates,
        "quarantined": counted.quarantined,
        **served_status(served),
    }
