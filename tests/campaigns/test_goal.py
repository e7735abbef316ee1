"""Goals: windows to come, asked at their end."""

from __future__ import annotations

import pytest

from shoal.campaigns.goal import measure_of, problems_of
from shoal.language import parse_expression, to_text

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("goal", "asked", "days"),
    [
        ("did paid in next 14d", "did paid in last 14d", 14),
        ("count(paid in next 1w) >= 2", "count(paid in last 1w) >= 2", 7),
        (
            "did a in next 2d and not did b in next 10d",
            "did a between 10d and 691200s ago and not did b in last 10d",
            10,
        ),
        (
            "sum(paid.revenue where x = 1 in next 30d)",
            "sum(paid.revenue where x = 1 in last 30d)",
            30,
        ),
    ],
)
def test_the_days_to_come_are_asked_at_their_end(goal, asked, days):
    node = parse_expression(goal)
    assert problems_of(node, "`goal`") == []
    found = measure_of(node)
    assert (found.asked, found.horizon) == (parse_expression(asked), days * DAY)
    assert to_text(found.asked)


@pytest.mark.parametrize(
    "goal",
    [
        "did paid", "did paid in last 14d", "did paid in next 1mo", "did paid in next 999d",
        "age(last(paid in next 3d)) > 1d", "in segment x", "country = 'PT'", "everyone",
        "did paid where hour(time) > 8 in next 3d", "consents to marketing",
        "count(paid in next 3d) in top 10%",
    ],
)  # fmt: skip
def test_what_has_no_days_to_come_is_refused_with_a_way_on(goal):
    found = problems_of(parse_expression(goal), "`goal`")
    assert found
    assert all(it.hint for it in found)
