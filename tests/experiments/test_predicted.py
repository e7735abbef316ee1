"""CUPAC: what a model foretells takes more noise out than a line does, and never a person's own."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.experiments.effects import effect_of
from shoal.experiments.moments import Moments
from shoal.experiments.predicted import predicted

PEOPLE = 3_000


def _people(seed):
    rng = np.random.default_rng(seed)
    before, age = rng.gamma(2, 10, PEOPLE), rng.uniform(18, 80, PEOPLE)
    foretold = 5 * np.sin(before / 8) + np.where(age > 50, 4, 0)
    return rng, before, age, foretold + rng.normal(0, 3, PEOPLE)


def test_a_model_takes_more_noise_away_than_a_line_where_things_are_crooked():
    _, before, age, outcome = _people(1)
    arm = np.arange(PEOPLE) % 2
    told = predicted([before, age], outcome)

    def explained(*covariates):
        arms = [
            Moments.of([outcome[arm == at], *(it[arm == at] for it in covariates)]) for at in (0, 1)
        ]
        return float(effect_of(*arms).explained)

    line, model = explained(before, age), explained(told)
    assert model > line + 0.1
    assert model > 0.45  # of the 0.52 that could be foretold


def test_nobodys_own_outcome_has_a_part_in_their_prediction():
    rng, before, age, outcome = _people(2)
    told = predicted([before, age], outcome)
    changed = outcome.copy()
    changed[7] = 1e6
    assert predicted([before, age], changed)[7] == told[7]
    noise = rng.normal(size=PEOPLE)
    assert abs(np.corrcoef(predicted([before, age], noise), noise)[0, 1]) < 0.06


def test_what_is_not_known_is_foretold_and_few_people_get_their_mean():
    _, before, age, outcome = _people(3)
    outcome[::3] = np.nan
    assert np.isfinite(predicted([before, age], outcome)).all()
    few = predicted([before[:50], age[:50]], outcome[:50])
    assert few == pytest.approx(np.full(50, np.nanmean(outcome[:50])))
    assert predicted([before[:5]], np.full(5, np.nan)) == pytest.approx(np.zeros(5))
