"""F5: Campaigns with a known effect, end to end through a real mail server; one is killed half-way."""

from __future__ import annotations

import pytest

from bench.campaigns import shop_of
from bench.sending import EFFECT, seed_by_mail

PEOPLE = 200


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds") / "shop"
    shop_of(folder, PEOPLE)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_known_effect_is_found_and_a_kill_sends_nothing_twice(made, seed):
    found = seed_by_mail(made, seed, is_killed=seed == 5)
    assert found["low"] <= EFFECT <= found["high"]
    assert found["twice"] == 0
    assert found["of_holdout"] == 0
    assert found["is_decided"]
    assert found["clicked"] > 0
    # Who was not reached is told as uncertain, and that is only where something was killed.
    lost = found["sendable"] - found["got"]
    assert 0 <= lost <= found["uncertain"]
    if seed != 5:
        assert found["uncertain"] == 0
    else:
        assert 0 < found["killed_at"] < found["got"]
