"""D9: a vital segment that moves is told; F3: targets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.segments.alerts import Target, course, last_move


@pytest.mark.parametrize(
    ("sizes", "unusual"),
    [
        ([100, 101, 99, 100, 102, 101, 160], True),
        ([100, 101, 99, 100, 102, 101, 40], True),
        ([100, 120, 95, 118, 99, 121, 100], False),  # it swings every week
        ([100, 150, 201, 249, 300, 350, 300], True),  # it grew every week, and now it shrank
        ([100, 150, 201, 249, 300, 350, 401], False),
        ([2, 2, 2, 2, 2, 2, 5], False),  # three people
        ([50, 50, 50, 50, 50, 50, 50], False),
        ([100, 101, 99, 900, 102, 101, 99], False),  # one odd week long ago
    ],
)
def test_d9_a_move_is_unusual_beside_those_before(sizes, unusual):
    assert last_move(sizes).is_unusual is unusual


@given(st.lists(st.integers(0, 10_000), max_size=5))
def test_too_short_a_past_says_nothing(sizes):
    assert last_move(sizes) is None


def test_f3_a_target_is_met_on_course_or_behind():
    week = 7
    instants = [week * at for at in range(5)]
    growing = [100.0, 110.0, 121.0, 130.0, 140.0]
    assert course(Target(by=70, at_least=190), instants, growing).is_on_course
    behind = course(Target(by=70, at_least=400), instants, growing)
    assert not behind.is_on_course
    assert behind.expected == pytest.approx(200, abs=3)
    assert course(Target(by=28, at_most=150), instants, growing).is_met
    assert not course(Target(by=70, at_most=150), instants, growing).is_on_course


def test_one_instant_stays_as_it_is():
    assert course(Target(by=10, at_least=5), [0], [5.0]).is_on_course
