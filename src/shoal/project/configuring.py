"""The project's settings, read and changed by the page: one line of ``shoal.yml`` each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from shoal.core.errors import DefinitionError, UsageError
from shoal.project.opening import Project
from shoal.project.settings import Settings, parse_settings, read_settings, write_settings

_ENDS_OF_LINES = re.compile("[\\x85\\u2028\\u2029]")
CHANGED_HERE = ("name", "time_zone", "currency", "country", "language", "now")
"""What the page may change; the rest decides what the past was and stands in the file."""


def settings_facts(settings: Settings) -> dict[str, Any]:
    """What the page shows of the settings."""
    return {
        "name": settings.name,
        "time_zone": settings.time_zone.name,
        "currency": settings.currency,
        "country": settings.country,
        "language": settings.language,
        "now": str(settings.now),
        "session_gap": str(settings.session_gap),
    }


def change_settings(project: Project, wanted: Mapping[str, str]) -> Settings:
    """Writes what differs into ``shoal.yml``; what the settings are then.

    Raises DefinitionError, and writes nothing, where one of them cannot be meant.
    """
    unknown = wanted.keys() - set(CHANGED_HERE)
    if unknown:
        raise UsageError(f"`{min(unknown)}` is not changed here", hint="change it in shoal.yml")
    lines = {key: _quoted(value) for key, value in wanted.items()}
    try:
        parse_settings("\n".join(f"{key}: {line}" for key, line in lines.items()))
    except DefinitionError as error:
        # lines of a file that nobody has seen say nothing
        raise UsageError("; ".join(it.message for it in error.problems)) from error
    write_settings(project.folder, lines)
    return read_settings(project.folder)


def _quoted(value: str) -> str:
    """A value as YAML reads it back: what it takes for an end of line is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _ENDS_OF_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
