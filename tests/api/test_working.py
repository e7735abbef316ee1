from __future__ import annotations

import threading

import pytest

from shoal.api.working import Works
from shoal.core.errors import UsageError


def ended(works):
    [thread] = [it for it in threading.enumerate() if it.name == "a test's work"]
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
