"""Definition files: what they define, and every problem with the place it has in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.core.errors import Place
from shoal.core.instants import Zone
from shoal.language import (
    Definitions,
    TimelineEvent,
    Words,
    find_cycles,
    merged,
    parse_definitions,
    parse_rule,
    to_text,
    vocabulary_of,
)
from shoal.language.behaviour import MESSAGE_PREFIXES, SYSTEM_EVENTS, SYSTEM_PREFIXES
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType

GOOD = """\
segments:
  lapsed:
    title: Lapsed customers
    rule: did order_completed and age(last(order_completed)) > 180d
    polarity: negative
    purpose: marketing
    why: >-
      Six months.
    tests:
      - member: [{order_completed: 2026-01-01}]
        as_of: 2026-11-01
      - not member:
          - {order_completed: 2026-10-20, revenue: 80.5}
          - order_completed: {at: 2026-10-21 09:30:00, products: [{id: p1}]}
          - {trait: {country: PT}}
          - {trait: {vip: true}, at: 2026-01-01}
          - {consent: {marketing: granted}, at: 2026-01-02}
        as_of: 2026-11-01T00:00:00Z
  buyers: did order_completed
traits:
  average_order_value: avg(order_completed.revenue)
  is_buyer: {value: did order_completed, title: Has bought}
partitions:
  stage:
    - loyal: count(order_completed) >= 5 and did order_completed in last 90d
    - buyer: {rule: did order_completed, title: Buyer}
    - rest: everyone
  short:
    title: Short
    parts: [{all: everyone}]
predictions:
  will_lapse: did not order_completed in next 90d
  value_next_year: {target: sum(order_completed.revenue in next 365d), title: Value}
events:
  order_completed:
    title: placed an order
    properties:
      revenue: number
      channel: {type: text, why: Where it came from}
  order_completed_line: {line_of: order_completed, properties: {price: money}}
