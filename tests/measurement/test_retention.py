"""Retention grids beside plain counting by local dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import UsageError
from shoal.core.instants import Zone, from_datetime, to_datetime
from shoal.measurement.periods import Unit, begins, moved, periods_since, periods_until
from shoal.measurement.shares import wilson
from shoal.project.measurement.retaining import RetentionAsked, retention_report
from tests.measurement.plain import LOCAL, ORDER, histories
from tests.project.made_shop import AT, ZONE


def period_of(microseconds, unit):
    """The first day of the local period, worked out from the calendar alone."""
    day = to_datetime(microseconds).astimezone(LOCAL).date()
    if unit == "week":
        return date.fromisocalendar(*day.isocalendar()[:2], 1)
    return date(day.year, day.month, 1) if unit == "month" else day


@given(
    st.sampled_from(["any event", *ORDER]), st.sampled_from(ORDER), st.sampled_from(list(Unit)),
    st.integers(1, 14),
)  # fmt: skip
def test_cohorts_and_who_came_back_are_those_of_plain_counting(shop, first, kept, unit, count):
    """F6: retention in local time."""
    reading, at = shop.reading(AT)
    asked = RetentionAsked(first=first, kept=f"did {kept}", unit=unit, count=count)
    report = retention_report(reading, asked, at)
    days = [date.fromisoformat(it["day"]) for it in report["cohorts"]]
    assert len(days) == count
    for place, cohort in enumerate(report["cohorts"]):
        members = []
        for rows in histories().values():
            own = [t for t, event, _ in rows if first in {"any event", event}]
            if own and period_of(own[0], unit) == days[place]:
                members.append(rows)
        assert cohort["size"] == len(members)
        assert cohort["kept"] == [
            sum(
                any(e == kept and period_of(t, unit) == day for t, e, _ in rows) for rows in members
            )
            for day in days[place:]
        ]
        assert cohort["over"] == [True] * (count - place - 1) + [False]
    for point in report["curve"]:
        cohorts = report["cohorts"][: max(0, count - 1 - point["after"])]
        assert point["size"] == sum(it["size"] for it in cohorts)
        assert point["kept"] == sum(it["kept"][point["after"]] for it in cohorts)


def test_any_rule_can_keep_people_and_a_segment_begin_them(shop):
    reading, at = shop.reading(AT)
    kept = "age(last(any event)) < 30d"
    asked = RetentionAsked(segment="stage.purchase", kept=kept, unit=Unit.MONTH, count=4)
    report = retention_report(reading, asked, at)
    month = 30 * 86_400 * 1_000_000
    ends = [min(it.end - 1, at) for it in periods_until(at, 4, Unit.MONTH, ZONE)]
    days = [it["day"] for it in report["cohorts"]]
    assert report["people"] > 0
    for place, cohort in enumerate(report["cohorts"]):
        members = [
            rows for rows in histories().values()
            if (own := [t for t, event, _ in rows if event == "order_completed"])
            and str(period_of(own[0], Unit.MONTH)) == days[place]
        ]  # fmt: skip
        assert cohort["size"] == len(members)
        for after, end in enumerate(ends[place:]):
            active = [any(end - month < t <= end for t, _, _ in rows) for rows in members]
            assert cohort["kept"][after] == sum(active)


@given(
    st.sampled_from(["UTC", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu"]),
    st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), st.sampled_from(list(Unit)),  # noqa: DTZ001
    st.integers(1, 40),
)  # fmt: skip
def test_periods_follow_each_other_and_the_last_one_holds_the_instant(name, moment, unit, count):
    zone, at = Zone(name), from_datetime(moment.replace(tzinfo=UTC))
    found = periods_until(at, count, unit, zone)
    assert len(found) == count
    assert found[-1].start <= at < found[-1].end
    for one, two in pairwise(found):
        assert one.end == two.start
        assert moved(one.day, unit, 1) == two.day
        assert one.is_over
    for it in found:
        assert begins(it.day, unit) == it.day
        assert begins(moved(it.day, unit, 1) - timedelta(days=1), unit) == it.day
    assert periods_since(found[0].start, at, unit, zone) == found


def test_a_share_of_few_has_a_wide_interval():
    low, high = wilson(0, 10)
    assert (low, round(high, 4)) == (0.0, 0.2775)
    low, high = wilson(81, 263)  # Newcombe 1998, table I, method 3
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(
    "asked",
    [RetentionAsked(), RetentionAsked(first="page_viewed", segment="buyers"),
     RetentionAsked(first="page_viewed", count=0), RetentionAsked(first="page_viewed.url")],
    ids=["nothing", "both", "none", "property"],
)  # fmt: skip
def test_what_is_no_cohort_is_told(shop, asked):
    reading, at = shop.reading(AT)
    with pytest.raises(UsageError):
        retention_report(reading, asked, at)
