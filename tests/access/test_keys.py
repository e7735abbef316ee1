from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.access import KeyKind, digest_of, kind_of, new_secret
from shoal.access.keys import ENTROPY


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_secret_says_its_kind_and_holds_all_its_entropy(kind):
    secrets = {new_secret(kind, os.urandom(ENTROPY)) for _ in range(100)}
    assert len(secrets) == 100
    assert {kind_of(secret) for secret in secrets} == {kind}
    assert ENTROPY * 8 >= 128
    assert all(len(secret) == 36 for secret in secrets)


def test_too_little_entropy_makes_no_secret():
    with pytest.raises(AssertionError):
        new_secret(KeyKind.WRITE, b"1234")


@given(st.text())
def test_any_text_has_a_digest_and_none_holds_the_text(text):
    digest = digest_of(text)
    assert len(digest) == 64
    assert len(text) < 8 or text not in digest
    assert kind_of("x" + text) is None
