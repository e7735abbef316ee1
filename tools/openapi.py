"""Writes the API's description for the page: ``web/openapi.json``, from the routes themselves.

python tools/openapi.py [--check]

With --check nothing is written: it fails where the file is not what the routes say.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from shoal.api.app import described

FILE = Path(__file__).resolve().parents[1] / "web" / "openapi.json"


def as_text() -> str:
    """The description as it is written down."""
    return json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    if "--check" not in sys.argv:
        FILE.write_text(as_text(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != as_text():
        sys.exit(f"{FILE.name} is not what the routes say: run `python tools/openapi.py`")
