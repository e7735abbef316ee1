"""The JSON Schema of the rule language's JSON form (draft 2020-12)."""

from __future__ import annotations

import typing
from enum import StrEnum
from typing import Any

from shoal.core.spans import Span
from shoal.language.forms import (
    AT_LEAST,
    UNIONS,
    UNTAGGED,
    Field,
    form_fields,
    form_name,
    forms_of,
    members,
    union_name,
)
from shoal.language.json_form import EXPRESSION, INSTANT, SPAN
from shoal.language.tree import EventRef, InstantLiteral, Node

Schema = dict[str, Any]

_NOTES = {
    "where": "Comparisons over the event's own properties (form `property`) and `time_part`.",
    "percent": "Written as a percentage; the number stays 0.6 for 60%.",
    "share": "0.2 for the top 20%.",
    "events": "Names of events; an empty list is any event.",
}


def json_schema() -> Schema:
    """The schema that every ``to_json`` meets."""
    kinds = {
        form_name(member): member for union in UNIONS.values() for member in members(union)
    } | {form_name(kind): kind for kind in UNTAGGED}
    definitions: Schema = {
        name: _one_of(union) for name, union in {**UNIONS, "expression": EXPRESSION}.items()
    }
    for name in sorted(kinds):
        definitions[_definition(name)] = _form(name, kinds[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:shoal:rule:1",
        "title": "A rule or value of the Shoal rule language, version 1",
        "$ref": "#/$defs/expression",
        "$defs": definitions,
    }


def _one_of(union: Any) -> Schema:
    """One of the forms of a union, told apart by ``form``: one look, and one error if it fails."""
    forms = sorted(forms_of(union))
    return {
        "type": "object",
        "required": ["form"],
        "properties": {"form": {"enum": forms}},
        "allOf": [
            {"if": {"properties": {"form": {"const": form}}}, "then": _reference(form)}
            for form in forms
        ],
    }


def _definition(form: str) -> str:
    return f"form.{form}"


def _reference(form: str) -> Schema:
    return {"$ref": f"#/$defs/{_definition(form)}"}


def _form(name: str, kind: type[Node]) -> Schema:
    described = form_fields(kind)
    properties: Schema = {} if kind in UNTAGGED else {"form": {"const": name}}
    properties |= {item.key: _field(name, item) for item in described}
    if kind is InstantLiteral:
        properties["text"] = {"type": "string", "pattern": INSTANT}
    required = [item.key for item in described if item.required]
    return {
        "type": "object",
        "properties": properties,
        "required": required if kind in UNTAGGED else ["form", *required],
        "additionalProperties": False,
    }


def _field(form: str, item: Field) -> Schema:
    if typing.get_origin(item.kind) is tuple:
        schema: Schema = {"type": "array", "items": _single(typing.get_args(item.kind)[0])}
        if least := AT_LEAST.get((form, item.key)):
            schema["minItems"] = least
    else:
        schema = _single(item.kind)
    if note := _NOTES.get(item.key):
        schema["description"] = note
    return schema


def _single(kind: Any) -> Schema:
    if kind is EventRef:
        return {"type": "array", "items": {"type": "string", "minLength": 1}}
    if kind is Span:
        return {"type": "string", "pattern": SPAN}
    if isinstance(kind, type):
        if issubclass(kind, StrEnum):
            return {"enum": [str(option) for option in kind]}
        if issubclass(kind, Node):
            return _reference(form_name(kind))
        return {"type": {bool: "boolean", float: "number", str: "string"}[kind]}
    return {"$ref": f"#/$defs/{union_name(kind)}"}