"""


def defined(text=GOOD):
    definitions = parse_definitions(text, "shop.yml")
    assert definitions.problems == ()
    return definitions


def problems(text):
    return [str(problem) for problem in parse_definitions(text, "f.yml").problems]


def test_a_segment():
    lapsed, buyers = defined().segments
    assert lapsed.rule == parse_rule(lapsed.text)
    assert (lapsed.title, lapsed.polarity, lapsed.purpose, lapsed.why) == (
        Words.plain("Lapsed customers"), "negative", "marketing", Words.plain("Six months."),
    )  # fmt: skip
    assert lapsed.place == Place(2, 3, "shop.yml")
    assert lapsed.rule.parts[1].left.place == Place(4, 35, "shop.yml")
    assert buyers.text == "did order_completed"


def test_timelines():
    first, second = defined().segments[0].tests
    assert first.member
    assert first.events == (TimelineEvent("order_completed", "2026-01-01", {}),)
    assert not second.member
    assert second.as_of == "2026-11-01T00:00:00Z"
    assert second.events == (
        TimelineEvent("order_completed", "2026-10-20", {"revenue": 80.5}),
        TimelineEvent("order_completed", "2026-10-21T09:30:00", {"products": [{"id": "p1"}]}),
        TimelineEvent("$identify", None, {"country": "PT"}),
        TimelineEvent("$identify", "2026-01-01", {"vip": True}),
        TimelineEvent("$consent", "2026-01-02", {"purpose": "marketing", "state": "granted"}),
    )


def test_traits_predictions_and_events():
    found = defined()
    assert [(it.name, it.title) for it in found.traits] == [
        ("average_order_value", None), ("is_buyer", Words.plain("Has bought")),
    ]  # fmt: skip
    assert [it.text for it in found.predictions] == [
        "did not order_completed in next 90d", "sum(order_completed.revenue in next 365d)",
    ]  # fmt: skip
    order, line = found.events
    assert [(it.name, it.type, it.why) for it in order.properties] == [
        ("revenue", "number", None), ("channel", "text", Words.plain("Where it came from")),
    ]  # fmt: skip
    assert line.line_of == "order_completed"


def test_a_partition_becomes_segments_of_which_the_first_match_wins():
    vocabulary = vocabulary_of(defined(), {}, {}, Zone())
    assert {
        name: to_text(entry.rule)
        for name, entry in vocabulary.segments.items()
        if name.startswith("stage.")
    } == {
        "stage.loyal": "count(order_completed) >= 5 and did order_completed in last 90d",
        "stage.buyer": "did order_completed and not in segment stage.loyal",
        "stage.rest": "not in segment stage.loyal and not in segment stage.buyer",
    }
    assert vocabulary.segments["stage.buyer"].title == "Buyer"
    assert find_cycles(vocabulary) == []


def test_the_vocabulary_joins_data_and_plan():
    known = EventEntry("order_completed", properties={"revenue": ValueType.TEXT})
    traits = {"country": TraitEntry("country", ValueType.TEXT)}
    vocabulary = vocabulary_of(
        defined(), {"order_completed": known}, traits, Zone("Europe/Lisbon"), purposes=["ads"]
    )
    order = vocabulary.events["order_completed"]
    assert (order.title, order.lines) == ("placed an order", "order_completed_line")
    assert order.properties == {"revenue": ValueType.NUMBER, "channel": ValueType.TEXT}
    assert vocabulary.events["order_completed_line"].parent == "order_completed"
    assert vocabulary.purposes == {"ads", "marketing"}
    assert vocabulary.traits["will_lapse"].type is ValueType.NUMBER
    assert set(vocabulary.traits) == {
        "country", "average_order_value", "is_buyer", "will_lapse", "value_next_year",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("rule: did a and x ==  1", "4:24"),
        ("rule: 'did a and x ==  1'", "4:25"),
        ('rule: "did a and x == 1"', "4:25"),
        ("rule: >-\n      did a\n      and x == 1", "6:14"),
        ("rule: |\n      did a # it's\n\n      and x == 1", "7:14"),
        ("rule: did a\n      and x == 1", "5:14"),
        ("rule: 'did a where y = ''q''\n      and x == 1'", "5:14"),
        ('rule: "did a where y = \\"q\\" \\\n      and x == 1"', "5:14"),
        ("rule:\n      did a and\n      x == 1", "6:10"),
    ],
)
def test_problems_within_a_rule_stand_where_they_stand_in_the_file(rule, place):
    (problem,) = problems(f"segments:\n  s:\n    title: é ß\n    {rule}\n")
    assert problem.startswith(f"f.yml:{place}: `=` does not fit here")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("segmnts: {}", ["f.yml:1:1: a definition file has no `segmnts`; did you mean `segments`?"]),
        ("segments:\n  a:\n    rul: everyone",
         ["f.yml:3:5: segment `a` has no `rul`; did you mean `rule`?",
          "f.yml:2:3: `rule` is missing"]),
        ("segments: {a: everyone, a: nobody}", ["f.yml:1:25: `a` is given twice"]),
        ('segments: {"\\"; drop table": everyone}',
         ['f.yml:1:12: `"; drop table` cannot be the name of a segment; write `drop_table`']),
        ("segments: {../..: everyone}",
         [("f.yml:1:12: `../..` cannot be the name of a segment; "
          "use lower-case letters, digits and _")]),
        ("traits: {Big Spender: 1}",
         ["f.yml:1:10: `Big Spender` cannot be the name of a trait; write `big_spender`"]),
        ("segments: {a: {rule: everyone, polarity: good}}",
         ["f.yml:1:42: `good` is no polarity; it is one of positive, negative, neutral"]),
        ("segments: {a: {rule: everyone, tests: [{member: []}]}}",
         ["f.yml:1:40: `as_of` needs a date or an instant; 2026-11-01"]),
        ("segments: {a: {rule: everyone, tests: [{member: [{b: soon}], as_of: 2026-01-01}]}}",
         [("f.yml:1:54: `SOON` is not a date or an instant; "
          "write 2026-11-01 or 2026-11-01T09:30:00Z")]),
        ("segments: {a: {rule: everyone, tests: [{as_of: 2026-01-01}]}}",
         ["f.yml:1:40: a test has either `member` or `not member`"]),
        ("partitions: {p: [{a: did x}]}",
         ["f.yml:1:19: somebody may be in no part of `p`; let the last part be `everyone`"]),
        ("partitions: {p: [{a: everyone}, {b: everyone}]}",
         ["f.yml:1:34: nobody is left for `b`: `a` is everyone"]),
        ("partitions: {p: [{a: did x}, {a: everyone}]}",
         ["f.yml:1:31: part `a` is defined twice",
          "f.yml:1:19: somebody may be in no part of `p`; let the last part be `everyone`"]),
        ("events: {a: {properties: {x: txt}}}",
         ["f.yml:1:30: `txt` is no type; did you mean `text`?"]),
        ("a: b: c",
         [('f.yml:1:5: not YAML: mapping values are not allowed here; put a text that holds ": " '
          "in quotes, or after `>-` on its own lines")]),
        ("a: \0", ["f.yml:1:4: a character that cannot stand here: U+0000"]),
        ("- a", ["f.yml:1:1: a definition file is a mapping, `name: …`"]),
        ("segments: [a]", ["f.yml:1:11: `segments` is a mapping, `name: …`"]),
        ("a: &x 1\nsegments: *x",
         [("f.yml:2:11: not YAML: `*` aliases are not read here; write it out, or put a text that "
          "begins with * in quotes")]),
        ("", []),
        ("# nothing yet\nsegments:\n", []),
    ],
)  # fmt: skip
def test_problems_of_form(text, expected):
    assert problems(text) == expected


@pytest.mark.parametrize("text", ["[" * 10_000, "{a: " * 10_000, "a: " + "x" * 100_000 + ": y"])
def test_hostile_files_are_one_clear_problem(text):
    (problem,) = parse_definitions(text).problems
    assert len(str(problem)) < 400


def test_names_are_defined_once():
    one = parse_definitions("segments: {a: everyone}\ntraits: {x: 1}", "one.yml")
    two = parse_definitions(
        "segments:\n  a: nobody\npredictions:\n  x: did a in next 3d\n"
        "partitions:\n  a: [{b: everyone}]", "two.yml"
    )  # fmt: skip
    together = merged([one, two])
    assert [str(problem) for problem in together.problems] == [
        "two.yml:2:3: segment `a` is defined twice; the other is at one.yml:1:12",
        "two.yml:6:3: partition `a` is defined twice; the other is at one.yml:1:12",
        "two.yml:4:3: prediction `x` is defined twice; the other is at one.yml:2:10",
    ]
    assert [to_text(segment.rule) for segment in together.segments] == ["everyone"]
    assert merged([]) == Definitions()


def test_the_plan_says_what_is_part_of_a_session() -> None:
    first = parse_definitions(
        "events: {door_opened: {session: false}, email_read: {session: true}}"
    )
    again = parse_definitions("events: {door_opened: {title: came in}, page_viewed: {}}")
    vocabulary = vocabulary_of(merged([first, again]), {}, {}, Zone())
    names = ("door_opened", "email_read", "page_viewed", "email_sent", "order_shipped", "anything")
    assert [vocabulary.in_session(name) for name in names] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
    [problem] = parse_definitions("events: {a: {session: perhaps}}").problems
    assert "`session` is true or false" in problem.message


def test_the_docs_name_what_is_no_part_of_a_session() -> None:
    page = Path("docs/language.md").read_text(encoding="utf-8")
    told = page.split("### Sessions")[1].split("###")[0]
    for name in (*MESSAGE_PREFIXES, *SYSTEM_PREFIXES, *SYSTEM_EVENTS):
        assert f"`{name}`" in told
