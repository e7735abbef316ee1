from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shoal.core.errors import UsageError
from shoal.experiments.holdouts import propose_holdout
from shoal.experiments.power import (
    Looking,
    Question,
    about_share,
    drift_needed,
    power_of,
    ways_of,
)

FIVE = about_share(0.05, 0.055)


def test_people_of_one_look_are_the_textbooks():
    """Fleiss, Levin and Paik's 4.14 without the pooled variance: (1.96 + 0.84)² (pq + pq) / d²."""
    (once, *_) = ways_of(FIVE, Looking())
    wanted = 2 * (1.959964 + 0.841621) ** 2 * (0.05 * 0.95 + 0.055 * 0.945) / 0.005**2
    assert once.people == pytest.approx(wanted, abs=3)
    assert once.power_at_once == pytest.approx(0.8, abs=1e-4)
    assert once.smallest == pytest.approx(0.005, rel=1e-4)


def test_every_way_reaches_its_power_and_keeps_its_error():
    for way in ways_of(FIVE, Looking(looks=5, per_day=2_000, power=0.9)):
        reached = power_of(way.name, way.looks, FIVE.drift(way.people))
        assert reached == pytest.approx(0.9, abs=2e-4)
        assert way.false_positives <= 0.05 + 1e-6
        assert way.expected_people <= way.people
        assert way.days == -(-way.people // 2_000)
        assert way.price >= 1


def test_planned_looks_cost_what_jennison_and_turnbull_say():
    """Table 2.4: maximal sample of O'Brien and Fleming's test over a fixed one, 5 %, power 80 %."""
    once = drift_needed("once", 1, 0.8)
    for looks, ratio in ((2, 1.008), (4, 1.024), (5, 1.028), (10, 1.040)):
        assert (drift_needed("looks", looks, 0.8) / once) ** 2 == pytest.approx(ratio, abs=0.0015)


@given(st.floats(0.005, 0.9), st.floats(0.01, 0.5), st.floats(0, 0.9))
def test_covariates_spare_the_share_they_explain(baseline, lift, explained):
    raised = min(baseline * (1 + lift), 0.999)
    question = about_share(baseline, raised)
    spared = replace(question, explained=explained)
    assert spared.people(2.8) == pytest.approx(question.people(2.8) * (1 - explained), abs=1.01)


def test_the_power_of_one_look_is_simulated():
    rng = np.random.default_rng(1)
    people = 8_000
    control, treated = (
        rng.binomial(people // 2, share, 20_000) / (people // 2) for share in (0.05, 0.065)
    )
    error = np.sqrt((control * (1 - control) + treated * (1 - treated)) / (people // 2))
    called = np.abs(treated - control) > 1.96 * error
    said = power_of("once", 1, about_share(0.05, 0.065).drift(people))
    assert called.mean() == pytest.approx(said, abs=0.015)


@given(st.integers(4, 10**7), st.floats(0.01, 0.5), st.floats(0.02, 0.5))
def test_a_holdout_is_the_smallest_that_tells(audience, baseline, lift):
    question = about_share(baseline, baseline * (1 + lift))
    found = propose_holdout(audience, question)
    wanted = drift_needed("once", 1, 0.8)

    def drift(people):
        share = people / audience
        return replace(question, control_share=share, variant_share=1 - share).drift(audience)

    assert 1 <= found.people <= audience // 2
    if found.enough:
        assert drift(found.people) >= wanted
        assert found.people == 1 or drift(found.people - 1) < wanted
        assert found.power >= 0.8 - 1e-4
    else:
        assert found.people == audience // 2
        assert found.smallest > question.raised - question.baseline
    assert found.forgone == pytest.approx(found.people * baseline * lift)


def test_a_smaller_effect_is_what_half_would_notice():
    question = about_share(0.05, 0.0501)
    found = propose_holdout(10_000, question)
    deviation = 2 * question.deviation / 10_000**0.5
    assert not found.enough
    assert found.smallest == pytest.approx(2.8016 * deviation, rel=0.001)
    assert found.power == pytest.approx(stats.norm.sf(1.96 - 0.0001 / deviation), abs=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: about_share(0, 0.1),
        lambda: about_share(0.5, 1.1),
        lambda: Looking(looks=0),
        lambda: Looking(per_day=0),
        lambda: Looking(power=1),
        lambda: Looking(alpha=0),
        lambda: ways_of(Question(1, 1, 1, 1), Looking()),
        lambda: propose_holdout(3, FIVE),
    ],
    ids=range(8),
)
def test_questions_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError):
        wrong()
