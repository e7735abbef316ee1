"""A plan says what would go, place by place; a file without a place is found."""

from __future__ import annotations

from shoal.privacy import ErasurePlan, Place, unowned


def test_a_plan_adds_up() -> None:
    assert ErasurePlan({"events": 3, "log": 1}).total == 4


def test_a_file_belongs_to_exactly_one_place() -> None:
    places = [Place("log", "events", ("log/*",)), Place("all", "anything", ("log/a", "b"))]
    assert unowned(["log/a", "log/b", "b", "c"], places) == ("log/a", "c")
