"""E9: Does the message match what the group did: each finding, and that a fitting one has none."""

from __future__ import annotations

import pytest

from shoal.campaigns.fit import Group, Spoken, findings
from shoal.language import parse_rule
from shoal.language.shape import walk

LAPSED = "did order_completed and age(last(order_completed)) > 180d"
REFUNDED = "did order_refunded in last 30d"
VIEWED = 'count(product_viewed where category = "electronics") >= 3'


def _codes(rule, text, *, reads=(), offer=None, **more):
    group = Group(tuple(walk(parse_rule(rule))), **more)
    return [it.code for it in findings(group, [Spoken("plain", text, reads, offer)])]


@pytest.mark.parametrize(
    ("rule", "text", "more", "codes"),
    [
        (LAPSED, "Your last order is a while ago", {}, []),
        (LAPSED, "Thank you for your order!", {}, ["not_recent"]),
        (LAPSED, "Spring is here", {}, ["unrelated"]),
        (VIEWED, "New electronics for you", {}, []),
        (VIEWED, "New shoes for you", {"reads": ("items",), "has_items": True}, []),
        (VIEWED, "New electronics", {"has_items": True}, ["items_unused"]),
        (VIEWED, "New electronics", {"reads": ("items",), "has_items": True, "items_share": 0.5},
         ["items_lack"]),
        (REFUNDED, "About your refund: 10 % off", {"offer": "10 % off"}, ["offer_after_trouble"]),
        (REFUNDED, "About your refund: we call you", {}, []),
        (LAPSED, "Your order awaits, hurry", {"not_words": ("hurry",)}, ["wrong_word"]),
        (LAPSED, "{{ favourite }} is back",
         {"reads": ("favourite",), "reads_behaviour": frozenset({"favourite"})}, []),
    ],
)  # fmt: skip
def test_findings(rule, text, more, codes):
    assert _codes(rule, text, **more) == codes
