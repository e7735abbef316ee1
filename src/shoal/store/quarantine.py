"""What could not become an event, kept as received: one immutable file per import or fold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from shoal.core.errors import StoreDamagedError
from shoal.events.quarantine import Reason, Rejected
from shoal.identity import Identifier
from shoal.store.files import QUARANTINE, writing

_OTHER_NUMBERS = re.compile(
    r"(?<![\w.])\d+\.(?!0+(?![\w.]))\d+(?![\w.])"
    r"|(?<![\w-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])"
)
"""Decimals, days and times of day, which are no identifiers; 7.0 may be 7, kept in a column of doubles."""
DAMAGED_ROW = "damaged"
"""The code of a row that the quarantine itself has lost."""


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

    def with_raw(self, raw: str) -> Quarantined:
        """The row as somebody mended it."""
        return replace(self, raw=raw)

    def with_reason(self, reason: str) -> Quarantined:
        """The row with the reason why it still cannot be an event."""
        return replace(self, reason=reason)


_FIELDS = tuple(it.name for it in fields(Quarantined))


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


def not_waiting(
    rejected: Iterable[Rejected], root: Path, names: Iterable[str], imports: Collection[int]
) -> Iterator[Rejected]:
    """The rejected rows but those that wait in quarantine already, word for word, of these imports.

    ``names`` are the files of the quarantine. None is read before there is a row to compare.
    """
    waiting: set[bytes] | None = None
    for one in rejected:
        if waiting is None:
            waiting = {
                _digest(row.code, row.raw)
                for row in read_quarantine(root, _of_imports(names, imports))
                if row.code != DAMAGED_ROW
            }
        if _digest(one.code, one.raw) not in waiting:
            yield one


def _of_imports(names: Iterable[str], imports: Collection[int]) -> list[str]:
    heads = {name_of(number).removesuffix(".jsonl") for number in imports}
    return [name for name in names if name.partition(".")[0] in heads]


def _digest(code: Reason | str, raw: str) -> bytes:
    return hashlib.blake2b(
        f"{code} {raw}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def name_of(import_id: int) -> str:
    """The file of the rows that an import rejected, as long as none of them is edited."""
    return f"import-{import_id:08d}.jsonl"


def write_quarantine(root: Path, name: str, rows: Iterable[Quarantined]) -> int:
    """Number of rows written; none, no file."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    count = 0
    as_json = json.JSONEncoder(ensure_ascii=False).encode
    with writing(root / QUARANTINE / name) as file:
        for row in _chain(first, rows):
            text = as_json({name: getattr(row, name) for name in _FIELDS})
            file.write(text.encode("utf-8", "surrogatepass") + b"\n")
            count += 1
    return count


def count_quarantined(root: Path, names: Iterable[str]) -> int:
    """How many rows these files hold, damaged ones too, without understanding any."""
    count = 0
    for name in names:
        try:
            with (root / QUARANTINE / name).open("rb") as file:
                count += sum(1 for _ in file)
        except FileNotFoundError:
            count += 1
    return count


def read_quarantine(root: Path, names: Iterable[str]) -> Iterator[Quarantined]:
    """Every row of these files; one that is damaged is told as such, with what can be read of it."""
    for name in names:
        path = root / QUARANTINE / name
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    yield _row(name, number, line)
        except FileNotFoundError:
            yield _damaged(name, 0, b"", "the whole file is gone")
        except OSError as error:
            raise StoreDamagedError(f"`{path.name}` cannot be read: {error}") from error


def _row(name: str, number: int, line: bytes) -> Quarantined:
    try:
        return Quarantined(**json.loads(line.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError):
        return _damaged(name, number, line, "this row of the quarantine is damaged")


def _damaged(name: str, number: int, line: bytes, reason: str) -> Quarantined:
    raw = line.decode("utf-8", "replace").rstrip("\n")
    return Quarantined(f"damaged-{name}-{number}", None, None, number, DAMAGED_ROW, reason, raw, 0)


def speaks_of(text: str) -> Callable[[str], bool]:
    """Whether a raw row has this identifier in it, standing by itself.

    An identifier of digits is no part of an amount, a day or a time of day.

    >>> speaks_of("c_4")("c_42,2026-01-01"), speaks_of("c_42")('{"user": "c_42"}')
    (False, True)
    >>> speaks_of("7")("c1,7.25,2026-03-07"), speaks_of("7")("7,7.25"), speaks_of("03")("2026-03-07")
    (False, True, False)
    >>> speaks_of("7")('{"user": 7.0}')
    True
    """
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    inner = "|".join(re.escape(form) for form in sorted(forms))
    pattern = re.compile(rf"(?<!\w)(?:{inner})(?!\w)")
    if text.isdecimal():
        return lambda raw: pattern.search(_OTHER_NUMBERS.sub("-", raw)) is not None
    return lambda raw: pattern.search(raw) is not None


def _chain(first: Quarantined, rest: Iterable[Quarantined]) -> Iterator[Quarantined]:
    yield first
    yield from rest
