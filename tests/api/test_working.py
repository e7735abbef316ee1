from __future__ import annotations

import threading

import pytest

from shoal.api.working import CANCELLED, Works
from shoal.core.errors import StoreError, UsageError


def ended(works):
    for thread in [it for it in threading.enumerate() if it.name == "a test's work"]:
        thread.join(30)
    return works.last


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("trouble", [ValueError("x"), Exception("not foreseen")], ids=repr)
def test_whatever_happens_the_next_one_may_begin(trouble):
    works, go_on = Works(), threading.Event()

    def fails(_):
        assert go_on.wait(30)
        raise trouble

    works.start("a test's work", "one", fails)
    with pytest.raises(UsageError, match="one"):
        works.start("import", "two", dict)
    go_on.set()
    told = ended(works).as_json()
    assert (told["state"], told["problem"]["detail"]) == ("failed", None)
    go_on.clear()
    works.start("a test's work", "two", lambda _: {"made": go_on.wait(30)})
    go_on.set()
    assert ended(works).answer == {"made": True}


def test_the_same_joins_and_other_parameters_are_refused():
    works, go_on = Works(), threading.Event()

    def waits(_):
        return {"made": go_on.wait(30)}

    first = works.start("a test's work", "one", waits, joins=True, given={"back": 3})
    assert works.start("a test's work", "one", waits, joins=True, given={"back": 3}) is first
    with pytest.raises(UsageError, match="with other parameters"):
        works.start("a test's work", "one", waits, joins=True, given={"back": 4})
    go_on.set()
    assert ended(works) is first
    assert first.state == "done"


def test_nobody_joins_what_was_cancelled():
    works, go_on = Works(), threading.Event()
    first = works.start("a test's work", "one", lambda _: {"made": go_on.wait(30)}, joins=True)
    works.cancel("one")
    with pytest.raises(UsageError, match="`one` is still under way"):
        works.start("a test's work", "one", dict, joins=True)
    go_on.set()
    assert ended(works) is first


def test_what_is_cancelled_ends_says_so_and_lets_the_next_one_begin():
    works, heard, go_on = Works(), threading.Event(), threading.Event()

    def steps(work):
        work.hear("one", 1, 2)
        heard.set()
        assert go_on.wait(30)
        work.hear("two", 2, 2)
        return {}

    def looks(work):
        while work.is_wanted():
            go_on.wait(0.01)
        raise StoreError("the process ended early")

    with pytest.raises(UsageError, match="nothing of `one`"):
        works.cancel("one")
    for make in (steps, looks):
        work = works.start("a test's work", "one", make)
        with pytest.raises(UsageError, match="nothing of `two`"):
            works.cancel("two")
        assert make is looks or heard.wait(30)
        works.cancel("one")
        go_on.set()
        assert ended(works) is work
        assert work.as_json()["problem"] == {"title": CANCELLED, "detail": None}
    with pytest.raises(UsageError, match="nothing of `one`"):
        works.cancel("one")
