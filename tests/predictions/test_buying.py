"""BG/NBD: the published example to the digits published, slopes that are slopes, known truth."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import TooFewError
from shoal.predictions.buying import (
    Buying,
    Purchases,
    _likelihood,
    chance_active,
    expected_purchases,
    fit_buying,
)
from shoal.predictions.learning import Often
from tests.sources.reading import DATA

PUBLISHED = Buying(0.2425945, 4.4136019, 0.7929199, 2.4258881, -9582.429)
"""Fader, Hardie and Lee (2005), table 2, with the digits of later recomputations."""
SUMMARY = DATA / "cdnow" / "cdnow_customers_summary_with_transactions.csv"


def arrays(*rows):
    return Purchases(*(np.array(column, np.float64) for column in zip(*rows, strict=True)))


def summary():
    with SUMMARY.open() as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    return [np.array([float(row[name]) for row in rows]) for name in names[1:]]


needs_data = pytest.mark.skipif(not SUMMARY.exists(), reason="shared data not there")


@needs_data
def test_the_published_parameters_of_cdnow():
    x, last, known, _ = summary()
    found = fit_buying(Purchases(x, last, known))
    for name, within in (("r", 1e-3), ("alpha", 1e-3), ("a", 1e-3), ("b", 1e-3)):
        assert getattr(found, name) == pytest.approx(getattr(PUBLISHED, name), abs=within), name
    assert found.log_likelihood == pytest.approx(-9582.43, abs=0.01)


@needs_data
@pytest.mark.parametrize("unit", [1 / 7, 7.0, 604_800.0])
def test_another_unit_of_time_changes_alpha_alone(unit):
    x, last, known, _ = summary()
    weeks, others = (fit_buying(Purchases(x, last * it, known * it)) for it in (1.0, unit))
    assert others.alpha == pytest.approx(weeks.alpha * unit, rel=1e-3)
    assert (others.r, others.a, others.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-3)


def test_the_published_expectation():
    one = arrays((2, 30.43, 38.86))
    assert expected_purchases(PUBLISHED, one, 39.0)[0] == pytest.approx(1.226, abs=1e-3)


def simulated(model, people, known, random, ahead=0.0):
    """Purchases of made-up customers, and how many more each makes in the time ahead."""
    rates = random.gamma(model.r, 1 / model.alpha, people)
    leaving = random.beta(model.a, model.b, people)
    rows, more = [], []
    for rate, chance in zip(rates, leaving, strict=True):
        at = x = last = later = 0.0
        while (at := at + random.exponential(1 / rate)) <= known + ahead:
            if at <= known:
                x, last = x + 1, at
            else:
                later += 1
            if random.random() < chance:
                break
        rows.append((x, last, known))
        more.append(later)
    return arrays(*rows), np.array(more)


def test_what_made_up_customers_were_made_with_is_found_again_and_what_they_buy_foretold():
    random = np.random.default_rng(7)
    truth = Buying(0.8, 6.0, 0.9, 2.5, 0.0)
    seen, later = simulated(truth, 20_000, 52.0, random, 26.0)
    found = fit_buying(seen)
    assert (found.r, found.alpha) == pytest.approx((truth.r, truth.alpha), rel=0.08)
    assert found.a / (found.a + found.b) == pytest.approx(0.9 / 3.4, rel=0.08)
    expected = expected_purchases(truth, seen, 26.0)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    for x in range(4):  # of each kind of customer, not only of all
        some = seen.repeats == x
        assert expected[some].mean() == pytest.approx(later[some].mean(), rel=0.15)


positive = st.floats(0.05, 20)
histories = st.lists(
    st.tuples(st.integers(0, 30), st.floats(0.01, 50), st.floats(0, 50)), min_size=1, max_size=6
).map(lambda them: arrays(*((x, at if x else 0, at + more) for x, at, more in them)))


@given(st.tuples(positive, positive, positive, positive), histories)
def test_slopes_are_those_of_the_likelihood(parameters, seen):
    at = np.array(parameters)
    often = Often.in_all(seen.repeats)
    _, slopes = _likelihood(at, seen, often)
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5 * at[place]
        up, down = (_likelihood(at + sign * step, seen, often)[0] for sign in (1, -1))
        about = (up - down) / (2 * step[place])
        assert np.allclose(slopes[place], about, rtol=2e-4, atol=2e-4)


@given(st.tuples(positive, positive, positive, positive), histories, st.floats(0, 100))
def test_nobody_buys_less_in_more_time_and_chances_are_chances(parameters, seen, ahead):
    model = Buying(*parameters, 0.0)
    soon, late = (expected_purchases(model, seen, it) for it in (ahead, ahead + 10))
    assert (soon >= -1e-6 * (1 + seen.repeats)).all()
    assert (late >= soon - 1e-6 * (1 + seen.repeats)).all()
    active = chance_active(model, seen)
    assert ((active >= 0) & (active <= 1)).all()
    assert (active[seen.repeats == 0] == 1).all()


def test_too_few_who_came_back_is_told_with_numbers():
    seen = arrays(*[(1, 2.0, 5.0)] * 49, *[(0, 0.0, 5.0)] * 1000)
    with pytest.raises(TooFewError, match=r"49 customers bought on a second day, 50 are needed"):
        fit_buying(seen)


def test_purchases_that_say_nothing_of_leaving_are_refused_rather_than_fitted():
    seen = arrays(*[(10, 10.0, 10.0)] * 500)
    with pytest.raises(TooFewError, match="do not say"):
        fit_buying(seen)


def test_customers_with_equal_histories_count_each():
    rows = [(1, 3.0, 9.0), (0, 0.0, 9.0), (4, 8.0, 20.0), (2, 2.0, 20.0), (7, 11.0, 12.0)]
    random = np.random.default_rng(1)
    some = [rows[at] for at in random.integers(0, 5, 3_000)]
    once, thrice = fit_buying(arrays(*some)), fit_buying(arrays(*some * 3))
    assert thrice.log_likelihood == pytest.approx(3 * once.log_likelihood, rel=1e-6)
    assert thrice.r == pytest.approx(once.r, rel=1e-3)
