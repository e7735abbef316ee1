from __future__ import annotations

import threading

import pytest

from shoal.api.keeping import Kept


def test_an_answer_is_made_once_and_what_fails_is_tried_again():
    kept, made = Kept(), []

    def make():
        made.append(len(made))
        if len(made) == 1:
            raise ArithmeticError
        return made[-1]

    with pytest.raises(ArithmeticError):
        kept.of("one", make)
    assert [kept.of("one", make) for _ in range(3)] == [1, 1, 1]
    assert kept.of("other", make) == 2


def test_the_longest_unused_answer_goes_first():
    kept, made = Kept(most=2), []

    def make(name):
        return lambda: made.append(name) or name

    for name in ["a", "b", "a", "c", "a", "b"]:
        assert kept.of(name, make(name)) == name
    assert made == ["a", "b", "c", "b"]


def test_who_asks_meanwhile_waits_for_the_one_that_is_made():
    kept, made = Kept(), []
    began, go_on = threading.Event(), threading.Event()

    def make():
        began.set()
        assert go_on.wait(30)
        made.append(1)
        return "made"

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(kept.of("one", make))) for _ in range(3)
    ]
    threads[0].start()
    assert began.wait(30)
    for one in threads[1:]:
        one.start()
    go_on.set()
    for one in threads:
        one.join(30)
    assert (found, made) == (["made"] * 3, [1])
