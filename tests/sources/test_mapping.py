"""Mappings: by options and by file, with every problem said, and one canonical form."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from shoal.core.errors import DefinitionError, ImportFileError, UsageError
from shoal.sources import (
    load_mapping,
    mapping_from_document,
    mapping_from_options,
    mapping_to_json,
)
from shoal.sources.mapping import event_name, property_name
from shoal.sources.schema import mapping_schema
from tests.sources.reading import put, read

SHOP = """
source: shop
file: {delimiter: semicolon, encoding: latin-1}
events:
  - event: Order Completed
    when: {InvoiceNo: {not starts with: C}, Quantity: {">": 0}, Country: [Portugal, Spain]}
    user: CustomerID
    anonymous: Cookie
    time: {column: InvoiceDate, format: "%d/%m/%Y %H:%M"}
    id: InvoiceNo
    group_by: InvoiceNo
    properties: {order_id: InvoiceNo, revenue: sum(Quantity * UnitPrice)}
    constants: {currency: GBP, tax: 0.2, online: true}
    types: {revenue: money}
    lines: {properties: {product_id: StockCode}, types: {product_id: text}}
  - event_column: type
    user: CustomerID
    time: InvoiceDate
    except: [Country]
profiles:
  user: CustomerID
  traits: {country: Country}
"""


def test_files_read_back_as_themselves(tmp_path):
    mapping = load_mapping(put(tmp_path, "shop.yml", SHOP))
    assert mapping.source == "shop"
    assert mapping.rows[2].per_user
    assert mapping.layout.delimiter == ";"
    again = mapping_from_document(json.loads(mapping_to_json(mapping)))
    assert again == mapping
    assert load_mapping(put(tmp_path, "x.json", json.dumps(yaml.safe_load(SHOP)))) == mapping


@pytest.mark.parametrize(
    "options",
    [
        {"event": "Order Completed", "user": "u", "time": "t", "time_format": "%d/%m/%Y"},
        {"event_column": "e", "anonymous": "a", "time": "t", "id_column": "i"},
        {"profiles": True, "user": "u", "traits": ["City=Home Town", "age"]},
        {"profiles": True, "user": "u", "time": "t", "source": "crm"},
        {"event": "e", "user": "u", "time": "t", "properties": ["a=B c", "d.E=f"]},
    ],
)
def test_options_read_back_as_themselves(options):
    mapping = mapping_from_options(**options)
    document = json.loads(mapping_to_json(mapping))
    assert mapping_from_document(document) == mapping
    jsonschema.validate(document, mapping_schema())


def test_the_schema_takes_the_example_and_refuses_others():
    schema = mapping_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(SHOP), schema)
    for wrong in ({}, {"events": [{"event": "e"}]}, {"events": [], "nope": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "it is not said what a row is"),
        ({"event": "e", "event_column": "c"}, "--event and --event-col exclude each other"),
        ({"event": "e", "profiles": True}, "exclude each other"),
        ({"event": "e", "time": "t"}, "it is not said whose rows these are"),
        ({"event": "e", "user": "u"}, "it is not said when it happened"),
        ({"profiles": True, "user": "u", "time_format": "s"}, "--time-format needs --time"),
        ({"event": "e", "user": "u", "time": "t", "time_format": "%Q"}, "not a time format"),
        ({"event": "e", "user": "u", "time": "t", "traits": ["a=b"]}, "--trait needs --profiles"),
        ({"profiles": True, "user": "u", "properties": ["a=b"]}, "--prop belongs to events"),
        ({"event": "e", "user": "u", "time": "t", "properties": ["a="]}, "not NAME=COLUMN"),
        ({"event": "e", "user": "u", "time": "t", "properties": ["a=b", "A=c"]}, "given twice"),
        ({"event": "$identify", "user": "u", "time": "t"}, "cannot be the name of an event"),
        ({"event": " ", "user": "u", "time": "t"}, "cannot be the name of an event"),
    ],
)
def test_options_that_make_no_sense(options, says):
    with pytest.raises(UsageError) as caught:
        mapping_from_options(**options)
    assert says in str(caught.value)


def test_every_problem_of_a_file_is_said(tmp_path):
    text = """
