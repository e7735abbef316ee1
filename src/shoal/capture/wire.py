"""What the door and the wire formats say to each other: what came in, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shoal.capture.bodies import Limits
from shoal.capture.captured import Captured, Circumstances
from shoal.core.errors import ShoalError

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that was read: header names in lower case, the body unpacked, the document parsed.

    ``document`` is None where the endpoint reads the body itself. ``parts`` are what the path says
    beyond the endpoint (an id in it, say).
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Headers = field(default_factory=dict[str, str])
    body: bytes = b""
    document: Any = None
    parts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b'{"success":true}'
    content_type: str = "application/json"
    headers: Headers = field(default_factory=dict[str, str])
    code: str = ""
    """Of a problem, for the log."""

    @classmethod
    def of_json(cls, document: object, status: int = 200) -> Reply:
        """A JSON answer."""
        return cls(status, json.dumps(document, separators=(",", ":")).encode())


SUCCESS = Reply()

Reader = Callable[[Incoming, Circumstances], Captured]
Answerer = Callable[[Incoming], Reply]
Parser = Callable[[Incoming, Limits], object]
Prover = Callable[[Incoming, int], str | None]
"""The sender that a request proves to come from, at an instant; None, it needs a key.

Raises NotProvenError. It may take its time: it is asked outside the event loop.
"""


class NotProvenError(ShoalError):
    """A request that does not come from whom it says."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place clients send to.

    ``pattern`` is a path with ``{name}`` for a part of it. With ``read`` the request is kept before
    ``reply`` is given; without, it is only answered (a settings request). ``key`` finds the write
    key where this client puts it, beyond the usual places. ``is_json`` parses the body beforehand,
    or ``parse`` does where a client wraps it. ``needs_key`` is False for what says nothing about
    anybody; ``prove`` checks what its sender signed. ``credentials`` lets browsers send their
    cookies along, which some insist on; nobody looks at them.
    """

    pattern: str
    read: Reader | None = None
    reply: Answerer | Reply = SUCCESS
    methods: frozenset[str] = frozenset({"POST"})
    key: Callable[[Incoming], str | None] | None = None
    is_json: bool = True
    needs_key: bool = True
    parse: Parser | None = None
    prove: Prover | None = None
    credentials: bool = False


def problem(status: int, code: str, message: str, headers: Headers | None = None) -> Reply:
    """An error as clients read it: RFC 9457 with the ``code`` and ``message`` some look for.

    >>> problem(401, "unknown_key", "unknown write key").status
    401
    """
    document = {
        "type": "about:blank",
        "title": message,
        "status": status,
        "code": code,
        "message": message,
    }
    body = json.dumps(document).encode()
    return Reply(status, body, "application/problem+json", headers or {}, code)
