"""Which endpoint a path means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from shoal.capture.wire import Endpoint

_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint and what the path says beyond it."""

    endpoint: Endpoint
    parts: Mapping[str, str]


class Routes:
    """All endpoints, plain paths by one look-up, the others in their order."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._plain: dict[str, list[Endpoint]] = {}
        self._others: list[tuple[re.Pattern[str], Endpoint]] = []
        for endpoint in endpoints:
            if _PART.search(endpoint.pattern) is None:
                self._plain.setdefault(endpoint.pattern, []).append(endpoint)
            else:
                pattern = _PART.sub(r"(?P<\1>[^/]+)", endpoint.pattern)
                self._others.append((re.compile(pattern + r"\Z"), endpoint))
        self._methods = {
            path: frozenset(method for endpoint in some for method in endpoint.methods)
            for path, some in self._plain.items()
        }

    def methods(self, path: str) -> frozenset[str]:
        """The methods something answers to at that path; none, nothing is there."""
        methods = self._methods.get(path)
        if methods is not None:
            return methods
        return frozenset(method for found in self._at(path) for method in found.endpoint.methods)

    def find(self, method: str, path: str) -> Found | None:
        """The endpoint of a request."""
        return next((found for found in self._at(path) if method in found.endpoint.methods), None)

    def _at(self, path: str) -> Iterable[Found]:
        for endpoint in self._plain.get(path, ()):
            yield Found(endpoint, {})
        if path not in self._plain:
            for pattern, endpoint in self._others:
                match = pattern.match(path)
                if match is not None:
                    yield Found(
                        endpoint, {key: unquote(it) for key, it in match.groupdict().items()}
                    )
