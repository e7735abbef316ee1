# ruff: noqa: PLR0912, PLR0913, PLR0915, PLR0917
# A compiled pass is one long loop: calls with arrays in and out cost more than branches.
"""Compiled passes that cut delimited text into cells, and cells into columns.

A quote opens a quoted cell only as its first character; a doubled one stands for itself. What
follows a closing quote belongs to the cell as it stands. A row that is broken and spans lines is cut
back to its first line, so one stray quote costs one row and not the rest of the file.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

OK, RAGGED, UNCLOSED, NUL = 0, 1, 2, 3
"""What became of a row."""
LONGEST_QUOTED = 1 << 20
_LF, _CR, _SPACE = 10, 13, 32


@nb.njit(cache=True, nogil=True)
def split_rows(
    data: Bytes,
    final: bool,  # noqa: FBT001
    special: Mask,
    delimiter: int,
    quote: int,
    collapse: bool,  # noqa: FBT001
    starts: Int32s,
    ends: Int32s,
    begins: Int32s,
    stops: Int32s,
    lines: npt.NDArray[np.int64],
    status: Bytes,
    found: Int32s,
    position: int,
    line: int,
) -> tuple[int, int, int]:
    """Rows found from the position on, where the next one begins, and its line.

    Cell c of row r is ``data[starts[c, r] : ends[c, r]]``, with ``-1 - ends`` where quotes in it
    are still to be taken out. Not ``final``: a row that may go on beyond the data is left.
    """
    columns = len(starts)
    length = len(data)
    row = 0
    while row < len(begins) and position < length:
        begin = position
        if collapse:
            while begin < length and data[begin] == _SPACE:
                begin += 1
        if begin < length and data[begin] == _LF:
            position = begin + 1
            line += 1
            continue
        if begin + 1 < length and data[begin] == _CR and data[begin + 1] == _LF:
            position = begin + 2
            line += 1
            continue
        if begin >= length or (data[begin] == _CR and begin + 1 == length):
            if final:
                position = length
            break
        at = begin
        cell = 0
        state = OK
        spanned = 0
        more = False
        while True:
            start = at
            escaped = False
            if at < length and data[at] == quote:
                start = at + 1
                stop = start
                closed = False
                breaks = 0
                while stop < length and stop - start <= LONGEST_QUOTED:
                    byte = data[stop]
                    if byte == quote:
                        if stop + 1 < length and data[stop + 1] == quote:
                            escaped = True
                            stop += 2
                            continue
                        closed = stop + 1 < length or final
                        break
                    if byte == _LF:
                        breaks += 1
                    elif byte == 0:
                        state = NUL
                    stop += 1
                if not closed:
                    more = not final and stop - start <= LONGEST_QUOTED
                    state = UNCLOSED
                    spanned += breaks
                    break
                spanned += breaks
                at = stop + 1
                if at < length and not special[data[at]] and data[at] != _CR:
                    if breaks > 0:
                        state = UNCLOSED
                        break
                    escaped = True
                while at < length and (not special[data[at]] or data[at] == 0):
                    if data[at] == 0:
                        state = NUL
                    at += 1
                if escaped:
                    stop = at
                    if stop > start and data[stop - 1] == _CR:
                        stop -= 1
            else:
                while at < length and (not special[data[at]] or data[at] == 0):
                    if data[at] == 0:
                        state = NUL
                    at += 1
                stop = at
                if stop > start and data[stop - 1] == _CR and (at == length or data[at] == _LF):
                    stop -= 1
            if at >= length and not final:
                more = True
                break
            if collapse:
                while at + 1 < length and data[at] == _SPACE and data[at + 1] == _SPACE:
                    at += 1
                if (
                    at + 1 < length
                    and data[at] == _SPACE
                    and (data[at + 1] == _LF or data[at + 1] == _CR)
                ):
                    at += 1
                    if data[at] == _CR and at + 1 < length:
                        at += 1
            if cell < columns:
                starts[cell, row] = start
                ends[cell, row] = -1 - stop if escaped else stop
            cell += 1
            if at < length and data[at] == delimiter:
                at += 1
                continue
            break
        if more:
            break
        if state == OK and cell != columns:
            state = UNCLOSED if spanned else RAGGED
        begins[row] = begin
        lines[row] = line
        found[row] = cell
        status[row] = state
        if state != OK and (spanned > 0 or state == UNCLOSED):
            at = begin
            while at < length and data[at] != _LF:
                at += 1
            spanned = 0
        stops[row] = min(at, length)
        row += 1
        position = min(at + 1, length)
        line += 1 + spanned
    return row, position, line


@nb.njit(cache=True, nogil=True)
def cell_sizes(
    data: Bytes, starts: Int32s, ends: Int32s, rows: Int32s, quote: int, offsets: Int32s
) -> None:
    """Where each cell of a column will begin in the column's own text."""
    total = 0
    for i in range(len(rows)):
        offsets[i] = total
        start, end = starts[rows[i]], ends[rows[i]]
        if end >= 0:
            total += end - start
            continue
        end = -1 - end
        total += end - start
        open_ = True
        at = start
        while at < end and open_:
            if data[at] == quote:
                total -= 1
                if at + 1 < end and data[at + 1] == quote:
                    at += 1
                else:
                    open_ = False
            at += 1
    offsets[len(rows)] = total


@nb.njit(cache=True, nogil=True)
def copy_cells(
    data: Bytes, starts: Int32s, ends: Int32s, rows: Int32s, quote: int, text: Bytes
) -> None:
    """The text of a column, one cell after another, quotes taken out."""
    to = 0
    for i in range(len(rows)):
        start, end = starts[rows[i]], ends[rows[i]]
        if end >= 0:
            for at in range(start, end):
                text[to] = data[at]
                to += 1
            continue
        end = -1 - end
        open_ = True
        at = start
        while at < end:
            if open_ and data[at] == quote:
                if at + 1 < end and data[at + 1] == quote:
                    at += 1
                else:
                    open_ = False
                    at += 1
                    continue
            text[to] = data[at]
            to += 1
            at += 1
