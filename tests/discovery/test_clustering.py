from __future__ import annotations

import sys

import numpy as np
import pytest

from shoal.core.errors import MissingExtraError
from shoal.discovery import clustering
from shoal.discovery.clustering import Trial, choose, cluster, explore
from shoal.discovery.learning import sklearn
from shoal.discovery.preparing import prepare
from tests.discovery.people import three_kinds


def trial(k, jaccard, share=0.1, silhouette=0.3):
    return Trial(k, (0.99,) * (k - 1) + (jaccard,), (share,) * k, silhouette, 12)


def agreement(labels, kind):
    """The share of people in the group that is mostly of their kind."""
    return sum(np.bincount(kind[labels == it]).max() for it in np.unique(labels)) / len(kind)


@pytest.fixture(scope="module")
def three():
    matrix, kind = three_kinds()
    prepared = prepare(matrix.columns([0, 1, 2]), np.arange(matrix.people))
    found = cluster(prepared.points, np.arange(matrix.people), range(2, 6), draws=6)
    return prepared, kind, found


def test_d4_the_true_number_of_groups_is_found_by_stability(three):
    _, kind, found = three
    assert found.k == 3
    assert found.chosen.lowest >= 0.85
    assert found.chosen.verdict == "firm"
    assert agreement(found.labels, kind) > 0.97


def test_the_same_seed_gives_the_same_groups(three):
    prepared, _, found = three
    again = cluster(prepared.points, np.arange(len(prepared.points)), (3,), draws=2)
    assert (again.labels == found.labels).all()
    assert (np.diff(np.bincount(again.labels)) <= 0).all()  # numbered from the largest on


def test_groups_are_fitted_on_a_sample_and_everyone_is_assigned(three):
    prepared, kind, _ = three
    found = cluster(prepared.points, np.arange(0, 1500, 4), (3,), draws=2)
    assert found.fitted_on == 375
    assert len(found.labels) == 1500
    assert agreement(found.labels, kind) > 0.95


def test_stability_is_chosen_over_the_silhouette():
    firm, shaky = trial(4, 0.9, silhouette=0.2), trial(5, 0.6, silhouette=0.9)
    assert choose([firm, shaky]) is firm


def test_a_plain_peak_of_the_silhouette_decides_between_firm_numbers():
    parts = [trial(3, 0.99, silhouette=0.7), trial(5, 0.95, silhouette=0.5)]
    assert choose(parts).k == 3


def test_the_most_groups_that_are_firm_win_then_stable_then_the_steadiest():
    assert choose([trial(2, 0.99), trial(3, 0.9), trial(4, 0.86), trial(5, 0.8)]).k == 4
    assert choose([trial(2, 0.99), trial(3, 0.76), trial(4, 0.7)]).k == 3
    assert choose([trial(2, 0.99), trial(3, 0.7)]).k == 2
    assert choose([trial(2, 0.5), trial(3, 0.6)]).k == 3


def test_d8_groups_that_are_too_small_are_not_chosen():
    assert choose([trial(3, 0.9), trial(6, 0.95, share=0.01)]).k == 3


def test_d4_noise_is_said_by_hdbscan():
    random = np.random.default_rng(0)
    blobs = [random.normal(at, 0.2, (200, 2)) for at in (0, 5)]
    points = np.vstack([*blobs, random.uniform(-3, 8, (40, 2))]).astype(np.float32)
    found = explore(points, np.arange(440))
    assert found.k == 2
    assert 0.01 < found.noise < 0.15
    assert found.noise == (found.labels < 0).mean()


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'shoal\[learn\]'"):
        sklearn("cluster")


def test_hopeless_numbers_of_groups_are_given_up_early():
    points = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    found = clustering.try_out(points, clustering.fit_centres(points, 8, seed=0), draws=12, seed=0)
    assert found.draws == clustering.FIRST_DRAWS
    assert found.verdict == "not stable"
