"""What docs/clients.md shows works as it stands there, but for the host and the key."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.clients.conftest import HERE
from tests.clients.shop import PATIENCE

HOST, KEY = "https://shoal.example.com", "WRITE_KEY"
BLOCK = re.compile(r"^## (.+)\n(?:(?!#).*\n)*?```(python|js)\n((?:.*\n)*?)```", re.MULTILINE)
TEXT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
FOUND = BLOCK.findall(TEXT)
NEEDS = {"Segment": "segment", "RudderStack": "rudderstack", "PostHog": "posthog"}


def shown(kind):
    return [
        pytest.param(code, id=title)
        for title, language, code in FOUND
        if title.partition(", ")[2] == kind and language == ("python" if kind == "Python" else "js")
    ]


def test_the_page_shows_every_client():
    assert [len(shown(kind)) for kind in ("Python", "Node", "browser")] == [3, 5, 5]
    needed = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name in needed.keys() - {"esbuild", "playwright-core"}:
        assert f"| `{name}` | {needed[name]} |" in TEXT.replace(" (legacy)", "")


def filled_in(code, front, key):
    assert HOST in code
    assert KEY in code
    return code.replace(HOST, front.url).replace(KEY, key)


def arrived(shop):
    [event] = shop.wait(1)
    assert (event.name, event.properties["revenue"]) == ("order_completed", 12.5)


@pytest.mark.parametrize("code", shown("Python"))
def test_python(shop, front, key, code, request):
    pytest.importorskip(NEEDS[request.node.callspec.id.partition(",")[0]])
    program = filled_in(code, front, key)
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)
    arrived(shop)


@pytest.mark.parametrize("code", shown("Node"))
def test_node(shop, front, key, node, code):
    command = [node, "--input-type=module"]
    program = filled_in(code, front, key)
    subprocess.run(command, input=program, text=True, cwd=HERE, check=True, timeout=PATIENCE)
    arrived(shop)


@pytest.mark.parametrize("code", shown("browser"))
def test_browser(shop, front, key, browse, tmp_path, code):
    script = tmp_path / "page.mjs"
    script.write_text(filled_in(code, front, key))
    with browse(script):
        arrived(shop)
