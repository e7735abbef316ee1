"""D5: `shoal predict clv` on CDNOW: published parameters from raw orders, and nothing of the future."""

from __future__ import annotations

import gzip
import json
from datetime import date

import numpy as np
import pytest

import shoal
from shoal.cli import main
from shoal.core.errors import NotFoundError, TooFewError, UsageError
from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.project.opening import open_project
from shoal.project.predictions.lifetimes import LifetimeAsked, lifetimes
from shoal.project.reading import read
from shoal.runners.purchase_days import purchase_days
from tests.sources.reading import DATA

SAMPLE = DATA / "cdnow" / "CDNOW_sample.txt.gz"
needs_data = pytest.mark.skipif(not SAMPLE.exists(), reason="shared data not there")
UNTIL = date(1997, 9, 30)
ASKED = LifetimeAsked("order", "value", UNTIL, Span(39, "w"))


def shop_of(folder, *, until=None):
    """The published sample of 2,357 customers, whole or as it was on a day."""
    rows = [line.split() for line in gzip.decompress(SAMPLE.read_bytes()).decode().splitlines()]
    kept = [it for it in rows if until is None or it[2] <= until]
    path = folder / "orders.csv"
    path.write_text(
        "who,on,value\n" + "".join(f"{a},{d[:4]}-{d[4:6]}-{d[6:]},{v}\n" for a, _, d, _, v in kept)
    )
    shop = shoal.init(folder / "shop")
    shop.import_file(path, event="order", user="who", time="on")
    return open_project(folder / "shop")


@needs_data
def test_published_figures_from_orders_as_they_are(tmp_path, capsys):
    project = shop_of(tmp_path)
    words = ["--event", "order", "--value", "value", "--calibrate-until", "1997-09-30"]
    words += ["--horizon", "39w", "--json", "--project", str(project.folder)]
    code = main(["predict", "clv", *words])
    out, err = capsys.readouterr()
    assert code == 0, err
    found = json.loads(out)
    assert (found["customers"], found["came_back"]) == (2_357, 946)
    wanted = {"r": 0.2426, "alpha": 4.4137, "a": 0.7929, "b": 2.4259}
    for name, value in wanted.items():
        assert found["params"][name] == pytest.approx(value, abs=1e-3), name
    for name, value in {"p": 6.25, "q": 3.74, "v": 15.44}.items():
        assert found["params"][name] == pytest.approx(value, abs=0.01), name
    assert found["log_likelihood"] == pytest.approx(-9582.43, abs=0.01)
    # the model's own total is 12 % below the 1,882 purchases that came
    assert found["raw_expected_total"] == pytest.approx(1_653, abs=2)
    assert found["expected_total"] == pytest.approx(1_882, rel=0.10)
    assert found["calibration"]["cutoff"] == "1997-05-17"
    assert found["calibration"]["actual"] == 1_136


@needs_data
def test_each_customer_of_the_holdout(tmp_path):
    found = lifetimes(read(shop_of(tmp_path)), ASKED)
    later = purchase_days(
        read(open_project(tmp_path / "shop")).snapshot, "order", None, Zone(), 1 << 50
    )
    after = later.days > (UNTIL - date(1970, 1, 1)).days
    numbers, counts = np.unique(later.profiles[after], return_counts=True)
    came = np.zeros(len(found.profiles))
    came[np.searchsorted(found.profiles, numbers)] = counts
    assert came.sum() == 1_882
    assert np.corrcoef(came, found.expected)[0, 1] == pytest.approx(0.626, abs=5e-4)


@needs_data
def test_what_comes_after_the_day_changes_nothing(tmp_path):
    (tmp_path / "all").mkdir()
    (tmp_path / "then").mkdir()
    found = [
        lifetimes(read(shop_of(tmp_path / name, until=until)), ASKED).as_json(ASKED)
        for name, until in (("all", None), ("then", "19970930"))
    ]
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lifetimes")
    path = folder / "orders.csv"
    path.write_text("who,on,value,word\nada,2026-01-01,3,x\nben,2026-01-02,4,y\n")
    shoal.init(folder / "shop").import_file(path, event="order", user="who", time="on")
    return read(open_project(folder / "shop"))


@pytest.mark.parametrize(("asked", "error", "said"), [
    (("buy", "value"), NotFoundError, "no event `buy`"),
    (("order", "price"), NotFoundError, "no property `price`"),
    (("order", "word"), UsageError, "holds no numbers"),
    (("order", "value"), TooFewError, "0 customers bought on a second day, 50 are needed"),
], ids=["event", "property", "text", "few"])  # fmt: skip
def test_what_cannot_be_answered_is_told(small, asked, error, said):
    with pytest.raises(error, match=said):
        lifetimes(small, LifetimeAsked(*asked, date(2026, 6, 1), Span(1, "y")))


def test_a_day_before_any_purchase_is_told(small):
    with pytest.raises(TooFewError, match="nobody did"):
        lifetimes(small, LifetimeAsked("order", "value", date(2025, 1, 1), Span(1, "y")))
