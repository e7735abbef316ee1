"""Whatever the disk does, what was acknowledged is readable, once; what was not may come again."""

from __future__ import annotations

import errno
import os
import random
from collections import Counter
from contextlib import suppress

import pytest

from shoal.core.errors import StoreError
from shoal.events.event import Event
from shoal.store import create, open_store
from shoal.store.log import segment_path

AT = 1_760_000_000_000_000


def event(number: int) -> Event:
    return Event(
        "sent", f"u{number % 5}", None, AT + number, AT + number, f"m{number}", {"n": f"n{number}"}
    )


def held(folder) -> Counter:
    found: Counter = Counter()
    with open_store(folder).snapshot() as snapshot:
        for bucket in range(snapshot.buckets):
            column = snapshot.history(bucket).column("sent", "n")
            if column is not None:
                texts = column.dictionary.to_pylist()
                found.update(int(texts[code][1:]) for code in column.values.tolist())
    return found


class Disk:
    """Fails now and then as disks do: full, short writes, a sync that did not happen."""

    def __init__(self, seed: int, share: float) -> None:
        self.random, self.share = random.Random(seed), share
        self.pwrite, self.fdatasync = os.pwrite, os.fdatasync
        self.lost = 0

    def write(self, handle, data, at):
        if self.random.random() < self.share:
            whole = bytes(data)
            kind = self.random.randrange(3)
            if kind == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            if kind == 1:  # some of it, then nothing more
                self.pwrite(handle, whole[: len(whole) // 2], at)
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.pwrite(handle, whole[: max(1, len(whole) // 3)], at)
        return self.pwrite(handle, data, at)

    def sync(self, handle):
        if self.random.random() < self.share:
            self.lost += 1
            raise OSError(errno.EIO, "Input/output error")
        self.fdatasync(handle)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ahead", [0, 4096])
def test_acknowledged_is_readable_whatever_the_disk_does(
    tmp_path, monkeypatch, seed, ahead
) -> None:
    store = create(tmp_path, buckets=2)
    disk = Disk(seed, 0.25)
    acknowledged: set[int] = set()
    with store.write() as writer:
        writer.state.log.ahead = ahead
        monkeypatch.setattr(os, "pwrite", disk.write)
        monkeypatch.setattr(os, "fdatasync", disk.sync)
        for number in range(0, 240, 3):
            some = [event(number + at) for at in range(3)]
            try:
                writer.append(some)
                acknowledged |= {number, number + 1, number + 2}
            except StoreError:
                if disk.random.random() < 0.5:  # a client that comes again at once
                    with suppress(StoreError):
                        writer.append(some)
                        acknowledged |= {number, number + 1, number + 2}
            if number % 60 == 57:
                with suppress(StoreError):
                    writer.fold()
            if number % 30 == 0:
                assert acknowledged <= set(held(tmp_path))
        monkeypatch.undo()
    assert disk.lost
    assert 0 < len(acknowledged) < 240
    found = held(tmp_path)
    assert acknowledged <= set(found)
    assert set(found.values()) == {1}
    with open_store(tmp_path).write() as writer:
        writer.append([event(number) for number in range(240)])
        writer.fold()
    assert held(tmp_path) == Counter(range(240))


def test_a_torn_tail_takes_only_what_was_not_acknowledged(tmp_path) -> None:
    store = create(tmp_path, buckets=1)
    with store.write() as writer:
        writer.append([event(1)])
    path = segment_path(tmp_path / ".shoal" / "log", 1)
    whole = path.read_bytes()
    with store.write() as writer:
        writer.append([event(2)])
    both = path.read_bytes()
    for end in range(len(whole), len(both), 37):
        path.write_bytes(both[:end] + b"\0" * (end % 3))
        assert set(held(tmp_path)) == {1}
    with open_store(tmp_path).write() as writer:
        writer.append([event(2)])
    assert held(tmp_path) == Counter([1, 2])
    assert open_store(tmp_path).damages() == [], "a write that was cut off is no damage"
