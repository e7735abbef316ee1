"""Where a request carries its write key: every place one of the clients puts it."""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast

from shoal.capture.segment_batch import Batch
from shoal.capture.wire import Endpoint, Incoming

IN_BODY = ("writeKey", "write_key", "api_key", "token")
IN_QUERY = ("writeKey", "write_key", "api_key")


def secret_of(incoming: Incoming, endpoint: Endpoint) -> str | None:
    """The key the request shows, or None. What the endpoint knows of its own comes first."""
    if endpoint.key is not None:
        found = endpoint.key(incoming)
        if found:
            return found
    return _of_header(incoming) or _of_query(incoming) or _of_body(incoming.document)


def _of_header(incoming: Incoming) -> str | None:
    kind, _, rest = incoming.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            user = base64.b64decode(rest.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return None
        return user.partition(":")[0] or None
    if kind.lower() == "bearer":
        return rest.strip() or None
    shown = incoming.headers.get("x-write-key", "")
    return shown.partition(":")[0] or None


def _of_query(incoming: Incoming) -> str | None:
    return next((incoming.query[name] for name in IN_QUERY if incoming.query.get(name)), None)


def _of_body(document: object) -> str | None:
    if isinstance(document, Batch):
        return next((found for name in IN_BODY if (found := getattr(document, name))), None)
    if not isinstance(document, dict):
        return None
    given = cast("dict[str, Any]", document)
    found = next((given[name] for name in IN_BODY if given.get(name)), None)
    return found if isinstance(found, str) else None
