"""Rates and ratios by group: against known values, and their intervals against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from shoal.fairness import Standing, compare
from shoal.fairness.comparing import LEAST, ratio_interval
from shoal.measurement.shares import wilson


def standings(counts):
    return {it.name: it.standing for it in compare(counts).groups}


def test_the_four_fifths_rule_as_the_guidelines_say():
    """The guidelines' own example (Q&A 12 of 1979): 120 applicants, 80 of one and 40 of another."""
    found = compare({"one": (80, 48), "other": (40, 12)})
    (flagged,) = found.flagged
    assert found.best == "one"
    assert (flagged.name, flagged.rate, flagged.ratio) == ("other", 0.3, 0.5)
    assert flagged.standing is Standing.LOW  # 40 people leave chance in play at the upper end


def test_how_a_group_stands():
    assert standings({"a": (1000, 500), "b": (1000, 300)})["b"] is Standing.BELOW
    assert standings({"a": (60, 30), "b": (60, 21)})["b"] is Standing.LOW
    assert standings({"a": (60, 30), "b": (60, 27)})["b"] is Standing.UNSURE
    assert standings({"a": (5000, 2500), "b": (5000, 2400)})["b"] is Standing.WITHIN
    assert standings({"a": (5000, 2500), "b": (LEAST - 1, 0)})["b"] is Standing.FEW


def test_four_fifths_to_the_person_is_not_below():
    assert compare({"a": (100, 45), "b": (100, 36)}).flagged == ()
    assert [it.name for it in compare({"a": (100, 45), "b": (100, 35)}).flagged] == ["b"]


def test_a_small_group_never_sets_the_measure():
    """Three of three are no rate to hold a thousand against."""
    assert compare({"a": (1000, 500), "b": (1000, 480), "c": (3, 3)}).best == "a"


@pytest.mark.parametrize(
    "counts", [{}, {"a": (0, 0)}, {"a": (500, 100)}, {"a": (500, 0), "b": (500, 0)}], ids=str
)
def test_without_anything_to_compare_nobody_is_flagged(counts):
    found = compare(counts)
    assert (found.best, found.flagged) == (None, ())


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(share):
    members, people = share
    wanted = binomtest(members, people).proportion_ci(method="wilson")
    assert wilson(members, people) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "people"), [(0.5, 0.5, 40), (0.2, 0.3, 60), (0.05, 0.1, 200), (0.9, 0.95, 50)]
)
def test_the_interval_of_the_ratio_holds_the_truth_as_often_as_it_says(one, other, people):
    rng = np.random.default_rng(11)
    drawn = rng.binomial(people, [one, other], size=(2000, 2))
    inside = [
        low <= one / other <= high
        for mine, others in drawn.tolist()
        for low, high in [ratio_interval(mine, people, others, people)]
    ]
    assert np.mean(inside) >= 0.935


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=2),
        st.integers(0, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
        max_size=6,
    )
)
def test_flags_are_those_of_the_plain_rule(counts):
    found = compare(counts)
    rates = {name: m / n for name, (n, m) in counts.items() if n >= LEAST}
    highest = max(rates.values(), default=0)
    plain = {name for name, it in rates.items() if len(rates) > 1 and it < 0.8 * highest - 1e-12}
    assert {it.name for it in found.flagged} == plain
    for it in found.groups:
        assert 0 <= it.low <= it.rate + 1e-12
        assert it.rate <= it.high + 1e-12 <= 1 + 1e-9
