"""Names: how raw ones become snake_case, and which known one a mistyped one is near to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^\w$]+")
_DOTTED = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
"""The one letter whose small form is two characters, the second of them no letter."""


def snake_case(raw: str) -> str:
    """The name under which rules know a raw one.

    >>> snake_case("Order Completed"), snake_case("orderCompleted"), snake_case("Año Nuevo")
    ('order_completed', 'order_completed', 'año_nuevo')
    """
    text = unicodedata.normalize("NFC", raw.strip()).replace(_DOTTED, "I")
    text = _NOT_WORD.sub("_", _BOUNDARY.sub("_", text)).lower()
    return re.sub(r"_+", "_", text).strip("_") or "_"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, if any is near enough to suggest.

    >>> nearest("ordr_completed", ["order_completed", "page_viewed"])
    'order_completed'
    """
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
