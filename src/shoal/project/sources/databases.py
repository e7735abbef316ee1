"""Rows of a database: what is new since the cursor, put aside as files that can be imported."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import MissingExtraError, ShoalError
from shoal.project.sources.files import PASSWORD, filled
from shoal.project.sources.folders import Piece

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.sql.expression import TextClause

    from shoal.core.spans import Span
    from shoal.sources.definition import SourceDefinition

CHUNK = 250_000
"""Rows after which an import is made and the cursor kept, so that a kill costs no more."""
AT_ONCE = 5_000
KNOWS_LIMIT = {"postgresql", "mysql", "mariadb", "sqlite"}
OF_SESSIONS = {"mysql", "mariadb"}
"""Databases that tell instants by the clocks of the session's zone: it is set to UTC."""
TIMESTAMP = 7
"""What their drivers call the type of a column that holds instants."""
_FILE = re.compile(r"^sqlite(\+\w+)?$")
_COLON = re.compile(r"(?<![:\w$\\]):([\w$]+)(?![:\w$])")
"""What SQLAlchemy would take for a parameter, in a text too."""
_VALUE = re.compile(r"""( with text |: "| value: ').*""")
"""Where a database tells a value that it stumbled over, which may be of a person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are put aside: where, and how many in one file.

    ``in_one`` keeps all in one file, for mappings that gather rows; ``only_first`` is for somebody
    who looks at the first of them.
    """

    spool: Path
    in_one: bool = False
    only_first: bool = False
    chunk: int = CHUNK


def database_pieces(
    source: SourceDefinition, cursor: str | None, folder: Path, reading: Reading
) -> Iterator[Piece]:
    """The rows from the cursor on, in files that are gone when the next piece is asked for.

    They end where the cursor's value changes: rows that are equal are never parted. ``folder`` is
    where the path of an SQLite database begins. Raises ShoalError.
    """
    spool = reading.spool
    what = source.table or "the query"
    with _connected(source, folder) as connection:
        if cursor is None and source.cursor is not None:
            unset = connection.execute(_counting(source, connection)).scalar() or 0
            if unset:
                yield Piece(what, spool, left=f"{_rows(unset)} no `{source.cursor}`")
        after = None if cursor is None else _before(_cursor_value(cursor), source.overlap)
        asked = _asking(source, connection, is_first=after is None, few=reading.only_first)
        streaming = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
        with closing(streaming.execute(asked, {} if after is None else {"after": after})) as result:
            columns = _columns(source, what, tuple(result.keys()))
            rows: Iterator[Any] = islice(
                result.partitions(AT_ONCE), 1 if reading.only_first else None
            )
            instants = _instants(connection, result)
            if instants:
                rows = (_in_utc(part, instants) for part in rows)
            place = None if source.cursor is None else columns.index(source.cursor)
            most = None if reading.in_one or place is None else reading.chunk
            number = 0
            for path, last in _files(rows, columns, place, spool / source.name, most):
                number += 1
                kept = None if place is None else _cursor_text(last)
                _before(last, source.overlap)  # said before anything is imported
                try:
                    yield Piece(f"{what} ({number})", path, cursor=kept, columns=columns)
                finally:
                    path.unlink(missing_ok=True)
        if not number:
            why = "it has nothing new" if cursor else "it has no rows"
            yield Piece(what, spool, left=why, columns=columns)


