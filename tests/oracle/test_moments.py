"""The instants at which the oracle looks are enough: nothing changes anywhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.core.instants import DAY
from tests.oracle.moments import changes
from tests.oracle.oracle import World
from tests.oracle.people import people_of, scenes
from tests.oracle.rules import rules_of, vocabularies


@given(st.data())
def test_membership_is_what_its_changes_say(data: st.DataObject) -> None:
    scene = data.draw(scenes(), "scene")
    vocabulary = data.draw(vocabularies(scene, simple=True), "vocabulary")
    people = data.draw(people_of(scene, most=1), "people")
    rule = data.draw(rules_of(scene, vocabulary, simple=True), "rule")
    world, person = World(people, vocabulary), people[0]
    start, end = scene.instants[0] - DAY, scene.future[-1] + DAY
    found = list(changes(world, rule, person, start, end))
    before = world.member(rule, person, start)
    for instant in data.draw(st.lists(st.integers(start, end), max_size=20), "instants"):
        changed = sum(moment <= instant for moment, _ in found)
        assert world.member(rule, person, instant) == (before ^ (changed % 2 == 1))
