"""Mapping files: YAML or JSON, read with all their problems, and written in one canonical form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shoal.core.errors import DefinitionError, ImportFileError, Place, Problem
from shoal.sources.mapping import Condition, EventRows, FileMapping, IdForm
from shoal.sources.mapping_document import MappingDocument


def load_mapping(path: str | Path) -> FileMapping:
    """The mapping in a file. Raises DefinitionError with every problem in it."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFileError(f"the mapping file `{path}` is not UTF-8 text") from error
    except (OSError, ValueError) as error:  # a name that no file can have
        raise ImportFileError(f"there is no readable mapping file `{path}`") from error
    return mapping_from_text(text, str(path))


def mapping_from_text(text: str, file: str) -> FileMapping:
    """The mapping that a file's text says. Raises DefinitionError."""
    import yaml

    try:
        document: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        place = Place(mark.line + 1, mark.column + 1, file) if mark else None
        what = str(getattr(error, "problem", None) or error)
        raise DefinitionError([Problem(f"this is not YAML: {what}", place)]) from error
    return mapping_from_document(document, file)


def mapping_from_document(document: object, file: str = "mapping") -> FileMapping:
    """The mapping of a document as YAML or JSON gives it. Raises DefinitionError."""
    reading = MappingDocument(file)
    mapping = reading.mapping(document)
    if reading.problems:
        raise DefinitionError(reading.problems)
    return mapping


def mapping_to_json(mapping: FileMapping) -> str:
    """The mapping in one line of canonical JSON; it reads back as the same mapping."""
    return json.dumps(mapping_to_document(mapping), ensure_ascii=False, separators=(",", ":"))


def mapping_to_document(mapping: FileMapping) -> dict[str, Any]:
    """The mapping as plain data, in the form of the file."""
    layout = mapping.layout
    file = {
        "format": mapping.kind.value if mapping.kind else None,
        "delimiter": layout.delimiter,
        "quote": layout.quote,
        "encoding": layout.encoding,
        "columns": list(layout.columns) if layout.columns is not None else None,
    }
    events = [_rows_to_document(rows) for rows in mapping.rows if not rows.is_profile]
    profiles = [_rows_to_document(rows) for rows in mapping.rows if rows.is_profile]
    return _without_nothing(
        {
            "source": mapping.source,
            "file": _without_nothing(file),
            "optional": list(mapping.optional),
            "events": events,
            "profiles": profiles,
        }
    )


def _rows_to_document(rows: EventRows) -> dict[str, Any]:
    lines = rows.lines
    properties = dict(rows.properties) if rows.properties is not None else None
    document: dict[str, Any] = {
        "event": None if rows.is_profile else rows.event,
        "event_column": rows.event_column,
        "user": _person_to_document(rows.user, rows.user_form),
        "anonymous": _person_to_document(rows.anonymous, rows.anonymous_form),
        "time": {"column": rows.time, "format": rows.time_format}
        if rows.time_format
        else rows.time,
        "id": list(rows.ids),
        "when": _conditions_to_document(rows.when),
        "group_by": list(rows.group_by),
        "except": list(rows.without),
        "constants": dict(rows.constants),
        "types": {name: kind.value for name, kind in rows.types.items()},
        "sentiment": next(({"of": it, "as": name} for name, it in rows.judged.items()), None),
        "per": ("user" if rows.per_user else "row") if rows.is_profile else None,
    }
    document["traits" if rows.is_profile else "properties"] = properties
    result = _without_nothing(document)
    if properties == {}:
        result["traits" if rows.is_profile else "properties"] = {}
    if lines is not None:
        result["lines"] = _without_nothing(
            {
                "event": lines.event,
                "constants": dict(lines.constants),
                "types": {name: kind.value for name, kind in lines.types.items()},
            }
        )
        if lines.properties is not None:
            result["lines"]["properties"] = dict(lines.properties)
    return result


def _person_to_document(column: str | None, form: IdForm | None) -> str | dict[str, str] | None:
    if column is None or form is None:
        return column
    said = {"column": column, "prefix": form.prefix, "separator": form.separator}
    return _without_nothing(said)


def _conditions_to_document(conditions: tuple[Condition, ...]) -> dict[str, dict[str, Any]]:
    result: dict[str, dict[str, Any]] = {}
    for one in conditions:
        operand = list(one.operand) if isinstance(one.operand, tuple) else one.operand
        result.setdefault(one.column, {})[one.operator] = operand
    return result


def _without_nothing(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, [], {}, "")}
