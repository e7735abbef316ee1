"""The signature is that of the specification."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from shoal.channels.signing import new_secret, signed_headers
from tests.channels.listening import Heard, verified


def test_the_example_of_the_specification():
    """The test vector that the reference libraries share."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("change", ["body", "id", "time", "secret", "late"])
def test_whatever_is_changed_does_not_hold(change):
    secret = new_secret(b"x" * 32)
    headers = signed_headers(secret, "shoal-1-1-2", 1_000, b"{}")
    heard = Heard("/", headers, b"{}")
    assert verified(secret, heard, now=1_010)
    now = 1_010
    if change == "body":
        heard.body = b"{ }"
    elif change == "id":
        headers["webhook-id"] = "shoal-1-1-3"
    elif change == "time":
        headers["webhook-timestamp"] = "1001"
    elif change == "secret":
        secret = new_secret(b"y" * 32)
    else:
        now = 2_000
    assert not verified(secret, heard, now=now)


def test_the_key_is_what_the_secret_holds():
    key = bytes(range(24))
    headers = signed_headers(new_secret(key), "a", 5, b"x")
    expected = base64.b64encode(hmac.new(key, b"a.5.x", hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
