"""A tree written down and read again is the same tree, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

import shoal.language
from shoal.language.json_form import from_json, to_json
from shoal.language.parse import parse_expression, parse_rule
from shoal.language.text import to_text
from tests.language.trees import rules, values

SCHEMA = Path(shoal.language.__file__).with_name("rule.schema.json")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


@given(rules())
@settings(max_examples=120)
def test_a_rule_reads_back_from_its_text(rule):
    text = to_text(rule)
    assert parse_rule(text) == rule
    assert to_text(parse_rule(text)) == text


@given(rules(odd=True))
@settings(max_examples=250)
def test_an_odd_rule_reads_back_from_its_text(rule):
    assert parse_rule(to_text(rule)) == rule


@given(st.one_of(values(), values(odd=True)))
@settings(max_examples=120)
def test_a_value_reads_back_from_its_text(value):
    assert parse_expression(to_text(value)) == value


@given(st.one_of(rules(), rules(odd=True), values(odd=True)))
@settings(max_examples=120)
def test_json_is_lossless_and_meets_the_schema(node):
    document = json.loads(json.dumps(to_json(node)))
    assert from_json(document) == node
    VALIDATOR.validate(document)
