"""Plain arrays from Arrow's, and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from shoal.core.arrow import numbers_of, strings_of


@pytest.mark.parametrize("kind", ["int64", "int32", "uint8", "uint16", "uint64", "float64"])
def test_numbers_lie_where_they_lay(kind: str) -> None:
    given = np.arange(9, dtype=kind)
    array = pa.array(given).slice(2, 5)
    numbers = numbers_of(array)
    assert numbers.dtype == kind
    assert numbers.tolist() == array.to_pylist()
    assert not numbers.flags.writeable
    assert numbers.ctypes.data == array.to_numpy().ctypes.data


def test_nothing_is_an_empty_array() -> None:
    assert numbers_of(pa.array([], pa.int32())).dtype == np.int32
    assert len(strings_of([])) == 0


def test_strings_are_arrows() -> None:
    texts = ["a", "", "é😀", "a\x00b"]
    assert strings_of(texts).equals(pa.array(texts, pa.string()))
