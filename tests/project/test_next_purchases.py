"""`shoal predict next` on CDNOW: its interval holds the days of the holdout, and nothing of it is looked at."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

import shoal
from shoal.cli import main
from shoal.core.errors import NotFoundError, TooFewError
from shoal.core.instants import LATEST, Zone
from shoal.core.spans import Span
from shoal.project.opening import open_project
from shoal.project.predictions.lifetimes import EPOCH_DAY
from shoal.project.predictions.next_purchases import (
    NextAsked,
    next_days,
    next_of_one,
    next_purchases,
    within_data,
)
from shoal.project.reading import read
from shoal.runners.purchase_days import purchase_days
from tests.project.test_lifetimes import SAMPLE, shop_of

UNTIL = date(1997, 9, 30)
ASKED = NextAsked("order", UNTIL, Span(39, "w"))
needs_data = pytest.mark.skipif(not SAMPLE.exists(), reason="shared data not there")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return shop_of(tmp_path_factory.mktemp("cdnow"))


@needs_data
def test_the_interval_holds_four_fifths_of_those_who_came_in_the_holdout(shop):
    found = next_purchases(read(shop), ASKED)
    today = (UNTIL - EPOCH_DAY).days
    later = purchase_days(read(shop).snapshot, "order", None, Zone(), 1 << 50)
    after = next_days(later, found.profiles, today)
    came = after > 0
    assert came.sum() == 684
    day = today + after
    inside = (day >= found.earliest) & (day <= found.latest)
    assert inside[came].mean() == pytest.approx(0.80, abs=0.03)
    assert (day <= found.expected)[came].mean() == pytest.approx(0.50, abs=0.03)
    assert found.chance.sum() == pytest.approx(684, rel=0.05)  # the model itself says 617
    assert (found.earliest > today).all()
    assert (found.earliest <= found.expected).all()
    assert (found.expected <= found.latest).all()
    assert (found.latest <= today + 273).all()


@needs_data
def test_nothing_later_is_looked_at(shop, tmp_path):
    whole = next_purchases(read(shop), ASKED)
    then = next_purchases(read(shop_of(tmp_path, until="19970930")), ASKED)
    assert then.as_json(ASKED) == whole.as_json(ASKED)
    assert np.array_equal(then.latest, whole.latest)
    assert whole.held is not None
    assert whole.held.cutoff == UNTIL - timedelta(days=136)


@needs_data
def test_command(shop, capsys, tmp_path):
    asked = ["--project", str(shop.folder), "predict", "next", "--event", "order", "--until",
             "1997-09-30", "--horizon", "39w"]  # fmt: skip
    out = tmp_path / "next.csv"
    assert main([*asked, "--json", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["customers"], told["came_back"], told["interval"]) == (2_357, 946, 0.8)
    assert told["test"]["inside"] == pytest.approx(0.8, abs=0.1)
    lines = out.read_text().splitlines()
    assert lines[0] == "user_id,last,days_bought,chance,expected,earliest,latest"
    assert len(lines) == 2_358
    first = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert main([*asked, "--user", first["user_id"], "--json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert {key: str(it) for key, it in one.items()} == first
    assert main([*asked, "--user", "nobody"]) == 1
    assert main([*asked[:-1], "0d"]) == 2
    for day in ("9999-12-31", "0001-01-01", "soon"):
        assert main(["--project", str(shop.folder), "predict", "next", "--event", "order",
                     "--until", day]) == 2  # fmt: skip


def test_what_is_not_known_yet_is_not_taken_for_silence(tmp_path, capsys):
    shoal.init(tmp_path / "shop")
    (tmp_path / "a.csv").write_text("who,at\np1,2026-01-05\np1,2026-01-28T23:30:00Z\n")
    there = ["--project", str(tmp_path / "shop")]
    said = ["--event", "bought", "--user", "who", "--time", "at"]
    assert main([*there, "import", str(tmp_path / "a.csv"), *said]) == 0
    reading = read(open_project(tmp_path / "shop"))
    whole = NextAsked("bought", date(2026, 1, 28), Span(2, "w"))
    assert within_data(reading, whole) == (whole, None)
    asked, corrected = within_data(reading, replace(whole, until=date(2027, 6, 1)))
    assert asked == whole
    capsys.readouterr()
    main([*there, "predict", "next", "--event", "bought", "--until", "2027-06-01"])
    assert corrected is not None
    assert corrected.startswith("the data ends on 2026-01-28, so that day")
    assert corrected in capsys.readouterr().err


def test_with_too_few_it_refuses(tmp_path, capsys):
    shop = shoal.init(tmp_path / "shop")
    (tmp_path / "a.csv").write_text(
        "who,at\n" + "".join(f"p{it % 40},2026-01-{1 + it % 28:02}\n" for it in range(120))
    )
    shop.import_file(tmp_path / "a.csv", event="order", user="who", time="at")
    reading = read(open_project(tmp_path / "shop"))
    with pytest.raises(TooFewError, match="40 customers bought on a second day, 50 are needed"):
        next_purchases(reading, NextAsked("order", date(2026, 2, 1), Span(30, "d")))
    with pytest.raises(TooFewError, match="nobody did"):
        next_purchases(reading, NextAsked("order", date(2025, 2, 1), Span(30, "d")))
    with pytest.raises(NotFoundError):
        next_of_one(reading, NextAsked("odrer", date(2026, 2, 1), Span(30, "d")), "p1")


def test_who_buys_in_a_steady_rhythm_has_a_closer_interval(tmp_path):
    """What came after an earlier day cuts the interval to how people really buy."""
    chance, start, rows = random.Random(3), date(2025, 1, 1), []
    for who in range(300):
        gap, day = chance.choice([14, 21, 30, 60]), chance.uniform(0, 200)
        while day < 600:
            rows.append(f"p{who:03},{start + timedelta(days=int(day))}\n")
            if chance.random() < 0.05:
                break
            day += chance.gauss(gap, gap / 10)
    shop = shoal.init(tmp_path / "shop")
    (tmp_path / "a.csv").write_text("who,at\n" + "".join(rows))
    shop.import_file(tmp_path / "a.csv", event="order", user="who", time="at")
    reading = read(open_project(tmp_path / "shop"))
    asked = NextAsked("order", date(2026, 6, 1), Span(60, "d"))
    found = next_purchases(reading, asked)
    assert found.held is not None
    assert found.held.inside > 0.85
    assert "more regularly" in found.as_json(asked)["warnings"][0]
    later = purchase_days(reading.snapshot, "order", None, Zone(), LATEST)
    after = next_days(later, found.profiles, (asked.until - EPOCH_DAY).days)
    came = (after > 0) & (after <= found.days)
    day = (asked.until - EPOCH_DAY).days + after
    inside = ((day >= found.earliest) & (day <= found.latest))[came].mean()
    assert came.sum() > 50
    assert inside == pytest.approx(0.8, abs=0.1)
