"""The rule language.

Purpose: one language that says what a segment, a trait, an audience, a target means.
Nouns: the typed tree (``tree``), Vocabulary, Definitions and what they hold, Words.
Reads: texts and JSON documents it is given. Writes: nothing.
"""

from shoal.language.check import check_rule
from shoal.language.cycles import find_cycles
from shoal.language.defined import vocabulary_of
from shoal.language.definitions import (
    Definitions,
    EventDefinition,
    PartitionDefinition,
    PredictionDefinition,
    PropertyDefinition,
    SegmentDefinition,
    TraitDefinition,
    merged,
)
from shoal.language.json_form import from_json, to_json
from shoal.language.parse import parse_expression, parse_rule, parse_value
from shoal.language.reading_definitions import parse_definitions
from shoal.language.resolution import find_event, property_carrier, property_type
from shoal.language.schema import json_schema
from shoal.language.sentences import sentence
from shoal.language.text import to_text
from shoal.language.timelines import TimelineEvent, TimelineTest
from shoal.language.types import value_type
from shoal.language.words import LANGUAGES, Words

__all__ = [
    "LANGUAGES",
    "Definitions",
    "EventDefinition",
    "PartitionDefinition",
    "PredictionDefinition",
    "PropertyDefinition",
    "SegmentDefinition",
    "TimelineEvent",
    "TimelineTest",
    "TraitDefinition",
    "Words",
    "check_rule",
    "find_cycles",
    "find_event",
    "from_json",
    "json_schema",
    "merged",
    "parse_definitions",
    "parse_expression",
    "parse_rule",
    "parse_value",
    "property_carrier",
    "property_type",
    "sentence",
    "to_json",
    "to_text",
    "value_type",
    "vocabulary_of",
]
