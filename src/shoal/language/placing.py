"""Where each character of a text stands in its file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from shoal.core.errors import Place

Locate: TypeAlias = Callable[[int], Place]
"""The place of an offset."""


def places(text: str, file: str | None = None, line: int = 1, column: int = 1) -> Locate:
    r"""Where each offset of the text stands, when the text begins at the line and column.

    >>> places("did a\nand did b", "x.yml", line=3, column=9)(10)
    Place(line=4, column=5, file='x.yml')
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def locate(offset: int) -> Place:
        row = bisect_right(starts, offset) - 1
        first = column if row == 0 else 1
        return Place(line + row, first + offset - starts[row], file)

    return locate