def _columns(source: SourceDefinition, what: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns there are; ShoalError where a name is there twice, or the cursor is not."""
    if len(set(columns)) < len(columns):
        raise ShoalError(f"{what} gives two columns of one name", hint="name them with `as`")
    if source.cursor is not None and source.cursor not in columns:
        raise ShoalError(
            f"{what} has no column `{source.cursor}`, which is to be the cursor",
            hint=f"it has {', '.join(columns)}",
        )
    return columns


def _files(
    parts: Iterator[Sequence[Any]],
    columns: tuple[str, ...],
    place: int | None,
    beside: Path,
    most: int | None,
) -> Iterator[tuple[Path, Any]]:
    """The rows as files of JSON lines, each with the cursor's value in its last row."""
    import msgspec

    encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
    left: list[Any] = []
    number = 0
    last: Any = None
    while left or (left := list(next(parts, ()))):
        number += 1
        count = 0
        path = beside.with_name(f"{beside.name}-{number}.jsonl")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("wb") as file:
            while left or (left := list(next(parts, ()))):
                cut = len(left)
                if most is not None and place is not None and count + len(left) >= most:
                    cut = _cut(left, place, max(most - count, 0), last if count else None)
                taken, left = left[:cut], left[cut:]
                if taken:
                    last = taken[-1][place] if place is not None else None
                    count += len(taken)
                    lines = (dict(zip(columns, row, strict=True)) for row in taken)
                    try:
                        file.write(encoder.encode_lines(lines))
                    except (OverflowError, TypeError, ValueError) as error:
                        raise ShoalError(
                            f"a value of the table cannot be written as JSON: {error}",
                            hint="leave its column out with `query`, or cast it to text",
                        ) from error
                if left:
                    break
        yield path, last


def _cut(rows: list[Any], place: int, most: int, last: Any) -> int:
    """Where to part the rows: the first change of the cursor's value after ``most`` of them."""
    before = rows[most - 1][place] if most else last
    for at in range(most, len(rows)):
        if rows[at][place] != before:
            return at
    return len(rows)


def _asking(
    source: SourceDefinition, connection: Connection, *, is_first: bool, few: bool
) -> TextClause:
    """The question; ``few`` asks for no more rows than are looked at, where the dialect has a word."""
    from sqlalchemy import text

    end = f" LIMIT {AT_ONCE}" if few and connection.dialect.name in KNOWS_LIMIT else ""
    asked = f"SELECT * FROM {_rows_of(source, connection)}"  # noqa: S608 -- a file of the project
    if source.cursor is None:
        return text(asked + end)
    name = connection.dialect.identifier_preparer.quote(source.cursor)
    test = f"{name} IS NOT NULL" if is_first else f"{name} >= :after"
    return text(f"{asked} WHERE {test} ORDER BY {name}{end}")


def _instants(connection: Connection, result: Any) -> tuple[int, ...]:
    """Columns of MySQL and MariaDB that hold instants, which their drivers give without a zone."""
    if connection.dialect.name not in OF_SESSIONS:
        return ()
    described: list[Any] = list(result.cursor.description or ())
    return tuple(at for at, it in enumerate(described) if it[1] == TIMESTAMP)


def _in_utc(rows: Sequence[Any], instants: Sequence[int]) -> list[Any]:
    """The rows with a zone to their instants."""
    found: list[Any] = []
    for row in rows:
        cells = list(row)
        for at in instants:
            if isinstance(cells[at], datetime):
                cells[at] = cells[at].replace(tzinfo=UTC)
        found.append(tuple(cells))
    return found


def _counting(source: SourceDefinition, connection: Connection) -> TextClause:
    from sqlalchemy import text

    name = connection.dialect.identifier_preparer.quote(source.cursor or "")
    rows = _rows_of(source, connection)
    return text(f"SELECT count(*) FROM {rows} WHERE {name} IS NULL")  # noqa: S608


def _rows_of(source: SourceDefinition, connection: Connection) -> str:
    if source.query is not None:
        query = _COLON.sub(r"\\:\1", source.query)  # no parameters of ours are in it
        return f"({query.rstrip().rstrip(';')}\n) asked"
    quote = connection.dialect.identifier_preparer.quote
    return ".".join(quote(part) for part in (source.table or "").split("."))


@contextmanager
def _connected(source: SourceDefinition, folder: Path) -> Generator[Connection]:
    """A connection to the database; whatever it says goes as one sentence, without the address."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    engine = _engine(source, folder)
    try:
        with engine.connect() as connection:
            if connection.dialect.name in OF_SESSIONS:
                connection.exec_driver_sql("SET time_zone = '+00:00'")
            yield connection
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
        raise ShoalError(
            f"the database says: {_VALUE.sub('', said[0])}", hint=f"see sources/{source.name}.yml"
        ) from error
    except SQLAlchemyError as error:
        said = str(error).strip().splitlines()
        raise ShoalError(f"the database cannot be asked: {said[0]}") from error
    finally:
        engine.dispose()


def _address(place: str) -> URL:
    """The address. A password is taken as it is: an @ or / in it ends nothing."""
    from sqlalchemy.engine import make_url

    found = PASSWORD.match(place)
    if found is None or not found[1]:
        return make_url(filled(place))
    before, after = place[: found.start(1)], place[found.end(1) :]
    return make_url(f"{filled(before)}x{filled(after)}").set(password=filled(found[1]))


def _engine(source: SourceDefinition, folder: Path) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        url = _address(source.place)
        if _FILE.match(url.drivername) and url.database and not url.database.startswith("file:"):
            path = folder / url.database
            if not path.is_file():  # which the driver would make
                raise ShoalError(f"there is no database `{path}`")
            url = url.set(database=str(path))
        return create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise ShoalError(
            f"`from` of sources/{source.name}.yml is no address of a database",
            hint="such as postgresql+psycopg://reader:${SHOP_PASSWORD}@db.example.org/shop",
        ) from error
    except ImportError as error:
        raise MissingExtraError(
            f"the driver `{error.name}` of this database is not installed",
            hint="for PostgreSQL `pip install 'shoal[postgresql]'`, for MySQL and MariaDB "
            "`pip install 'shoal[mysql]'`, others beside Shoal",
        ) from error


def _cursor_text(value: Any) -> str:
    """A cursor's value as JSON that says of which type it is."""
    match value:
        case bool() | int() | str():
            return json.dumps(value)
        case float():
            return json.dumps({"float": value.hex()})
        case datetime():
            return json.dumps({"instant": value.isoformat()})
        case date():
            return json.dumps({"date": value.isoformat()})
        case Decimal():
            return json.dumps({"decimal": str(value)})
        case _:
            raise ShoalError(
                f"a column of {type(value).__name__} cannot be a cursor",
                hint="take a number, a time or a text that grows",
            )


def _cursor_value(text: str) -> Any:
    """What ``_cursor_text`` kept."""
    match json.loads(text):
        case {"float": str(value)}:
            return float.fromhex(value)
        case {"instant": str(value)}:
            return datetime.fromisoformat(value)
        case {"date": str(value)}:
            return date.fromisoformat(value)
        case {"decimal": str(value)}:
            return Decimal(value)
        case value:
            return value


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _before(value: Any, overlap: Span | None) -> Any:
    if overlap is None:
        return value
    if not isinstance(value, date):  # a datetime is one
        raise ShoalError("`overlap` needs a cursor that is a time", hint="leave it out")
    try:
        return value - timedelta(microseconds=overlap.microseconds)
    except OverflowError:  # the beginning of time
        return value
