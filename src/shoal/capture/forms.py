"""Documents that come wrapped: as a field of a form, in base64, or in the query."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from shoal.capture.bodies import Limits, NotJsonError, parsed, unpacked
from shoal.capture.wire import Incoming

MOST_FIELDS = 50
_JSON = (b"{", b"[")


def document_of(incoming: Incoming, limits: Limits, field: str = "data") -> object:
    """The document of a body that is JSON, base64 of it, or a form with either in a field.

    A request without a body has it in the query. Raises NotJsonError where there is none.
    """
    body = incoming.body.strip()
    if body.startswith(_JSON):
        return parsed(body, limits)
    wrapped = _fields(body).get(field) or incoming.query.get(field, "")
    if wrapped:
        return _unwrapped(wrapped, limits)
    try:
        return parsed(body, limits)
    except NotJsonError:
        found = _of_base64(body)
        if not found:
            raise
        return parsed(unpacked(found, limits), limits)


def _fields(body: bytes) -> dict[str, str]:
    if b"=" not in body[:100]:
        return {}
    try:
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise NotJsonError("the form has too many fields") from error


def _unwrapped(text: str, limits: Limits) -> object:
    raw = text.strip().encode("utf-8", "replace")
    if raw.startswith(_JSON):
        return parsed(raw, limits)
    # A form turns the plus signs of base64 that were not escaped into blanks.
    found = _of_base64(raw.replace(b" ", b"+"))
    return parsed(unpacked(found if found is not None else raw, limits), limits)


def _of_base64(raw: bytes) -> bytes | None:
    """What base64 of either alphabet says, padded or not; None where it is none."""
    tidy = raw.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(tidy + b"=" * (-len(tidy) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def base64_document(text: object, limits: Limits | None = None) -> object:
    """The document of a text that is base64 of JSON; None where it is none."""
    if not isinstance(text, str):
        return None
    found = _of_base64(text.strip().encode("utf-8", "replace"))
    return None if found is None else json_document(found, limits)


def json_document(text: object, limits: Limits | None = None) -> object:
    """The document of a text that is JSON; None where it is none."""
    if isinstance(text, str):
        text = text.encode("utf-8", "replace")
    if not isinstance(text, bytes):
        return None
    try:
        return parsed(text, limits or Limits())
    except NotJsonError:
        return None
