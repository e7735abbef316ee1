"""An event that several files describe is one event with all their properties."""

from __future__ import annotations

from shoal.language import merged, parse_definitions

SHARED = """\
events:
  order_completed:
    title: placed an order
    properties: {revenue: {type: money, why: Value.}, channel: text}
"""
OWN = """\
events:
  order_completed:
    title: bought
    why: Habit.
    properties: {channel: text, store: text}
"""


def together(*texts):
    return merged(parse_definitions(text, f"{place}.yml") for place, text in enumerate(texts, 1))


def test_properties_are_taken_together_and_the_first_title_stays():
    found = together(SHARED, OWN)
    assert found.problems == ()
    (event,) = found.events
    assert [it.name for it in event.properties] == ["revenue", "channel", "store"]
    assert event.title.chosen("en") == "placed an order"
    assert event.why.chosen("en") == "Habit."


def test_a_property_of_two_types_is_a_problem_that_names_both_places():
    found = together(SHARED, OWN.replace("channel: text", "channel: number"))
    (problem,) = found.problems
    assert "`order_completed.channel` is number here and text elsewhere" in problem.message
    assert problem.place.file == "2.yml"
    assert "1.yml" in problem.hint


def test_a_line_of_two_events_is_a_problem():
    line = "events: {item: {line_of: order}}"
    assert together(line, line).problems == ()
    (problem,) = together(line, line.replace("order", "basket")).problems
    assert "line of `basket` here, of `order` elsewhere" in problem.message


def test_segments_and_traits_are_still_defined_once():
    found = together("segments: {a: everyone}", "segments: {a: nobody}")
    assert [it.message for it in found.problems] == ["segment `a` is defined twice"]
