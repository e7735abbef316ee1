from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import UsageError
from shoal.experiments.assignment import (
    HOLDOUT,
    Design,
    Variant,
    arm_after_merge,
    arm_of,
    arms_of,
    held_out_of,
    is_held_out,
)

USERS = [f"c_{number}" for number in range(20_000)]
THREE = (Variant("a", 1), Variant("b", 2), Variant("c", 1))


def _counts(arms):
    return {arm: arms.count(arm) for arm in sorted(set(arms))}


def test_arms_get_their_weights_and_the_holdouts_their_share():
    design = Design("spring", THREE, holdout=0.2, global_holdout=0.1)
    counts = _counts(arms_of(design, USERS))
    left = 0.9 * 0.8
    expected = {"a": left / 4, "b": left / 2, "c": left / 4, HOLDOUT: 1 - left}
    for arm, share in expected.items():
        deviation = (share * (1 - share) / len(USERS)) ** 0.5
        assert abs(counts[arm] / len(USERS) - share) < 4 * deviation


@given(st.lists(st.text(), min_size=1), st.lists(st.text()))
def test_an_arm_depends_on_nobody_else(some, more):
    design = Design("spring", THREE, holdout=0.1)
    assert arms_of(design, some + more)[: len(some)] == [arm_of(design, user) for user in some]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_holdout_holds_out_everyone_a_smaller_one_did_and_moves_nobody_else(one, other):
    small, large = sorted((one, other))
    before = arms_of(Design("spring", THREE, holdout=small), USERS[:300])
    after = arms_of(Design("spring", THREE, holdout=large), USERS[:300])
    assert all(old == new or new == HOLDOUT for old, new in zip(before, after, strict=True))


def test_the_global_holdout_is_out_of_every_experiment():
    held = [user for user in USERS if is_held_out("everyone", user, 0.05)]
    assert 850 < len(held) < 1_150
    for salt in ("spring", "autumn"):
        assert set(arms_of(Design(salt, THREE, global_holdout=0.05), held)) == {HOLDOUT}


def test_experiments_know_nothing_of_each_other():
    halves = (Variant("a"), Variant("b"))
    pairs = list(zip(
        arms_of(Design("one", halves), USERS), arms_of(Design("two", halves), USERS), strict=True
    ))  # fmt: skip
    for pair in (("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")):
        assert abs(pairs.count(pair) / len(USERS) - 0.25) < 4 * (0.25 * 0.75 / len(USERS)) ** 0.5


def test_salt_and_user_cannot_be_mistaken_for_each_other():
    halves = (Variant("a"), Variant("b"))
    one, two = Design("ab", halves), Design("a", halves)
    users = [f"b{number}" for number in range(200)]
    assert arms_of(one, [user[1:] for user in users]) != arms_of(two, users)


def test_assignment_never_changes_between_versions():
    design = Design("spring", THREE, holdout=0.25)
    assert arms_of(design, ["c1", "c2", "c3", "c4", "007", "é", ""]) == PINNED


PINNED = ["b", "b", "b", "b", "b", "b", "b"]


def test_a_variant_of_no_weight_gets_nobody():
    design = Design("spring", (Variant("a", 0), Variant("b", 1), Variant("c", 0)))
    assert set(arms_of(design, USERS[:500])) == {"b"}


def test_whoever_was_held_out_once_is_held_out_after_a_merge():
    assert arm_after_merge(["a", HOLDOUT]) == HOLDOUT
    assert arm_after_merge(["b", "a"]) == "b"


@pytest.mark.parametrize(
    "wrong",
    [
        {"salt": "", "variants": THREE},
        {"salt": "x", "variants": ()},
        {"salt": "x", "variants": (Variant("a"), Variant("a"))},
        {"salt": "x", "variants": (Variant(HOLDOUT),)},
        {"salt": "x", "variants": (Variant("a", 0),)},
        {"salt": "x", "variants": (Variant("a", -1), Variant("b", 2))},
        {"salt": "x", "variants": (Variant("a", float("nan")),)},
        {"salt": "x", "variants": THREE, "holdout": 1.5},
        {"salt": "x", "variants": THREE, "global_holdout": -0.1},
    ],
    ids=range(9),
)
def test_a_design_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        Design(**wrong)


SHARES = st.sampled_from((0.0, 0.1, 0.5, 1.0))


@given(st.lists(st.text(st.characters(codec="utf-8"))), st.text(min_size=1), SHARES, SHARES)
def test_many_at_once_are_held_out_as_one_by_one(users, salt, own, everywhere):
    design = Design(salt, THREE, holdout=own, global_holdout=everywhere)
    together = held_out_of(design, pa.array(users, pa.string())).tolist()
    assert together == [arm_of(design, user) == HOLDOUT for user in users]
