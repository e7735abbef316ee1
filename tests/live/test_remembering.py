"""What was told is remembered in a file, which may be gone, damaged or of another log."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.live.remembering import recall
from shoal.store.files import TRANSITIONS
from shoal.store.transitions import STANDING
from tests.live.world import HOUR, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for number in range(6):
        world.now += HOUR
        world.send((f"u{number % 3}", "order_completed", world.now, {"revenue": 30.0}))
        world.tick()
    yield world
    world.close()


def remembered(world: World) -> Path:
    world.live.remember()
    return world.store.root / TRANSITIONS / STANDING


def recalled(world: World) -> tuple:
    it = recall(world.transitions)
    recent = [
        (int(seq), int(number), int(at), it.names[int(segment)], bool(entered))
        for some in it.recent
        for seq, number, at, segment, entered, holds in zip(
            some.seq, some.number, some.at, some.segment, some.entered, some.holds, strict=True
        )
        if holds
    ]
    members = {name: set(found) for name, found in it.members.items()}
    return members, it.began, it.meanings, it.next_seq, it.horizon, recent


def test_what_is_remembered_is_what_the_log_says(world) -> None:
    path = remembered(world)
    world.now += HOUR
    world.send(("u1", "page_viewed", world.now, {"path": "/"}))
    world.tick()
    found = recalled(world)
    assert found[0] == world.members()
    path.unlink()
    assert recalled(world) == found


@pytest.mark.parametrize("damage", [b"", b"nothing", None])
def test_a_damaged_file_is_passed_over(world, damage) -> None:
    path = remembered(world)
    before = recalled(world)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert recalled(world) == before
    assert not path.exists()


def test_one_that_goes_beyond_the_log_is_passed_over(world) -> None:
    before = recalled(world)
    logs = sorted((world.store.root / TRANSITIONS).glob("segment-*.log"))
    kept = {path: path.read_bytes() for path in logs}
    world.now += HOUR
    world.send(("u9", "page_viewed", world.now, {"path": "/"}))
    world.tick()
    path = remembered(world)
    assert recalled(world) != before
    for log, data in kept.items():
        log.write_bytes(data)
    assert recalled(world) == before
    assert not path.exists()


def test_nobody_who_was_erased_is_remembered(world) -> None:
    path = remembered(world)
    number = min(world.members()["bought"])
    assert world.transitions.erase([number])
    assert not path.exists()
    world.live.remember()
    found = recall(world.transitions)
    assert all(number not in members for members in found.members.values())
    assert all(number not in some.number for some in found.recent)
