"""CDNOW: what the year before explains of the half year after, by a line and by a model."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd
import pytest

from shoal.experiments.metric import Kind
from shoal.project.experiments.files import Reading, read_experiment
from shoal.project.experiments.plans import usual_in_file
from shoal.project.experiments.words import asked_metrics
from tests.sources.reading import DATA

CDNOW = DATA / "cdnow" / "CDNOW_master.txt.gz"
FEATURES = ("orders", "recency", "tenure", "before", "discs", "usual", "most", "lately")


def _customers():
    """A row for each customer: 1997 in eight columns, and the first half of 1998 in two."""
    frame = pd.read_csv(
        io.BytesIO(gzip.decompress(CDNOW.read_bytes())), sep=r"\s+", dtype={"date": str}
    )
    frame.columns = ["user", "day", "discs", "value"]
    frame["day"] = pd.to_datetime(frame["day"], format="%Y%m%d")
    frame = frame.groupby(["user", "day"], as_index=False).sum()
    end = pd.Timestamp("1998-01-01")
    early, late = frame[frame["day"] < end], frame[frame["day"] >= end]
    person = early.groupby("user")
    table = pd.DataFrame(
        {
            "orders": person.size(),
            "recency": (end - person["day"].max()).dt.days,
            "tenure": (end - person["day"].min()).dt.days,
            "before": person["value"].sum(),
            "discs": person["discs"].sum(),
            "usual": person["value"].mean(),
            "most": person["value"].max(),
            "lately": early[early["day"] >= "1997-07-01"].groupby("user")["value"].sum(),
        }
    ).fillna(0.0)
    table["spent"] = late.groupby("user")["value"].sum().reindex(table.index).fillna(0.0)
    table["again"] = (table["spent"] > 0).astype(int)
    return table


@pytest.mark.skipif(not CDNOW.exists(), reason="shared data not there")
@pytest.mark.parametrize(
    ("metric", "by_line", "by_model"),
    [("spent=spent:mean", 0.239, 0.37), ("again=again:conversion", 0.084, 0.27)],
    ids=["spent", "again"],
)
def test_what_the_year_before_explains_at_cdnow(tmp_path, metric, by_line, by_model):
    path = tmp_path / "customers.csv"
    _customers().to_csv(path, index=False)
    (asked,) = asked_metrics([metric], winsorise=0.99)
    line = usual_in_file(path, asked, ("before",), ())
    model = usual_in_file(path, asked, (), FEATURES)
    assert line.people == 23_570
    assert line.explained == pytest.approx(by_line, abs=0.001)
    assert model.explained >= by_model


def test_an_experiment_is_read_as_it_stands(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("g,y,x,land\nb,1,2.5,PT\na,0,,DE\na,1,-1,\n")
    reading = Reading("g", "a", asked_metrics(["y=y:conversion"]), ("x",), (), "land")
    found = read_experiment(path, reading)
    assert found.people.arms == ("a", "b")
    assert found.people.arm.tolist() == [1, 0, 0]
    assert found.outcomes[0].metric.kind is Kind.CONVERSION
    assert found.outcomes[0].values.tolist() == [1, 0, 1]
    assert np.array_equal(found.people.covariates["x"], [2.5, np.nan, -1], equal_nan=True)
    assert (found.segment.tolist(), found.segments) == ([0, 1, -1], ("PT", "DE"))
