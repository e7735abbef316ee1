"""The page's serving without the page: what is not built, and how what is built is picked."""

from __future__ import annotations

import asyncio
import gzip
import json
import re

import pytest
from starlette.exceptions import HTTPException

from shoal.api.page import Page
from tools.build_page import digest, is_built
from tools.openapi import FILE, as_text


def asked(page, path, method="GET", root="", **headers):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": root + path,
        "root_path": root,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    asyncio.run(page(scope, None, send))
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


@pytest.fixture
def built(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<base href="/" /><script src="./assets/a.js"></script>')
    (tmp_path / "assets" / "a.js").write_text("let all = 1")
    (tmp_path / "assets" / "a.js.gz").write_bytes(gzip.compress(b"let all = 1"))
    return Page(tmp_path)


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path):
    status, headers, body = asked(Page(tmp_path / "nowhere"), "/segments")
    assert status == 503
    assert headers["content-type"].startswith("text/plain")
    assert b"make web" in body


def test_every_path_is_the_page_but_those_of_the_api(built):
    status, headers, body = asked(built, "/segments/lapsed")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert b'<base href="/" />' in body
    for path, method in (
        ("/api/v1/nothing", "GET"),
        ("/segments", "POST"),
        ("/assets/b.js", "GET"),
    ):
        with pytest.raises(HTTPException):
            asked(built, path, method)


def test_below_another_path_the_page_finds_its_files(built):
    assert b'<base href="/crm/" />' in asked(built, "/segments", root="/crm")[2]
    assert b"&quot;" in asked(built, "/", root='/"onload="')[2]
    assert asked(built, "/assets/a.js", root="/crm")[2] == b"let all = 1"


def test_the_first_screens_are_fetched_beside_what_every_screen_needs(built):
    pieces = {
        "index.html": {"file": "assets/a.js", "isEntry": True},
        "src/screens/home/Home.tsx": {
            "file": "assets/h.js", "css": ["assets/h.css"], "imports": ["index.html", "_part.js"],
        },
        "_part.js": {"file": "assets/p.js", "imports": ["src/screens/home/Home.tsx", "_gone.js"]},
        "inter.woff2": {"file": "assets/i.woff2"},
    }  # fmt: skip
    (built.folder / ".vite").mkdir()
    (built.folder / ".vite" / "manifest.json").write_text(json.dumps(pieces))
    (built.folder / "index.html").write_text('<head><base href="/" /></head>')
    home = asked(built, "/", root="/crm")[2].decode()
    assert re.findall(r'rel="(\w+)".*?href="([^"]+)"', home) == [
        ("stylesheet", "./assets/h.css"),
        ("modulepreload", "./assets/h.js"),
        ("modulepreload", "./assets/p.js"),
        ("preload", "./assets/i.woff2"),
    ]
    assert home.endswith("</head>")
    assert b"assets" not in asked(built, "/segments/lapsed")[2]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "gzip"), ("br", None), ("gzip;q=0", None), ("identity", None), ("", None)],
)
def test_a_file_is_sent_as_it_was_packed_where_that_is_understood(built, accepted, encoding):
    _, headers, body = asked(built, "/assets/a.js", accept_encoding=accepted)
    assert headers.get("content-encoding") == encoding
    assert (gzip.decompress(body) if encoding else body) == b"let all = 1"
    assert headers["vary"] == "accept-encoding"


def test_head_says_how_long_the_answer_would_be(built):
    _, headers, body = asked(built, "/", "HEAD")
    assert body == b""
    assert int(headers["content-length"]) == len(asked(built, "/")[2])


@pytest.mark.parametrize("path", ["/../secret.js", "/assets/../../secret.js", "//secret.js"])
def test_no_path_leads_out_of_the_folder(built, tmp_path, path):
    (tmp_path.parent / "secret.js").write_text("nobody's business")
    try:
        body = asked(built, path)[2]
    except HTTPException:
        return
    assert b"nobody's business" not in body


def test_the_page_is_built_from_the_api_as_it_is():
    assert FILE.read_text(encoding="utf-8") == as_text(), "run `make web` after `tools/openapi.py`"
    assert json.loads(as_text())["paths"]["/api/v1/me"]["get"]


def test_a_page_is_built_anew_when_its_sources_have_changed(tmp_path):
    sources, made = tmp_path / "web", tmp_path / "made"
    for folder in (sources / "node_modules", made):
        folder.mkdir(parents=True)
    (sources / "main.ts").write_text("1")
    assert not is_built(sources, made)
    (made / "index.html").write_text("<html>")
    assert not is_built(sources, made)
    assert is_built(tmp_path / "none", made)
    (made / ".stamp").write_text(digest(sources))
    assert is_built(sources, made)
    (sources / "node_modules" / "x.js").write_text("not a source")
    assert is_built(sources, made)
    (sources / "main.ts").write_text("2")
    assert not is_built(sources, made)
