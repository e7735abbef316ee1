"""Files of scores, as one process hands them to the one that owns the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shoal.events.property_type import PropertyType
from shoal.events.table import EventTable
from shoal.language.foretelling import ABOUT, MODEL, SCORE, VERSION

if TYPE_CHECKING:
    from shoal.sources import ImportStream

USER, ANONYMOUS, AT, ID = "user_id", "anonymous_id", "at", "id"
"""Columns beside the score and what it carries; equal ids are the same score."""


def scores_in(request: Mapping[str, Any]) -> tuple[ImportStream, Iterator[EventTable]]:
    """The file of a request, open, and the scores it holds."""
    from shoal.core.instants import Zone
    from shoal.sources import FileMapping, read_file
    from shoal.sources.mapping import EventRows

    name = str(request["prediction"])
    columns = (name, ABOUT, MODEL, VERSION)
    kinds = {name: PropertyType.NUMBER, **dict.fromkeys(columns[1:], PropertyType.TEXT)}
    rows = EventRows(
        event="score",
        user=USER,
        anonymous=ANONYMOUS,
        time=AT,
        ids=(ID,),
        properties={it: f"`{it}`" for it in columns},
        types=kinds,
    )
    stream = read_file(
        request["path"], FileMapping((rows,), source="scores"), Zone(request["zone"])
    )
    tables = (replace(it, event=SCORE, raw_event=SCORE) for it in stream.tables)
    return stream, tables
