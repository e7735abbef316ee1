from __future__ import annotations

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.capture.bodies import BodyTooLargeError, Limits, NotJsonError, parsed, unpacked

SMALL = Limits(body=1000, unpacked=10_000, depth=20)


@given(st.binary(max_size=500))
def test_any_body_is_a_document_or_is_told(body):
    with suppress(BodyTooLargeError, NotJsonError):  # and nothing else
        parsed(unpacked(body, SMALL), SMALL)


@given(st.binary(max_size=2000))
def test_a_packed_body_is_what_was_packed(body):
    if not body.startswith(b"\x1f\x8b"):
        assert unpacked(gzip.compress(body) + gzip.compress(body), SMALL) == body + body


def test_a_bomb_is_not_unpacked():
    with pytest.raises(BodyTooLargeError):
        unpacked(gzip.compress(b"0" * 10_000_000), SMALL)
    with pytest.raises(NotJsonError):
        unpacked(gzip.compress(b"{}")[:-5], SMALL)


def test_odd_values_cost_no_neighbour():
    body = b'{"a": NaN, "b": [1, Infinity], "c": "\\ud800", "d": ' + b"9" * 5000 + b', "e": 1}'
    found = parsed(body, Limits())
    assert (found["a"], found["b"], found["d"], found["e"]) == (None, [1, None], None, 1)
    assert parsed(b'\xef\xbb\xbf{"a": "\xff"}', Limits()) == {"a": "�"}
    assert parsed(b'{"a": "x\x00y"}', Limits()) == {"a": "x\0y"}


def test_depth_has_a_limit_of_its_own_and_brackets_in_texts_have_none():
    with pytest.raises(NotJsonError):
        parsed(b"[" * 21 + b"]" * 21, SMALL)
    with pytest.raises(NotJsonError):
        parsed(b"[" * 100_000, Limits())
    with pytest.raises(NotJsonError):
        parsed((b'{"a":"]]]]]]]","b":' * 5000), Limits(depth=10))
    texts = json.dumps([{"t": "[[[" + '"{'} for _ in range(50)]).encode()
    assert len(parsed(texts, SMALL)) == 50
