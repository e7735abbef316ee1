"""Whoever follows is answered while membership goes on: nobody is without a name in between."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import numpy as np
import pytest

from shoal.live import rows
from tests.live.world import HOUR, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def buy(world, *people, **more):
    world.now += HOUR
    world.send(*((who, "order_completed", world.now, {"revenue": 30.0, **more}) for who in people))


@contextmanager
def asked_at_every_line(world):
    """What another thread would be told of those known by now, between any two lines of ``rows``."""
    known = np.array(sorted(set().union(*world.members().values())), dtype=np.int64)
    assert len(known)
    nameless: set[str] = set()
    asked = 0

    def ask(frame, event, _):
        nonlocal asked
        if frame.f_code.co_filename != rows.__file__:
            return None
        if event == "line":
            asked += 1
            if None in world.live.rows.names_of(known):
                nameless.add(f"{frame.f_code.co_name}, line {frame.f_lineno}")
        return ask

    before = sys.gettrace()
    sys.settrace(ask)
    try:
        yield nameless
    finally:
        sys.settrace(before)
    assert asked > 20


def test_while_a_new_version_is_taken(world):
    buy(world, "ana", "ben")
    world.tick()
    world.writer.fold()
    buy(world, "cai")
    with asked_at_every_line(world) as nameless:
        world.tick()
    assert not nameless


def test_while_a_version_is_taken_that_was_made_while_more_was_told(world):
    buy(world, "ana")
    world.tick()
    fold = world.writer.hand

    def told_meanwhile(task):
        buy(world, "ben")
        world.tick()
        return fold(task)

    world.writer.hand = told_meanwhile
    world.writer.fold()
    buy(world, "cai")
    with asked_at_every_line(world) as nameless:
        world.tick()
    assert not nameless


def test_while_a_property_turns_out_to_be_of_another_type(world):
    buy(world, "ana", colour=1)
    world.tick()
    buy(world, "ben", colour="red")
    with asked_at_every_line(world) as nameless:
        world.tick()
    assert not nameless
