"""The guide to importing is true: its mappings are mappings, its examples become what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from shoal.core.instants import Zone
from shoal.sources import describe, mapping_from_document, sample
from shoal.sources.schema import mapping_schema
from tests.sources.reading import put

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```",
    (DOCS / "import.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = [
    tuple(text for _, text in BLOCKS[i : i + 3])
    for i in range(len(BLOCKS))
    if [kind for kind, _ in BLOCKS[i : i + 3]] == ["csv", "yaml", "text"]
]


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "yaml"])
def test_mappings_are_mappings(text):
    document = yaml.safe_load(text)
    jsonschema.validate(document, mapping_schema())
    mapping_from_document(document)


@pytest.mark.parametrize(("data", "mapping", "said"), EXAMPLES)
def test_examples_become_what_is_said(tmp_path, data, mapping, said):
    path = put(tmp_path, "example.csv", data)
    understood = mapping_from_document(yaml.safe_load(mapping))
    found = describe(understood, sample(path, understood), Zone("Europe/Lisbon"))
    assert found == said.splitlines()


def test_there_are_examples():
    assert len(EXAMPLES) == 2


def test_the_published_schema_is_the_one_in_force():
    published = json.loads((DOCS / "mapping.schema.json").read_text(encoding="utf-8"))
    assert published == mapping_schema()
