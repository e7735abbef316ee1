"""Circles of definitions are named, each once."""

from __future__ import annotations

from shoal.language import find_cycles, parse_expression, parse_rule
from shoal.language.vocabulary import SegmentEntry, TraitEntry, Vocabulary


def cycles(segments, traits=()):
    vocabulary = Vocabulary(
        segments={name: SegmentEntry(name, parse_rule(text)) for name, text in segments.items()},
        traits={
            name: TraitEntry(name, value=parse_expression(text))
            for name, text in dict(traits).items()
        },
    )
    return [problem.message for problem in find_cycles(vocabulary)]


def test_no_circle():
    assert cycles({"a": "in segment b and in segment c", "b": "in segment c", "c": "did x"}) == []
    assert cycles({"a": "in segment missing"}) == []


def test_a_segment_by_itself():
    assert cycles({"a": "did x or not in segment a"}) == ["segment `a` is defined by itself"]
    assert cycles({"a": "entered segment a in last 3d"}) == ["segment `a` is defined by itself"]


def test_a_circle_names_its_way():
    circle = {"a": "in segment b", "b": "x in top 20% of (in segment c)", "c": "in segment a"}
    assert cycles(circle) == ["segment `a` is defined in a circle: `a` → `b` → `c` → `a`"]


def test_traits_take_part():
    found = cycles({"a": "x > 3"}, {"x": "y + 1", "y": "case when in segment a then 1 end"})
    assert found == ["segment `a` is defined in a circle: `a` → `x` → `y` → `a`"]
    assert cycles({}, {"x": "x + 1"}) == ["trait `x` is defined by itself"]


def test_long_chains_are_no_trouble():
    segments = {f"s{n}": f"in segment s{n + 1}" for n in range(5_000)}
    assert len(cycles({**segments, "s5000": "in segment s0"})) == 1
