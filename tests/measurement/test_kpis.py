"""Figures by segment and over time beside plain reckoning, person by person."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.measurement.kpis import MEASURES, latest, total
from shoal.measurement.periods import Unit, periods_until
from shoal.project.measurement.kpis import KpiAsked, kpi_report
from shoal.project.measurement.lifecycle import rfm_grid, segment_overlaps
from tests.measurement.plain import histories
from tests.project.made_shop import AT, ZONE


def members(shop, name, at):
    asked = shop.segment(name) if name else shop.rule("everyone")
    return asked.members(format_instant(at))["user_id"].to_pylist()


def summed(rows, start, end, event):
    """The revenue, cents as fractions."""
    return sum(
        (Fraction(str(p["revenue"])) for t, e, p in rows if e == event and start <= t < end),
        Fraction(),
    )


def counted(rows, start, end, event):
    return sum(e == event and start <= t < end for t, e, _ in rows)


def rate(part, whole):
    return float(part / whole) if whole else None


@pytest.mark.parametrize(
    ("unit", "count"), [(Unit.MONTH, 4), (Unit.WEEK, 6)], ids=["month", "week"]
)
def test_every_figure_is_that_of_plain_reckoning(shop, unit, count):
    """F2, F3: conversion, engagement, retention, revenue, lifetime value, size, by segment."""
    reading, at = shop.reading(AT)
    report = kpi_report(reading, KpiAsked(("buyers", "new", "quiet"), unit, count), at)
    assert (report["goal"], report["amount"]) == ("order_completed", "revenue")
    periods = periods_until(at, count + 1, unit, ZONE)
    assert [it["from"] for it in report["periods"]] == [
        format_instant(it.start) for it in periods[1:]
    ]
    people = histories()
    for series in report["series"]:
        name = series["segment"] or ""
        for place, (earlier, period) in enumerate(pairwise(periods)):
            said = {measure: series["points"][measure][place] for measure in MEASURES}
            before = members(shop, name, earlier.last)
            after = members(shop, name, period.last)
            span = period.start, period.last + 1
            ordered = {u for u in before if counted(people[u], *span, "order_completed")}
            had = {
                u
                for u in before
                if counted(people[u], earlier.start, earlier.end, "order_completed")
            }
            worth = [
                summed(
                    people[u],
                    period.last - 365 * 86_400 * 1_000_000 + 1,
                    period.last + 1,
                    "order_completed",
                )
                for u in after
            ]
            clicks = sum(counted(people[u], *span, "email_clicked") for u in before)
            shown = sum(counted(people[u], *span, "email_delivered") for u in before)
            life = sum(
                summed(people[u], -(2**60), period.last + 1, "order_completed") for u in after
            )
            assert said == {
                "size": len(after),
                "members": len(before),
                "conversion_rate": rate(len(ordered), len(before)),
                "retention_rate": rate(len(had & ordered), len(had)),
                "engagement_rate": rate(clicks, shown),
                "revenue": float(sum(summed(people[u], *span, "order_completed") for u in before)),
                "lifetime_value": pytest.approx(rate(life, len(after))),
                "value": float(sum(worth)),
            }


def test_targets_are_told_beside_the_figures(shop):
    """F3: against targets."""
    reading, at = shop.reading(AT)
    asked = KpiAsked(("buyers",), Unit.MONTH, 3, targets={"conversion_rate": 0.9, "revenue": 0.0})
    everybody, buyers = kpi_report(reading, asked, at)["series"]
    told = {it["measure"]: it for it in everybody["targets"]}
    assert told["conversion_rate"]["now"] == everybody["points"]["conversion_rate"][-2]
    assert (told["conversion_rate"]["met"], told["revenue"]["met"]) == (False, True)
    own = {it["measure"]: it for it in buyers["targets"]}["size"]
    assert (own["at_least"], own["now"], own["met"]) == (50, buyers["points"]["size"][-1], False)


def test_a_series_has_at_most_400_points(shop):
    reading, at = shop.reading(AT)
    since = ZONE.parse("2025-01-01")
    report = kpi_report(reading, KpiAsked(unit=Unit.DAY, since=since), at)
    assert report["by"] == "week"
    assert len(report["periods"]) == len(report["series"][0]["points"]["size"]) == 64
    assert report["periods"][0]["day"] == "2024-12-30"


@pytest.mark.parametrize(
    ("asked", "error"),
    [(KpiAsked(targets={"conversion": 1}), NotFoundError), (KpiAsked(goal="order_completed.revenue"), UsageError),
     (KpiAsked(goal="order_completed in last 3d"), UsageError), (KpiAsked(count=0), UsageError),
     (KpiAsked(names=("byers",)), NotFoundError), (KpiAsked(since=2**52), UsageError)],
    ids=["figure", "property", "window", "none", "segment", "late"],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_told(shop, asked, error):
    reading, at = shop.reading(AT)
    with pytest.raises(error):
        kpi_report(reading, asked, at)


@given(st.lists(st.one_of(st.none(), st.decimals(-(10**6), 10**6, places=2)), max_size=50))
def test_sums_of_cents_are_exact(amounts):
    values = np.array([np.nan if it is None else float(it) for it in amounts], dtype=np.float64)
    assert total(values) == float(
        sum((Fraction(it) for it in amounts if it is not None), Fraction())
    )


@given(st.lists(st.floats(-1e300, 1e300), max_size=30))
def test_other_sums_are_rounded_once(values):
    assert total(np.array(values, dtype=np.float64)) == pytest.approx(math.fsum(values))


def test_the_value_now_is_of_the_last_period_that_is_over():
    assert latest([1.0, 2.0, 3.0], [True, True, False]) == 2.0
    assert latest([1.0], [False]) == 1.0


def test_every_cell_of_recency_and_frequency_is_its_rule_s_members(shop):
    reading, at = shop.reading(AT)
    grid = rfm_grid(reading, at)
    assert grid["people"] == shop.segment("buyers").count(AT) > 0
    orders = {
        user: own
        for user, rows in histories().items()
        if (own := [(t, Fraction(str(p["revenue"]))) for t, e, p in rows if e == "order_completed"])
    }

    def fifth(user, of):
        """ceil(5 F), F the share with at most this value."""
        return math.ceil(Fraction(5 * sum(of(it) <= of(user) for it in orders), len(orders)))

    cells = {}
    for user, own in orders.items():
        place = (
            fifth(user, lambda it: orders[it][-1][0]),
            6 - fifth(user, lambda it: -len(orders[it])),
        )
        count, value = cells.get(place, (0, Fraction()))
        cells[place] = (count + 1, value + sum(amount for _, amount in own))
    for cell in grid["cells"]:
        count, value = cells.get((cell["recency"], cell["frequency"]), (0, Fraction()))
        assert (cell["count"], cell["value"]) == (count, float(value))
        assert shop.rule(cell["rule"]).count(AT) == count


def test_overlaps_are_those_of_the_members(shop):
    reading, at = shop.reading(AT)
    found = segment_overlaps(reading, ["stage", "quiet", "new"], at)
    names = [it["name"] for it in found["segments"]]
    assert names == ["stage.purchase", "stage.consideration", "stage.awareness", "quiet", "new"]
    own = {name: set(members(shop, name, at)) for name in names}
    for row, one in enumerate(names):
        for column, other in enumerate(names):
            both, either = own[one] & own[other], own[one] | own[other]
            assert found["shared"][row][column] == len(both)
            assert found["jaccard"][row][column] == (len(both) / len(either) if either else 1.0)