sorce: x
events:
  - evnt: a
    user: u
    time: {column: t, format: "%Q"}
    when: {a: {startswith: b}, c: {">": x}, d: {in: 5}}
    types: {a: integer}
    lines: {}
    properties: {a: "sum(", b: 5}
  - event: $x
    constants: {a: [1]}
profiles: {user: [1], per: day}
file: {delimiter: "::", format: xls}
"""
    with pytest.raises(DefinitionError) as caught:
        load_mapping(put(tmp_path, "m.yml", text))
    said = str(caught.value)
    for part in (
        "there is no `sorce` here; did you mean `source`?",
        "events[1]: there is no `evnt` here; did you mean `event`?",
        "events[1]: needs either `event` or `event_column`",
        "events[1].time.format: `%Q` is not a time format",
        "events[1].when.a: `startswith` is no test; did you mean `starts with`?",
        "events[1].when.c: `>` needs a number",
        "events[1].when.d: `in` needs a list of values",
        "events[1].types.a: `integer` is none of number, text",
        "events[1].lines: lines need `group_by`",
        "events[1].properties.a: `sum(`: a column or a number is missing",
        "events[1].properties.b: is a column or an expression; see `constants`",
        "events[2].event: `$x` cannot be the name of an event",
        "events[2]: needs `user`",
        "events[2]: needs `time`",
        "events[2].constants.a: is a text, a number or true or false",
        "profiles.user: is one text",
        "profiles.per: is `row` or `user`",
        "file.delimiter: `::` is not one ASCII sign",
        "file.format: `xls` is none of csv, tsv, jsonl, parquet",
    ):
        assert part in said, part
    assert all("m.yml" in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("text", ["", "[]", "42", "a: [", "events: {}", "profiles: 3"])
def test_what_is_no_mapping_is_said(tmp_path, text):
    with pytest.raises(DefinitionError):
        load_mapping(put(tmp_path, "m.yml", text))
    with pytest.raises(ImportFileError):
        load_mapping(tmp_path / "nowhere.yml")
    with pytest.raises(ImportFileError):
        load_mapping(put(tmp_path, "bad.yml", b"\xff\xfe\x00"))


def test_names():
    assert event_name("$pageview") == "pageview"
    assert event_name("Order Completed") == "order_completed"
    assert event_name("a.b") == "a_b"
    assert property_name("address.postalCode") == "address.postal_code"
    assert property_name("..") == "_"


def test_what_binding_refuses(tmp_path):
    path = put(tmp_path, "x.csv", "user,at,n\n1,2026-01-01,5\n")
    for properties, says in (
        ({"a": "sum(n)"}, "nothing gathers them"),
        ({"a": "n /"}, "is not understood"),
        ({"a": "m * 2"}, "no column `m`"),
    ):
        mapping = mapping_from_document(
            {"events": {"event": "e", "user": "user", "time": "at", "properties": properties}}
        )
        with pytest.raises(ImportFileError, match=says):
            read(path, mapping)


def test_optional_columns_may_be_missing_and_are_unset(tmp_path):
    """Whether a column is only copied, tested, part of an id or when it happened."""
    document = {
        "optional": ["Deal Size", "won", "closed", "key"],
        "events": [
            {"event": "seen", "user": "u", "time": "t", "properties": {"size": "Deal Size"}},
            {"event": "won", "user": "u", "time": "closed", "id": ["key"], "when": {"won": True}},
            {"event": "lines", "user": "u", "time": "t", "group_by": ["u"], "properties": {
                "size": "sum(`Deal Size`)"}, "lines": {"properties": {"size": "Deal Size"}}},
        ],
    }  # fmt: skip
    mapping = mapping_from_document(document)
    assert mapping_from_document(json.loads(mapping_to_json(mapping))) == mapping
    jsonschema.validate(document, mapping_schema())
    path = put(tmp_path, "a.csv", "u,t\nc1,2026-01-01\n")
    found = read(path, mapping)
    assert [one["event"] for one in found.events] == ["seen", "lines"]
    assert not found.rejected
    assert "size" not in found.events[0]
    less = mapping_from_document({**document, "optional": ["won", "closed", "key"]})
    with pytest.raises(ImportFileError, match="Deal Size"):
        read(path, less)
