from __future__ import annotations

import json
import threading

import pytest

from shoal.api.keeping import Kept, state_of
from shoal.api.lasting import MOST as lasting_answers
from shoal.api.lasting import Lasting
from shoal.api.listening import Turn
from shoal.core.errors import StoreBusyError
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.runners.stopping import StoppedError


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


def test_only_so_many_slow_answers_are_waited_for_and_others_go_on():
    kept, began, go_on = Kept(), threading.Event(), threading.Event()

    def make():
        began.set()
        assert go_on.wait(30)
        return "made"

    slow = threading.Thread(target=kept.of, args=("slow", make), kwargs={"at_once": 1})
    slow.start()
    assert began.wait(30)
    for key in ("slow", "other"):
        with pytest.raises(StoreBusyError):
            kept.of(key, make, at_once=1)
    assert kept.of("quick", lambda: 1) == 1
    go_on.set()
    slow.join(30)
    assert kept.of("slow", make, at_once=1) == "made"
    assert kept.of("other", make, at_once=1) == "made"


@pytest.mark.parametrize("leaving", [("first",), ("first", "second")])
def test_what_is_made_goes_on_as_long_as_anybody_waits_for_it(leaving):
    kept, turns = Kept(), {name: Turn() for name in ("first", "second")}
    began, go_on, told = threading.Event(), threading.Event(), {}

    def make(look_up):
        began.set()
        assert go_on.wait(30)
        look_up()
        return "made"

    def ask(name):
        try:
            told[name] = kept.while_wanted("one", make, turns[name])
        except StoppedError:
            told[name] = "stopped"

    threads = [threading.Thread(target=ask, args=(name,)) for name in turns]
    threads[0].start()
    assert began.wait(30)
    threads[1].start()
    while len(kept._place("one").waiting) < 2:
        threading.Event().wait(0.005)
    for name in leaving:
        turns[name].is_on = False
    go_on.set()
    for one in threads:
        one.join(30)
    alone = set(leaving) == set(turns)
    assert told == dict.fromkeys(turns, "stopped" if alone else "made")
    assert kept.while_wanted("one", make, Turn()) == "made"


def test_an_answer_stands_for_the_definitions_it_was_made_from(tmp_path):
    init_project(tmp_path)
    project = open_project(tmp_path)
    file = tmp_path / "segments" / "all.yml"

    def apply(rule):
        file.write_text(f"segments:\n  some:\n    title: Some\n    rule: {rule}\n")
        apply_plan(project, make_plan(project, None), "test")

    apply("did order_completed")
    before = read(project)
    state = state_of(before)
    apply("count(order_completed) >= 2")
    assert state_of(before) == state != state_of(read(project))


def test_what_lasts_is_there_for_the_next_process_and_only_for_the_same_question(tmp_path):
    made = []

    def counted(size):
        return lambda: made.append(size) or [{"big": size, "small": 0}]

    path = tmp_path / "answers.json"
    first, second = (Kept(lasting=Lasting(path)) for _ in range(2))
    assert first.beyond(("sizes", 1), counted(7)) == [{"big": 7, "small": 0}]
    assert second.beyond(("sizes", 1), counted(8)) == [{"big": 7, "small": 0}]
    assert second.beyond(("sizes", 2), counted(9)) == [{"big": 9, "small": 0}]
    assert made == [7, 9]


def test_the_latest_of_several_answers_is_told_whatever_it_rested_on(tmp_path):
    path = tmp_path / "answers.json"
    kept = Kept(lasting=Lasting(path))
    assert kept.latest("sizes") is None
    for state in (1, 2):
        kept.beyond(("sizes", state), lambda it=state: {"all": it}, latest_of="sizes")
    assert kept.latest("sizes") == Kept(lasting=Lasting(path)).latest("sizes") == {"all": 2}
    assert Kept().latest("sizes") is None


def test_the_latest_answers_last_and_a_damaged_file_holds_none(tmp_path):
    path = tmp_path / "answers.json"
    lasting = Lasting(path)
    for number in range(lasting_answers + 2):
        lasting.keep(number, {"all": number})
    found = [lasting.find(number) for number in range(lasting_answers + 2)]
    assert found == [None, None, *({"all": it} for it in range(2, lasting_answers + 2))]
    for damaged in (b"", b"[]", b'{"answers": {}}', b"\xff", path.read_bytes()[:-3]):
        path.write_bytes(damaged)
        assert lasting.find(3) is None
        lasting.keep(3, {"all": 4})
        assert lasting.find(3) == {"all": 4}


def test_what_another_shoal_has_counted_is_counted_again(tmp_path):
    path = tmp_path / "answers.json"
    Lasting(path).keep("sizes", {"all": 1})
    text = json.loads(path.read_text())
    path.write_text(json.dumps({**text, "code": "of another"}))
    assert Lasting(path).find("sizes") is None


def test_where_nothing_can_be_written_answers_are_made(tmp_path):
    kept = Kept(lasting=Lasting(tmp_path / "gone" / "answers.json"))
    assert kept.beyond("sizes", lambda: {"all": 1}) == {"all": 1}
