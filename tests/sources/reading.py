"""A stand-in for the store: collects what a file becomes, as plain Python values."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from shoal.core.instants import Zone, format_instant
from shoal.events.columns import as_text
from shoal.events.quarantine import Rejected
from shoal.events.table import EventTable
from shoal.sources import FileMapping, ImportStream, mapping_from_options, read_file

DATA = Path(__file__).parents[3] / "shared" / "data"
ORDERS = mapping_from_options(event="Order Completed", user="user", time="at")


@dataclass
class Read:
    """Everything a file gave."""

    events: list[dict]
    rejected: list[Rejected]
    fingerprints: list[tuple[int, int]]
    tables: list[EventTable]
    stream: ImportStream

    @property
    def notices(self) -> list[str]:
        return list(self.stream.notices)


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def read(path: Path, mapping: FileMapping = ORDERS, zone: str = "UTC", progress=None) -> Read:
    stream = read_file(path, mapping, Zone(zone), progress)
    tables = list(stream.tables)
    found = Read([], list(stream.rejected), [], tables, stream)
    for table in tables:
        found.events += events_of(table)
        found.fingerprints += [tuple(one) for one in table.fingerprints.tolist()]
    stream.close()
    return found


def events_of(table: EventTable) -> list[dict]:
    texts = {name: as_text(array).to_pylist() for name, array in table.properties.items()}
    events = []
    for row in range(len(table)):
        event = {
            "event": table.event,
            "user": table.user_ids[row].as_py(),
            "at": format_instant(int(table.occurred_at[row])),
            "row": int(table.order[row]) + 1,
        }
        if table.anonymous_ids is not None:
            event["anonymous"] = table.anonymous_ids[row].as_py()
        event |= {name: cells[row] for name, cells in texts.items() if cells[row] is not None}
        if table.lines is not None:
            event["lines"] = lines_of(table, row)
        events.append(event)
    return events


def lines_of(table: EventTable, parent: int) -> list[dict]:
    lines = table.lines
    texts = {name: as_text(array).to_pylist() for name, array in lines.properties.items()}
    return [
        {name: cells[row] for name, cells in texts.items() if cells[row] is not None}
        for row in range(len(lines.parent))
        if lines.parent[row] == parent
    ]
