# ruff: noqa: FBT001, PLR0912, PLR0913, PLR0917
# A compiled pass is one long loop: calls with arrays in and out cost more than branches.
"""Compiled passes that cut delimited text into cells, and cells into columns.

A quote opens a quoted cell only as its first character; a doubled one stands for itself. What
follows a closing quote belongs to the cell as it stands. A row that is broken and spans lines is cut
back to its first line, so one stray quote costs one row and not the rest of the file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoal.core.compiled import compiled

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

OK, RAGGED, UNCLOSED, NUL = range(4)
"""What became of a row."""
LONGEST_QUOTED = 1 << 20
_LF, _CR, _SPACE = 10, 13, 32


@compiled
def _quoted(
    data: Bytes,
    start: int,
    quote: int,
    final: bool,
) -> tuple[int, int, int, int]:
    """Where a quoted cell's closing quote stands, its line breaks, its state, and doubled quotes.

    The place is -1 where none closes it, -2 where more data may.
    """
    stop, breaks, doubled, state = start, 0, 0, OK
    length = len(data)
    while stop < length and stop - start <= LONGEST_QUOTED:
        byte = data[stop]
        if byte == quote:
            if stop + 1 < length and data[stop + 1] == quote:
                doubled += 1
                stop += 2
                continue
            if stop + 1 < length or final:
                return stop, breaks, state, doubled
            break
        if byte == _LF:
            breaks += 1
        elif byte == 0:
            state = NUL
        stop += 1
    waits = not final and stop - start <= LONGEST_QUOTED
    return (-2 if waits else -1), breaks, UNCLOSED, doubled


@compiled
def _cell_end(data: Bytes, at: int, special: Mask) -> tuple[int, int]:
    """Where the delimiter or line end after a cell stands, and NUL if a NUL byte came before."""
    state = OK
    while at < len(data) and (not special[data[at]] or data[at] == 0):
        if data[at] == 0:
            state = NUL
        at += 1
    return at, state


@compiled
def _cell(
    data: Bytes,
    at: int,
    final: bool,
    special: Mask,
    quote: int,
) -> tuple[int, int, int, int, int]:
    """A cell's start and stop (``-1 - stop`` with quotes in it), where its delimiter stands, its
    line breaks and its state; the place is -1 where more data is needed."""  # noqa: D205, D209
    length = len(data)
    start, breaks, state, escaped = at, 0, OK, False
    if at < length and data[at] == quote:
        start = at + 1
        stop, breaks, state, doubled = _quoted(data, start, quote, final)
        if stop < 0:
            return start, start, (-1 if stop == -2 else at), breaks, UNCLOSED
        escaped = doubled > 0
        at = stop + 1
        if at < length and not special[data[at]] and data[at] != _CR:
            if breaks > 0:
                return start, stop, at, breaks, UNCLOSED
            escaped = True
        end, other = _cell_end(data, at, special)
        state = max(state, other)
        at = end
        if escaped:
            stop = end
    else:
        at, state = _cell_end(data, at, special)
        stop = at
    if stop == at and stop > start and data[stop - 1] == _CR and (at == length or data[at] == _LF):
        stop -= 1
    if at >= length and not final:
        at = -1
    return start, (-1 - stop if escaped else stop), at, breaks, state


@compiled
def _after_spaces(data: Bytes, at: int) -> int:
    """The last of some spaces, or the line end after them."""
    length = len(data)
    while at + 1 < length and data[at] == _SPACE and data[at + 1] == _SPACE:
        at += 1
    if at + 1 < length and data[at] == _SPACE:
        if data[at + 1] == _LF:
            return at + 1
        if data[at + 1] == _CR and at + 2 < length and data[at + 2] == _LF:
            return at + 2
    return at


@compiled
def _begin(data: Bytes, at: int, collapse: bool) -> tuple[int, bool]:
    """Where a row begins, and whether the line is blank up to its end, which stands there."""
    length = len(data)
    if collapse:
        while at < length and data[at] == _SPACE:
            at += 1
    if at < length and data[at] == _CR and (at + 1 == length or data[at + 1] == _LF):
        at += 1
    return at, at >= length or data[at] == _LF


@compiled
def split_rows(
    data: Bytes,
    final: bool,
    special: Mask,
    delimiter: int,
    quote: int,
    collapse: bool,
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
    columns, length, row = len(starts), len(data), 0
    while row < len(begins) and position < length:
        begin, blank = _begin(data, position, collapse)
        if blank:
            if begin >= length and not final:
                break
            position = min(begin + 1, length)
            line += 1
            continue
        at, cell, state, spanned = begin, 0, OK, 0
        while True:
            start, stop, at, breaks, cell_state = _cell(data, at, final, special, quote)
            if at < 0:
                break
            state = max(state, cell_state) if cell_state != UNCLOSED else UNCLOSED
            spanned += breaks
            if cell_state == UNCLOSED:
                break
            if collapse:
                at = _after_spaces(data, at)
            if cell < columns:
                starts[cell, row] = start
                ends[cell, row] = stop
            cell += 1
            if at < length and data[at] == delimiter:
                at += 1
                continue
            break
        if at < 0:
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


@compiled
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


@compiled
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
