"""What the log got since a snapshot: all of it, cheaply, and an honest *anything* where more changed."""

from __future__ import annotations

import pytest

from shoal.events.event import Event
from shoal.store import create
from shoal.store.since import Since


def seen(user, number=0, name="viewed", anonymous=None):
    return Event(name, user, anonymous, number, number, f"{user}-{anonymous}-{number}")


@pytest.fixture
def store(tmp_path):
    store = create(tmp_path, buckets=2)
    yield store
    store.close()


@pytest.fixture
def writer(store):
    with store.write() as writer:
        writer.append([seen("ana", 1), seen("ben", 2)])
        yield writer


def _behind(store):
    since = Since(store.root)
    since.follow(store.snapshot())
    return since


def test_each_event_behind_the_snapshot_is_told_once(store, writer):
    since = _behind(store)
    assert since.read() == []
    writer.append([seen("ana", 3, anonymous="a1")])
    writer.append([seen("cid", 4)])
    (one, other) = since.read()
    assert (one.event.user_id, other.event.user_id) == ("ana", "cid")
    assert len(one.mentioned) == 1
    assert since.read() == []
    writer.append([seen("ben", 5)])
    assert [it.event.user_id for it in since.read()] == ["ben"]
    since.close()


def test_from_an_empty_log_too(store):
    since = _behind(store)
    store.append([seen("ana", 1)])
    assert [it.event.user_id for it in since.read()] == ["ana"]


def test_a_fold_and_an_erasure_leave_everything_open(store, writer):
    since = _behind(store)
    writer.fold()
    assert since.read() is None
    since = _behind(store)
    writer.append([seen("ana", 3), seen("ben", 4)])
    assert len(since.read()) == 2
    writer.erase("ben")
    assert since.read() is None


def test_a_log_that_was_written_anew_is_not_read_on(store, writer):
    """As in the moment in which an erasure has rewritten the log, and not yet told of it."""
    from shoal.store.files import LOG
    from shoal.store.log import read_frames, segment_numbers, segment_path, write_segment

    since = _behind(store)
    path = segment_path(store.root / LOG, segment_numbers(store.root / LOG)[-1])
    write_segment(path, read_frames(path)[0])
    assert since.read() is None
