"""The measures of an audit against numbers worked out elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.audits.differences import cramers_v, rank_biserial, standardised
from shoal.audits.overlap import differing, jaccard, shared
from shoal.audits.power import (
    detectable_mean,
    detectable_share,
    people_needed,
    people_needed_for_mean,
)
from shoal.audits.resampling import drawn_cuts, ranks_in, with_cuts
from shoal.audits.trends import weeks_of
from shoal.core.instants import DAY
from shoal.engine.ranking import cuts_of
from shoal.language import parse_rule, to_text
from shoal.language.vocabulary import Vocabulary


def test_d7_power_is_that_of_two_proportions():
    """Fleiss: 10 % against 11 % takes 14,751 in each arm; 50 % against 55 % 1,565."""
    assert people_needed(0.10) == 2 * 14751
    assert people_needed(0.50) == 2 * 1565
    assert detectable_share(0.10, 14751, 14751) == pytest.approx(0.11, abs=1e-5)
    assert people_needed(0.0) is None
    assert people_needed(0.95) is None
    assert detectable_share(0.5, 5, 5) is None
    assert detectable_share(0.99, 100, 100) is None


def test_a_simulated_test_notices_what_was_said_four_times_in_five():
    order = np.random.default_rng(3)
    base, arm = 0.2, 800
    other = detectable_share(base, arm, arm)
    one, two = order.binomial(arm, base, 4000) / arm, order.binomial(arm, other, 4000) / arm
    pooled = (one + two) / 2
    z = (two - one) / np.sqrt(pooled * (1 - pooled) * 2 / arm)
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.80, abs=0.03)


def test_a_mean_needs_what_the_textbook_says():
    """Standard deviation equal to the mean, 10 % more: 1,570 in each arm (15.7/0.1² of Lehr)."""
    assert people_needed_for_mean(100.0, 100.0) == 2 * 1570
    assert detectable_mean(100.0, 1570, 1570) == pytest.approx(10.0, abs=0.01)
    assert people_needed_for_mean(0.0, 1.0) is None


def test_effect_sizes_equal_scipy_s():
    stats = pytest.importorskip("scipy.stats")
    order = np.random.default_rng(1)
    inside, outside = order.integers(0, 9, 300).astype(float), order.integers(2, 12, 500) * 1.0
    u = stats.mannwhitneyu(inside, outside).statistic
    assert rank_biserial(inside, outside) == pytest.approx(2 * u / (300 * 500) - 1)
    table = np.array([[30.0, 20, 10], [10, 25, 40]])
    chi = stats.chi2_contingency(table, correction=False).statistic / table.sum()
    rows, columns = 2 - 1 / (table.sum() - 1), 3 - 4 / (table.sum() - 1)
    assert cramers_v(table) == pytest.approx(
        np.sqrt((chi - 2 / (table.sum() - 1)) / (min(rows, columns) - 1))
    )


def test_no_effect_is_no_effect():
    same = np.arange(50.0)
    assert rank_biserial(same, same) == pytest.approx(0)
    assert standardised(same, same) == 0
    assert standardised(np.ones(3), np.ones(3)) is None
    assert cramers_v(np.array([[5.0, 5.0], [50.0, 50.0]])) == 0
    assert cramers_v(np.array([[5.0, 5.0]])) == 0


def test_overlap_counts_bits():
    one, other = [np.array([0b1011], np.uint8)], [np.array([0b0011], np.uint8)]
    assert (shared(one, other), differing(one, other), jaccard(one, other)) == (2, 1, 2 / 3)
    nothing = [np.zeros(1, np.uint8)]
    assert jaccard(nothing, nothing) == 1


def test_weeks_say_who_stayed():
    first, then = np.array([True, True, False]), np.array([True, False, True])
    rows = weeks_of([(0, first, None), (7 * DAY, then, np.array([1.0, 2.0, np.nan]))])
    assert (rows[1].entered, rows[1].left, rows[1].kept) == (1, 1, 0.5)
    assert rows[1].alike == pytest.approx(1 / 3)
    assert (rows[1].after, rows[1].value, rows[1].everyone_value) == (1, 1.0, 3.0)


@pytest.mark.parametrize(
    "text",
    [
        "points in top 20%",
        "points in bottom 30%",
        "quintile(points) = 5",
        "decile(points) >= 9",
        "percentile(points) >= 80",
        "percentile(points) > 80",
        "percentile(points) < 35",
    ],
)
def test_drawn_cuts_vary_as_those_of_samples_drawn_by_hand(text):
    """The shortcut by order statistics gives the distribution of cuts of real resamples."""
    values = np.random.default_rng(0).exponential(100, 400)
    (ranked,) = ranks_in(parse_rule(text))
    drawn = drawn_cuts(ranked, values, 4000, seed=1)
    order = np.random.default_rng(2)
    by_hand = []
    for _ in range(1500):
        sample = order.choice(values, len(values))
        found = cuts_of(ranked.rank, sample)
        if "percentile" in text:
            distinct, shares = np.split(found, 2)
            over = shares > 80 if "> " in text else shares >= (35 if "<" in text else 80) - 1e-9
            found = distinct[over][:1]
        by_hand.append(found)
    by_hand = np.array(by_hand)
    assert drawn.shape[1] == by_hand.shape[1]
    assert drawn.mean(axis=0) == pytest.approx(by_hand.mean(axis=0), rel=0.03)
    assert drawn.std(axis=0) == pytest.approx(by_hand.std(axis=0), rel=0.15)


def test_a_rule_with_cuts_ranks_nobody():
    rule = parse_rule("points in top 20% of (did a) and quintile(count(b)) >= 4")
    ranks = ranks_in(rule)
    cuts = {it: np.arange(1.0, 2.0 if index == 0 else 5.0) for index, it in enumerate(ranks)}
    changed = with_cuts(rule, cuts, Vocabulary())
    assert "did a and points >= 1" in to_text(changed)
    assert ranks_in(changed) == ()
    assert ranks_in(parse_rule("percentile(points) = 50")) is None
