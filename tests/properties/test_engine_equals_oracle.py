"""The engine answers what a plain reading of the language answers, for every person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.people import people_of, scenes
from tests.oracle.rules import questions_of, rules_of, vocabularies
from tests.properties.answers import (
    of_engine,
    of_oracle,
    transitions_of_engine,
    transitions_of_oracle,
)


@given(st.data())
def test_every_question_has_one_answer(data: st.DataObject) -> None:
    scene = data.draw(scenes(), "scene")
    vocabulary = data.draw(vocabularies(scene), "vocabulary")
    people = data.draw(people_of(scene), "people")
    drawn = data.draw(
        st.lists(questions_of(scene, vocabulary), min_size=1, max_size=6), "questions"
    )
    questions = {f"q{i}": question for i, question in enumerate(drawn)}
    buckets = data.draw(st.integers(1, 3), "buckets")
    said = of_engine(people, questions, vocabulary, scene.as_of, buckets=buckets)
    assert said == of_oracle(people, questions, vocabulary, scene.as_of)


@given(st.data())
def test_what_was_not_yet_received_is_not_known(data: st.DataObject) -> None:
    scene = data.draw(scenes(), "scene")
    vocabulary = data.draw(vocabularies(scene), "vocabulary")
    people = data.draw(people_of(scene), "people")
    questions = {"q": data.draw(questions_of(scene, vocabulary), "question")}
    known_at = data.draw(st.sampled_from((*scene.instants, *scene.future)), "known_at")
    said = of_engine(people, questions, vocabulary, scene.as_of, known_at=known_at)
    assert said == of_oracle(people, questions, vocabulary, scene.as_of, known_at=known_at)


@given(st.data())
def test_every_change_of_membership_is_found(data: st.DataObject) -> None:
    scene = data.draw(scenes(), "scene")
    vocabulary = data.draw(vocabularies(scene, simple=True), "vocabulary")
    people = data.draw(people_of(scene, most=2), "people")
    rule = data.draw(rules_of(scene, vocabulary, simple=True), "rule")
    start = data.draw(st.sampled_from(scene.instants), "start")
    end = data.draw(st.sampled_from((scene.as_of, scene.future[-1])), "end")
    found = transitions_of_engine(people, rule, vocabulary, start, end)
    assert found == transitions_of_oracle(people, rule, vocabulary, start, end)
