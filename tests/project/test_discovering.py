"""Discovery over projects: made-up people whose kinds are known, and CDNOW."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

import shoal
from shoal.cli import main
from shoal.core.errors import ShoalError, UsageError
from shoal.project.behaviours import chosen_behaviours, split_list
from shoal.project.discovery.discovering import discover_clusters, segments_yaml, write_segments
from tests.sources.reading import DATA

DEFINITIONS = """\
traits:
  orders_90d: {title: Orders in 90 days, value: count(order_completed in last 90d)}
  average_order: {title: Average order value, value: avg(order_completed.revenue)}
  since_last: {title: Time since their last order, value: age(last(order_completed))}
  favourite: {title: Favourite category, value: top(order_completed.category)}
  orders_rank: quintile(count(order_completed))
segments:
  often: {title: Often here, rule: count(order_completed in last 90d) >= 12}
  daily: count(order_completed in last 90d) >= 24
  few: count(order_completed) >= 10000
  big: {title: Big baskets, rule: avg(order_completed.revenue) > 60}
partitions:
  stage:
    - active: did order_completed in last 30d
    - gone: everyone
"""
END = "2026-11-01"


def orders(people=360, seed=3):
    """SAMPLE DATA: often and small, seldom and large, and those who left in summer."""
    random = np.random.default_rng(seed)
    rows = ["who,at,total,category,coin"]
    for person in range(people):
        kind, coin = person % 3, random.choice(["heads", "tails"])
        count = [random.poisson(18) + 4, random.poisson(3) + 2, random.poisson(4) + 2][kind]
        first, last = [(5, 85), (5, 85), (110, 300)][kind]
        for days in random.uniform(first if kind != 0 else 1, last, count):
            at = np.datetime64("2026-11-01T00:00:00") - np.timedelta64(int(days * 86_400), "s")
            total = random.gamma(30, [0.5, 3, 1][kind])
            category = ["toys", "games", "books"][kind if random.random() < 0.8 else 2]
            rows.append(f"p{person:03d},{at}Z,{total:.2f},{category},{coin}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discover")
    made = shoal.init(folder / "shop")
    (folder / "orders.csv").write_text(orders())
    made.import_file(
        folder / "orders.csv", event="order_completed", user="who", time="at",
        properties={"revenue": "total", "category": "category", "coin": "coin"},
    )  # fmt: skip
    (folder / "shop" / "segments" / "all.yml").write_text(DEFINITIONS)
    made.apply()
    return folder / "shop"


@pytest.fixture(scope="module")
def shop(folder):
    return shoal.open(folder)


@pytest.fixture(scope="module")
def clusters(shop):
    return shop.discover.clusters(as_of=END)


def kind_of(user):
    return int(user[1:]) % 3


def test_d4_clusters_are_the_kinds_and_their_rules_find_them(shop, clusters):
    assert clusters["k"] == 3
    assert clusters["verdict"] == "firm"
    assert [it["k"] for it in clusters["trials"]] == list(range(2, 9))
    kinds = set()
    for group in clusters["clusters"]:
        assert group["firm"]
        assert group["fidelity"] >= 0.9
        assert group["conditions"] <= 5
        members = shop.rule(group["rule"]).members(END)["user_id"].to_pylist()
        counts = np.bincount([kind_of(it) for it in members], minlength=3)
        assert counts.max() / counts.sum() > 0.9
        assert abs(counts.sum() - group["size"]) <= 0.2 * group["size"]
        kinds.add(int(counts.argmax()))
    assert kinds == {0, 1, 2}
    titles = " | ".join(it["title"].lower() for it in clusters["clusters"])
    assert "many orders in 90 days" in titles
    assert "long ago" in titles


def test_fidelity_is_what_the_engine_says(shop, clusters):
    """The rule's text, asked of everyone: its members against the group's size."""
    for group in clusters["clusters"]:
        ruled = shop.rule(group["rule"]).count(END)
        both = group["precision"] * ruled
        f1 = 2 * both / (ruled + group["size"])
        assert f1 == pytest.approx(group["fidelity"], abs=1e-3)


def test_d4_the_same_seed_gives_the_same_answer(shop, clusters):
    assert shop.discover.clusters(as_of=END) == clusters


def test_ranks_and_texts_are_not_looked_at_by_default(shop, clusters):
    assert {it["name"] for it in clusters["features"]} == {
        "orders_90d", "average_order", "since_last",
    }  # fmt: skip


def test_d9_written_groups_can_be_planned_and_applied(shop, folder, clusters, tmp_path):
    reading, at = shop.reading(END)
    found = discover_clusters(reading, at, k=3)
    text = segments_yaml(found, END)
    with pytest.raises(UsageError, match=r"no \.yml file"):
        write_segments(reading, text, tmp_path / "groups.txt")
    path = write_segments(reading, text, tmp_path / "segments" / "discovered.yml")
    with pytest.raises(ShoalError, match="exists already"):
        write_segments(reading, text, path)
    other = shoal.init(tmp_path / "other")
    definitions = other.project.folder / "segments" / "discovered.yml"
    definitions.write_text(path.read_text())
    (other.project.folder / "segments" / "all.yml").write_text(DEFINITIONS)
    planned = other.apply()
    assert planned is not None
    assert {it["name"] for it in clusters["clusters"]} <= set(other.counts())
    assert f"Discovered on {END} among 360 people" in text
    assert "fidelity of" in text


def test_scope_is_part_of_the_rule(shop):
    reading, at = shop.reading(END)
    found = discover_clusters(reading, at, scope="did order_completed in last 90d", k=2)
    assert found.people == 240
    assert all(it.rule.startswith("did order_completed in last 90d") for it in found.groups)
    assert min(it.fit.f1 for it in found.groups) > 0.9


def test_too_little_to_go_on_is_said(shop):
    reading, at = shop.reading(END)
    with pytest.raises(ShoalError, match="too few to look for groups"):
        discover_clusters(reading, at, scope="in segment few")
    with pytest.raises(ShoalError, match="fewer than two behaviours tell people apart"):
        discover_clusters(reading, at, traits="orders_90d, orders_90d * 2")
    with pytest.raises(UsageError, match="did you mean `orders_90d`"):
        chosen_behaviours(reading, "order_90d")
    with pytest.raises(UsageError, match="is a rule"):
        chosen_behaviours(reading, "did order_completed")
    with pytest.raises(UsageError, match="no method"):
        discover_clusters(reading, at, method="magic")


def test_traits_may_be_expressions_with_commas():
    text = 'a, count(x where y in ("1,2", "3")), b'
    assert [it.strip() for it in split_list(text)] == ["a", 'count(x where y in ("1,2", "3"))', "b"]


def test_a_project_without_traits_is_looked_at_by_its_events(tmp_path):
    made = shoal.init(tmp_path / "bare")
    (tmp_path / "orders.csv").write_text(orders(90))
    made.import_file(
        tmp_path / "orders.csv", event="order_completed", user="who", time="at",
        properties={"revenue": "total"},
    )  # fmt: skip
    names = [it.name for it in chosen_behaviours(made.reading(END)[0], None)]
    assert names == [
        "count(order_completed in last 90d)",
        "age(last(order_completed))",
        "sum(order_completed.revenue in last 365d)",
    ]


def test_d4_lookalikes_are_outsiders_of_the_same_kind(shop):
    found = shop.discover.lookalikes("daily", as_of=END, size=10)
    members = set(shop.segment("daily").members(END)["user_id"].to_pylist())
    people = [it["user_id"] for it in found["people"]]
    assert len(people) == 10
    assert not members & set(people)
    assert all(kind_of(it) == 0 for it in people[:4])
    scores = [it["score"] for it in found["people"]]
    assert scores == sorted(scores, reverse=True)
    assert found["auc"] > 0.9
    assert found["rule"].endswith("not in segment daily")
    assert any("restate" in it for it in found["warnings"])


def test_no_lookalikes_where_likeness_is_chance(shop):
    """Everybody has tossed a coin."""
    reading, at = shop.reading(END)
    from shoal.project.discovery.lookalikes import find_lookalikes

    with pytest.raises(ShoalError, match="too few to learn from"):
        find_lookalikes(reading, at, segment="few")
    by_chance = "first(order_completed.coin) = 'heads'"
    with pytest.raises(ShoalError, match="hardly better than chance"):
        find_lookalikes(reading, at, rule=by_chance)


def test_b12_predictors_are_asked_of_the_past(shop):
    found = shop.discover.predictors(as_of=END, horizon="30d")
    assert found["cutoff"] == "2026-10-02T00:00:00Z"
    assert found["until"] == "2026-11-01T00:00:00Z"
    did = shop.rule("did order_completed in last 30d").members(END)["user_id"].to_pylist()
    known = shop.rule("everyone").members("2026-10-02")["user_id"].to_pylist()
    assert found["people"] == len(known)
    assert found["positives"] == len(set(did) & set(known)) < len(did)
    by_name = {it["name"]: it for it in found["predictors"]}
    assert by_name["since_last"]["direction"] == "less"
    assert by_name["since_last"]["auc_alone"] < 0.3
    assert found["auc"] > 0.8
    assert found["baselines"]["recency"] > 0.8
    assert any("tell the same" in it for it in found["notes"])  # of them, any would do
    two = shop.discover.predictors(as_of=END, horizon="30d", traits="since_last, average_order")
    assert two["predictors"][0]["name"] == "since_last"
    assert two["predictors"][0]["verdict"] == "predictive"
    same = shop.discover.predictors("did order_completed in next 30d", as_of=END, horizon="30d")
    assert same == found


def test_b12_nothing_after_the_cutoff_can_leak(folder, shop, tmp_path):
    """The same people with everything after the cutoff taken away have the same behaviours."""
    from shoal.project.behaviours import default_behaviours, observe

    reading, _ = shop.reading(END)
    cutoff = shop.zone.parse("2026-10-02")
    full = observe(reading, default_behaviours(reading), cutoff)
    cut = [it for it in orders().splitlines() if it.split(",")[1] <= "2026-10-02T00:00:00Z"]
    made = shoal.init(tmp_path / "cut")
    (tmp_path / "orders.csv").write_text("who,at,total,category,coin\n" + "\n".join(cut) + "\n")
    made.import_file(
        tmp_path / "orders.csv", event="order_completed", user="who", time="at",
        properties={"revenue": "total", "category": "category"},
    )  # fmt: skip
    (made.project.folder / "segments" / "all.yml").write_text(DEFINITIONS)
    made.apply()
    before = made.reading(END)[0]
    less = observe(before, default_behaviours(before), cutoff)
    order, other = np.argsort(full.user_ids.to_pylist()), np.argsort(less.user_ids.to_pylist())
    assert np.array_equal(full.matrix.values[order], less.matrix.values[other], equal_nan=True)


def test_b12_too_few_positives_and_strange_targets_are_said(shop):
    for target, message in (
        ("order_complete", "did you mean `order_completed`"),
        ("did order_completed in last 5d", "time after the cutoff only"),
        ("did order_completed in next 200d", "further ahead than the horizon"),
        ("count(order_completed in next 30d) >= 50", "came true for 0 of"),
        ("count(order_completed in next 30d) >= 0", "came true for all but 0"),
    ):
        with pytest.raises(ShoalError, match=message):
            shop.discover.predictors(target, as_of=END, horizon="30d")


def test_c21_personas_tell_size_worth_difference_rhythm_and_a_typical_member(shop):
    card, other = shop.discover.personas(["often", "big"], as_of=END)["personas"]
    assert card["title"] == "Often here"
    assert card["size"] == shop.segment("often").count(END)
    assert card["value"]["per_member"] > 0
    assert 0 < card["value"]["share"] < 1
    assert card["sets_apart"][0]["rank_biserial"] > 0.9
    assert card["rhythm"]["event"] == "order_completed"
    favourite = next(it for it in card["favourites"] if it["title"] == "Favourite category")
    assert favourite["value"] == "toys"
    assert favourite["lift"] > 2
    assert card["journey"][0]["parts"][0]["part"] == "active"
    typical = {it["title"]: it["value"] for it in card["typical_member"]}
    assert typical["Orders in 90 days"] >= 12
    assert "user_id" not in json.dumps(card["typical_member"])
    assert all(it["command"].startswith("shoal ") for it in card["next_questions"])
    assert other["size"] == shop.segment("big").count(END)


def test_c21_nobody_is_shown_of_a_segment_of_few(shop):
    card = shop.discover.personas(["few"], as_of=END)["personas"][0]
    assert card["size"] == 0
    assert card["typical_member"] is None
    assert card["rhythm"] is None


def test_d6_trends_tell_moves_with_their_noise(shop):
    found = shop.discover.trends(as_of=END, period="90d")
    moves = {it["name"]: it for it in found["moves"]}
    assert moves["often"]["notable"]
    assert moves["often"]["entered"] == moves["often"]["after"]
    event = moves["count(order_completed in last 90d)"]
    assert event["notable"]
    assert event["change"] > event["noise"]
    everything = shop.sql("select count(*) n from events").to_pylist()[0]["n"]
    assert event["after"] == everything - _before(shop)
    assert any("seasons" in it for it in found["warnings"])


def _before(shop):
    counts = shop.trait("count(order_completed)").values("2026-08-03")["value"].to_pylist()
    return sum(it or 0 for it in counts)


def test_d6_what_looks_back_beyond_the_data_is_no_move(shop):
    found = shop.discover.trends(as_of="2026-05-01", period="30d")
    moves = {it["name"]: it for it in found["moves"]}
    assert moves["orders_90d"]["beware"] is None or "looks back" in moves["orders_90d"]["beware"]
    early = shop.discover.trends(as_of="2026-02-15", period="30d")
    beware = {it["name"]: it["beware"] for it in early["moves"]}
    assert "looks back 90 days" in beware["orders_90d"]
    assert not next(it for it in early["moves"] if it["name"] == "orders_90d")["notable"]


# --- the command line ----------------------------------------------------------------------------


def run(capsys, folder, *words):
    capsys.readouterr()
    code = main(["--project", str(folder), "discover", *words])
    out = capsys.readouterr()
    assert code == 0, out.err
    return out.out


def test_commands_print_for_people_and_as_json(folder, capsys, tmp_path):
    at = ("--as-of", END)
    text = run(capsys, folder, "clusters", "--k", "3", *at)
    assert "the rule's fidelity: " in text
    assert json.loads(run(capsys, folder, "clusters", "--k", "3", "--json", *at))["k"] == 3
    text = run(capsys, folder, "clusters", "--method", "hdbscan", *at)
    assert "HDBSCAN is for exploration" in text
    text = run(capsys, folder, "lookalikes", "often", "--share", "5%", *at)
    assert "AUC on people not seen" in text
    out = tmp_path / "like.csv"
    run(capsys, folder, "lookalikes", "often", "--size", "7", "--out", str(out), *at)
    assert out.read_text().splitlines()[0] == "user_id,score"
    assert len(out.read_text().splitlines()) == 8
    text = run(capsys, folder, "predictors", "--horizon", "30d", *at)
    assert "recency alone" in text
    text = run(capsys, folder, "personas", "often", "big", *at)
    assert "a typical member: " in text
    text = run(capsys, folder, "trends", *at)
    assert "Often here" in text


# --- CDNOW ---------------------------------------------------------------------------------------

CDNOW = DATA / "cdnow" / "CDNOW_master.txt.gz"
RFM = (
    "days(order_completed), age(last(order_completed)), sum(order_completed.dollar_value), "
    "age(first(order_completed)), avg(order_completed.dollar_value)"
)


@pytest.mark.skipif(not CDNOW.exists(), reason="shared data not there")
def test_d4_cdnow_five_groups_come_back_and_rules_find_them(tmp_path):
    """23,570 customers by frequency, recency, money, tenure and order value; 12 bootstraps."""
    (tmp_path / "cdnow.txt").write_text(gzip.decompress(CDNOW.read_bytes()).decode())
    made = shoal.init(tmp_path / "shop")
    made.import_file(
        tmp_path / "cdnow.txt", event="order_completed", user="customer_id", time="date",
        time_format="%Y%m%d",
    )  # fmt: skip
    found = made.discover.clusters(as_of="1998-06-30", traits=RFM, k=5)
    assert found["people"] == 23_570
    assert found["trials"][0]["bootstraps"] == 12
    assert found["trials"][0]["min_jaccard"] >= 0.9
    assert found["tree_fidelity"] >= 0.9
    fidelities = [it["fidelity"] for it in found["clusters"]]
    assert np.mean(fidelities) >= 0.9
    assert min(fidelities) >= 0.88
    assert all(it["conditions"] <= 5 for it in found["clusters"])
    assert all(it["firm"] == (it["fidelity"] >= 0.9) for it in found["clusters"])
