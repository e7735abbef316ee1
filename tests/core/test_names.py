"""Raw names become the names of rules; mistyped ones find the one that was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.names import nearest, snake_case


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Order Completed", "order_completed"),
        ("orderCompleted", "order_completed"),
        ("HTTPRequest", "http_request"),
        ("  page--viewed! ", "page_viewed"),
        ("$identify", "$identify"),
        ("Straße", "straße"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café"),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}stanbul", "istanbul"),
        ("!!!", "_"),
        ("", "_"),
    ],
)
def test_raw_names_become_snake_case(raw, name):
    assert snake_case(raw) == name


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cs"]), max_size=20))
def test_a_name_is_its_own_name(raw):
    name = snake_case(raw)
    assert name
    assert not any(character.isspace() for character in name)
    assert snake_case(name) == name


def test_the_nearest_name_is_suggested():
    known = ["order_completed", "page_viewed"]
    assert nearest("order_complete", known) == "order_completed"
    assert nearest("zzz", known) is None
    assert nearest("order", []) is None
