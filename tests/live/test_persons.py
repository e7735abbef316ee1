"""Persons joined and parted while membership is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.core.instants import DAY
from shoal.identity import MERGE, UNMERGE
from shoal.identity.mentions import OTHER
from shoal.live.telling import page_of
from shoal.store.files import TRANSITIONS
from shoal.store.transitions import read_transitions
from tests.live.test_always_true import EVENTS
from tests.live.world import HOUR, START, World

RULES = {
    "bought": "did order_completed",
    "busy": "count(order_completed in last 2d) >= 2",
    "mailable": "consents to mail",
}
VISITOR, USER, BOTH = (None, "x"), ("ana", None), ("ana", "x")


@pytest.fixture
def world(tmp_path: Path):
    found = World(tmp_path, RULES)
    found.now += HOUR
    yield found
    found.close()


def order(world: World, who, ago: int = 0) -> None:
    world.send((who, "order_completed", world.now - ago, {"revenue": 10}))
    world.tick()
    world.now += HOUR


def told(world: World) -> list[tuple[str, str, str, str]]:
    """Everything told: whose, of what, how, why."""
    frames = read_transitions(world.store.root / TRANSITIONS)
    rows, _ = page_of(frames, 0, 1000, world.live.rows.names_of)
    return [
        (
            row["user_id"],
            row["segment"],
            f"{row['kind']} {row.get('was', '')}".strip(),
            row["cause"]["kind"],
        )
        for row in rows
    ]


def test_a_visitor_who_is_recognised_is_told_of_as_the_user(world: World) -> None:
    order(world, VISITOR)
    order(world, USER)
    first = [
        ("anon:x", "bought", "entered", "event"),
        ("ana", "bought", "entered", "event"),
    ]
    assert told(world) == first
    world.send((BOTH, "page_viewed", world.now, {}))
    world.tick()
    more = told(world)[len(first) :]
    assert sorted(more) == [
        ("ana", "bought", "entered", "event"),  # earlier than it had been said
        ("ana", "bought", "retracted entered", "merge"),
        ("ana", "busy", "entered", "event"),
        ("anon:x", "bought", "retracted entered", "merge"),
    ]
    assert world.members() == world.scratch(RULES)


def test_a_member_from_the_beginning_who_is_nobody_of_their_own_any_more_leaves(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, {"quiet": "did order_completed"})
    order(world, VISITOR)
    world.define(RULES)
    order(world, BOTH)
    assert ("anon:x", "bought", "left", "merge") in told(world)
    assert world.members() == world.scratch(RULES)
    world.close()


def test_a_word_joins_two_and_another_parts_them_again(world: World) -> None:
    order(world, ("rui", None))
    order(world, USER)
    apart = world.members()
    world.send((USER, MERGE, world.now, {OTHER: "user=rui"}))
    world.tick()
    joined = world.members()
    assert joined != apart
    assert len(joined["bought"]) == len(joined["busy"]) == 1
    assert joined == world.scratch(RULES)
    world.now += HOUR
    world.send((USER, UNMERGE, world.now, {OTHER: "user=rui"}))
    world.tick()
    assert world.members() == apart
    for name in RULES:
        assert world.standing_changes(name) == world.true_changes(name)


def test_an_identifier_that_leads_to_too_many_is_nobody_s(world: World) -> None:
    order(world, VISITOR)
    for user in ("ana", "rui"):
        order(world, (user, "x"))
    assert not {name for name, *_ in told(world)[-2:]} & {"anon:x"}
    order(world, ("zoe", "x"))
    assert world.members() == world.scratch(RULES)
    assert "anon:x" in {name for name, _, how, _ in told(world)[-6:] if how == "entered"}
    for name in RULES:
        assert world.standing_changes(name) == world.true_changes(name)


def test_people_who_are_known_by_an_address_only_are_named_by_it(world: World) -> None:
    world.send((VISITOR, "$identify", world.now, {"email": "Ana@Example.org"}))
    order(world, VISITOR)
    assert ("anon:email:ana@example.org", "bought", "entered", "event") in told(world)
    world.writer.fold()
    world.tick()
    assert ("anon:email:ana@example.org", "bought", "entered", "event") in told(world)
    world.writer.erase("anon:x")
    world.tick()
    assert told(world) == []


def test_a_denial_under_another_identifier_ends_what_was_granted(world: World) -> None:
    def answers(who, state: str) -> None:
        world.send((who, "$consent", world.now, {"purpose": "mail", "state": state}))
        world.tick()
        world.now += HOUR

    answers(VISITOR, "denied")
    answers(USER, "granted")
    order(world, USER)
    assert len(world.members()["mailable"]) == 1
    order(world, BOTH)
    assert world.members()["mailable"] == set()
    answers(USER, "granted")
    assert len(world.members()["mailable"]) == 1
    assert world.members() == world.scratch(RULES)


def standing(world: World) -> dict[str, list[tuple[str | None, int, bool]]]:
    """What was told and not taken back, by how people are named."""
    found = {}
    for name in world.rules:
        changes = world.standing_changes(name)
        with world.store.snapshot() as snapshot:
            shown = {
                number: user_id
                for bucket in range(snapshot.buckets)
                for number, user_id in zip(
                    snapshot.history(bucket).profiles.tolist(),
                    snapshot.user_ids(bucket).to_pylist(),
                    strict=True,
                )
            }
        found[name] = sorted((shown[number], at, entered) for number, at, entered in changes)
    return found


@settings(max_examples=10)
@given(EVENTS, EVENTS, st.integers(1, 4), st.randoms(use_true_random=False))
def test_in_what_order_links_come_never_matters(some, more, batches: int, random) -> None:
    every = [
        (who, what[0], START + DAY - min(ago, DAY) // 100 * 100 + at, what[1])  # each its own
        for at, (who, what, ago) in enumerate(some + more)
    ]
    mixed = list(every)
    random.shuffle(mixed)
    ends = []
    for events, many in ((every, 1), (mixed, batches)):
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder), RULES)
            world.now = START + DAY
            for at in range(many):
                world.send(*events[at::many])
                world.tick()
            world.now += 2 * DAY
            world.tick()
            ends.append(standing(world))
            world.close()
    assert ends[0] == ends[1]
