"""Intervals that hold at every look: a slice here, all of it marked slow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.experiments import KINDS, rates
from shoal.experiments.always_valid import e_value, mixture, stretch

NULL = 0.05


@given(st.floats(2, 1e8), st.floats(10, 1e7), st.floats(0, 12))
def test_the_evidence_reaches_twenty_where_the_interval_leaves_0(people, planned, z):
    rho = mixture(planned)
    for level in (0.8, 0.95, 0.99):
        bound = float(stretch(people, rho, level))
        at_bound = float(e_value(bound, people, rho))
        assert at_bound == pytest.approx(1 / (1 - level), rel=1e-6)
        assert (z > bound) == (float(e_value(z, people, rho)) > at_bound) or abs(z - bound) < 1e-9
    assert stretch(people, rho, 0.8) < stretch(people, rho, 0.95)


@given(st.floats(100, 1e6))
def test_the_interval_is_tightest_at_the_planned_people(planned):
    rho = mixture(planned)
    around = planned * np.array([0.5, 0.8, 0.97, 1.0, 1.03, 1.25, 2.0])
    widths = stretch(around, rho) / np.sqrt(around) * np.sqrt(planned)
    compared = [
        float(stretch(planned, mixture(other))) for other in (planned / 3, planned, planned * 3)
    ]
    assert compared[1] == min(compared)
    assert (np.diff(widths) < 0).all()  # and it only ever narrows as people come


def test_the_width_is_the_papers():
    """Waudby-Smith and others, theorem 2.2, with t observations of variance 1: worked out by hand."""
    rho, people, alpha = 0.1, 400.0, 0.05
    grown = people * rho**2
    by_hand = (2 * (grown + 1) / (people**2 * rho**2) * np.log((grown + 1) ** 0.5 / alpha)) ** 0.5
    assert float(stretch(people, rho)) / people**0.5 == pytest.approx(by_hand)


@pytest.mark.parametrize("kind", KINDS)
def test_a_slice_of_a_year_of_peeking_at_nothing(kind):
    found = rates(kind, experiments=100, days=90, seed=11)
    for name in ("whenever", "whenever, tuned"):
        assert found[name] <= NULL + 2 * (NULL * (1 - NULL) / 100) ** 0.5
    assert found["peeked"] > 0.2


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_year_of_peeking_at_nothing_calls_at_most_one_in_twenty(kind):
    found = rates(kind, experiments=1_000, days=365, seed=12)
    assert found["whenever"] <= NULL
    assert found["whenever, tuned"] <= NULL
    assert found["peeked"] > 0.4
    assert abs(found["once"] - NULL) < 4 * (NULL * (1 - NULL) / 1_000) ** 0.5
    assert abs(found["looks"] - NULL) < 4 * (NULL * (1 - NULL) / 1_000) ** 0.5


def test_peeking_costs_power_and_the_plan_says_how_much():
    from shoal.experiments.power import about_share, power_of

    found = rates("conversion", experiments=400, days=28, seed=13, lift=0.1)
    drift = about_share(0.05, 0.055).drift(56_000)
    for name, way, looks in (
        ("once", "once", 1), ("looks", "looks", 4), ("whenever, tuned", "whenever", 28),
    ):  # fmt: skip
        said = power_of(way, looks, drift)
        assert abs(found[name] - said) < 4 * (said * (1 - said) / 400) ** 0.5
    assert found["whenever, tuned"] < found["looks"]
