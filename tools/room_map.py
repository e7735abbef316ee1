"""The room map of docs/architecture.md, written from the import contract and the rooms' docstrings.

``python tools/room_map.py`` rewrites it in place; a test holds it to what stands in the code.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: begin -->", "<!-- rooms: end -->"
INSIDE = "project"
"""The room that has rooms of its own."""


def rooms(root: Path = ROOT) -> list[str]:
    """The rooms, from the one that imports nothing to the one that may import all."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return list(reversed(layers))


def pure_rooms(root: Path = ROOT) -> set[str]:
    """The rooms that may open no engine and no network."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    forbidden = (contract for contract in contracts if contract["type"] == "forbidden")
    return {name.split(".")[1] for contract in forbidden for name in contract["source_modules"]}


def purpose(room: str, root: Path = ROOT) -> str:
    """The first line of the room's docstring."""
    source = (root / "src" / "shoal" / room / "__init__.py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    first = docstring.partition("\n\n")[0]
    return first.replace("\n", " ").replace("``", "`").strip()


def table(root: Path = ROOT) -> str:
    """The map as a Markdown table."""
    pure = pure_rooms(root)
    lines = ["| room | holds | touches |", "|---|---|---|"]
    for room in rooms(root):
        touches = "nothing" if room in pure else "disk, clock or terminal"
        lines.append(f"| `{room}` | {purpose(room, root)} | {touches} |")
    return "\n".join(lines)


def inner_table(root: Path = ROOT) -> str:
    """The rooms inside the one that ties the others together, by name."""
    inside = root / "src" / "shoal" / INSIDE
    names = sorted(it.parent.name for it in inside.glob("*/__init__.py"))
    lines = [f"| inside `{INSIDE}` | holds |", "|---|---|"]
    lines += [f"| `{INSIDE}/{name}` | {purpose(f'{INSIDE}/{name}', root)} |" for name in names]
    return "\n".join(lines)


def with_map(page: str, root: Path = ROOT) -> str:
    """The page with the map between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(root)}\n\n{inner_table(root)}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_map(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
