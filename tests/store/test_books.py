"""Parts of the books are made when they are first needed, by whoever comes first."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace

import pytest
from sqlalchemy import inspect

from shoal.core.errors import StoreError
from shoal.store import tables
from shoal.store.books import Books
from shoal.store.campaign_tables import campaign_log, campaigning, outbox
from shoal.store.source_books import SourceBooks, sourcing


def made(folder):
    books = Books(folder / "books.sqlite")
    books.create()
    return books


def test_a_part_is_not_there_until_it_is_needed(tmp_path):
    books = made(tmp_path)
    assert not books.has(campaigning)
    books.table(campaigning, "outbox")
    assert books.has(campaigning)
    assert Books(books.path).has(campaigning)


def test_asking_how_far_a_source_is_writes_nothing(tmp_path):
    books = made(tmp_path)
    assert SourceBooks(books).state("shop", "a place").cursor is None
    assert SourceBooks(books).seen("shop") == {}
    assert not books.has(sourcing)


def test_a_table_that_an_older_version_did_not_have_is_added_and_the_rest_stays(tmp_path):
    books = made(tmp_path)
    books.make(campaigning)
    with books.writing() as connection:
        connection.execute(
            campaign_log.insert().values(campaign="a", at=1, actor="x", action="y", detail="{}")
        )
        outbox.drop(connection)
    later = Books(books.path)
    assert not later.has(campaigning)
    later.make(campaigning)
    with later.reading() as connection:
        assert connection.execute(campaign_log.select()).one().campaign == "a"
        assert {it["name"] for it in inspect(connection).get_indexes("outbox")} >= {
            "outbox_by_state",
            "outbox_by_person",
        }


def test_many_may_make_a_part_at_once(tmp_path):
    books = made(tmp_path)
    each = [Books(books.path) for _ in range(8)]
    with ThreadPoolExecutor(len(each)) as together:
        list(together.map(lambda one: one.make(campaigning), each))
    assert all(one.has(campaigning) for one in each)
    for one in each:
        one.close()


def test_books_on_a_disk_that_is_read_only_answer_and_refuse_changes(tmp_path, monkeypatch):
    books = made(tmp_path)
    books.set_setting("language", "pt")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    (tmp_path / "books.sqlite-shm").mkdir()  # SQLite cannot make its file there
    before = books.path.read_bytes()
    reader = Books(books.path)
    assert reader.setting("language") == "pt"
    with pytest.raises(StoreError, match="cannot be written"):
        reader.set_setting("language", "en")
    assert Books(books.path).setting("language") == "pt"
    assert books.path.read_bytes() == before


def test_books_whose_last_changes_lie_beside_them_are_not_read_without(tmp_path, monkeypatch):
    books = made(tmp_path)
    monkeypatch.setattr(tables, "WAIT_FOR_WRITERS", 0.05)
    books.path.with_name("books.sqlite-wal").write_bytes(b"what was written last")
    with pytest.raises(sqlite3.OperationalError, match="nothing can be written here"):
        tables.copied(books.path)
    with pytest.raises(sqlite3.OperationalError, match="No such file"):
        tables.copied(tmp_path / "gone.sqlite")


def test_books_that_only_sqlite_itself_can_read_now_are_read_by_it(tmp_path, monkeypatch):
    books = made(tmp_path)
    with closing(sqlite3.connect(books.path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE late (it)")
        writer.commit()
        monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        with closing(tables.read_only(books.path)) as reader:
            assert reader.execute("SELECT count(*) FROM late").fetchone() == (0,)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute("CREATE TABLE more (it)")


def test_a_full_disk_is_called_so(tmp_path, monkeypatch):
    books = made(tmp_path)
    books.path.write_bytes(b"no books at all")
    with pytest.raises(StoreError, match=r"not a database; .shoal doctor."):
        Books(books.path).setting("language")
    full = SimpleNamespace(free=0)
    monkeypatch.setattr("shoal.store.books.disk_usage", lambda _: full)
    with monkeypatch.context() as image:  # what is read-only has no space and needs none
        image.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        with pytest.raises(StoreError, match="not a database"):
            Books(books.path).setting("language")
    with pytest.raises(StoreError, match=r"no space left beside the books .* free some space"):
        Books(books.path).setting("language")
