"""Identifiers are texts as written; their hashes are the same however many are hashed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shoal.identity import Identifier, buckets_of, hash_text, hash_texts, keys

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=30)


@given(texts, st.booleans(), st.integers(0, 3))
def test_compiled_and_plain_hashes_agree(some: list[str], anonymous: bool, cut: int) -> None:
    array = pa.array(["", "x" * 9, *some], pa.string()).slice(cut)
    plain = [hash_text(text, anonymous=anonymous) for text in array.to_pylist()]
    few, keys._FEW = keys._FEW, 0
    try:
        assert hash_texts(array, anonymous=anonymous).tolist() == plain
    finally:
        keys._FEW = few


def test_hashes_and_buckets_never_change() -> None:
    assert hash_text("c_42") == 0xFD760B75BB768151
    assert hash_text("c_42", anonymous=True) != hash_text("c_42")
    assert buckets_of(np.arange(1, 9), 16).tolist() == [15, 4, 15, 12, 11, 10, 1, 12]


def test_buckets_are_even() -> None:
    counts = np.bincount(buckets_of(np.arange(100_000), 16), minlength=16)
    assert counts.min() > 5_900
    assert counts.max() < 6_600


def test_a_user_id_is_taken_as_written_before_anonymous_ids_are_thought_of() -> None:
    assert Identifier.readings("007") == (Identifier("007"),)
    assert Identifier.readings("anon:x") == (
        Identifier("anon:x"),
        Identifier("x", anonymous=True),
    )
    assert [one.display for one in Identifier.readings("anon:x")] == ["anon:x", "anon:x"]
