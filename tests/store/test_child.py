"""The child that folds does exactly what the owner would do, and its death costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest

from shoal.core.errors import StoreError
from shoal.events.event import Event
from shoal.events.fingerprint import id_fingerprints
from shoal.store import Refused, create
from shoal.store.child import Child
from shoal.store.live_identity import live_fingerprints
from tests.store.model import people_in

pytestmark = pytest.mark.serving

AT = 1_760_000_000_000_000


def event(number: int, name: str = "viewed", source: str = "web") -> Event:
    return Event(
        name, f"user {number % 7}", None, AT + number, AT + number, f"m{number}",
        {"n": number, "word": "w"}, source=source,
    )  # fmt: skip


def filled(folder, hand=None):
    folder.mkdir()
    store = create(folder, buckets=3)
    with store.write() as writer:
        if hand is not None:
            writer.hand = hand
        for part in range(3):
            writer.append(
                [event(part * 50 + number) for number in range(50 - 20 * part)],
                [Refused("{}", "odd", "no_user", AT)],
            )
            assert writer.fold() == 50 - 20 * part
        deltas = sum(files.delta is not None for files in writer.state.manifest.buckets)
        assert writer.compact() == deltas
        assert writer.compact() == 0
    return store


def test_a_fold_by_a_child_is_the_same_fold(tmp_path) -> None:
    child = Child()
    try:
        here, there = filled(tmp_path / "here"), filled(tmp_path / "there", child)
    finally:
        child.close()
    assert people_in(here.snapshot()) == people_in(there.snapshot())
    one, two = here.snapshot().manifest, there.snapshot().manifest
    assert one.catalogue == two.catalogue
    assert (one.number, one.latest_event_at, one.rows) == (two.number, two.latest_event_at, 90)
    assert len(list(there.quarantine())) == 3


def test_a_child_that_was_killed_costs_nothing(tmp_path, monkeypatch) -> None:
    store = create(tmp_path, buckets=2)
    child = Child()
    with store.write() as writer:
        writer.hand = child
        writer.append([event(1)])
        assert writer.fold() == 1
        os.kill(child.number, signal.SIGKILL)
        while child.number is not None:
            time.sleep(0.01)
        writer.append([event(2)])
        assert writer.fold() == 1, "a new one is started"
        writer.append([event(3)])
        short = subprocess.Popen(["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with monkeypatch.context() as patch:
            child.close()
            patch.setattr(subprocess, "Popen", lambda *_, **__: short)
            with pytest.raises(StoreError, match="ended early"):
                writer.fold()
        with suppress(BrokenPipeError):
            short.stdin.close()
        short.stdout.close()
        short.wait()
        assert len(writer.state.tail) == 1
        assert writer.fold() == 1
    child.close()
    assert store.snapshot().rows == 3


def test_identities_of_live_events_are_those_of_imports() -> None:
    events = [event(n, ("a", "b", "$identify")[n % 3], ("", "key:1")[n % 2]) for n in range(40)]
    found = live_fingerprints(events)
    for at, one in enumerate(events):
        ids = pa.array([one.message_id], pa.string())
        assert found[at].tolist() == id_fingerprints(one.source, one.name, ids)[0].tolist()
    unnamed = [Event("a", "u", None, AT, AT), *events]
    assert np.array_equal(live_fingerprints(unnamed)[1:], found)
    assert live_fingerprints([]).shape == (0, 2)
