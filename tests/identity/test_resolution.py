"""A12: The resolution is the plain reading of the facts, whatever their order, numbers and layers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.identity import (
    ALWAYS,
    BEFORE,
    Decision,
    Identifier,
    Limits,
    LinkSet,
    Resolution,
    changed,
    ignored_identifiers,
    link_layer,
    strengths_of,
)
from tests.identity.plain import Fact, PlainIdentity

USERS = [Identifier(f"u{n}") for n in range(5)]
EMAILS = [Identifier(f"email:{n}@x", anonymous=True) for n in range(3)]
PHONES = [Identifier("phone:123456", anonymous=True)]
DEVICES = [Identifier(text, anonymous=True) for text in ("a0", "a1", "a2", "null")]
EVERYBODY = [*USERS, *EMAILS, *PHONES, *DEVICES]
IGNORED = ignored_identifiers()
LIMITS = Limits(most_user_ids=3, most_people_per_identifier=2)
INSTANTS = range(9)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    one, other = draw(st.permutations(EVERYBODY))[:2]
    kind = draw(st.sampled_from(["seen", "seen", "seen", "alias", "merge", "unmerge"]))
    if one.strength == other.strength and kind == "seen":
        kind = "alias"
    return Fact(kind, one, other, draw(st.sampled_from(INSTANTS)))


def resolution_of(some: list[Fact], numbers: dict[Identifier, int], layers: int) -> Resolution:
    """What a store would make of the facts, some of them in each layer."""
    seen: list[tuple[int, int, int, int]] = []
    aliases: list[tuple[int, int]] = []
    decisions: list[Decision] = []
    for fact in some:
        weak, strong = sorted((fact.one, fact.other), key=lambda each: each.strength)
        strengths = strengths_of(weak.strength, strong.strength)
        if fact.kind in {"merge", "unmerge"}:
            decisions.append(
                Decision(numbers[weak], numbers[strong], strengths, fact.at, fact.kind == "merge")
            )
        elif weak.strength == strong.strength:
            aliases.append((numbers[weak], numbers[strong]))
        else:
            seen.append((numbers[weak], numbers[strong], strengths, fact.at))
    pieces = [seen[at::layers] for at in range(layers)]
    links = LinkSet(
        tuple(
            link_layer(
                np.array([one[0] for one in piece], np.int64),
                np.array([one[1] for one in piece], np.int64),
                np.array([one[2] for one in piece], np.uint8),
            )
            for piece in pieces
        ),
        tuple(aliases),
        tuple(decisions),
        frozenset(number for one, number in numbers.items() if one in IGNORED),
    )
    texts = {number: one.text for one, number in numbers.items()}

    def instants(weak: np.ndarray, strong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = [
            (place, at)
            for place, pair in enumerate(zip(weak.tolist(), strong.tolist(), strict=True))
            for *ends, _, at in seen
            if tuple(ends) == pair
        ]
        table = np.array(found, np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    return Resolution(links, lambda few: [texts[one] for one in few], instants, LIMITS)


def everywhere(resolution: Resolution, numbers: dict[Identifier, int]) -> dict:
    """The person of every identifier at every instant, by name."""
    names = {number: one for one, number in numbers.items()}
    rows = [(one, at) for one in EVERYBODY for at in (*INSTANTS, 50)]
    persons = resolution.person_of(
        np.array([numbers[one] for one, _ in rows], np.int64),
        np.array([at for _, at in rows], np.int64),
    )
    return {row: names[person] for row, person in zip(rows, persons.tolist(), strict=True)}


many_facts = st.lists(facts(), max_size=14)
numberings = st.permutations(range(1, len(EVERYBODY) + 1)).map(
    lambda some: dict(zip(EVERYBODY, some, strict=True))
)


@given(many_facts, numberings, st.integers(1, 3))
def test_the_resolution_is_the_plain_reading(some, numbers, layers) -> None:
    plain = PlainIdentity(some, LIMITS, IGNORED)
    found = everywhere(resolution_of(some, numbers, layers), numbers)
    assert found == {(one, at): plain.person(one, at) for one, at in found}


@given(many_facts, numberings, numberings, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_numbers_never_matter(some, numbers, others, random, layers) -> None:
    mixed = list(some)
    random.shuffle(mixed)
    one = everywhere(resolution_of(some, numbers, 1), numbers)
    assert one == everywhere(resolution_of(mixed, others, layers), others)


@given(many_facts, numberings)
def test_slices_are_the_persons_read_the_other_way(some, numbers) -> None:
    resolution = resolution_of(some, numbers, 2)
    owned = everywhere(resolution, numbers)
    for one in EVERYBODY:
        slices = resolution.slices_of(numbers[one])
        theirs = {
            (other, at)
            for number, after, until in slices
            for (other, at) in owned
            if numbers[other] == number and after < at <= until
        }
        assert theirs == {row for row, person in owned.items() if person == one}
        if slices and numbers[one] in {number for number, _, _ in slices}:
            assert slices[0] == (numbers[one], BEFORE, ALWAYS)


@given(many_facts, many_facts, numberings)
def test_what_changed_is_what_differs(some, more, numbers) -> None:
    old, new = resolution_of(some, numbers, 2), resolution_of(some + more, numbers, 3)
    touched = np.unique([numbers[it] for fact in more for it in fact.pair]).astype(np.int64)
    before, after = everywhere(old, numbers), everywhere(new, numbers)
    differing = {numbers[row[0]] for row, person in before.items() if after[row] != person}
    assert differing <= set(changed(old, new, touched).tolist())
    assert not changed(old, old).tolist()
    assert not changed(old, resolution_of(some, numbers, 1)).tolist()


@given(many_facts, numberings, st.data())
def test_an_unmerge_takes_back_what_a_merge_did(some, numbers, data) -> None:
    one, other = data.draw(st.permutations(USERS))[:2]
    some = [fact for fact in some if fact.pair != {one, other}]
    merge, parted = Fact("merge", one, other, 20), Fact("unmerge", one, other, 20)
    before = everywhere(resolution_of(some, numbers, 1), numbers)
    assert before == everywhere(resolution_of([*some, parted, merge], numbers, 1), numbers)


def test_a_device_is_of_the_next_one_identified() -> None:
    device, ana, rui = DEVICES[0], USERS[0], USERS[1]
    some = [Fact("seen", device, ana, 3), Fact("seen", device, rui, 6)]
    numbers = {one: at for at, one in enumerate(EVERYBODY, 1)}
    found = everywhere(resolution_of(some, numbers, 1), numbers)
    assert [found[(device, at)] for at in (0, 3, 4, 6, 7, 50)] == [ana, ana, rui, rui, rui, rui]


def test_shared_identifiers_say_how_many_they_led_to() -> None:
    numbers = {one: at for at, one in enumerate(EVERYBODY, 1)}
    some = [Fact("seen", DEVICES[0], user, 1) for user in USERS]
    resolution = resolution_of(some, numbers, 1)
    found = resolution.resolve(np.array([numbers[DEVICES[0]]], np.int64))
    assert found.cut == {numbers[DEVICES[0]]: 5}
    assert found.persons.tolist() == [numbers[DEVICES[0]]]
