"""The report is one file that loads nothing, says everything twice, and escapes what it is given."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from shoal.core.instants import Zone
from shoal.project.report import Report, render
from shoal.project.report.charts.canvas import spread, ticks
from shoal.project.report.figures import (
    Apart,
    Contrast,
    Definition,
    Explained,
    Finding,
    Flow,
    Hindsight,
    ImportedFile,
    Lifecycle,
    Month,
    Mover,
    Note,
    Part,
    Quote,
    Reason,
    RfmCell,
    SegmentLine,
    Step,
    Tile,
    Twin,
    Twins,
)

ZONE = Zone("America/New_York")
HOSTILE = '<img src=x onerror=alert(1)> "; drop table & ../..'
VOID = {"meta", "br", "hr", "img", "input", "link", "col"}


class Outline(HTMLParser):
    """What the page is made of: that tags close in order, ids, headings, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.heads: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.alerts = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.heads.append(tag)
        if tag == "a":
            self.links.append(given["href"])
        self.loads += [given[name] for name in ("src", "data", "xlink:href") if name in given]
        self.alerts += "onerror" in given
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def day(text: str) -> int:
    return ZONE.parse(text)


def explained(user: str, member: bool = True) -> Explained:
    because = Reason(
        "did order_completed and age(last(order_completed)) > 60d",
        "true",
        "",
        (
            Reason("did order_completed", "true", "3 orders"),
            Reason("age(last(order_completed)) > 60d", "unknown", ""),
        ),
    )
    return Explained(
        user, "3 orders", "Lapsed", "Customers who left.", member, because, "Never.", "One order.",
        (0.0, 12.5, 0.0, 3.0),
    )  # fmt: skip


def report(name: str = "Lapsed", people: int = 100) -> Report:
    ends = tuple(day(f"2017-{month:02d}-01") for month in range(2, 13))
    trend = tuple(range(40, 51))
    parts = (
        Part("gone", name, "why", 40, 10.0, trend),
        Part("here", "Here", "why", 60, 90.0, trend),
    )
    return Report(
        title=f"A year of {name}",
        subtitle="sub",
        badge="Sample data",
        one="customer",
        many="customers",
        as_of=day("2017-12-01"),
        first_at=day("2017-01-01"),
        zone=ZONE,
        currency="USD",
        lead="lead",
        tiles=(Tile("Customers", "100", "note"),),
        findings=(Finding("A finding", "its detail", "segments"),),
        files=(ImportedFile("orders.csv", "orders", 10, 9, 1, 0, 0.5),),
        months=tuple(Month(at, 100.0 * i, i, i) for i, at in enumerate(ends)),
        rhythm=tuple(tuple(hour + weekday for hour in range(24)) for weekday in range(7)),
        trend_at=ends,
        early=3,
        value_span="last 90 days",
        total_value=100.0,
        people=people,
        segments=(
            SegmentLine("lapsed", name, "Group", "Who left.", "why", "negative", 40, 10.0, trend),
            SegmentLine("none", "None", "Group", "Nobody.", "", None, 0, 0.0, (0,) * 11),
        ),
        rfm=tuple(
            RfmCell(recency, frequency, name, recency * frequency, 10.0 * frequency)
            for recency in range(1, 6)
            for frequency in range(1, 6)
            if (recency, frequency) != (1, 5)
        ),
        rfm_parts=parts,
        lifecycle=Lifecycle(
            "Stage", parts, ends[5], ends[-1], (Flow("gone", "here", 7), Flow("here", "here", 53))
        ),
        hindsight=Hindsight(
            name, ends[5], ends[-1], 10, 2, 3, 1, 1, (Mover("7", 1.0, 2.0, 1, 2),), (), "180 days"
        ),
        explained=(explained("7"), explained(name, member=False)),
        twins=Twins(
            (("Age", "45-54"),),
            Twin("7", "3 orders", (("Orders", "3"),), (0.0, 2.0)),
            Twin(name, "no orders", (), ()),
            12,
            (("Lapsed", 2), ("Here", 10)),
        ),
        apart=(
            Apart("lapsed", name, 40, (Contrast("Meat", 0.3, 0.2), Contrast("Fish", 0.0, 0.1))),
            Apart("none", "None", 0, (Contrast("Meat", 0.3, 0.2),)),
        ),
        steps=(Step("Import", 1.25, "10 rows"), Step("Count", 0.004)),
        definitions=(Definition("Segments", "lapsed", name, "did not x", "Who left.", "why"),),
        notes=(Note("A note", "text"),),
        quotes=(Quote("Their words", "README", "https://example.org/readme"),),
        commands=(("shoal segment count lapsed", "how many"),),
    )  # fmt: skip


def test_tags_close_ids_are_single_and_links_lead_somewhere() -> None:
    page = Outline(render(report()))
    assert not page.open
    assert len(page.ids) == len(set(page.ids))
    assert all(link[0] == "#" and link[1:] in page.ids for link in page.links)


def test_headings_descend_one_step_at_a_time_below_a_single_title() -> None:
    heads = [int(head[1]) for head in Outline(render(report())).heads]
    assert heads.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(heads))


def test_nothing_is_loaded_from_anywhere() -> None:
    page = render(report())
    assert Outline(page).loads == []
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|<link|<iframe", page)


def test_every_drawing_is_named_and_described() -> None:
    drawings = re.findall(r"<svg.*?</svg>", render(report()), flags=re.DOTALL)
    charts = [text for text in drawings if 'role="img"' in text]
    assert len(charts) > 8
    for text in charts:
        root = ET.fromstring(text)
        assert [root[0].tag, root[1].tag] == ["title", "desc"]
        assert root[0].text
        assert root[1].text


def test_every_frame_with_a_chart_has_the_same_figures_as_a_table() -> None:
    frames = re.findall(r"<figure.*?</figure>", render(report()), flags=re.DOTALL)
    assert len(frames) >= 7
    assert all('class="twin"' in frame and "<table>" in frame for frame in frames)


def test_names_from_the_data_are_only_ever_text() -> None:
    given = report(HOSTILE)
    page = render(replace(given, title=HOSTILE, one=HOSTILE, many=HOSTILE, lead=HOSTILE))
    outline = Outline(page)
    assert outline.alerts == 0
    assert outline.loads == []
    assert "<img" not in page


def test_a_project_with_nobody_in_it_still_has_a_page() -> None:
    given = report(people=0)
    nobody = replace(
        given,
        total_value=0.0,
        twins=None,
        apart=(),
        explained=(),
        commands=(),
        quotes=(),
        segments=(),
        rfm=(),
        hindsight=replace(given.hindsight, stayed=0, entered=0, left=0, top_entered=()),
    )
    assert not Outline(render(nobody)).open


def test_the_same_report_is_the_same_page() -> None:
    assert render(report()) == render(report())


@pytest.mark.parametrize("high", [0.01, 1, 7, 99, 421_720, 12_345_678.9])
def test_ticks_are_few_and_reach_past_the_highest(high: float) -> None:
    marks = ticks(high)
    assert marks[0] == 0
    assert high <= marks[-1] < 2 * high + 1e-9
    assert 2 <= len(marks) <= 7


def test_spread_names_keep_their_order_and_distance() -> None:
    places = spread([5.0, 6.0, 7.0, 80.0, 99.0, 99.5], 10, 0, 100)
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(places))
    assert min(places) >= 0
    assert max(places) <= 100
