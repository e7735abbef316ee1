"""The JSON form: pretty, forgiving of nothing, clear about what is wrong and where."""

from __future__ import annotations

import pytest

from shoal.core.errors import DefinitionError
from shoal.language import from_json, parse_rule, to_json, to_text


def test_it_is_made_for_a_rule_builder():
    rule = parse_rule("count(`Order Done` where x = 1 in last 30d) >= 4 and not in segment s")
    assert to_json(rule) == {
        "form": "and",
        "rules": [
            {
                "form": "compare",
                "left": {
                    "form": "aggregate",
                    "function": "count",
                    "selection": {
                        "events": ["Order Done"],
                        "where": {
                            "form": "compare",
                            "left": {"form": "property", "name": "x"},
                            "comparator": "=",
                            "right": {"form": "number", "number": 1},
                        },
                        "window": {"form": "in_last", "span": "30d"},
                    },
                },
                "comparator": ">=",
                "right": {"form": "number", "number": 4},
            },
            {"form": "in_segment", "name": "s", "negated": True},
        ],
    }


DID = {"form": "did", "selection": {"events": ["a"]}}


def test_nested_and_is_read_flat():
    nested = {"form": "and", "rules": [{"form": "and", "rules": [DID, DID]}, DID]}
    assert to_text(from_json(nested)) == "did a and did a and did a"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (3, "an object is expected here"),
        ({}, "`form` is missing"),
        ({"form": "compar"}, "there is no form `compar` here; did you mean `compare`?"),
        ({"form": "did"}, "at selection: is missing"),
        ({**DID, "negatd": True}, "`did` has no `negatd`; did you mean `negated`?"),
        ({**DID, "negated": 1}, "at negated: is true or false"),
        ({"form": "and", "rules": [DID]}, "at rules: at least 2 are needed"),
        ({"form": "and", "rules": [DID, {"form": "number", "number": 1}]},
         "at rules[1]: there is no form `number` here"),
        ({"form": "did", "selection": {"events": [""]}},
         "at selection.events: an event has a name"),
        ({"form": "did", "selection": {"events": ["a\0"]}}, "cannot be written"),
        ({"form": "did", "selection": {"events": ["a"],
          "window": {"form": "in_last", "span": "7 days"}}},
         "at selection.window.span: a duration such as `30d` is expected"),
        ({"form": "number", "number": float("nan")}, "at number: a number is expected"),
        ({"form": "number", "number": 10**400}, "at number: a number is expected"),
        ({"form": "number", "number": True}, "at number: a number is expected"),
        ({"form": "instant", "text": "yesterday"}, "is not a date or an instant"),
        ({"form": "instant", "text": "2026-13-01"}, "is not a date or an instant"),
        ({"form": "property", "name": "x"}, "a property stands inside `where` only"),
        ({"form": "trait", "name": ""}, "a name is not empty"),
        ({"form": "did", "selection": {"events": ["a"], "where": DID}},
         "`where` compares the event's own properties"),
        ({"form": "compare", "comparator": "==", "left": {"form": "trait", "name": "x"},
          "right": {"form": "number", "number": 1}}, "at comparator: `==` is unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_path(document, message):
    with pytest.raises(DefinitionError) as caught:
        from_json(document)
    assert message in str(caught.value)


def test_all_problems_at_once():
    with pytest.raises(DefinitionError) as caught:
        from_json({"form": "or", "rules": [{"form": "x"}, {"form": "did"}]})
    assert len(caught.value.problems) == 2


def test_too_deep_is_one_problem():
    document = DID
    for _ in range(5_000):
        document = {"form": "not", "rule": document}
    with pytest.raises(DefinitionError, match="levels deep"):
        from_json(document)
