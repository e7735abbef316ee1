"""Paths beside a plain walk through every person's events."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import SECOND
from shoal.core.spans import Span
from shoal.project.answers import asked
from shoal.project.measurement.pathing import PathAsked, path_report
from tests.measurement.plain import ORDER, histories
from tests.project.made_shop import AT

END, ELSE = "(nothing more)", "(everyone else)"


def plain_walk(rows, place, wanted):
    def label(row):
        value = row[2].get("url") if row[1] == "page_viewed" and wanted.details else None
        return row[1] if value is None else f"{row[1]}: {value}"

    start = rows[place]
    others = rows[:place][::-1] if wanted.back else rows[place + 1 :]
    names, before = [], label(start)
    for row in others:
        if wanted.within is not None and abs(row[0] - start[0]) > wanted.within.count * SECOND:
            break
        if wanted.repeats or label(row) != before:
            names.append(label(row))
        before = label(row)
    return (names + [END] * wanted.steps)[: wanted.steps]


def plain_walks(wanted, fewest):
    for rows in histories().values():
        places = [n for n, row in enumerate(rows) if row[1] == wanted.start]
        if places and len(rows) >= fewest:
            time = rows[places[-1 if wanted.latest else 0]][0]
            same = [n for n in places if rows[n][0] == time]
            yield plain_walk(rows, same[-1 if wanted.latest else 0], wanted)


ASKED = st.builds(
    PathAsked,
    start=st.sampled_from(ORDER),
    steps=st.integers(1, 5),
    most=st.integers(1, 4),
    back=st.booleans(),
    latest=st.booleans(),
    within=st.sampled_from([None, Span(3_600, "s"), Span(86_400, "s")]),
    repeats=st.booleans(),
    details=st.sampled_from([(), ("page_viewed.url",)]),
)


@given(ASKED)
def test_levels_and_links_are_those_of_a_plain_walk_and_reconcile(shop, wanted):
    """F6: paths; every level holds everybody, and links add up to both their ends."""
    report = path_report(*shop.reading(AT)[:1], wanted, shop.reading(AT)[1])
    walks = list(plain_walks(wanted, 1))
    assert report["people"] == len(walks)
    shown = []
    for step in range(wanted.steps):
        counts = Counter(walk[step] for walk in walks if walk[step] != END)
        top = sorted(counts, key=lambda name: (-counts[name], name))[: wanted.most]
        own = (walk[step] for walk in walks)
        shown.append([name if name in {*top, END} else ELSE for name in own])
    levels = {it["step"]: it["nodes"] for it in report["levels"]}
    for step, names in enumerate(shown, 1):
        nodes = levels.get(step, [])
        assert {it["name"]: it["count"] for it in nodes} == Counter(names)
        assert sum(it["count"] for it in nodes) == report["people"]
    links = {(it["step"], it["from"], it["to"]): it["count"] for it in report["links"]}
    expected = Counter((0, report["start"], name) for name in shown[0])
    for step in range(1, wanted.steps):
        pairs = zip(shown[step - 1], shown[step], strict=True)
        expected |= Counter((step, *pair) for pair in pairs)
    assert links == expected


def test_where_and_among_whom_a_path_starts_is_a_rule_s_business(shop):
    reading, at = shop.reading(AT)
    start = "order_completed where revenue > 100 in last 60d"
    report = path_report(reading, PathAsked(start), at)
    assert report["people"] == shop.rule(f"did {start}").count(AT) > 0
    among = asked(reading, None, "count(any event) >= 5")
    some = path_report(reading, PathAsked("page_viewed", among=among), at)
    assert some["people"] == len(list(plain_walks(PathAsked("page_viewed"), 5))) > 0


@pytest.mark.parametrize(
    "wanted",
    [PathAsked("order_completed.revenue"), PathAsked("session_started"), PathAsked("page_viewed", 11),
     PathAsked("page_viewed", most=0), PathAsked("page_viewed", within=Span(1, "mo"))],
    ids=["property", "derived", "steps", "most", "month"],
)  # fmt: skip
def test_what_is_no_path_is_told(shop, wanted):
    reading, at = shop.reading(AT)
    with pytest.raises(UsageError):
        path_report(reading, wanted, at)


def test_a_mistyped_detail_is_told_with_the_nearest(shop):
    reading, at = shop.reading(AT)
    with pytest.raises(NotFoundError) as told:
        path_report(reading, PathAsked("page_viewed", details=("page_viewed.ulr",)), at)
    assert told.value.hint == "did you mean `page_viewed.url`?"
