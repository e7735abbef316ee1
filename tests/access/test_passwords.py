from __future__ import annotations

import pytest

from shoal.access.passwords import check_password, hash_password, is_password, nobody
from shoal.core.errors import UsageError


def test_a_kept_password_is_argon2id_and_knows_its_own():
    kept = hash_password("three tired herons")
    assert kept.startswith("$argon2id$")
    assert "herons" not in kept
    assert is_password(kept, "three tired herons")
    assert not is_password(kept, "three tired heron")
    assert hash_password("three tired herons") != kept
    assert not is_password("not a hash", "three tired herons")
    assert not is_password(nobody(), "three tired herons")


@pytest.mark.parametrize(
    "password", ["short", "a" * 12, "PasswordPassword", "x" * 129, "ana@example.org"]
)
def test_passwords_that_would_be_guessed_are_refused(password):
    with pytest.raises(UsageError):
        check_password(password, name="ana@example.org")


def test_a_sentence_is_a_password():
    check_password("três garças cansadas", name="ana@example.org")
