"""Anniversaries, holidays and what is still to come: the engine answers what the oracle answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.people import OCCASIONS, people_of, scenes
from tests.oracle.rules import occasional_rules, vocabularies
from tests.properties.answers import (
    of_engine,
    of_oracle,
    transitions_of_engine,
    transitions_of_oracle,
)


@given(st.data())
def test_every_occasion_has_one_answer(data: st.DataObject) -> None:
    scene = data.draw(scenes(OCCASIONS), "scene")
    vocabulary = data.draw(vocabularies(scene), "vocabulary")
    people = data.draw(people_of(scene), "people")
    drawn = data.draw(
        st.lists(occasional_rules(scene, vocabulary, simple=False), min_size=1, max_size=6), "rules"
    )
    questions = {f"q{i}": question for i, question in enumerate(drawn)}
    known_at = data.draw(st.sampled_from((None, None, *scene.instants)), "known_at")
    said = of_engine(people, questions, vocabulary, scene.as_of, buckets=2, known_at=known_at)
    assert said == of_oracle(people, questions, vocabulary, scene.as_of, known_at=known_at)


@given(st.data())
def test_every_change_about_an_occasion_is_found(data: st.DataObject) -> None:
    scene = data.draw(scenes(OCCASIONS), "scene")
    vocabulary = data.draw(vocabularies(scene, simple=True), "vocabulary")
    people = data.draw(people_of(scene, most=2), "people")
    rule = data.draw(occasional_rules(scene, vocabulary, simple=True), "rule")
    start = data.draw(st.sampled_from(scene.instants), "start")
    end = data.draw(st.sampled_from((scene.as_of, scene.future[-1])), "end")
    found = transitions_of_engine(people, rule, vocabulary, start, end)
    assert found == transitions_of_oracle(people, rule, vocabulary, start, end)
