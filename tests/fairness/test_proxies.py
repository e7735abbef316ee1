"""What stands for something sensitive is found by how closely the two go together."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.fairness import association
from shoal.fairness.proxies import LEAST


def test_what_tells_the_other_is_strong_and_what_does_not_is_weak():
    rng = np.random.default_rng(3)
    origin = rng.choice(["north", "south"], 600)
    district = np.where(rng.random(600) < 0.85, origin, rng.choice(["north", "south"], 600))
    shoe = rng.choice(["38", "40", "42"], 600)
    near = association(district.tolist(), origin.tolist())
    far = association(shoe.tolist(), origin.tolist())
    assert near is not None
    assert far is not None
    assert near.is_notable
    assert near.strength > 0.6
    assert not far.is_notable


def test_numbers_are_cut_at_their_quarters():
    year = list(range(1960, 2010)) * 4
    found = association(year, ["old" if it < 1985 else "young" for it in year])
    assert found is not None
    assert found.strength == pytest.approx(1, abs=0.02)
    assert found.people == 200


def test_of_few_of_ids_and_of_what_everybody_shares_nothing_is_said():
    both = ["a", "b"] * 100
    assert association(both[: LEAST - 1], both[: LEAST - 1]) is None
    assert association([None] * 200, both) is None
    assert association(["x"] * 200, both) is None
    assert association([f"id-{it}" for it in range(200)], both) is None


def test_the_unset_are_left_out():
    one = ["a", "b", None] * 100
    found = association(one, ["x", "y", "x"] * 100)
    assert found is not None
    assert found.people == 200
    assert found.strength == pytest.approx(1, abs=0.01)
