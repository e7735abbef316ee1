"""One JSON document sent to an address somebody named."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from shoal.core.errors import ShoalError, UsageError

PATIENCE = 10.0
"""Seconds until the other side has answered."""


class _NoRedirects(HTTPRedirectHandler):
    """Where a document goes is said by whoever runs Shoal, not by the other side."""

    def redirect_request(  # noqa: PLR0913, PLR0917  as urllib calls it
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any
    ) -> None:
        """Follows nothing."""


def post_json(url: str, document: object) -> int:
    """Posts the document and gives the status; ShoalError if it does not arrive."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"`{url}` is no address to post to", hint="write https://host/path")
    data = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "shoal"}
    request = Request(url, data, headers, method="POST")  # noqa: S310  http and https only
    try:
        with build_opener(_NoRedirects()).open(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as error:
        raise ShoalError(f"{parts.hostname} answered {error.code} {error.reason}") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ShoalError(f"{parts.hostname} cannot be reached: {reason}") from error
