"""A plan, whose old and new rules are mostly asked in one pass, says what two questions would say."""

from __future__ import annotations

import pytest

import shoal
from shoal.project.changes.planning import make_plan

ROWS = "".join(
    f"c{who},2026-{month:02}-{1 + who % 28:02},{5 + who % 17}\n"
    for who in range(60)
    for month in range(1, 2 + who % 9)
)
BEFORE = """\
traits:
  spent: {value: sum(order.revenue)}
segments:
  big: spent >= 40
  big_lately: in segment big and did order in last 60d
  best: spent in top 20%
  lapsed: did order and age(last(order)) > 90d
  gone: did order and age(last(order)) > 150d
  came_back: entered segment lapsed in last 400d
  same: count(order) >= 2
"""
AFTER = """\
traits:
  spent: {value: sum(order.revenue in last 120d)}
segments:
  big: spent >= 40
  big_lately: in segment big and did order in last 60d
  best: spent in top 20%
  lapsed: did order and age(last(order)) > 60d
  came_back: entered segment lapsed in last 400d
  often: count(order) >= 4
  same: count(order) >= 2
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    made = shoal.init(folder / "shop")
    for example in (folder / "shop").glob("*/example*.yml"):
        example.unlink()
    (folder / "orders.csv").write_text("who,day,revenue\n" + ROWS, encoding="utf-8")
    made.import_file(folder / "orders.csv", event="order", user="who", time="day")
    return shoal.open(folder / "shop")


def people(shop, name):
    known = name in shop.counts()
    return set(shop.segment(name).members()["user_id"].to_pylist()) if known else set()


def test_a_plan_says_what_asking_before_and_after_says(shop):
    """Through traits and segments that changed, ranks, membership changes; new and removed ones."""
    file = shop.project.folder / "segments" / "them.yml"
    file.write_text(BEFORE, encoding="utf-8")
    assert all(it.change == "new" for it in shop.apply().segments)
    names = ["best", "big", "big_lately", "came_back", "gone", "lapsed", "often", "same"]
    was = {name: people(shop, name) for name in names}
    file.write_text(AFTER, encoding="utf-8")
    plan = shop.plan()
    shop.apply()
    will = {name: people(shop, name) for name in names}

    planned = {it.name: it for it in plan.segments}
    assert {name: it.change for name, it in planned.items()} == {
        **dict.fromkeys(["best", "big", "big_lately", "came_back", "lapsed"], "changed"),
        "often": "new",
        "gone": "removed",
    }
    for name, it in planned.items():
        assert (it.size_before, it.size_after) == (len(was[name]), len(will[name])), name
        assert it.entering == len(will[name] - was[name]), name
        assert it.leaving == len(was[name] - will[name]), name
        assert set(it.examples[0]) <= will[name] - was[name], name
    assert any(it.entering for it in planned.values())
    assert any(it.leaving for it in planned.values() if it.change == "changed")
    assert planned["lapsed"].dependants == ("came_back",)


def test_without_data_everything_is_planned_and_nobody_moves(tmp_path):
    made = shoal.init(tmp_path / "empty")
    (tmp_path / "empty" / "segments" / "one.yml").write_text(BEFORE, encoding="utf-8")
    plan = make_plan(made.project, None)
    planned = {it.name: it for it in plan.segments}
    assert {"big", "best", "came_back"} <= planned.keys()
    assert all((it.size_after, it.entering, it.leaving) == (0, 0, 0) for it in plan.segments)
    assert planned["big"].dependants == ("big_lately",)
