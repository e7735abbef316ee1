"""A rule looked at while it is written: every count is what the command line counts."""

from __future__ import annotations

import pytest

from shoal.cli import main
from shoal.core.errors import DefinitionError, UsageError
from shoal.language import to_json
from shoal.project.previewing import Compared, Wished, preview, rule_of
from shoal.runners import stopping
from shoal.runners.stopping import StoppedError
from tests.project.made_shop import AT, made_shop, times

RULE = (
    "(did page_viewed or country = 'PT') and not (did order_completed in last 20d)"
    " and count(product_added) >= 1"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The made-up people, a third of them with an address, some of whom agreed to marketing."""
    folder = tmp_path_factory.mktemp("shop")
    shop = made_shop(folder)
    ids = [f"p{number:03}" for number in range(0, 60, 3)]
    (folder / "more.csv").write_text("id,email\n" + "".join(f"{it},{it}@x.org\n" for it in ids))
    at = ["--project", str(folder / "shop")]
    assert main(["import", str(folder / "more.csv"), "--profiles", "--user", "id", *at]) == 0
    for who in ids[::2]:
        assert main(["consent", "set", who, "marketing", "granted", "--at", "2026-01-02", *at]) == 0
    return shop


def test_counts_of_every_part_and_of_the_rule_without_it_are_those_of_the_rules(shop):
    reading, at = shop.reading(AT)
    found = preview(reading, RULE, at, Wished(sample=5))
    whole = shop.rule(RULE).sizes(AT)
    assert {name: found[name] for name in ("count", "known", "unknown", "anonymous")} == {
        name: whole[name] for name in ("count", "known", "unknown", "anonymous")
    }
    assert 0 < found["count"] < found["known"]
    for node in found["nodes"]:
        own = shop.rule(node["rule"]).sizes(AT)
        assert (node["count"], node["unknown"]) == (own["count"], own["unknown"])
    without = {
        "": "everyone",
        "/rules/0": "not (did order_completed in last 20d) and count(product_added) >= 1",
        "/rules/0/rules/0": RULE.replace("did page_viewed or ", ""),
        "/rules/0/rules/1": RULE.replace(" or country = 'PT'", ""),
        "/rules/1": "(did page_viewed or country = 'PT') and count(product_added) >= 1",
        "/rules/1/rule": "(did page_viewed or country = 'PT') and count(product_added) >= 1",
        "/rules/2": RULE.replace(" and count(product_added) >= 1", ""),
    }
    nodes = {node["id"]: node for node in found["nodes"]}
    assert set(nodes) == set(without)
    for name, rule in without.items():
        assert nodes[name]["without"] == shop.rule(rule).count(AT)
        assert nodes[name]["difference"] == nodes[name]["without"] - found["count"]
    members = shop.rule(RULE).members(AT)["user_id"].to_pylist()
    assert len(found["sample"]) == 5
    assert set(found["sample"]) <= set(members)
    assert found["sample"] == preview(reading, RULE, at, Wished(sample=5))["sample"]


@pytest.mark.parametrize("rule", [RULE, "did order_completed", "did page_viewed"])
def test_what_is_kept_of_the_segments_changes_no_answer(shop, rule):
    compared = Compared()
    reading, at = shop.reading(AT)
    before = preview(reading, "did order_completed", at, Wished(sample=5, compared=compared))
    for asked in (rule, "did order_completed"):
        plain = preview(reading, asked, at, Wished(sample=5))
        kept = preview(reading, asked, at, Wished(sample=5, compared=compared))
        assert {**kept, "ms": 0} == {**plain, "ms": 0}
    assert before["overlaps"] == kept["overlaps"]


def test_segments_that_are_kept_are_those_of_the_data_and_the_instant(shop, monkeypatch):
    compared, passes = Compared(), []
    real = stopping.evaluate_while

    def counted(*given):
        passes.append(set(given[2]))
        return real(*given)

    monkeypatch.setattr(stopping, "evaluate_while", counted)
    reading, at = shop.reading(AT)
    for instant in (at, at, at - 1, at):
        preview(reading, RULE, instant, Wished(compared=compared))
    names = set(reading.vocabulary.segments)
    assert names
    assert sum(it == names for it in passes) == 3
    preview(reading, RULE, at + 5, Wished(twins_at=at, compared=compared))
    assert sum(it == names for it in passes) == 3


def test_a_tree_is_a_rule_and_a_value_is_none(shop):
    reading, at = shop.reading(AT)
    by_text, by_tree = (preview(reading, it, at) for it in (RULE, to_json(rule_of(RULE))))
    assert {**by_text, "ms": 0} == {**by_tree, "ms": 0}
    assert by_tree["sample"] == []
    with pytest.raises(DefinitionError, match="no members"):
        preview(reading, {"form": "number", "number": 3}, at)
    with pytest.raises(DefinitionError):
        preview(reading, {"form": "did"}, at)


def test_who_matches_nobody_is_told_which_row_removes_them(shop):
    reading, at = shop.reading(AT)
    found = preview(reading, "did page_viewed and count(product_added) >= 1000", at)
    (told,) = [it for it in found["warnings"] if it["code"] == "nobody"]
    assert told["node"] == "/rules/1"
    assert f"it would be {shop.rule('did page_viewed').count(AT):,}." in told["message"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [("count(order_completed) >= 2", "few"), ("not (did order_completed where revenue = -1)", "nearly_all"),
     ("count(order_completed) >= 1", "twin")],
)  # fmt: skip
def test_warnings_say_what_to_look_at(shop, rule, code):
    reading, at = shop.reading(AT)
    found = preview(reading, rule, at)
    assert code in [it["code"] for it in found["warnings"]]
    if code == "twin":
        first = found["overlaps"][0]
        assert first == {"segment": "buyers", "jaccard": 1.0, "shared": found["count"]}
    for twin in found["overlaps"]:
        both = shop.rule(f"({rule}) and in segment {twin['segment']}").count(AT)
        either = shop.rule(f"({rule}) or in segment {twin['segment']}").count(AT)
        assert twin["shared"] == both
        assert twin["jaccard"] == both / either > 0.8


def test_nobody_waits_for_an_answer_that_nobody_wants(shop):
    reading, at = shop.reading(AT)
    asked = iter([True, True, True, False])
    with pytest.raises(StoppedError):
        preview(reading, RULE, at, going_on=lambda: next(asked, False))
    assert times(lambda: preview(reading, RULE, at)["count"]) == [shop.rule(RULE).count(AT)] * 2


def test_a_rule_has_an_end(shop):
    reading, at = shop.reading(AT)
    with pytest.raises(UsageError, match="at most 200"):
        preview(reading, " or ".join(f"count(a) = {n}" for n in range(300)), at)


def test_who_can_be_reached_is_counted_among_the_members(shop):
    reading, at = shop.reading(AT)
    found = preview(reading, "did page_viewed", at)["reach"]
    assert [it["name"] for it in found] == ["e-mail", "marketing"]
    assert all(it["count"] for it in found)
    for told in found:
        rule = "email is set" if told["kind"] == "channel" else f"consents to {told['name']}"
        assert told["count"] == shop.rule(f"did page_viewed and {rule}").count(AT)
    assert preview(reading, "did page_viewed", at, Wished(reach=False))["reach"] == []


def test_each_warning_has_its_figures_and_most_a_fix(shop):
    reading, at = shop.reading(AT)

    def told(rule, code):
        return next(it for it in preview(reading, rule, at)["warnings"] if it["code"] == code)

    nobody = told("did page_viewed and count(product_added) >= 1000", "nobody")
    assert nobody["fix"] == {"do": "remove", "node": "/rules/1"}
    assert nobody["figures"]["without"] == shop.rule("did page_viewed").count(AT)
    redundant = told("count(page_viewed) >= 3 and count(page_viewed) >= 1", "redundant")
    assert redundant["fix"] == {"do": "remove", "node": "/rules/1"}
    rare = told("email ends with 'org' or did page_viewed", "seldom_known")
    known = shop.rule("everyone").sizes(AT)["known"]
    assert rare["figures"]["empty"] == 1 - shop.rule("email is set").count(AT) / known
    assert told("country = 'PT'", "sensitive")["figures"] == {"name": "country", "topic": "place"}
    slip = told("did pageviews or did page_viewed", "problem")
    assert slip["fix"] == {"do": "rename", "from": "pageviews", "to": "page_viewed"}


def test_a_wrong_name_in_a_tree_is_told_at_its_row(shop):
    reading, at = shop.reading(AT)
    tree = to_json(rule_of("did page_viewed and (in segment nowhere or did product_added)"))
    with pytest.raises(DefinitionError) as refused:
        preview(reading, tree, at)
    assert "at rules[1].rules[0]: " in refused.value.problems[0].message
