"""Everything the language must be able to say: read, written, told."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import shoal.language
from shoal.language import from_json, json_schema, parse_expression, sentence, to_json, to_text
from tests.language.examples import EXAMPLES
from tests.language.trees import SHOP

SCHEMA = Path(shoal.language.__file__).with_name("rule.schema.json")
TEXTS = [text for text, _ in EXAMPLES]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_canonical(text):
    assert to_text(parse_expression(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_json_is_lossless_and_meets_the_published_schema(text):
    document = json.loads(json.dumps(to_json(parse_expression(text))))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    assert from_json(document) == parse_expression(text)


@pytest.mark.parametrize(("text", "told"), EXAMPLES)
def test_the_sentence(text, told):
    assert sentence(parse_expression(text), SHOP) == told


def test_the_published_schema_is_what_the_tree_says():
    published = json.loads(SCHEMA.read_text("utf-8"))
    assert published == json_schema(), "write json_schema() to rule.schema.json"
    jsonschema.Draft202012Validator.check_schema(published)
