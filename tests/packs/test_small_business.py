"""The small-business pack on shops as they are: most people ordered once, and long ago."""

from __future__ import annotations

import pytest

import shoal
from shoal.project.packs import add_pack

AS_OF = "2026-11-01"

ONCE = {f"once_{day:02d}": [f"2026-09-{day:02d}"] for day in range(1, 13)}
AGO = {f"ago_{day:02d}": [f"2025-02-{day:02d}"] for day in range(1, 13)}
OFTEN = {
    "keen": ["2026-07-10", "2026-08-10", "2026-09-10", "2026-10-25"],
    "gone": ["2024-09-05", "2024-10-05", "2024-11-05", "2024-12-05"],
    "twice": ["2026-08-20", "2026-10-20"],
}


def small_shop(folder, orders):
    """A project with the pack and these orders, each worth 20."""
    shop = shoal.init(folder, name="Small", time_zone="UTC")
    add_pack(folder, "small-business")
    rows = [f"{who},{day},20\n" for who, days in orders.items() for day in days]
    (folder / "orders.csv").write_text("customer,date,total\n" + "".join(rows))
    shop.import_file(
        folder / "orders.csv",
        event="order_completed",
        user="customer",
        time="date",
        properties={"revenue": "total"},
    )
    shop = shoal.open(folder)
    shop.apply()
    return shop


def members(shop, *names):
    return {
        name: set(shop.segment(name).members(as_of=AS_OF)["user_id"].to_pylist()) for name in names
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return small_shop(tmp_path_factory.mktemp("small"), ONCE | AGO | OFTEN)


def test_d2_one_order_is_no_habit_by_a_tie(shop):
    """Most people of a small shop ordered once: their frequency is the lowest and not the fourth."""
    them = members(shop, "rfm.champions", "rfm.loyal", "rfm.recent", "rfm.lost", "rfm.cannot_lose",
                   "rfm.at_risk", "rfm.promising")  # fmt: skip
    assert them["rfm.champions"] == {"keen", "twice"}
    assert them["rfm.cannot_lose"] | them["rfm.at_risk"] == {"gone"}
    loyal = set.union(*them.values()) - them["rfm.recent"] - them["rfm.lost"]
    assert not loyal & {*ONCE, *AGO}
    assert them["rfm.recent"] <= {*ONCE}
    assert them["rfm.lost"] <= {*AGO}
    assert them["rfm.lost"]


def test_c1_who_spent_nothing_for_a_year_is_never_of_high_value(tmp_path):
    """Where hardly anybody ordered this year, nothing spent would tie with the top fifth."""
    shop = small_shop(tmp_path, AGO | {"now": ["2026-10-01"], "gone": OFTEN["gone"]})
    assert members(shop, "high_value") == {"high_value": {"now"}}


def test_h9_a_shop_of_one_customer_is_not_lost(tmp_path):
    shop = small_shop(tmp_path, {"first": ["2026-10-30"]})
    them = members(shop, "rfm.recent", "rfm.lost", "stage.new", "first_order_this_week")
    assert them == {
        "rfm.recent": {"first"}, "rfm.lost": set(), "stage.new": {"first"},
        "first_order_this_week": {"first"},
    }  # fmt: skip


def test_d1_rules_over_counts_windows_attributes_and_what_was_not_done(shop):
    def ask(rule):
        return set(shop.rule(rule).members(as_of=AS_OF)["user_id"].to_pylist())

    assert ask("count(order_completed in last 180d) >= 2") == {"keen", "twice"}
    assert ask("sum(order_completed.revenue) >= 80 and did not order_completed in last 1y") == {
        "gone"
    }
    assert ask("did order_completed in last 14d and country is not set") == {"keen", "twice"}
