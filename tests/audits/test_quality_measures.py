"""The measures behind a check of the data, on arrays alone."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.audits.findings import Verdict
from shoal.audits.insight_claims import LABEL, Baseline, ClaimToTest, quoted_claims
from shoal.audits.insight_judging import Item, Lost, Order, judge_journey, judge_unbought
from shoal.audits.quality import Filled, QualityFinding, by_importance
from shoal.audits.quality_bots import _rates, _sleepless, looks_tried
from shoal.audits.quality_calendar import calendar_of
from shoal.audits.quality_measuring import ColumnTally, EventTally, TimeTally
from shoal.audits.quality_missing import Refusals, fallen, judge_missing
from shoal.audits.quality_plan import Came, judge_plan, shape_of
from shoal.audits.quality_times import judge_times, judge_volume, jumps
from shoal.audits.quality_values import judge_values, spelling
from shoal.core.arrow import strings_of
from shoal.core.instants import DAY, SECOND, Zone
from shoal.language import parse_definitions, parse_expression, parse_rule

LISBON = Zone("Europe/Lisbon")
START = LISBON.parse("2026-01-05")  # a Monday
HOUR = 3_600 * SECOND


def calendar(weeks=20):
    return calendar_of(START, START + weeks * 7 * DAY - 1, LISBON)


def test_days_and_months_are_local_also_across_a_change_of_the_clock():
    found = calendar()
    late = LISBON.parse("2026-06-30T23:30")
    wide = calendar_of(START, late, LISBON)
    place = wide.places(np.array([late, late + DAY * 400]))
    assert wide.day_name(int(wide.days[place[0]])) == "2026-06-30"
    assert wide.month_names[wide.months[place[0]]] == "2026-06"
    assert wide.days[place[1]] == 0  # outside
    first = found.places(np.array([START]))
    assert found.days[first].tolist() == [1]
    assert bool(found.midnights[first][0])
    for text in ("2026-03-29T00:30", "2026-03-29T03:30", "2026-05-02T00:00"):
        at = LISBON.parse(text)
        day = int(found.days[found.places(np.array([at]))][0])
        assert found.day_name(day) == text[:10]


def test_whole_weeks_begin_on_mondays():
    found = calendar_of(START - 2 * DAY, START + 15 * DAY, LISBON)
    days = np.ones(found.size, np.int64)
    weeks, mondays = found.weeks_of(days)
    assert weeks.tolist() == [7, 7]
    assert mondays == ["2026-01-05", "2026-01-12"]


def by_day(weekly):
    return np.concatenate([[0], np.repeat(np.array(weekly) // 7, 7)])


def test_a13_a_week_without_events_and_one_with_too_many_stand_out():
    weekly = [70] * 14 + [0, 70, 70, 350, 70, 70]
    found = jumps("x", by_day(weekly), calendar(), 140)
    assert [(it.monday, it.rows) for it in found] == [("2026-04-13", 0), ("2026-05-04", 350)]
    (finding,) = judge_volume({"x": EventTally(by_day(weekly), np.zeros(1, int))}, calendar(), 140)
    assert finding.verdict is Verdict.POOR
    assert "only 0 `x` came, where 70 were usual" in finding.sentence


def test_a13_steady_weeks_and_events_that_come_in_bursts_are_left_in_peace():
    rng = np.random.default_rng(3)
    steady = rng.poisson(100, 20 * 7)
    assert jumps("x", np.concatenate([[0], steady]), calendar(), 140) == []
    bursts = [700 if week % 4 == 0 else 70 for week in range(20)]
    assert jumps("x", by_day(bursts), calendar(), 140) == []


def test_a13_bots_are_known_by_their_rate_and_their_sleeplessness():
    fast = np.arange(130, dtype=np.int64) * SECOND // 4
    slow = np.arange(130, dtype=np.int64) * 5 * SECOND
    person = np.repeat(np.array([0, 1], np.int32), 130)
    assert list(_rates(np.concatenate([fast, slow]), person)) == [(0, 120)]
    hours = np.concatenate([np.arange(48), np.repeat(np.arange(2), 24), np.arange(14)])
    person = np.repeat(np.array([0, 1, 2], np.int32), [48, 48, 14])
    assert list(_sleepless(hours.astype(np.int32), person)) == [(0, 24)]


def test_a13_accounts_called_like_tests():
    names = ["qa@shop.pt", "ana.testa@mail.pt", "test-7@x.pt", "TEST", "contest@x.pt", "bob@test.io",
             "a@mailinator.com", "Testino", "x+test@gmail.com", "a@example.com", "c17"]  # fmt: skip
    found = [name for name, it in zip(names, looks_tried(strings_of(names)), strict=True) if it]
    assert found == ["qa@shop.pt", "test-7@x.pt", "TEST", "bob@test.io", "a@mailinator.com",
                     "x+test@gmail.com", "a@example.com"]  # fmt: skip


def test_a13_shapes_tell_nothing_of_what_a_value_says():
    assert shape_of("Maria da Silva, 1975-03-02") == "Aa a Aa, 9-9-9"
    assert shape_of("x" * 500) == "a"
    assert len(shape_of("a1" * 100)) == 30


def test_a13_two_spellings_are_one_value():
    assert spelling(" Home_Garden ") == spelling("home-garden") == "home garden"
    tally = ColumnTally(np.zeros(1, int), np.zeros(1, int), values=9)
    tally.texts, tally.counts = strings_of(["Toys", "toys", "Books"]), np.array([5, 2, 2])
    (finding,) = judge_values({("order", "category"): tally}, None)
    assert finding.figures["groups"] == [{"Toys": 5, "toys": 2}]
    assert finding.figures["rows"] == 2
    assert list(judge_values({("$identify", "email"): tally}, None)) == []


def test_a13_currencies_dust_negatives_and_constants():
    money = ColumnTally(np.zeros(1, int), np.zeros(1, int), values=1_000, least=-5.0, most=90.0,
                        negative=20, dust=3, fine=5)  # fmt: skip
    codes = ColumnTally(np.zeros(1, int), np.zeros(1, int), values=1_000)
    codes.texts, codes.counts = strings_of(["EUR", "usd"]), np.array([900, 100])
    always = ColumnTally(np.zeros(1, int), np.zeros(1, int), values=200, least=1.0, most=1.0)
    columns = {("order_completed", "revenue"): money, ("order_completed", "currency"): codes,
               ("order_completed", "quantity"): always, ("order_completed", "sample"): always}  # fmt: skip
    found = {it.sentence.split(" of ")[0]: it for it in judge_values(columns, "EUR")}
    text = " ".join(it.sentence for it in found.values())
    assert "2 currencies: EUR (900) and USD (100), where the project counts in EUR" in text
    assert "3 values of `order_completed.revenue` have more than four decimals" in text
    assert "20 values of `order_completed.revenue` are below zero" in text
    assert "1 field always holds the same value: `order_completed.quantity`" in text
    assert "sample" not in text
    refunds = {("order_refunded", "revenue"): money}
    assert not any("below zero" in it.sentence for it in judge_values(refunds, None))


def test_a13_the_plan_is_held_against_what_came():
    plan = parse_definitions(
        "events: {order_completed: {properties: {revenue: money, coupon: text}}, survey: {}}"
    ).events
    came = [Came("order_completed", 90, {"revenue": "text", "colour": "text", "sample": "boolean"}),
            Came("order_complete", 10, {}), Came("$consent", 5, {})]  # fmt: skip
    found = [(str(it.check), it.sentence) for it in judge_plan(plan, came)]
    text = " ".join(sentence for _, sentence in found)
    assert (
        "`order_complete` is not in the plan and came 10 times: did you mean `order_completed`?"
        in text
    )
    assert "`colour`" in text
    assert "sample" not in text
    assert "$consent" not in text
    assert ("types", "`order_completed.revenue` is planned as money and came as text.") in found
    assert "1 planned event never came: `survey`." in text
    assert "1 planned field never came, though its event did: `order_completed.coupon`." in text


def test_a13_without_a_plan_it_says_so_and_a_kept_plan_is_good():
    (none,) = judge_plan((), [Came("x", 1, {})])
    assert none.verdict is Verdict.CAREFUL
    assert "no tracking plan" in none.sentence
    plan = parse_definitions("events: {x: {properties: {a: text}}}").events
    (kept,) = judge_plan(plan, [Came("x", 1, {"a": "text"})])
    assert kept.verdict is Verdict.GOOD


def test_a13_a_field_that_stopped_being_filled_is_found_by_month():
    months = {f"2026-{month:02d}": 0.9 for month in range(1, 7)} | {"2026-07": 0.1, "2026-08": 0.0}
    filled = Filled("order", "coupon", "text", 500, 1_000, months)
    assert fallen(filled) == (0.9, 0.05, "2026-07")
    (finding,) = judge_missing([filled], frozenset(), Refusals())
    assert "was set in 90% and is in 5% since 2026-07" in finding.sentence
    assert fallen(Filled("order", "x", "text", 1, 1, dict.fromkeys(months, 0.5))) is None


def test_a13_late_future_and_corrected_times():
    times = TimeTally(np.array([50, 10, 20, 15, 5]), ahead=4, latest_ahead=3 * DAY, rows=200)
    found = " ".join(it.sentence for it in judge_times(times, {"x": 7}, {}))
    assert "Of 100 events that came in live" in found
    assert "5% later than a week" in found
    assert "4 events (2%) happened after they were received, by up to 3 days" in found
    assert "7 events (4%) gave an impossible time" in found
    (unknown,) = judge_times(TimeTally(rows=5), {}, {})
    assert unknown.verdict is Verdict.UNKNOWN


def test_the_worst_and_most_important_come_first():
    made = [QualityFinding("x", verdict, weight, "") for verdict, weight in
            ((Verdict.GOOD, 90), (Verdict.CAREFUL, 10), (Verdict.POOR, 5), (Verdict.CAREFUL, 20))]  # fmt: skip
    assert [(str(it.verdict), it.importance) for it in by_importance(made)] == [
        ("poor", 5), ("careful", 20), ("careful", 10), ("good", 90),
    ]  # fmt: skip


def test_f6_value_at_stake_is_reckoned_as_it_says():
    order = Order(40.0, "EUR")
    assert Lost(10, 0.5).value(order) == 200.0
    assert Lost(10, None).value(order) is None
    assert Lost(10, 0.5).value(Order(None, None)) is None
    items = [
        Item("good", 300, 200, 40, 10.0),
        Item("never", 90, 80, 0, 25.0),
        Item("rare", 5, 4, 0, 9.0),
    ]
    found = judge_unbought(items, order, whose=210)
    usual = 40 / 284
    assert [it.name for it in found.rows] == ["never"]
    assert found.at_stake == pytest.approx(80 * usual * 25.0)
    journey = judge_journey([("a", 100), ("b", 50), ("c", 20)], order)
    assert [(it.people, it.figures["drop_off"]) for it in journey.rows] == [(50, 0.5), (30, 0.6)]
    assert journey.rows[0].at_stake == pytest.approx(50 * 0.1 * 20 / 50 * 40)


def test_f8_quoted_figures_are_only_ever_claims_to_test():
    claims = quoted_claims()
    assert [it.figure for it in claims] == ["15 %", "71 %", "80 %"]
    for it in claims:
        parse_rule(it.audience)
        for text in it.measure.values():
            parse_expression(text)
        assert it.source
        assert len(it.test) >= 3
        assert it.not_so
        told = ClaimToTest(it).as_json()
        assert told["status"] == LABEL == "a claim to test, not a result"
        assert "are said to" in it.claim


def test_f8_a_claim_says_what_a_test_here_would_notice():
    claim = quoted_claims()[0]
    large = ClaimToTest(claim, Baseline(200_000, 0.3, 20.0, 60.0))
    small = ClaimToTest(claim, Baseline(500, 0.3, 20.0, 60.0))
    assert large.noticed == pytest.approx(2.8016 * 3 * (1 / 20_000 + 1 / 180_000) ** 0.5, rel=1e-3)
    assert "enough for a claim of 15%" in large.sentence
    assert "too little for a claim of 15%" in small.sentence
    assert "needs `order_completed`" in ClaimToTest(claim, None, ("`order_completed`",)).sentence
