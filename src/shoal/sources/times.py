"""Columns of times, as instants.

Without a format a cell may be ISO 8601 (a date is its midnight), a number since 1970 in the unit
its size speaks for (seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else
nanoseconds), or a plain ``20260131``. A format is ``s``, ``ms``, ``us``, ``ns``, ``iso``, or
strptime signs. What has no offset is local to the project's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import ShoalError, UsageError
from shoal.core.instants import EARLIEST, LATEST, Zone, from_datetime
from shoal.events.columns import as_text, plain
from shoal.events.conversion import local_to_utc, typed_instants

UNITS = {"s": 1, "ms": 2, "us": 3, "ns": 4, "epoch": 0}
"""Formats of numbers since 1970."""

_SHORTHANDS = {
    "%T": "%H:%M:%S",
    "%R": "%H:%M",
    "%F": "%Y-%m-%d",
    "%D": "%m/%d/%y",
    "%B": "%b",
    "%h": "%b",
    "%e": "%d",
    "%k": "%H",
    "%l": "%I",
    "%n": " ",
    "%t": " ",
    "%-d": "%d",
    "%-m": "%m",
    "%-H": "%H",
    "%-I": "%I",
    "%-M": "%M",
    "%-S": "%S",
}
_COMPILED = "YymbdHIMSfpzZ"
_PYTHON = "aAwjUWcxXGuV"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Instants; ``valid`` where there is one, ``empty`` where nothing stood, ``outside`` where it
    lies before 1684 or after 2255."""  # noqa: D205, D209 - one sentence

    values: npt.NDArray[np.int64]
    valid: Mask
    empty: Mask
    outside: Mask


def check_format(form: str | None) -> None:
    """Raises UsageError for a time format that cannot be used."""
    if form is None or form == "iso" or form in UNITS:
        return
    try:
        program, _ = _program(form)
    except ValueError as error:
        raise UsageError(
            f"`{form}` is not a time format: {error}",
            hint="use strptime signs such as %d/%m/%Y %H:%M, or s, ms, us, ns",
        ) from error
    if program is None:
        try:
            datetime.strptime("", form)  # noqa: DTZ007 - only asked whether the format is one
        except ValueError as error:
            if "does not match" not in str(error):
                raise UsageError(f"`{form}` is not a time format: {error}") from error


def read_times(array: pa.Array, form: str | None, zone: Zone) -> Times:
    """The column's instants."""
    from shoal.events import cells

    array = plain(array)
    kind = array.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        values, valid = typed_instants(array, zone)
        return _times(values, valid, ~valid)
    text = as_text(array)
    values = np.zeros(len(text), dtype=np.int64)
    codes = np.zeros(len(text), dtype=np.uint8)
    buffers = cells.text_buffers(text)
    if form in UNITS:
        _read_epochs(buffers, buffers[2], UNITS[form or ""], values, codes)
    elif form is None or form == "iso":
        cells.read_instants(*buffers, values, codes)
        others = codes == cells.FAILED
        if form is None and others.any():
            _read_epochs(buffers, others, UNITS["epoch"], values, codes)
    else:
        program, is_sign = _program(form)
        if program is None:
            codes[buffers[2]] = cells.FAILED
        else:
            from shoal.sources import time_cells

            time_cells.read_formatted(*buffers, program, is_sign, values, codes)
    local = codes == cells.LOCAL
    if local.any():
        values[local] = local_to_utc(values[local], zone)
    valid = local | (codes == cells.UTC)
    failed = codes == cells.FAILED
    if form not in UNITS and failed.any():
        places = np.flatnonzero(failed)
        values[places], valid[places] = _read_slowly(text.take(pa.array(places)), form, zone)
    return _times(values, valid, codes == cells.UNSET)


def _times(values: npt.NDArray[np.int64], valid: Mask, empty: Mask) -> Times:
    outside = valid & ((values < EARLIEST) | (values > LATEST))
    return Times(values, valid & ~outside, empty, outside)


def _read_epochs(
    buffers: tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], Mask],
    wanted: Mask,
    unit: int,
    values: npt.NDArray[np.int64],
    codes: npt.NDArray[np.uint8],
) -> None:
    from shoal.sources import time_cells

    time_cells.read_epochs(buffers[0], buffers[1], wanted, unit, values, codes)


def _program(form: str) -> tuple[npt.NDArray[np.uint8] | None, Mask]:
    """The format as letters, and which of them are signs; None where Python must read it.

    Raises ValueError for what is no format.
    """
    for short, long in _SHORTHANDS.items():
        form = form.replace(short, long)
    letters: list[int] = []
    signs: list[bool] = []
    at = 0
    compiled = form.isascii()
    while at < len(form):
        sign = form[at] == "%"
        letter = form[at + sign : at + sign + 1]
        if sign and letter not in ("%", *_COMPILED):
            if not letter or letter not in _PYTHON:
                raise ValueError(f"`%{letter}` means nothing" if letter else "it ends with `%`")
            compiled = False
        if not (letter.isspace() and letters and letters[-1] == ord(" ")):
            letters.append(ord(" ") if letter.isspace() else ord(letter) & 0xFF)
            signs.append(sign and letter != "%")
        at += 1 + sign
    if not any(signs):
        raise ValueError("it has no signs")
    return (
        np.array(letters, dtype=np.uint8) if compiled else None,
        np.array(signs, dtype=np.bool_),
    )


def _read_slowly(
    text: pa.StringArray, form: str | None, zone: Zone
) -> tuple[npt.NDArray[np.int64], Mask]:
    """Instants of cells that the compiled passes did not read, each different one once."""
    coded = text.dictionary_encode()
    instants = np.array(
        [_read_one(cell, form, zone) for cell in coded.dictionary.to_pylist()], dtype=np.int64
    )
    found = instants[coded.indices.to_numpy(zero_copy_only=False)]
    return found, found != LATEST + 1


def _read_one(cell: str, form: str | None, zone: Zone) -> int:
    """The instant, or one microsecond after the last for none."""
    try:
        if form is None or form == "iso":
            moment = datetime.fromisoformat(cell.strip())  # all of ISO 8601: machines write files
        else:
            moment = datetime.strptime(cell.strip(), form)  # noqa: DTZ007 - the zone follows
    except (ShoalError, ValueError, OverflowError):
        return LATEST + 1
    return zone.from_local(moment) if moment.tzinfo is None else from_datetime(moment)
