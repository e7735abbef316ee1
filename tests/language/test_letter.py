"""The language page by its letter, asked as anybody asks: edges, midnights, unknowns, ties, sequences.

The answers were worked out by hand from the page, for people whose names say what they are for.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import shoal
from shoal.cli import main

AS_OF = "2026-11-01T12:00:00Z"
EVENTS = [
    # the edges of 30 days before AS_OF, and of AS_OF
    ("edge_out", "2026-10-02T12:00:00Z", "Order Completed", {"revenue": 10}),
    ("edge_in", "2026-10-02T12:00:00.000001Z", "Order Completed", {"revenue": 20}),
    ("now", "2026-11-01T12:00:00Z", "Order Completed", {"revenue": 30}),
    ("later", "2026-11-01T12:00:00.000001Z", "Order Completed", {"revenue": 40}),
    # the last day of a month, and a midnight of Berlin
    ("mo", "2026-01-31T12:00:00Z", "Moved", {}),
    ("mid_before", "2026-10-31T22:59:59.999999Z", "Visit", {}),
    ("mid", "2026-10-31T23:00:00Z", "Visit", {}),
    # values: three, none between them, one, none at all, a tie, two at one instant
    ("agg", "2026-05-01T22:30:00Z", "Paid", {"amount": 0.1, "kind": "a"}),
    ("agg", "2026-05-02T10:00:00Z", "Paid", {"amount": 0.2, "kind": "b"}),
    ("agg", "2026-05-02T21:00:00Z", "Paid", {}),
    ("agg", "2026-05-05T10:00:00Z", "Paid", {"amount": 0.3, "kind": "b"}),
    ("one", "2026-05-01T10:00:00Z", "Paid", {"amount": 5, "kind": "a"}),
    ("none", "2026-05-01T10:00:00Z", "Visit", {}),
    ("tie", "2026-05-01T10:00:00Z", "Paid", {"kind": "x"}),
    ("tie", "2026-05-02T10:00:00Z", "Paid", {"kind": "y"}),
    ("eq", "2026-06-01T10:00:00Z", "Paid", {"kind": "first", "amount": 1}),
    ("eq", "2026-06-01T10:00:00Z", "Paid", {"kind": "second", "amount": 2}),
    # one thing after another
    ("s1", "2026-07-01T10:00:00Z", "Product Added", {"product_id": "p1"}),
    ("s1", "2026-07-01T12:00:00Z", "Order Completed",
     {"products": [{"product_id": "p2", "price": 600, "category": "electronics"}]}),
    ("s2", "2026-07-01T10:00:00Z", "Product Added", {"product_id": "p1"}),
    ("s2", "2026-07-01T12:00:00Z", "Order Completed",
     {"products": [{"product_id": "p1", "price": 5, "category": "toys"}]}),
    *(("s3", f"2026-07-01T{10 + at}:00:00Z", name, {}) for at, name in enumerate("ABAB")),
    ("s4", "2026-07-01T10:00:00Z", "A", {}),
    ("s4", "2026-07-01T10:00:00Z", "B", {}),
    ("s5", "2026-07-01T10:00:00Z", "A", {}),
    ("s5", "2026-07-01T10:30:00Z", "C", {}),
    ("s5", "2026-07-01T11:00:00Z", "B", {}),
    # ranks, with a tie
    *((f"r{at}", "2026-08-01T10:00:00Z", "Ranked", {"score": score})
      for at, score in enumerate((10, 20, 20, 30, 40), 1)),
    ("unscored", "2026-08-01T10:00:00Z", "Ranked", {}),
]  # fmt: skip
PEOPLE = [
    {"u": "r1", "country": "PT", "vip": True},
    {"u": "r2", "country": "DE", "vip": False},
    {"u": "undated", "country": "PT"},
]
DATED = [
    {"u": "d1", "when": "2026-03-01", "plan": "free", "city": "Rom"},
    {"u": "d1", "when": "2026-06-01", "plan": "pro"},
]
DEFINITIONS = """\
segments:
  buyer: did order_completed in last 30d
  ever: did order_completed
partitions:
  stage:
    - now: did order_completed in last 30d
    - past: did order_completed
    - rest: everyone
traits:
  average_amount: avg(paid.amount)
  is_buyer: did order_completed
