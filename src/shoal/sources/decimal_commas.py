"""Numbers with a decimal comma, as spreadsheets of half the world write them: ``1.234,50``.

Only files that are separated by semicolons are asked, since there a comma inside a cell is no
separator: it is what those spreadsheets write where the comma stands in numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"^\s*[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?\s*$"
_CELL = re.compile(_NUMBER)
_STRAY, _STRAY_SHARE = 3, 0.1


def columns_with_commas(names: Sequence[str], rows: Iterable[Sequence[str]]) -> frozenset[str]:
    """The columns whose numbers have a decimal comma, as these rows show them.

    In most cells stands a number so written, in one of them with its comma; at most three others, or
    a tenth of them, stand beside.

    >>> sorted(columns_with_commas(("a", "b"), [("3,50", "1,x"), ("1.200", "2")]))
    ['a']
    """
    cells: list[list[str]] = [[] for _ in names]
    for row in rows:
        if len(row) == len(names):
            for place, cell in enumerate(row):
                if cell.strip():
                    cells[place].append(cell)
    return frozenset(name for name, them in zip(names, cells, strict=True) if _has_commas(them))


def with_points(array: pa.Array) -> pa.Array:
    """The cells with a decimal point where they are numbers with a comma, all others as they are."""
    plain = pc.replace_substring(pc.replace_substring(array, ".", ""), ",", ".")
    return pc.if_else(pc.match_substring_regex(array, _NUMBER), plain, array)


def _has_commas(cells: Sequence[str]) -> bool:
    numbers = [cell for cell in cells if _CELL.match(cell)]
    others = len(cells) - len(numbers)
    few = others <= _STRAY or others <= _STRAY_SHARE * len(cells)
    return few and 2 * len(numbers) > len(cells) and any("," in cell for cell in numbers)
