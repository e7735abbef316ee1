from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from shoal.language import from_json, parse_rule, to_json, to_text
from shoal.segments.parts import parts_of

LEAVES = st.sampled_from(["did a", "did b", "country = 'PT'", "count(c) >= 2", "in segment s"])
TEXTS = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.tuples(st.sampled_from([" and ", " or "]), st.lists(below, min_size=2, max_size=4)).map(
            lambda it: "(" + it[0].join(it[1]) + ")"
        ),
        below.map(lambda it: f"not ({it})"),
    ),
    max_leaves=10,
)


def at(document, pointer):
    """The plain reading of a JSON Pointer."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def cut(document, steps):
    """The document less what the steps lead to: None where nothing is left."""
    if not steps:
        return None
    document = copy.deepcopy(document)
    if document["form"] == "not":
        left = cut(document["rule"], steps[1:])
        return None if left is None else {**document, "rule": left}
    place = int(steps[1])
    left = cut(document["rules"][place], steps[2:])
    rules = document["rules"]
    if left is None:
        del rules[place]
    elif left["form"] == document["form"]:
        rules[place : place + 1] = left["rules"]
    else:
        rules[place] = left
    return rules[0] if len(rules) == 1 else document


@given(TEXTS)
def test_a_part_is_where_its_pointer_points_and_without_it_the_rest_stays(text):
    rule = parse_rule(text)
    document = to_json(rule)
    parts = parts_of(rule)
    assert [part.id for part in parts[:1]] == [""]
    for part in parts:
        assert to_json(part.rule) == at(document, part.id)
        left = cut(document, part.id.split("/")[1:])
        assert to_json(part.without) == (left or {"form": "everyone"})
        assert from_json(to_json(part.without)) == part.without
        assert parse_rule(to_text(part.without)) == part.without


@given(TEXTS)
def test_every_row_and_group_is_a_part_once(text):
    def rows(document):
        below = document.get("rules") or ([document["rule"]] if document["form"] == "not" else [])
        return 1 + sum(map(rows, below))

    parts = parts_of(parse_rule(text))
    assert len({part.id for part in parts}) == len(parts) == rows(to_json(parse_rule(text)))
