"""What is looked at again and again: how long it waits, what it tells, and how it ends."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import StoreBusyError, StoreError
from shoal.project.schedule import Schedule

ANSWERS = {
    "well": None,
    "busy": StoreBusyError("somebody else writes"),
    "full": StoreError("the disk is full"),
    "gone": FileNotFoundError("no such file"),
}


class Looks(Schedule):
    """Looks as it is told to, and notes how long it waited before each, without waiting."""

    def __init__(self, answers, stops_in=None):
        super().__init__("things", every=5.0, longest=60.0)
        self.answers, self.stops_in = iter(answers), stops_in
        self.waits, self.troubles = [], []
        self._stopping, self._ended = self, False
        self._run()

    def wait(self, seconds):
        if self.waits:
            self.troubles.append(self.trouble)
        self.waits.append(seconds)
        self.next = next(self.answers, "end")
        return self.next == "end"

    def is_set(self):
        return self._ended

    def _look(self):
        self._ended = self.stops_in == len(self.waits)
        if ANSWERS[self.next] is not None:
            raise ANSWERS[self.next]


def told(caplog):
    return [it.error for it in caplog.records if it.getMessage() == "things are in trouble"]


@given(st.lists(st.sampled_from(list(ANSWERS))))
def test_each_look_after_one_that_failed_waits_twice_as_long(answers):
    found = Looks(answers)
    wait, trouble = 5.0, None
    assert found.waits[0] == wait
    for answer, waited, said in zip(answers, found.waits[1:], found.troubles, strict=True):
        wait = min(60.0, wait * 2) if answer in {"full", "gone"} else 5.0
        assert waited == wait
        trouble = {"well": None, "full": "the disk is full", "gone": "FileNotFoundError"}.get(
            answer, trouble
        )  # while somebody does it by hand, what was wrong stays so
        assert said == trouble


def test_what_is_wrong_is_told_once_until_another_thing_is(caplog):
    with caplog.at_level(logging.ERROR, "shoal.serve"):
        Looks(["full", "full", "busy", "full", "gone", "gone", "well", "gone"])
    assert told(caplog) == ["StoreError", "FileNotFoundError", "FileNotFoundError"]


def test_what_fails_because_it_is_stopped_is_nobodys_trouble(caplog):
    with caplog.at_level(logging.ERROR, "shoal.serve"):
        found = Looks(["well", "full", "well"], stops_in=2)
    assert (found.trouble, len(found.waits), told(caplog)) == (None, 2, [])


def test_a_fault_of_our_own_is_not_kept_quiet():
    class Faulty(Looks):
        def _look(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Faulty(["well"])
