"""CDNOW, all 23,570 customers: frequency, recency and age equal what pandas computes.

In the terms of the lifetime value literature (Fader, Hardie, Lee 2005): frequency is the number of
purchase days after the first, recency the time from the first to the last of them, T the time from
the first to the end of the observation.
"""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

import shoal
from tests.sources.reading import DATA

PATH = DATA / "cdnow" / "CDNOW_master.txt.gz"
END = "1997-09-30"  # the customary 39 weeks of calibration

needs_data = pytest.mark.skipif(not PATH.exists(), reason="shared data not there")


def numbers(shop, expression):
    table = shop.trait(expression).values(as_of=END)
    column = table["value"]
    values = column.cast("int64") if str(column.type).startswith("duration") else column
    return pd.Series(values.to_numpy(), index=table["user_id"].to_pylist(), dtype="float64")


@needs_data
def test_frequency_recency_and_age_of_everybody(tmp_path):
    text = gzip.decompress(PATH.read_bytes()).decode()
    (tmp_path / "cdnow.txt").write_text(text, encoding="utf-8")
    shop = shoal.init(tmp_path / "shop")
    told = shop.import_file(
        tmp_path / "cdnow.txt",
        event="order_completed",
        user="customer_id",
        time="date",
        time_format="%Y%m%d",
    )
    assert told["imported"] == 69_659
    frame = pd.read_csv(PATH, sep=r"\s+", dtype={"customer_id": str, "date": str})
    days = pd.to_datetime(frame["date"], format="%Y%m%d")
    seen = days[days <= END].groupby(frame["customer_id"])
    first, last = seen.min(), seen.max()
    microseconds = pd.Timedelta("1us")
    expected = {
        "days(order_completed) - 1": seen.nunique() - 1,
        "age(first(order_completed)) - age(last(order_completed))": (last - first) // microseconds,
        "age(first(order_completed))": (pd.Timestamp(END) - first) // microseconds,
    }
    assert len(first) == 23_570
    for expression, wanted in expected.items():
        found = numbers(shop, expression)
        assert found.to_dict() == wanted.astype("float64").to_dict(), expression
