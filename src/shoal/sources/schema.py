"""The JSON Schema of the mapping file, as it is published in ``docs/mapping.schema.json``."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def mapping_schema() -> dict[str, Any]:
    """The schema, as plain data."""
    text = files("shoal.sources").joinpath("mapping.schema.json").read_text(encoding="utf-8")
    return json.loads(text)
