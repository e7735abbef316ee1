"""Mappings that come with Shoal, for the exports of tools many people have."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.core.errors import ImportFileError
from shoal.core.names import nearest
from shoal.sources.mapping_file import load_mapping, mapping_from_text

if TYPE_CHECKING:
    from shoal.sources.mapping import FileMapping

_FOLDER = files("shoal.sources").joinpath("tools")


@cache
def shipped_names() -> tuple[str, ...]:
    """The names of the mappings that come with Shoal, in order."""
    found = (it.name for it in _FOLDER.iterdir() if it.name.endswith(".yml"))
    return tuple(sorted(name.removesuffix(".yml") for name in found))


def shipped_text(name: str) -> str:
    """The file of a mapping that comes with Shoal."""
    return _FOLDER.joinpath(f"{name}.yml").read_text(encoding="utf-8")


def find_mapping(said: str | Path, folder: Path | None = None) -> FileMapping:
    """The mapping in a file, else the one of that name that comes with Shoal.

    ``folder`` is where a relative path begins. Raises ImportFileError and DefinitionError.
    """
    path = Path(said) if folder is None else folder / said
    name = str(said)
    if path.is_file():
        return load_mapping(path)
    if name in shipped_names():
        return mapping_from_text(shipped_text(name), f"{name}.yml")
    if path.suffix or "/" in name:
        return load_mapping(path)  # which says that there is no such file
    near = nearest(name, shipped_names())
    raise ImportFileError(
        f"there is no mapping file `{name}` and none of that name comes with Shoal",
        hint=f"did you mean `{near}`?" if near else f"with Shoal come {', '.join(shipped_names())}",
    )
