"""Arrow arrays from and to plain ones, without the table library that Arrow would load for it.

Arrow's own conversions load pandas wherever it happens to be installed, which takes longer than
most questions do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers_of(array: pa.Array) -> npt.NDArray[Any]:
    """The numbers of an array without nulls, where they lie; not to be written to."""
    name = str(array.type)
    kind = np.dtype({"double": "float64", "float": "float32"}.get(name, name))
    buffer = array.buffers()[1]
    if buffer is None:
        numbers = np.empty(0, dtype=kind)
    else:
        numbers = np.frombuffer(buffer, dtype=kind)[array.offset : array.offset + len(array)]
    numbers.flags.writeable = False
    return numbers


def strings_of(texts: Sequence[str]) -> pa.StringArray:
    """An array of these strings.

    >>> strings_of(["a", "", "bc"]).to_pylist()
    ['a', '', 'bc']
    """
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)
