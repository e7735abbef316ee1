from __future__ import annotations

import pytest

from shoal.project.measurement.sizes import MOST_BEHIND, told_sizes

LIVE = {
    "state": "live",
    "definitions_version": 3,
    "behind_seconds": 0.02,
    "segments": [
        {"name": "buyers", "members": 7, "state": "live"},
        {"name": "top", "members": 5, "state": "at midnight"},
        {"name": "broken", "members": 4, "state": "failed"},
    ],
}


def test_what_is_ranked_at_midnight_or_failed_is_not_told():
    assert told_sizes(LIVE, 3) == {"buyers": 7}


@pytest.mark.parametrize(
    "otherwise",
    [
        {"state": "waiting", "segments": []},
        {"state": "failed"},
        {"definitions_version": 2},
        {"behind_seconds": MOST_BEHIND + 1},
    ],
    ids=["waiting", "failed", "other definitions", "behind"],
)
def test_nothing_is_told_that_may_not_be_true(otherwise):
    assert told_sizes({**LIVE, **otherwise}, 3) == {}
