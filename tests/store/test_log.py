"""The log keeps what it acknowledged, whatever the disk does."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoal.core.errors import StoreDamagedError, StoreError, StoreFormatError
from shoal.store.log import Log, examine, read_frames, read_log, segment_path


def put(log: Log, payload: bytes) -> None:
    log.make_durable(log.write(payload))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.data())
def test_a_torn_tail_is_cut_off_at_the_last_good_frame(tmp_path_factory, payloads, data) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = Log(folder, 1)
    ends = [log.end.end]
    for payload in payloads:
        put(log, payload)
        ends.append(log.end.end)
    log.close()
    path = segment_path(folder, 1)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=12))
    path.write_bytes(whole[:cut] + junk)
    kept = sum(end <= cut for end in ends[1:])
    if 16 <= cut < len(whole) and whole[cut:].startswith(junk):
        kept = sum(end <= cut + len(junk) for end in ends[1:])
    if cut < 16:
        path.write_bytes(whole[:cut])
        kept = 0
    log = Log(folder, 1)
    put(log, b"more")
    log.close()
    assert read_log(folder, 1)[0] == [*payloads[:kept], b"more"]


def test_damage_in_the_middle_is_noticed(tmp_path: Path) -> None:
    log = Log(tmp_path, 1)
    put(log, b"one")
    put(log, b"two")
    log.close()
    path = segment_path(tmp_path, 1)
    path.write_bytes(path.read_bytes().replace(b"one", b"0ne"))
    found = examine(path)
    assert [payload for _, payload in found.frames] == [b"two"]
    assert [(gap.start, gap.end) for gap in found.gaps] == [(16, 27)]
    log = Log(tmp_path, 1)
    put(log, b"three")
    assert read_log(tmp_path, 1)[0] == [b"two", b"three"], "what was acknowledged is not cut off"


@pytest.mark.parametrize("damage", ["length", "zeros", "everything"])
def test_frames_behind_damage_are_found(tmp_path: Path, damage: str) -> None:
    log = Log(tmp_path, 1)
    for number in range(3):
        put(log, b"[[%d, %d]]" % (number, number))
    log.close()
    path = segment_path(tmp_path, 1)
    whole = path.read_bytes()
    at, end = 16 + 16, 16 + 32
    spoilt = {
        "length": whole[:at] + b"\xff\xff\xff\x00" + whole[at + 4 :],
        "zeros": whole[:at] + bytes(16) + whole[end:],
        "everything": whole[:at] + b"[" * 16 + whole[end:],
    }[damage]
    path.write_bytes(spoilt)
    assert read_frames(path) == ([b"[[0, 0]]", b"[[2, 2]]"], len(whole))


def test_zeros_at_the_end_are_no_frames(tmp_path: Path) -> None:
    log = Log(tmp_path, 1)
    put(log, b"[1]")
    log.close()
    path = segment_path(tmp_path, 1)
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert read_log(tmp_path, 1)[0] == [b"[1]"]


def test_frames_that_failed_twice_are_known_to_be_gone(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)

    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    places = [log.write(b"[1]")]
    for _ in range(2):
        with pytest.raises(StoreError):
            log.make_durable(places[-1])
        places.append(log.write(b"[2]"))
    assert [log.is_kept(place) for place in places] == [False, False, True]
    with pytest.raises(StoreError):
        log.make_durable(places[0])


def test_a_log_that_could_not_go_on_goes_on_later(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)
    put(log, b"[1]")
    place = log.write(b"[2]")

    def broken(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("fdatasync", "pwrite", "ftruncate"):
        monkeypatch.setattr(os, name, broken)
    with pytest.raises(StoreError):
        log.make_durable(place)
    with pytest.raises(StoreError):
        log.write(b"[3]")
    monkeypatch.undo()
    put(log, b"[4]")
    assert not log.is_kept(place)
    assert read_log(tmp_path, 1)[0][-1] == b"[4]"


def test_a_system_that_takes_nothing_is_a_full_disk(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)
    monkeypatch.setattr(os, "pwrite", lambda *_: 0)
    with pytest.raises(StoreError, match="no space left"):
        log.write(b"[1]")


def test_short_writes_are_finished(tmp_path: Path, monkeypatch) -> None:
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda handle, data, at: real(handle, bytes(data[:3]), at))
    log = Log(tmp_path, 1)
    put(log, b"a long payload")
    assert read_log(tmp_path, 1)[0] == [b"a long payload"]


def test_a_full_disk_refuses_and_keeps_what_was_there(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)
    put(log, b"one")
    real = os.pwrite

    def full(handle, data, at):
        real(handle, bytes(data[:2]), at)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreError, match="no space left"):
        log.write(b"two")
    monkeypatch.undo()
    put(log, b"three")
    assert read_log(tmp_path, 1)[0] == [b"one", b"three"]


def test_a_failed_fsync_is_never_tried_again_on_the_same_file(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)
    put(log, b"one")
    asked: list[int] = []

    def broken(handle: int) -> None:
        asked.append(os.fstat(handle).st_ino)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    place = log.write(b"two")
    with pytest.raises(StoreError, match="cannot be written"):
        log.make_durable(place)
    assert not log.is_kept(place)
    monkeypatch.undo()
    put(log, b"three")
    assert len(asked) == 1
    assert asked[0] == segment_path(tmp_path, 1).stat().st_ino
    assert read_log(tmp_path, 1)[0] == [b"one", b"three"]
    assert read_frames(segment_path(tmp_path, 2))[0] == [b"three"]


def test_threads_share_fsyncs(tmp_path: Path, monkeypatch) -> None:
    log = Log(tmp_path, 1)
    syncs: list[int] = []
    real = os.fdatasync
    gate = threading.Event()

    def slow(handle: int) -> None:
        syncs.append(handle)
        gate.wait(5)
        real(handle)

    monkeypatch.setattr(os, "fdatasync", slow)
    places = [log.write(bytes([number + 1])) for number in range(20)]
    threads = [threading.Thread(target=log.make_durable, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert len(syncs) == 1
    assert len(read_log(tmp_path, 1)[0]) == 20


def test_a_newer_or_foreign_segment_is_refused(tmp_path: Path) -> None:
    segment_path(tmp_path, 1).write_bytes(b"SHOALLOG" + bytes([9, 0, 0, 0]) + bytes(4))
    with pytest.raises(StoreFormatError, match="newer"):
        read_log(tmp_path, 1)
    segment_path(tmp_path, 1).write_bytes(b"something else entirely")
    with pytest.raises(StoreDamagedError):
        read_log(tmp_path, 1)


def test_room_ahead_and_segments_made_in_advance_change_nothing_but_speed(tmp_path: Path) -> None:
    log = Log(tmp_path, 1)
    log.ahead = 1000
    for number in range(60):
        put(log, b"[%d]" % number + b"x" * 50)
        if number % 20 == 10:
            log.prepare()
            log.prepare()
        if number % 20 == 15:
            log.roll()
    frames = read_log(tmp_path, 1)[0]
    assert [frame[:4].rstrip(b"x") for frame in frames] == [b"[%d]" % n for n in range(60)]
    assert segment_path(tmp_path, 1).stat().st_size > 1000
    again = Log(tmp_path, 1)  # as after a kill: zeros behind the frames
    put(again, b"[60]")
    again.close()
    assert len(read_log(tmp_path, 1)[0]) == 61
    assert examine(segment_path(tmp_path, 1)).gaps == ()
