"""Builds the page into the wheel and the sdist: with the Node.js that is there, or with PyPI's.

An editable install builds nothing (`make web` does), nor does one with SHOAL_SKIP_WEB=1 set.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import build_page


class PageHook(BuildHookInterface):
    """Asks for a Node.js only where one is needed, then builds."""

    def dependencies(self) -> list[str]:
        """Node.js as a package, where the page is to be built and the machine has none."""
        return [build_page.NODE] if self._is_wanted() and build_page.usable_npm() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  as it is called
        """Builds before the files are collected."""
        if not self._is_wanted(version):
            return
        npm = build_page.usable_npm()
        if npm is not None:
            build_page.build(npm)
        else:
            build_page.build(*build_page.packaged_npm())

    def _is_wanted(self, version: str = "") -> bool:
        if version == "editable" or os.environ.get("SHOAL_SKIP_WEB") == "1":
            return False
        return build_page.SOURCES.is_dir() and not build_page.is_built()
