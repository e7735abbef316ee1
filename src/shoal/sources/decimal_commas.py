"""Numbers with a decimal comma, as spreadsheets of half the world write them: ``1.234,50``.

Only files that are separated by semicolons are asked, since there a comma inside a cell is no
separator: it is what those spreadsheets write where the comma stands in numbers. ``1,234`` alone
says nothing: elsewhere it is a thousand, and who guesses is wrong by as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.property_type import PLACEHOLDERS

_THOUSANDS = r"[1-9]\d{0,2}(\.\d{3})+"
_NUMBER = rf"^[+-]?(\d+|{_THOUSANDS})(,\d+)?$"
_CELL = re.compile(_NUMBER, re.ASCII)
_SURE = re.compile(
    rf"[+-]?(\d+,(\d{{1,2}}|\d{{4,}})|(0|\d{{4,}}),\d{{3}}|{_THOUSANDS},\d+)", re.ASCII
)
"""A comma that parts no thousands: ``3,50``, ``0,125``, ``1.234,5``."""
_DOTTED = re.compile(rf"[+-]?{_THOUSANDS}", re.ASCII)
_SIGNED = re.compile(r"[+-]?\d[\d.,]*[.,][\d.,]*\d", re.ASCII)
_POINTED = re.compile(r"[+-]?\d+(,\d{3})*(\.\d+)?", re.ASCII)
"""A number with a decimal point, its thousands parted by commas or by nothing."""
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}", re.ASCII)
_STRAY, _STRAY_SHARE = 3, 0.1
_FAIR_SHARE = 0.1


class Commas(Enum):
    """What the commas of a column are: of decimals, or nobody can tell.

    Points between digits are then in doubt too, where there are such.
    """

    DECIMAL = "decimal"
    DOUBTFUL = "doubtful"
    ALL_DOUBTFUL = "all doubtful"


def commas_of(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Mapping[str, Commas]:
    """What commas are in the columns of numbers, as these rows show them; those that have any.

    In most cells stands a number; at most three others, or a tenth of them, stand beside, and words
    such as ``n/a`` do not count. A comma is decimal where one cell says so beyond doubt and none
    contradicts; points part thousands where that is so of a tenth of the numbers.

    >>> commas_of(("a", "b"), [("3,50", "1,234"), ("1.200", "2")])
    {'a': <Commas.DECIMAL: 'decimal'>, 'b': <Commas.DOUBTFUL: 'doubtful'>}
    """
    cells: list[list[str]] = [[] for _ in names]
    for row in rows:
        if len(row) == len(names):
            for place, cell in enumerate(row):
                text = cell.strip()
                if text and text.lower() not in PLACEHOLDERS:
                    cells[place].append(text)
    found = ((name, _commas(them)) for name, them in zip(names, cells, strict=True))
    return {name: commas for name, commas in found if commas is not None}


def with_points(array: pa.Array) -> pa.Array:
    """The cells with a decimal point where they are numbers with a comma, all others as they are."""
    text = pc.utf8_trim_whitespace(array)
    plain = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
    return pc.if_else(pc.match_substring_regex(text, _NUMBER), plain, array)


def _commas(cells: Sequence[str]) -> Commas | None:
    numbers = [cell for cell in cells if _CELL.match(cell) or _POINTED.fullmatch(cell)]
    others = len(cells) - len(numbers)
    few = others <= _STRAY or others <= _STRAY_SHARE * len(cells)
    if not few or 2 * len(numbers) <= len(cells) or not any("," in cell for cell in numbers):
        return None
    if any(_contradicts(cell) for cell in cells):
        return Commas.DOUBTFUL
    sure = sum(_SURE.fullmatch(cell) is not None for cell in numbers)
    dotted = any(_DOTTED.fullmatch(cell) for cell in numbers)
    if sure and (not dotted or sure >= _FAIR_SHARE * len(numbers)):
        return Commas.DECIMAL
    return Commas.ALL_DOUBTFUL if dotted else Commas.DOUBTFUL


def _contradicts(cell: str) -> bool:
    """Whether the signs between its digits cannot be points of thousands and a decimal comma."""
    if _ADDRESS.fullmatch(cell):
        return all(int(part) <= 255 for part in cell.split("."))
    return _SIGNED.fullmatch(cell) is not None and not _CELL.match(cell)
