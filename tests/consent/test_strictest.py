"""Nobody becomes reachable by being recognised: the strictest answer holds until a new one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.consent.strictest import Answer, Joined, strictest

people = st.integers(0, 3)
answers = st.lists(st.builds(Answer, people, st.integers(0, 9), st.booleans()), max_size=8).map(
    lambda some: sorted(some, key=lambda each: each.at)
)
links = st.lists(st.builds(Joined, people, people, st.integers(0, 9)), max_size=4)


def linked(one: int, some: list[Joined], at: int) -> set[int]:
    """Everybody known to be the same by an instant."""
    found = {one}
    for _ in some:
        for link in some:
            if link.at <= at and {link.one, link.other} & found:
                found |= {link.one, link.other}
    return found


@given(answers, links)
def test_granted_is_what_nobody_s_last_word_denies(some: list[Answer], joined) -> None:
    found = strictest(some, joined)
    for place, answer in enumerate(some):
        last: dict[int, bool] = {}
        for each in some[: place + 1]:
            for one in linked(each.identifier, joined, each.at):
                last[one] = each.is_granted
        assert found[place] == all(last.values())
        assert answer.is_granted or not found[place]


@given(answers, links, st.randoms(use_true_random=False))
def test_the_order_of_links_never_matters(some, joined, random) -> None:
    mixed = list(joined)
    random.shuffle(mixed)
    assert strictest(some, mixed) == strictest(some, joined)


@given(answers, links)
def test_a_link_that_comes_later_never_grants_what_stood_denied(some, joined) -> None:
    late = [Joined(link.one, link.other, 99) for link in joined]
    for before, after in zip(strictest(some, late), strictest(some, joined), strict=True):
        assert after or not before
