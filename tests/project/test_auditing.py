"""An audit asked of data: generated people of known behaviour, tiny projects, and real ones."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

import shoal
from shoal.audits import Aspect, Verdict
from shoal.audits.findings import worst
from shoal.audits.resampling import cut_places, ranks_in, with_cuts
from shoal.audits.rewriting import inlined
from shoal.cli import main
from shoal.core.errors import DefinitionError, UsageError
from shoal.language import parse_rule
from shoal.runners import evaluate

AS_OF = "2026-11-01"
DEFINITIONS = """\
segments:
  regulars:
    title: Regulars
    rule: count(order_completed in last 60d) >= 4
    polarity: positive
    purpose: marketing
  often: count(order_completed in last 60d) > 3
  rare: did order_completed and not in segment regulars
  big: sum(order_completed.revenue in last 180d) in top 20% of (did order_completed)
  all: everyone
  none: nobody
traits:
  spent: sum(order_completed.revenue in last 180d)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Made-up sample data: 300 people, every third a regular (an order every eight days), mostly seniors."""
    place = tmp_path_factory.mktemp("audited")
    made = shoal.init(place, name="Sample data", time_zone="UTC")
    draw = np.random.default_rng(11)
    end = date.fromisoformat(AS_OF)
    orders, people, consents = ["who,day,revenue,category"], ["who,email,age_group,city"], []
    for number in range(300):
        who, regular = f"p{number:03}", number % 3 == 0
        every = 8 if regular else 45
        for step in range(1, 300 // every):
            day = end - timedelta(days=step * every + int(draw.integers(0, 3)))
            amount = draw.normal(60 if regular else 30, 5)
            category = "tea" if draw.random() < (0.9 if regular else 0.3) else "coffee"
            orders.append(f"{who},{day},{amount:.2f},{category}")
        age = "senior" if draw.random() < (0.85 if regular else 0.15) else "young"
        email = f"{who}@example.org" if number % 2 else ""
        people.append(f"{who},{email},{age},{'Porto' if number % 5 else ''}")
        if number % 4:
            consents.append((who, "marketing"))
    (place / "orders.csv").write_text("\n".join(orders))
    (place / "people.csv").write_text("\n".join(people))
    made.import_file(place / "orders.csv", event="order_completed", user="who", time="day")
    made.import_file(place / "people.csv", profiles=True, user="who")
    (place / "consents.csv").write_text(
        "user_id,purpose,state,at\n"
        + "\n".join(f"{who},{purpose},granted,2026-01-01" for who, purpose in consents)
    )
    columns = ["--user", "user_id", "--purpose", "purpose", "--state", "state", "--time", "at"]
    words = ["consent", "import", str(place / "consents.csv"), *columns]
    assert main([*words, "--project", str(place)]) == 0
    (place / "segments" / "all.yml").write_text(DEFINITIONS)
    shoal.open(place).apply()
    return place


@pytest.fixture(scope="module")
def shop(folder):
    return shoal.open(folder)


@pytest.fixture(scope="module")
def regulars(shop):
    return shop.audit("regulars", AS_OF)


def figures(found, aspect, key):
    return next(it.figures for it in found.of(aspect) if key in it.figures)


def told(found, aspect):
    return " ".join(it.sentence for it in found.of(aspect))


def test_d8_size_share_and_the_least_that_can_be_managed(shop, regulars):
    sizes = figures(regulars, Aspect.SIZE, "size")
    assert (sizes["size"], sizes["known"]) == (100, 300)
    assert sizes["size"] == shop.segment("regulars").count(AS_OF)
    with pytest.warns(shoal.RuleWarning, match="no trait `who`"):
        tiny = shop.audit("count(order_completed) >= 4 and who = 'x'", AS_OF)
    assert tiny.verdict_of(Aspect.SIZE) is Verdict.POOR


def test_d9_sizes_week_by_week_are_those_of_the_history(shop, regulars):
    weeks = figures(regulars, Aspect.SIZE, "weeks")["weeks"]
    history = shop.segment("regulars").history("2026-08-09", AS_OF, every="1w").to_pylist()
    assert [week["size"] for week in weeks] == [row["size"] for row in history]
    assert [week["entered"] for week in weeks[1:]] == [row["entered"] for row in history[1:]]
    assert len(weeks) == 13


def test_value_is_what_sql_adds_up(shop, regulars):
    worth = figures(regulars, Aspect.VALUE, "expression")
    assert worth["chosen"]
    assert worth["expression"] == "sum(order_completed.revenue in last 365d)"
    rows = shop.sql(
        "select sum(revenue) total, sum(revenue) filter (where user_id in (select user_id from "
        "memberships where segment = 'regulars')) inside from order_completed",
        AS_OF,
    ).to_pylist()[0]
    assert worth["everyone"] == pytest.approx(float(rows["total"]))
    assert worth["total"] == pytest.approx(float(rows["inside"]))
    given = shop.audit("regulars", AS_OF, value="spent")
    assert figures(given, Aspect.VALUE, "expression")["expression"] == "spent"


def test_d7_distinct_finds_the_twin_and_what_sets_members_apart(regulars):
    overlap = figures(regulars, Aspect.DISTINCT, "segments")
    assert overlap["twin"] == "often"
    assert overlap["segments"][0]["jaccard"] == 1
    assert next(it for it in overlap["segments"] if it["name"] == "rare")["both"] == 0
    assert regulars.verdict_of(Aspect.DISTINCT) is Verdict.POOR
    found = figures(regulars, Aspect.DISTINCT, "differences")["differences"]
    by_name = {it["name"]: it for it in found}
    assert by_name["top_category"]["category"] == "tea"
    assert by_name["top_category"]["cramers_v"] > 0.5
    assert by_name["age_group"]["profile"]
    assert by_name["count_order_completed"]["by_rule"]
    assert by_name["spent"]["rank_biserial"] > 0.9
    assert "Beyond what the rule itself says" in told(regulars, Aspect.DISTINCT)


def test_d7_measurable_is_the_coverage_of_what_the_rule_reads(shop):
    found = shop.audit("city = 'Porto' and sum(order_completed.revenue) > 100", AS_OF)
    fields = {it["name"]: it for it in figures(found, Aspect.MEASURABLE, "fields")["fields"]}
    assert fields["city"]["coverage"] == pytest.approx(0.8)
    assert fields["order_completed.revenue"]["coverage"] == 1
    assert figures(found, Aspect.MEASURABLE, "unknown")["unknown"] == 60
    assert found.verdict_of(Aspect.MEASURABLE) is Verdict.CAREFUL


def test_d7_actionable_is_reach_with_consent_and_the_least_effect_seen(shop, regulars):
    reach = figures(regulars, Aspect.ACTIONABLE, "channels")
    (mail,) = reach["channels"]
    inside = "in segment regulars and email is set"
    assert mail["have"] == shop.rule(inside).count(AS_OF)
    assert mail["may"] == shop.rule(f"{inside} and consents to marketing").count(AS_OF)
    assert reach["reachable"] == mail["may"]
    consent = figures(regulars, Aspect.ACTIONABLE, "purpose")
    assert consent["consenting"] == shop.rule(
        "in segment regulars and consents to marketing"
    ).count(AS_OF)
    test = figures(regulars, Aspect.ACTIONABLE, "base")
    assert test["base"] == 1.0
    assert test["people"] == reach["reachable"]


def test_d9_stability_of_a_ranked_segment_is_drawn_again(shop, regulars):
    drawn = figures(shop.audit("big", AS_OF), Aspect.STABLE, "draws")
    assert drawn["ranked"]
    assert drawn["draws"] == 20
    assert 0.5 < drawn["least"] <= drawn["jaccard"] < 1
    assert not figures(regulars, Aspect.STABLE, "ranked")["ranked"]
    moved = figures(regulars, Aspect.STABLE, "moved")["moved"]
    three = next(it for it in moved if it["to"] == "3")
    assert three["size"] == shop.rule("count(order_completed in last 60d) >= 3").count(AS_OF)
    assert figures(regulars, Aspect.STABLE, "kept_a_week")["kept_a_week"] > 0.9


RANKED = (
    "quintile(spent) = 5",
    "decile(spent) >= 9 and did order_completed",
    "percentile(sum(order_completed.revenue)) > 70",
    "percentile(count(order_completed)) <= 70",
    "age(last(order_completed)) in bottom 30%",
    "in segment big and quintile(count(order_completed) of (email is set)) >= 3",
    "not in segment big",
)


@pytest.mark.parametrize("text", RANKED)
def test_a_ranked_rule_with_the_cuts_it_has_is_the_same_segment(shop, text):
    reading, at = shop.reading(AS_OF)
    flat = inlined(parse_rule(text), reading.vocabulary)
    cuts = {}
    for ranked in ranks_in(flat):
        asked = {"value": ranked.rank.value, "scope": ranked.scope}
        answers = evaluate(reading.snapshot, asked, reading.vocabulary, at)
        buckets = answers["value"].buckets
        values = np.concatenate([it.values[answers["value"].index] for it in buckets])
        values = values[np.concatenate(answers["scope"].chosen())]
        values = np.sort(values[~np.isnan(values)])
        cuts[ranked] = values[cut_places(ranked, len(values))]
    rules = {"as it is": parse_rule(text), "with cuts": with_cuts(flat, cuts, reading.vocabulary)}
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    assert answers["with cuts"].members().equals(answers["as it is"].members())
    assert answers["as it is"].count


def test_every_way_of_ranking_is_drawn_again(shop):
    for rule in RANKED:
        found = shop.audit(rule, AS_OF)
        drawn = figures(found, Aspect.STABLE, "draws")
        assert drawn["draws"] == 20, rule
        assert drawn["jaccard"] > 0.5, rule


def test_the_linter_knows_how_many_a_denial_leaves_out(shop):
    found = shop.audit("city != 'Lisbon' and count(order_completed) >= 1", AS_OF)
    assert "60 people" in told(found, Aspect.RULE)
    assert found.verdict_of(Aspect.RULE) is Verdict.CAREFUL


def test_conditions_that_decide_nothing_are_told(shop):
    rule = "sum(order_completed.revenue) >= 0 and count(order_completed in last 60d) >= 90"
    found = shop.audit(rule, AS_OF)
    assert "`count(order_completed in last 60d) >= 90` is true for nobody" in told(
        found, Aspect.RULE
    )
    assert "`sum(order_completed.revenue) >= 0` is true for everybody" in told(found, Aspect.RULE)
    idle = shop.audit("in segment regulars and in segment often", AS_OF)
    assert "Today nobody's membership hangs on" in told(idle, Aspect.RULE)
    long = shop.audit("count(order_completed in last 5y) >= 20", AS_OF)
    assert "`in last 5y` is longer than the data" in told(long, Aspect.RULE)


def test_a_proxy_for_age_is_found_though_the_rule_reads_orders_alone(regulars):
    proxy = figures(regulars, Aspect.SENSITIVE, "trait")
    assert proxy["trait"] == "age_group"
    assert proxy["cramers_v"] > 0.5
    assert proxy["category"] == "senior"


def test_a14_fields_about_people_s_protected_sides_are_told(shop):
    found = shop.audit("age_group = 'senior' and city is set", AS_OF)
    assert {it.figures["topic"] for it in found.of(Aspect.SENSITIVE)} >= {
        "age", "where somebody lives",
    }  # fmt: skip


@pytest.mark.parametrize("segment", ["regulars", "often", "rare", "big", "all", "none"])
def test_every_audit_judges_every_aspect_and_is_json(shop, segment):
    found = shop.audit(segment, AS_OF)
    assert {it.aspect for it in found.findings} == set(Aspect)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["name"] == segment
    assert found.verdict is worst([it.verdict for it in found.findings])


def test_a_segment_is_never_its_own_twin_and_another_name_always_is(shop):
    assert figures(shop.audit("big", AS_OF), Aspect.DISTINCT, "segments")["twin"] != "big"
    assert figures(shop.audit("in segment big", AS_OF), Aspect.DISTINCT, "twin")["twin"] == "big"


@pytest.mark.parametrize("moment", ["2020-01-01", "2026-01-20", "2026-02-03", "2030-01-01"])
def test_any_instant_can_be_audited(shop, moment):
    for segment in ("regulars", "big", "all"):
        assert json.dumps(shop.audit(segment, moment).as_json(), allow_nan=False)


def test_d10_tiny_data_and_none_at_all(tmp_path):
    made = shoal.init(tmp_path)
    empty = made.audit("everyone", AS_OF)
    assert empty.verdict_of(Aspect.VALUE) is Verdict.UNKNOWN
    (tmp_path / "o.csv").write_text("who,day\na,2026-10-01\nb,2026-10-02\n")
    made.import_file(tmp_path / "o.csv", event="visit", user="who", time="day")
    for rule in ("did visit", "did visit in last 30d", "count(visit) in top 50%", "nobody"):
        assert made.audit(rule, AS_OF).verdict_of(Aspect.SIZE) is Verdict.POOR


def test_a_value_must_be_a_number_of_known_names(shop):
    with pytest.raises(UsageError, match="is no number"):
        shop.audit("big", AS_OF, value="top(order_completed.category)")
    with pytest.raises(DefinitionError, match="no trait"):
        shop.audit("big", AS_OF, value="nothing_known")


def test_the_command_prints_words_and_json(folder, capsys):
    at = ["--project", str(folder), "--as-of", AS_OF]
    assert main(["segment", "audit", "regulars", *at]) == 0
    out = capsys.readouterr().out
    for word in ("Regulars", "Large enough?", "Distinct?", "100 people: 33%", "`often`"):
        assert word in out
    assert max(map(len, out.splitlines())) <= 100
    assert main(["segment", "audit", "--rule", "did order_completed in last 7d", *at]) == 0
    assert "▁" in capsys.readouterr().out
    assert main(["segment", "audit", "--rule", "did order_completed", "--json", *at]) == 0
    assert json.loads(capsys.readouterr().out)["name"] is None
    assert main(["segment", "audit", "regulars", "--sensitive", "shoe_size", *at]) == 2
    assert "no profile trait `shoe_size`" in capsys.readouterr().err
    assert main(["segment", "audit", "regulars", "--sensitive", "email", *at]) == 0
