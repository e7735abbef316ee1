"""F1: Priorities: against optima worked out by hand, and against every choice there is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import UsageError
from shoal.measurement.priorities import Initiative, allocate, ranked, worth_of

# per person: a gain of 1 for 0.20 (net 0.80), of 3 for 1 (net 2), of 0.60 for 0.40 (net 0.20)
REMINDER = Initiative("reminder", 1_000, effect=0.02, value=50, cost=0.2)
CALL = Initiative("call", 500, effect=0.06, value=50, cost=1)
LETTER = Initiative("letter", 2_000, effect=0.012, value=50, cost=0.4)
ALL = (LETTER, CALL, REMINDER)


def people(allocation):
    return {it.initiative.name: round(it.people, 6) for it in allocation.chosen}


def test_what_brings_most_comes_first():
    found = ranked(ALL)
    assert [(it.initiative.name, round(it.net)) for it in found] == [
        ("call", 1000), ("reminder", 800), ("letter", 400),
    ]  # fmt: skip


def test_a_budget_goes_to_the_most_for_a_euro_first():
    # the reminder brings 4 a euro and takes 200; the call brings 2 and takes the other 400
    found = allocate(ALL, 600)
    assert people(found) == {"reminder": 1_000, "call": 400}
    assert (found.spent, found.net) == (pytest.approx(600), pytest.approx(1_600))
    assert found.per_euro == pytest.approx(2)
    assert found.per_hour is None


def test_budget_beyond_what_pays_is_left_and_worth_nothing():
    found = allocate((*ALL, Initiative("banner", 9_000, effect=0.001, value=50, cost=1)), 100_000)
    assert people(found) == {"call": 500, "reminder": 1_000, "letter": 2_000}
    assert found.spent == pytest.approx(1_500)
    assert found.per_euro == 0


def test_beginning_costs_so_the_most_for_a_euro_may_stay_out():
    # done to all, each of them brings 200: the first for 10 and a start of 90, the others for 50 each
    dear = Initiative("dear", 100, effect=2, cost=0.1, fixed=90)
    one, two = (Initiative(name, 50, effect=4, cost=1) for name in ("one", "two"))
    assert people(allocate((dear, one, two), 100)) == {"one": 50, "two": 50}
    assert people(allocate((dear, one, two), 200)) == {"dear": 100, "one": 50, "two": 50}


def test_of_a_group_one_is_chosen():
    mail = Initiative("mail", 100, effect=3, cost=1, group="lapsed")
    phone = Initiative("phone", 100, effect=9, cost=4, group="lapsed")
    assert people(allocate((mail, phone), 100)) == {"mail": 100}
    assert people(allocate((mail, phone), 400)) == {"phone": 100}


def test_hours_are_a_limit_of_their_own():
    talk = Initiative("talk", 100, effect=10, cost=1, hours=0.5)
    write = Initiative("write", 100, effect=4, cost=1)
    found = allocate((talk, write), 1_000, 20)
    assert people(found) == {"talk": 40, "write": 100}
    assert (found.hours, found.per_hour) == (pytest.approx(20), pytest.approx(18))
    assert found.per_euro == 0


def test_fewer_than_it_takes_is_nobody():
    test = Initiative("test", 100, effect=5, cost=1, least=50)
    assert people(allocate([test], 40)) == {}
    assert people(allocate([test], 60)) == {"test": 60}


def test_intervals_add_up_as_errors_of_the_independent_do():
    known = Initiative("a", 100, effect=1.0, low=0.0, high=2.0, cost=0.5)
    found = allocate([known, Initiative("b", 100, effect=1, low=0, high=2, cost=0.5)], None)
    assert (found.net, found.low, found.high) == (
        pytest.approx(100), pytest.approx(100 - 20_000**0.5), pytest.approx(100 + 20_000**0.5),
    )  # fmt: skip
    alone = worth_of(known)
    assert (alone.low, alone.high) == (pytest.approx(-50), pytest.approx(150))
    assert alone.chance == pytest.approx(0.8365, abs=1e-4)
    assert worth_of(REMINDER).chance is None


def test_who_is_cautious_takes_what_is_known_better():
    sure = Initiative("sure", 100, effect=2.0, low=1.9, high=2.1, cost=1)
    wild = Initiative("wild", 100, effect=2.2, low=-4.0, high=8.4, cost=1)
    assert people(allocate([sure, wild], 100)) == {"wild": 100}
    assert people(allocate([sure, wild], 100, cautious=True)) == {"sure": 100}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"people": -1, "effect": 1}, "`people` is less than nothing"),
        ({"people": 1, "effect": 1, "low": 0}, "two ends"),
        ({"people": 1, "effect": 1, "low": 2, "high": 3}, "outside its interval"),
        ({"people": 1, "effect": float("nan")}, "without end"),
        ({"people": 1, "effect": 1, "least": 2}, "more people than there are"),
    ],
)
def test_what_is_no_initiative_is_refused(words, said):
    with pytest.raises(UsageError, match=said):
        Initiative("x", **words)


def test_a_name_or_a_limit_that_makes_no_sense_is_refused():
    with pytest.raises(UsageError, match="twice"):
        allocate([CALL, CALL], 1)
    with pytest.raises(UsageError, match="budget"):
        allocate([CALL], -1)
    assert allocate([], 100).net == 0


def _best(initiatives, budget):
    """What every choice of beginnings brings, the budget going to the most for a euro first."""
    best = 0.0
    for begun in product((False, True), repeat=len(initiatives)):
        some = [it for it, yes in zip(initiatives, begun, strict=True) if yes]
        groups = [it.group for it in some if it.group]
        left = budget - sum(it.fixed + it.least * it.cost for it in some)
        if left < 0 or len(groups) != len(set(groups)):
            continue
        net = sum(it.least * (it.effect * it.value - it.cost) - it.fixed for it in some)
        for it in sorted(some, key=lambda it: -(it.effect * it.value / it.cost)):
            more = (
                min(it.people - it.least, left / it.cost) if it.effect * it.value > it.cost else 0
            )
            net += more * (it.effect * it.value - it.cost)
            left -= more * it.cost
        best = max(best, net)
    return best


INITIATIVES = st.lists(
    st.builds(
        Initiative,
        name=st.just("x"),
        people=st.integers(5, 50),
        effect=st.integers(-2, 9),
        cost=st.integers(1, 5),
        fixed=st.sampled_from([0, 0, 10, 40]),
        least=st.integers(0, 5),
        group=st.sampled_from([None, None, "g"]),
    ),
    max_size=5,
)


@given(INITIATIVES, st.integers(0, 300))
def test_nothing_brings_more_than_what_is_allocated(drawn, budget):
    initiatives = [
        Initiative(f"i{n}", it.people, it.effect, cost=it.cost, fixed=it.fixed, least=it.least,
                   group=it.group)
        for n, it in enumerate(drawn)
    ]  # fmt: skip
    found = allocate(initiatives, budget)
    assert found.net == pytest.approx(_best(initiatives, budget), abs=1e-6)
    assert found.spent <= budget + 1e-6
    assert found.per_euro is None or found.per_euro >= 0
