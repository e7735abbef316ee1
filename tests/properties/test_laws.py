"""Laws that hold whatever the language says: they need the engine alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shoal.language import tree as T
from shoal.language.vocabulary import SegmentEntry, Vocabulary
from tests.oracle.people import Scene, people_of, scenes
from tests.oracle.rules import questions_of, rules_of, vocabularies
from tests.oracle.timeline import Person
from tests.properties.answers import of_engine, transitions_of_engine

World = tuple[Scene, Vocabulary, list[Person]]


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 5, simple: bool = False) -> World:
    scene = draw(scenes())
    return scene, draw(vocabularies(scene, simple=simple)), draw(people_of(scene, most))


def asked(data: st.DataObject, world: World, most: int = 3) -> dict[str, T.Rule | T.Value]:
    some = st.lists(questions_of(*world[:2]), min_size=1, max_size=most)
    return {f"q{i}": question for i, question in enumerate(data.draw(some, "questions"))}


@given(worlds(), st.data())
def test_what_happens_later_never_matters(world: World, data: st.DataObject) -> None:
    scene, vocabulary, people = world
    questions = asked(data, world)
    cut = data.draw(st.sampled_from(scene.instants), "as_of")
    until_then = [
        replace(person, events=tuple(event for event in person.events if event.t <= cut))
        for person in people
    ]
    # A number's exactness is a fact of the whole catalogue; the later values keep it as it was.
    keepers = [
        Person(900 + i, tuple(event for event in person.events if event.t > cut))
        for i, person in enumerate(people)
    ]
    now = of_engine([*people, *keepers], questions, vocabulary, cut)
    then = of_engine([*until_then, *keepers], questions, vocabulary, cut)
    assert now == then


@given(worlds(), st.data())
def test_how_people_lie_in_buckets_never_matters(world: World, data: st.DataObject) -> None:
    scene, vocabulary, people = world
    questions = asked(data, world)
    one = of_engine(people, questions, vocabulary, scene.as_of)
    for buckets in (2, 7):
        many = of_engine(people, questions, vocabulary, scene.as_of, buckets=buckets)
        assert many == one


@given(worlds(), st.data())
def test_the_order_of_arrival_matters_for_equal_times_only(
    world: World, data: st.DataObject
) -> None:
    scene, vocabulary, people = world
    questions = asked(data, world)
    shuffled = []
    for person in people:
        times = Counter(event.t for event in person.events)
        mixed = data.draw(st.permutations(person.events))
        tied = iter([event for event in person.events if times[event.t] > 1])
        events = tuple(next(tied) if times[event.t] > 1 else event for event in mixed)
        shuffled.append(replace(person, events=events))
    people_mixed = data.draw(st.permutations(shuffled))
    before = of_engine(people, questions, vocabulary, scene.as_of)
    assert of_engine(people_mixed, questions, vocabulary, scene.as_of) == before


@given(worlds(), st.data())
def test_many_questions_at_once_are_answered_as_one_by_one(
    world: World, data: st.DataObject
) -> None:
    scene, vocabulary, people = world
    questions = asked(data, world, most=5)
    together = of_engine(people, questions, vocabulary, scene.as_of)
    for name, question in questions.items():
        alone = of_engine(people, {name: question}, vocabulary, scene.as_of)
        assert alone[name] == together[name]


@given(worlds(), st.data())
def test_not_and_or_keep_the_laws_of_kleene(world: World, data: st.DataObject) -> None:
    scene, vocabulary, people = world
    a = data.draw(rules_of(scene, vocabulary), "a")
    b = data.draw(rules_of(scene, vocabulary), "b")
    said = of_engine(
        people,
        {
            "a": a,
            "b": b,
            "not a": T.Not(a),
            "not not a": T.Not(T.Not(a)),
            "not (a and b)": T.Not(T.And((a, b))),
            "not a or not b": T.Or((T.Not(a), T.Not(b))),
            "a and b": T.And((a, b)),
            "a or b": T.Or((a, b)),
            "a or (a and b)": T.Or((a, T.And((a, b)))),
        },
        vocabulary,
        scene.as_of,
    )
    assert said["not not a"] == said["a"] == said["a or (a and b)"]
    assert said["not (a and b)"] == said["not a or not b"]
    for person, verdict in said["a"].items():
        if verdict != -1:
            assert said["not a"][person] == 2 - verdict
            assert said["a and b"][person] == min(verdict, said["b"][person])
            assert said["a or b"][person] == max(verdict, said["b"][person])


@given(worlds(), st.data())
def test_who_is_known_is_in_a_segment_or_not_in_it(world: World, data: st.DataObject) -> None:
    scene, vocabulary, people = world
    rule = data.draw(rules_of(scene, vocabulary), "rule")
    named = replace(
        vocabulary, segments={**vocabulary.segments, "asked": SegmentEntry("asked", rule)}
    )
    questions = {
        "rule": rule,
        "in": T.InSegment("asked"),
        "not in": T.InSegment("asked", negated=True),
        "everyone": T.Everyone(),
        "nobody": T.Nobody(),
    }
    said = of_engine(people, questions, named, scene.as_of)
    for person, verdict in said["rule"].items():
        known = verdict != -1
        assert said["everyone"][person] == (2 if known else -1)
        assert said["nobody"][person] == (0 if known else -1)
        assert said["in"][person] == ((2 if verdict == 2 else 0) if known else -1)
        assert said["not in"][person] == ((0 if verdict == 2 else 2) if known else -1)


@given(worlds(most=2, simple=True), st.data())
def test_transitions_reconcile_with_membership(world: World, data: st.DataObject) -> None:
    scene, vocabulary, people = world
    rule = data.draw(rules_of(scene, vocabulary, simple=True), "rule")
    start = data.draw(st.sampled_from(scene.instants), "start")
    found = transitions_of_engine(people, rule, vocabulary, start, scene.as_of)

    def members(as_of: int) -> set[int]:
        said = of_engine(people, {"rule": rule}, vocabulary, as_of)["rule"]
        return {person for person, verdict in said.items() if verdict == 2}

    inside = members(start)
    for person, instant, entered in sorted(found, key=lambda each: each[1]):
        assert start < instant <= scene.as_of
        assert (person in members(instant)) == entered
        assert (person in members(instant - 1)) != entered
        assert (person in inside) != entered
        inside ^= {person}
    assert inside == members(scene.as_of)


@given(worlds(), st.data())
def test_windows_that_part_a_window_share_its_events(world: World, data: st.DataObject) -> None:
    """``before X`` and ``since X`` are all of it; so are ``in last D`` and what came before."""
    scene, vocabulary, people = world
    at = T.InstantLiteral(
        scene.zone.to_local(data.draw(st.sampled_from(scene.instants))).isoformat()
    )
    event = T.EventRef(("order_completed",))
    counts = {
        name: T.Aggregate(T.AggregateFunction.COUNT, T.Selection(event, window=window))
        for name, window in {"ever": None, "before": T.Before(at), "since": T.Since(at)}.items()
    }
    said = of_engine(people, counts, vocabulary, scene.as_of)
    for person, ever in said["ever"].items():
        if ever is not None:
            assert said["before"][person] + said["since"][person] == ever
