"""Funnels beside a plain search through every person's events."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import DefinitionError, UsageError
from shoal.core.instants import SECOND
from shoal.core.spans import Span
from shoal.measurement.funnels import funnel_of
from shoal.project.answers import asked
from shoal.project.measurement.funnelling import Wanted, funnel_report
from tests.measurement.plain import AS_OF, ORDER, histories
from tests.project.made_shop import AT

DAY = 86_400 * SECOND
WITHINS = {None: None, "1h": 3_600 * SECOND, "2h": 7_200 * SECOND, "1d": DAY}
WINDOWS = {"": None, "in last 30d": 30 * DAY, "in last 60d": 60 * DAY}
EVENT = st.sampled_from([it for it in ORDER if it != "page_viewed"])
STEP = st.tuples(EVENT, st.sampled_from([None, None, 100, 150]), st.sampled_from(list(WITHINS)))
BETWEEN = st.one_of(st.none(), st.none(), EVENT)
# each later step may have something that must not happen on the way to it
FUNNELS = st.tuples(STEP, st.lists(st.tuples(BETWEEN, STEP), min_size=1, max_size=3))


def text_of(step, *, first=False):
    event, price, within = step
    where = f" where price >= {price}" if price else ""
    return f"{event}{where}" + (f" within {within}" if within and not first else "")


def texts_of(funnel):
    first, rest = funnel
    found = [text_of(first, first=True)]
    for no, step in rest:
        found += ([f"not {no}"] if no else []) + [text_of(step)]
    return found


def ends(rows, funnel, count, by, since):
    """Times at which the first ``count`` steps can be complete: every way is tried."""
    first, rest = funnel
    steps = [(None, first), *rest][:count]
    found = set()

    def fits(row, step):
        at, event, properties = row
        return event == step[0] and not (step[1] and properties["price"] < step[1]) and at > since

    def go(place, number, value):
        if number == len(steps):
            found.add(rows[place][0])
            return
        no, step = steps[number]
        for later in range(place + 1, len(rows)):
            row = rows[later]
            if by and row[2].get(by) != value:
                continue
            within = WITHINS[step[2]]
            if fits(row, step) and (within is None or row[0] <= rows[place][0] + within):
                go(later, number + 1, value)
            if row[1] == no:
                return

    for place, row in enumerate(rows):
        if fits(row, first) and not (by and row[2].get(by) is None):
            go(place, 1, row[2].get(by))
    return found


@pytest.fixture(scope="module")
def stages(shop):
    """Who is in which stage, in the order in which funnels are broken down by it."""
    names = ("purchase", "consideration", "awareness")
    return [set(shop.segment(f"stage.{it}").members(AT)["user_id"].to_pylist()) for it in names]


@given(FUNNELS, st.sampled_from([None, "product_id"]), st.sampled_from(list(WINDOWS)))
def test_counts_drop_offs_and_times_are_those_of_a_plain_search(shop, stages, funnel, by, window):
    """F6, B11: persons by step, who drops where, and how long it takes."""
    reading, at = shop.reading(AT)
    asked_for = funnel_of(texts_of(funnel), by=by, window=window)
    report = funnel_report(reading, asked_for, at, Wanted(breakdown=("stage",)))
    since = AS_OF - WINDOWS[window] if WINDOWS[window] else -(2**60)
    size = 1 + len(funnel[1])
    came = [
        {user: min(found) for user, rows in histories().items()
         if (found := ends(rows, funnel, count, by, since))}
        for count in range(1, size + 1)
    ]  # fmt: skip
    assert [it["count"] for it in report["steps"]] == [len(one) for one in came]
    for told, members in zip(report["breakdown"], stages, strict=True):
        assert [it["count"] for it in told["steps"]] == [len(members & set(one)) for one in came]
    for number, told in enumerate(report["steps"]):
        own = came[number]
        assert told["of_first"] == (len(own) / len(came[0]) if came[0] else None)
        if number:
            before = came[number - 1]
            times = [(own[user] - before[user]) / SECOND for user in own]
            assert told["median_seconds"] == (median(times) if times else None)
            assert told["of_previous"] == (len(own) / len(before) if before else None)
        if number + 1 < size:
            gone = set(own) - set(came[number + 1])
            assert told["dropped"] == len(gone)
            saved = shop.rule(told["dropped_rule"]).members(AT)["user_id"].to_pylist()
            assert set(saved) == gone


def test_who_is_still_in_time_has_not_given_up(shop):
    reading, at = shop.reading(AT)
    funnel = funnel_of(["product_viewed", "order_completed"], within=Span(20, "d"))
    first = funnel_report(reading, funnel, at)["steps"][0]
    waiting = set()
    for user, rows in histories().items():
        views = [(n, row[0]) for n, row in enumerate(rows) if row[1] == "product_viewed"]
        orders = [(n, row[0]) for n, row in enumerate(rows) if row[1] == "order_completed"]
        bought = any(n < m and b <= a + 20 * DAY for n, a in views for m, b in orders)
        if views and not bought and all(a + 20 * DAY > AS_OF for _, a in views):
            waiting.add(user)
    assert first["in_time"] == len(waiting) > 0


def test_a_step_may_be_a_session_which_follows_from_what_people_do(shop):
    reading, at = shop.reading(AT)
    report = funnel_report(
        reading, funnel_of(["session_started", "order_completed within 30m"]), at
    )
    assert report["steps"][0]["count"] == shop.rule("did session_started").count(AT) > 0
    assert report["steps"][1]["count"] == shop.rule(report["steps"][1]["rule"]).count(AT) > 0
    assert report["steps"][1]["median_seconds"] is not None


def test_barriers_are_what_those_who_dropped_did_and_the_others_did_not(shop):
    """B11: barriers along the path."""
    reading, at = shop.reading(AT)
    funnel = funnel_of(["product_viewed", "product_added"])
    (told,) = funnel_report(reading, funnel, at, Wanted(barriers=True))["barriers"]
    gone, on = {}, {}
    for user, rows in histories().items():
        names = [row[1] for row in rows]
        if "product_viewed" in names:
            first = names.index("product_viewed")
            is_on = "product_added" in names[first + 1 :]
            (on if is_on else gone)[user] = (first, names, rows)
    assert (told["dropped"], told["went_on"]) == (len(gone), len(on))
    assert told["did_more"] or told["did_less"]
    for row in told["did_more"] + told["did_less"]:
        did = [
            user for user, (first, names, _) in gone.items() if row["event"] in names[first + 1 :]
        ]
        assert row["dropped"] == len(did)
        between = [
            user
            for user, (first, names, _) in on.items()
            if row["event"]
            in names[first + 1 : len(names) - 1 - names[::-1].index("product_added")]
        ]
        assert row["went_on"] == len(between)
    following = {}
    for first, names, rows in gone.values():
        same = [n for n, row in enumerate(rows) if row[:2] == rows[first][:2]]
        after = names[same[-1] + 1 :]
        name = after[0] if after else "(nothing more)"
        following[name] = following.get(name, 0) + 1
    assert {it["event"]: it["count"] for it in told["next"]}.items() <= following.items()
    assert told["next"][0]["count"] == max(following.values())


def test_a_funnel_among_some_is_that_of_their_rule(shop):
    reading, at = shop.reading(AT)
    among = asked(reading, None, "country = 'PT'")
    report = funnel_report(
        reading, funnel_of(["product_viewed", "product_added"]), at, Wanted(among)
    )
    for step in report["steps"]:
        assert step["count"] == shop.rule(step["rule"]).count(AT)
        assert step["rule"].startswith('country = "PT" and ')
    assert report["size"] == shop.rule("country = 'PT'").count(AT)


def test_a_whole_sequence_is_a_funnel_and_steps_without_a_time_get_one():
    text = "sequence by product_id (product_viewed, product_added within 2d) in last 30d"
    by_steps = funnel_of(
        ["product_viewed", "product_added"],
        by="product_id",
        within=Span(2, "d"),
        window="in last 30d",
    )
    assert funnel_of([text]) == by_steps


@pytest.mark.parametrize("steps", [["a"], ["a", "not b within 1d"], ["sequence (a) or did b"]])
def test_what_is_no_funnel_is_told(steps):
    with pytest.raises(UsageError):
        funnel_of(steps)


def test_a_mistyped_step_is_told_with_the_nearest_name(shop):
    reading, at = shop.reading(AT)
    with pytest.raises(DefinitionError, match="did you mean `product_added`"):
        funnel_report(reading, funnel_of(["product_viewed", "product_aded"]), at)
