"""Made-up people of three kinds, for tests of discovery."""

from __future__ import annotations

import numpy as np

from shoal.discovery.features import Feature, Kind, matrix_of
from shoal.language import parse_value

ORDERS = Feature(
    "orders", parse_value("orders"), "Orders in 90 days", Kind.NUMBER,
    reads=parse_value("count(order_completed in last 90d)"),
)  # fmt: skip
SINCE = Feature(
    "since", parse_value("since"), "Time since their last order", Kind.SPAN,
    reads=parse_value("age(last(order_completed))"),
)  # fmt: skip
BASKET = Feature("basket", parse_value("basket"), "Average order value", Kind.NUMBER)
SHARE = Feature("saved", parse_value("saved"), "Share on discount", Kind.NUMBER)


def three_kinds(count=1_500, seed=1):
    """Frequent small baskets, rare large ones, and the lapsed, whose basket is at times unset."""
    random = np.random.default_rng(seed)
    kind = np.arange(count) % 3
    orders = random.poisson(np.array([20, 4, 1])[kind]).astype(float)
    since = random.gamma(9, np.array([0.5, 2.0, 14.0])[kind])
    basket = random.gamma(40, np.array([0.25, 2.0, 0.8])[kind])
    basket[(kind == 2) & (random.random(count) < 0.1)] = np.nan
    share = random.beta(4, 4, count)
    matrix = matrix_of([ORDERS, SINCE, BASKET, SHARE], [orders, since, basket, share], count)
    return matrix, kind
