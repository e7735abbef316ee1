"""Rows that cannot become events: kept as received, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row is in quarantine: stable codes, to count and to filter by."""

    NO_USER = "no_user"  # neither user nor anonymous id
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    IMPOSSIBLE_TIME = "impossible_time"  # outside 1684 to 2255
    NO_EVENT = "no_event"  # empty event name
    NO_ID = "no_id"
    RAGGED = "ragged"  # more or fewer cells than the header
    UNCLOSED_QUOTE = "unclosed_quote"
    NUL = "nul"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not imported.

    ``row`` counts the data rows of the file from 1 (a header is not one), ``line`` the lines of a
    text file from 1. ``raw`` is the row as received, or its cells where a file has no text.
    """

    row: int
    reason: str
    raw: str
    code: Reason = Reason.UNREADABLE
    line: int | None = None
