"""The page: its built files, for every path that is not the API's or capture's."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

BUILT = Path(__file__).parent.parent / "_web"
"""Where the build puts the page: in the package, so that an installed one needs nothing more."""
NOT_BUILT = (
    "The page is not built here: `make web` builds it, and `pip install .` does so by itself. "
    "The API works without it.\n"
)
FOREVER = "public, max-age=31536000, immutable"
# Inline styles are how the components place themselves.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
MEDIA = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
PACKED = {"br": ".br", "gzip": ".gz"}
"""Encodings in order of preference, and how a file packed at build time ends."""
MANIFEST = ".vite/manifest.json"
BEGINNINGS = {"": "src/screens/home/Home.tsx", "segments": "src/screens/segments/Segments.tsx"}
"""Where most begin, by path: what the page would ask for only once its first code has run."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file, plain and as it was packed."""

    media: str
    plain: bytes
    packed: Mapping[str, bytes]

    def best(self, accepted: str) -> tuple[bytes, str | None]:
        """What to send to a client that accepts these encodings, and which one it is."""
        wanted = {
            name.strip().lower()
            for name, _, weight in (one.partition(";") for one in accepted.split(","))
            if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        }
        for encoding, body in self.packed.items():
            if encoding in wanted:
                return body, encoding
        return self.plain, None


@dataclass(frozen=True)
class Page:
    """The built page in a folder, read once; where nothing is built it says so."""

    folder: Path = BUILT

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """Every built file by its path below the folder."""
        return {
            path.relative_to(self.folder).as_posix(): _asset(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
            and path.suffix not in PACKED.values()
            and not path.name.startswith(".")
        }

    @cached_property
    def ahead(self) -> dict[str, bytes]:
        """What a browser is told to fetch at once, beside what `index.html` names, by path."""
        manifest = self.assets.get(MANIFEST)
        pieces: dict[str, Any] = {} if manifest is None else json.loads(manifest.plain)
        return {path: _links(pieces, screen) for path, screen in BEGINNINGS.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what no route answers: a file, the page, or that there is nothing."""
        if scope["type"] != "http":
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        is_page = scope["method"] in {"GET", "HEAD"} and path.partition("/")[0] != "api"
        if not is_page:
            raise HTTPException(404)
        answer = self._answer(path, scope)
        if scope["method"] == "HEAD":
            answer.body = b""  # the length stays that of the whole
        await answer(scope, receive, send)

    def _answer(self, path: str, scope: Scope) -> Response:
        headers = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
        asset = self.assets.get(path)
        if asset is not None and path != "index.html":
            accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
            body, encoding = asset.best(accepted)
            hashed = path.startswith("assets/")
            headers |= {"cache-control": FOREVER if hashed else "no-cache"}
            headers |= {"vary": "accept-encoding"}
            headers |= {"content-encoding": encoding} if encoding else {}
            return Response(body, headers=headers, media_type=asset.media)
        if path.startswith("assets/"):
            raise HTTPException(404)
        headers |= {"cache-control": "no-cache"}
        index = self.assets.get("index.html")
        if index is None:
            return Response(NOT_BUILT, 503, headers, "text/plain; charset=utf-8")
        root = escape(scope.get("root_path", ""), quote=True)
        text = index.plain.replace(b'<base href="/"', f'<base href="{root}/"'.encode())
        text = text.replace(b"</head>", self.ahead.get(path, b"") + b"</head>", 1)
        headers |= {"content-security-policy": POLICY}
        return Response(text, headers=headers, media_type="text/html; charset=utf-8")


def _links(pieces: Mapping[str, Any], screen: str) -> bytes:
    """Links to everything a screen is made of, but for what every screen begins with."""
    always = {key for key, it in pieces.items() if it.get("isEntry")}
    wanted, open_ = set[str](), [screen]
    while open_:
        key = open_.pop()
        if key in pieces and key not in always | wanted:
            wanted.add(key)
            open_ += pieces[key].get("imports", [])
    scripts = sorted(pieces[key]["file"] for key in wanted)
    styles = sorted(file for key in wanted for file in pieces[key].get("css", ()))
    fonts = sorted(it["file"] for it in pieces.values() if it["file"].endswith(".woff2"))
    return "".join(
        f'<link {kind} crossorigin href="./{escape(file, quote=True)}">\n'
        for kind, files in (
            ('rel="stylesheet"', styles),
            ('rel="modulepreload"', scripts),
            ('rel="preload" as="font" type="font/woff2"', fonts),
        )
        for file in files
    ).encode()


def _asset(path: Path) -> Asset:
    guessed = MEDIA.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    media = guessed or "application/octet-stream"
    beside = {name: path.with_name(path.name + end) for name, end in PACKED.items()}
    packed = {name: it.read_bytes() for name, it in beside.items() if it.is_file()}
    return Asset(f"{media}; charset=utf-8" if media.startswith("text/") else media,
                 path.read_bytes(), packed)  # fmt: skip
