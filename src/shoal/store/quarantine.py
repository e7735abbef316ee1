"""What could not become an event, kept as received: one immutable file per import or fold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shoal.core.errors import StoreDamagedError
from shoal.events.quarantine import Rejected
from shoal.identity import Identifier
from shoal.store.files import QUARANTINE, writing


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something rejected. ``id`` is its own for good.

    A row of a file has an ``import_id``, and ``row`` counts the file's data rows from 1; what came
    in live has neither, but the ``source`` it came from.
    """

    id: str
    import_id: int | None
    row: int | None
    line: int | None
    code: str
    reason: str
    raw: str
    received_at: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that came in live and could not become an event: kept, and told.

    ``people`` are the identifiers it names, as far as they could be made out: what names an erased
    person is not kept.
    """

    raw: str
    reason: str
    code: str
    received_at: int
    source: str = ""
    people: tuple[Identifier, ...] = ()


def quarantined(
    rejected: Iterable[Rejected], import_id: int, received_at: int
) -> Iterator[Quarantined]:
    """The rejected rows of an import, numbered."""
    for number, one in enumerate(rejected, 1):
        yield Quarantined(
            f"q{import_id}-{number}",
            import_id,
            one.row,
            one.line,
            str(one.code),
            one.reason,
            one.raw,
            received_at,
        )


def write_quarantine(root: Path, name: str, rows: Iterable[Quarantined]) -> int:
    """Number of rows written; none, no file."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    count = 0
    with writing(root / QUARANTINE / name) as file:
        for row in _chain(first, rows):
            text = json.dumps(asdict(row), ensure_ascii=False)
            file.write(text.encode("utf-8", "surrogatepass") + b"\n")
            count += 1
    return count


def read_quarantine(root: Path, names: Iterable[str]) -> Iterator[Quarantined]:
    """Every row of these files."""
    for name in names:
        path = root / QUARANTINE / name
        try:
            with path.open("rb") as file:
                for line in file:
                    yield Quarantined(**json.loads(line.decode("utf-8", "surrogatepass")))
        except (OSError, ValueError, TypeError) as error:
            raise StoreDamagedError(f"`{path.name}` cannot be read: {error}") from error


def speaks_of(text: str) -> Callable[[str], bool]:
    """Whether a raw row has this identifier in it, standing by itself.

    >>> speaks_of("c_4")("c_42,2026-01-01"), speaks_of("c_42")('{"user": "c_42"}')
    (False, True)
    """
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    inner = "|".join(re.escape(form) for form in sorted(forms))
    pattern = re.compile(rf"(?<!\w)(?:{inner})(?!\w)")
    return lambda raw: pattern.search(raw) is not None


def _chain(first: Quarantined, rest: Iterable[Quarantined]) -> Iterator[Quarantined]:
    yield first
    yield from rest
