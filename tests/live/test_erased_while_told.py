"""An erasure between two steps of live membership: nothing of the person is told or heard after it."""

from __future__ import annotations

import errno
import os

import pytest

from shoal.store import transitions
from shoal.store.files import TRANSITIONS
from shoal.store.transitions import STANDING, read_transitions
from tests.live.world import HOUR, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    order(world)
    yield world
    world.close()


def order(world: World) -> None:
    world.now += HOUR
    world.send(*((who, "order_completed", world.now, {"revenue": 30.0}) for who in ("ana", "ben")))
    world.tick()


def spoken_of(frames) -> set[int]:
    return {int(number) for frame in frames for number in frame.told.number}


def test_who_follows_closely_hears_what_is_in_the_log_and_no_more(world) -> None:
    number = min(world.members()["bought"])
    assert number in spoken_of(world.told)
    assert world.transitions.erase([number])  # the store's next version is not there yet
    world.told.clear()
    order(world)
    heard = spoken_of(world.told)
    assert heard
    assert number not in heard
    assert number not in spoken_of(read_transitions(world.store.root / TRANSITIONS))


def test_an_erasure_for_which_there_is_no_room_does_not_end_the_telling(world, monkeypatch) -> None:
    def full(path, payloads):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path), payloads)

    world.live.remember()
    number = min(world.members()["bought"])
    with monkeypatch.context() as patch:
        patch.setattr(transitions, "write_segment", full)
        with pytest.raises(OSError, match="No space"):
            world.transitions.erase([number])
    assert not (world.store.root / TRANSITIONS / STANDING).exists()
    told = world.transitions.last_seq
    order(world)
    assert world.transitions.last_seq > told
    assert world.transitions.erase([number])


def test_an_address_that_others_have_too_takes_along_what_was_told_of_it(world) -> None:
    address = "email:e@example.org"
    for who in ("kim", "lee", "max"):  # more than it may belong to: it is nobody's
        world.send((who, "$identify", world.now, {"email": "e@example.org"}))
    world.tick()
    before = world.members()["bought"]

    def buy() -> int:
        world.now += HOUR
        world.send(((None, address), "order_completed", world.now, {"revenue": 30.0}))
        world.tick()
        (number,) = world.members()["bought"] - before
        return number

    def logged() -> set[int]:
        return spoken_of(read_transitions(world.store.root / TRANSITIONS))

    number = buy()
    assert number in logged()
    found = world.writer.plan_erasure(f"anon:{address}").found["transitions"]
    assert world.writer.erase(f"anon:{address}").places["transitions"] == found > 0
    world.tick()
    world.live.remember()
    assert number not in logged()  # nor that they left
    assert world.members()["bought"] == before
    assert buy() == number  # it is an address of others: it was not turned away
    assert number in logged()
    names = set(world.rules) - {"top"}  # which is told at midnights
    truth = world.scratch(names)
    assert {name: world.members()[name] for name in names} == truth
    world.restart()
    assert {name: world.members()[name] for name in names} == truth
