"""The tables of the books, for SQLAlchemy Core."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.pool import NullPool

FORMAT_KEY = "books_format"

metadata = MetaData()

definitions_versions = Table(
    "definitions_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("applied_at", BigInteger, nullable=False),
    Column("author", String, nullable=False),
    Column("files", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("replaces", Integer),
    Column("undone_at", BigInteger),
)

import_cursors = Table(
    "import_cursors",
    metadata,
    Column("source", String, primary_key=True),
    Column("position", Text, nullable=False),
)

accounts = MetaData()
"""Who may do what. Made when first needed: a project that is never served has none of it."""

Table(
    "keys",
    accounts,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
Table(
    "users",
    accounts,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("email", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password", String),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)
Table(
    "sessions",
    accounts,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", String, nullable=False, unique=True),
    Column("user_id", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
Table(
    "links",
    accounts,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", String, nullable=False, unique=True),
    Column("user_id", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)
Table(
    "audit",
    accounts,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
)

deliveries = MetaData()
"""Who is told of transitions, and how far. No row speaks of a person: messages are numbers of what
was told, and made anew from it whenever they are sent."""

Table(
    "webhooks",
    deliveries,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("segments", Text, nullable=False),
    Column("secret", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("delivered", BigInteger, nullable=False, default=0),
    Column("delivered_at", BigInteger),
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", BigInteger),
    Column("last_error", Text),
    Column("paused_at", BigInteger),
    sqlite_autoincrement=True,
)
Table(
    "dead_letters",
    deliveries,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook_id", Integer, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_wanted", Integer, nullable=False, default=0),
    sqlite_autoincrement=True,
)


def open_sqlite(path: Path) -> Engine:
    """An engine whose connections overwrite what they delete and wait for each other.

    Where nothing can be written beside the file, its connections only read it.
    """
    if path.is_file() and not os.access(path.parent, os.W_OK):
        return create_engine("sqlite://", creator=lambda: read_only(path), poolclass=NullPool)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    def prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout = 10000",
            "journal_mode = WAL",
            "secure_delete = ON",
            "synchronous = FULL",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine


def read_only(path: Path, patience: float = 10.0) -> sqlite3.Connection:
    """A connection that refuses every change; sqlite3.Error where the file cannot be read.

    Where SQLite itself cannot read it because nothing may be written beside it, it is a copy.
    """
    found = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=patience, check_same_thread=False
    )
    try:
        found.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        found.close()
        if os.access(path.parent, os.W_OK):
            raise
        return copied(path)
    return found


WAIT_FOR_WRITERS = 2.0
"""Seconds in which somebody else may finish what they write to books that are copied."""
_JOURNAL_VERSIONS = slice(18, 20)


def copied(path: Path) -> sqlite3.Connection:
    """A copy of the file in memory, as of one moment, that refuses every change.

    SQLite reads a file with a write-ahead log only where it may write beside it: not in a folder or
    on a disk that is mounted read-only.
    """
    until = time.monotonic() + WAIT_FOR_WRITERS
    ahead = path.with_name(f"{path.name}-wal")
    while True:
        try:
            before = path.stat()
            image = bytearray(path.read_bytes())
            after = path.stat()
            waiting = ahead.stat().st_size if ahead.exists() else 0
        except OSError as error:
            raise sqlite3.OperationalError(error.strerror) from error
        if not waiting and (before.st_size, before.st_mtime_ns) == (
            after.st_size,
            after.st_mtime_ns,
        ):
            break
        if time.monotonic() > until:
            raise sqlite3.OperationalError(
                "they wait for what was being written, and nothing can be written here"
            )
        time.sleep(0.02)
    if image:
        image[_JOURNAL_VERSIONS] = b"\x01\x01"  # a copy in memory has no write-ahead log
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    if image:
        connection.deserialize(bytes(image))
    connection.execute("PRAGMA query_only = ON")
    return connection