"""
RULES = [
    ("everyone", "", "all"),
    ("nobody", "", ""),
    ("everyone", "2026-01-01", "r1 r2 undated"),
    ("did order_completed in last 30d", "", "edge_in now"),
    ("did order_completed between 60d and 30d ago", "", "edge_out"),
    ("did order_completed between 30d and 0d ago", "", "edge_in now"),
    ("did order_completed since 2026-10-02T12:00:00Z", "", "edge_in edge_out now"),
    ("did order_completed since 2026-10-02T12:00:00.000001Z", "", "edge_in now"),
    ("did order_completed before 2026-10-02T12:00:00Z", "", "s1 s2"),
    (
        "did order_completed from 2026-10-02T12:00:00Z to 2026-11-01T12:00:00Z",
        "",
        "edge_in edge_out",
    ),
    ("did visit since 2026-11-01", "", "mid"),
    ("did visit before 2026-11-01", "", "mid_before none"),
    ("did moved in last 1mo", "2026-02-28T11:59:59.999999Z", "mo"),
    ("did moved in last 1mo", "2026-02-28T12:00:00Z", "mo"),
    ("did moved in last 1y", "2027-01-31T12:00:00Z", ""),
    ("did moved in last 1w", "2026-02-07T12:00:00Z", ""),
    ("did moved in last 24h", "2026-02-01T11:59:59Z", "mo"),
    ("did moved in last 86400s", "2026-02-01T12:00:00Z", ""),
    ("sum(paid.amount) = 0.6", "", "agg"),
    ("values(paid.kind) has 'a'", "", "agg one"),
    ("values(paid.kind) has any of ('x','first')", "", "eq tie"),
    ("gap(paid) >= 1d", "", "agg tie"),
    ("gap(paid) is not set and did paid", "", "one"),
    ("age(last(moved)) > 6mo", "2026-07-31T12:00:00Z", "mo"),
    ("age(last(moved)) > 6mo", "2026-07-31T12:00:00.000001Z", "mo"),
    ("2 * gap(a) = 4h", "", "s3"),
    ("count(paid)/count(visit) is set", "", "mid mid_before none"),
    ("country != 'PT'", "", "r2"),
    ("country = 'PT'", "", "r1 undated"),
    ("country != 'PT' or country is not set", "", "all but r1 undated"),
    ("country not in ('PT')", "", "r2"),
    ("country ends with 'E'", "", "r2"),
    ("country = 'pt'", "", ""),
    ("vip", "", "r1"),
    ("not vip", "", "r2"),
    ("vip is not set and country = 'PT'", "", "undated"),
    ("max(ranked.score) in top 20%", "", "r5"),
    ("max(ranked.score) in top 60%", "", "r2 r3 r4 r5"),
    ("max(ranked.score) in bottom 20%", "", "r1"),
    ("max(ranked.score) in bottom 21%", "", "r1 r2 r3"),
    ("max(ranked.score) in top 50% of (max(ranked.score) >= 20)", "", "r4 r5"),
    (
        "not max(ranked.score) in top 50% of (max(ranked.score) >= 20) and did ranked",
        "",
        "r1 r2 r3 unscored",
    ),
    ("sequence (a, b)", "", "s3 s4 s5"),
    ("sequence (a, b within 30m)", "", "s4"),
    ("sequence (a, b within 1h)", "", "s3 s4 s5"),
    ("sequence (a, not c, b)", "", "s3 s4"),
    ("sequence (a, not c within 30m)", "", "s3 s4"),
    ("sequence (a, not c within 29m)", "", "s3 s4 s5"),
    ("sequence (a, not b within 1h)", "2026-07-01T10:59:59.999999Z", ""),
    ("sequence by product_id (product_added, not order_completed within 24h)", "", "s1"),
    (
        "sequence by product_id (product_added, not order_completed within 24h)",
        "2026-07-02T09:59:59Z",
        "",
    ),
    (
        "sequence by product_id (product_added, not order_completed within 24h)",
        "2026-07-02T10:00:00Z",
        "s1",
    ),
    ("did order_completed where category = 'electronics'", "", "s1"),
    ("did order_completed where price >= 500", "", "s1"),
    ("consents to marketing", "2026-09-15", "r3"),
    ("consents to marketing", "", ""),
    ("not consents to marketing", "", "all"),
    ("plan = 'free'", "2026-04-01", "d1"),
    ("plan = 'pro'", "", "d1"),
    ("city = 'Rom'", "", "d1"),
    ("everyone", "2026-02-01", "mo r1 r2 undated"),
    ("did visit where hour(time) = 23", "", "mid_before"),
    ("did visit where hour(time) = 0", "", "mid"),
    ("did visit where day(time) = 31", "", "mid_before"),
    ("did visit where month(time) = 11", "", "mid"),
    ("did visit where weekday(time) = 7", "", "mid"),
    ("did visit where day_of_year(time) = 305", "", "mid"),
    ("did `Order Completed` where revenue = 10", "", "edge_out"),
    ("did any event where revenue >= 30", "", "now"),
    ("DID paid WHERE amount > 1 AND kind = 'a' OR did moved", "", "mo one"),
    ("did paid where kind = 'a' and amount > 1 in last 300d and did moved", "", ""),
    ("did paid where not (kind = 'a' or kind = 'b') in last 300d", "", "eq tie"),
    ("did not paid and did ranked", "", "r1 r2 r3 r4 r5 unscored"),
    ("60% = 0.6 and did moved", "", "mo"),
    ("did moved or did a and did c", "", "mo s5"),
    ("(did moved or did a) and did c", "", "s5"),
    ("country = 5", "", ""),
    ("last(moved) >= 2026-01-31 and last(moved) < 2026-02-01", "", "mo"),
    ("age(last(moved)) < age(last(moved)) + 1d", "", "mo"),
    ("in segment buyer", "", "edge_in now"),
    ("in segment stage.past", "", "edge_out s1 s2"),
    ("not in segment ever and did paid", "", "agg eq one tie"),
    ("is_buyer and not in segment buyer", "", "edge_out s1 s2"),
    ("average_amount > 1", "", "eq one"),
    ("entered segment buyer in last 30d", "", "edge_in now"),
    ("entered segment ever before 2026-08-01", "", "s1 s2"),
    ("left segment buyer since 2026-11-01", "2026-11-01T12:00:00.000001Z", "edge_in edge_out"),
    ("in segment buyer for at least 29d", "", "edge_in"),
    ("in segment ever for at least 30d", "", "edge_out s1 s2"),
    ("entered segment stage.past from 2026-10-01 to 2026-11-02", "", "edge_out"),
]
VALUES = [
    ("days(paid)", {"agg": 2.0, "one": 1.0, "none": 0.0}),
    ("distinct(paid.kind)", {"agg": 2.0, "none": 0.0, "eq": 2.0}),
    ("sum(paid.amount)", {"agg": 0.6, "none": 0.0, "one": 5.0}),
    ("max(paid.amount)", {"agg": 0.3, "none": None}),
    ("first(paid.kind)", {"agg": "a", "none": None, "eq": "first"}),
    ("last(paid.kind)", {"agg": "b", "eq": "second"}),
    ("top(paid.kind)", {"agg": "b", "tie": "y", "none": None, "eq": "second"}),
    ("share(paid.kind)", {"agg": 0.6666666666666666, "tie": 0.5, "none": None}),
    ("values(paid.kind)", {"agg": ["b", "a"], "tie": ["y", "x"]}),
    (
        "percentile(max(ranked.score))",
        {"r1": 20.0, "r2": 60.0, "r3": 60.0, "r4": 80.0, "r5": 100.0, "unscored": None},
    ),
    (
        "quintile(max(ranked.score))",
        {"r1": 1.0, "r2": 3.0, "r3": 3.0, "r4": 4.0, "r5": 5.0, "unscored": None},
    ),
    ("decile(max(ranked.score))", {"r1": 2.0, "r2": 6.0, "r5": 10.0}),
    (
        "percentile(max(ranked.score) of (max(ranked.score) >= 20))",
        {"r1": None, "r2": 50.0, "r4": 75.0, "r5": 100.0},
    ),
    ("count(sequence (a, b))", {"s3": 2.0, "s4": 1.0, "s5": 1.0}),
    (
        "values(sequence by product_id (product_added, not order_completed within 24h).product_id)",
        {"s1": ["p1"]},
    ),
    ("count(order_completed)", {"s1": 1.0, "s2": 1.0}),
    ("count(order_completed_line)", {"s1": 1.0}),
    ("sum(order_completed.price)", {"s1": 600.0}),
    ("coalesce(max(ranked.score), 7)", {"r1": 10.0, "unscored": 7.0}),
    (
        "case when count(paid) > 3 then 'many' when did paid then 'few' else 'no' end",
        {"agg": "many", "one": "few", "r1": "no"},
    ),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("letter")
    project = folder / "shop"
    assert main(["init", str(project)]) == 0
    for example in ("segments", "traits"):
        (project / example / "example.yml").unlink()
    (project / "shoal.yml").write_text("name: Letter\ntime_zone: Europe/Berlin\n")
    events = [{"u": u, "t": t, "e": e, **properties} for u, t, e, properties in EVENTS]
    how = ("--user", "u", "--project", str(project))
    for rows, words in (
        (events, ("--event-col", "e", "--time", "t")),
        (PEOPLE, ("--profiles",)),
        (DATED, ("--profiles", "--time", "when")),
    ):
        path = Path(folder / "rows.jsonl")
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        assert main(["import", str(path), *words, *how]) == 0
    for state, at in (("granted", "2026-09-01"), ("denied", "2026-10-01")):
        words = ["consent", "set", "r3", "marketing", state, "--at", at]
        assert main([*words, "--project", str(project)]) == 0
    (project / "segments" / "letter.yml").write_text(DEFINITIONS)
    assert main(["apply", "--project", str(project)]) == 0
    return shoal.open(str(project))


@pytest.fixture(scope="module")
def known(shop):
    return shop.rule("everyone").members(as_of=AS_OF)["user_id"].to_pylist()


@pytest.mark.filterwarnings("ignore::shoal.RuleWarning")
@pytest.mark.parametrize(("rule", "at", "members"), RULES)
def test_who_is_meant(shop, known, rule, at, members):
    found = shop.rule(rule).members(as_of=at or AS_OF)["user_id"].to_pylist()
    if members.startswith("all"):
        assert set(known) - set(found) == set(members.removeprefix("all").split()) - {"but"}
    else:
        assert found == members.split()


def test_who_is_known_has_been_seen_by_then(known):
    happened = {user for user, at, _, _ in EVENTS if at <= AS_OF} - {"later"}
    assert set(known) == happened | {"undated", "d1"}


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_what_is_the_value(shop, expression, expected):
    table = shop.trait(expression).values(as_of=AS_OF)
    found = dict(zip(table["user_id"].to_pylist(), table["value"].to_pylist(), strict=True))
    assert {user: found[user] for user in expected} == expected
