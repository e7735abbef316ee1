"""Online Retail, all 541,909 rows as published: cleaned by the example's mapping, they come to the
totals and RFM medians that are published of the data, and to what pandas computes of the same file.

The published figures are those of the customary cleaning (a customer, a quantity and a price above
0, no cancellations; equal rows count twice), as the data's provenance quotes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import shoal
from shoal.project.packs import add_pack
from shoal.project.settings import write_setting
from tests.sources.reading import DATA

pd = pytest.importorskip("pandas")

PATH = DATA / "online_retail" / "online_retail.parquet"
MAPPING = Path(__file__).parents[2] / "examples" / "online_retail.yml"
ZONE = "Europe/London"
END = "2011-12-10"

pytestmark = pytest.mark.skipif(not PATH.exists(), reason="shared data not there")


class Imported(NamedTuple):
    """The shop, and what the import told."""

    shop: shoal.Shop
    told: dict


@pytest.fixture(scope="session")
def imported(tmp_path_factory) -> Imported:
    folder = tmp_path_factory.mktemp("online-retail")
    shop = shoal.init(folder / "gifts", time_zone=ZONE)
    write_setting(folder / "gifts", "currency", "GBP")
    for example in (folder / "gifts").glob("*/example*.yml"):
        example.unlink()
    add_pack(folder / "gifts", "ecommerce")
    shop.apply()
    told = shop.import_file(PATH, map_file=MAPPING)
    return Imported(shop, told)


@pytest.fixture(scope="session")
def shop(imported) -> shoal.Shop:
    return imported.shop


@pytest.fixture(scope="session")
def raw():
    """The file with its customers as text, amounts in thousandths, instants of London."""
    frame = pd.read_parquet(PATH)
    frame["who"] = frame["CustomerID"].map(lambda it: None if pd.isna(it) else str(int(it)))
    frame["amount"] = frame["Quantity"] * (frame["UnitPrice"] * 1000).round().astype("int64")
    frame["at"] = frame["InvoiceDate"].dt.tz_localize(ZONE)
    frame["cancelled"] = frame["InvoiceNo"].str.startswith("C")
    return frame


@pytest.fixture(scope="session")
def cleaned(raw):
    return raw[raw["who"].notna() & (raw["Quantity"] > 0) & (raw["UnitPrice"] > 0)]


@pytest.fixture(scope="session")
def orders(cleaned):
    """One row per customer and invoice."""
    by = cleaned.groupby(["who", "InvoiceNo"])
    return by.agg(at=("at", "min"), amount=("amount", "sum")).reset_index()


@pytest.fixture(scope="session")
def customers(orders):
    """Last order, number of orders and thousandths spent, by customer."""
    by = orders.groupby("who")
    return by.agg(
        last=("at", "max"), first=("at", "min"), n=("at", "size"), spent=("amount", "sum")
    )


def values(shop, expression):
    table = shop.trait(expression).values(as_of=END)
    column = table["value"]
    plain = column.cast("int64") if str(column.type).startswith("duration") else column
    found = pd.Series(plain.to_pandas().to_numpy(), index=table["user_id"].to_pylist())
    return found.dropna()


def members(shop, name):
    return set(shop.segment(name).members(as_of=END).column("user_id").to_pylist())


def days(number):
    return pd.Timedelta(days=number)


@pytest.fixture(scope="session")
def end():
    return pd.Timestamp(END, tz=ZONE)


def test_every_row_becomes_what_it_is_or_is_set_aside(imported, raw):
    named = raw[raw["who"].notna()]
    cancelled = named[named["cancelled"]]
    assert imported.told["rows"] == len(raw) == 541_909
    assert imported.told["rejected"] == len(raw) - len(named) == 135_080
    found = imported.told["events"]
    assert found["order_completed"] == 18_532
    assert found["order_completed_line"] == 397_884
    assert found["order_refunded"] == cancelled["InvoiceNo"].nunique() == 3_654


def test_cleaned_totals_equal_the_published_ones(shop, cleaned):
    found = shop.sql(
        "SELECT count(*) AS invoices, count(DISTINCT user_id) AS customers, "
        "sum(round(revenue * 1000)::BIGINT)::BIGINT AS thousandths, "
        "sum(product_lines) FILTER (country = 'United Kingdom') AS british, "
        "count(DISTINCT user_id) FILTER (country = 'United Kingdom') AS britons "
        "FROM order_completed"
    ).to_pylist()[0]
    assert found["invoices"] == cleaned["InvoiceNo"].nunique() == 18_532
    assert found["customers"] == cleaned["who"].nunique() == 4_338
    assert found["thousandths"] == cleaned["amount"].sum() == 8_911_407_904
    assert (found["british"], found["britons"]) == (354_321, 3_920)


def test_equal_rows_of_an_invoice_are_kept(shop, cleaned):
    """The file cannot tell a line entered twice from one bought twice; published totals count both."""
    equal = cleaned.drop(columns=["who", "amount", "at", "cancelled"]).duplicated().sum()
    assert equal == 5_192
    assert values(shop, "sum(order_completed.product_lines)").sum() == len(cleaned)


def test_rfm_medians_equal_the_published_ones_and_everybody_pandas(shop, customers, end):
    recency = values(shop, "age(last(order_completed))")
    frequency = values(shop, "count(order_completed)")
    money = values(shop, "sum(order_completed.revenue)")[recency.index]
    frequency = frequency[recency.index]
    assert recency.to_dict() == ((end - customers["last"]) // pd.Timedelta("1us")).to_dict()
    assert frequency.to_dict() == customers["n"].astype("float64").to_dict()
    assert (money * 1000).round().astype("int64").to_dict() == customers["spent"].to_dict()

    assert (recency // (86_400 * 10**6)).median() == 50
    assert (round(frequency.mean(), 2), frequency.max()) == (4.27, 209)
    assert (frequency == 1).sum() == 1_493
    assert round(money.median(), 3) == 674.485  # quoted as 674.48
    assert round(money.mean(), 2) == 2_054.27


def test_cancellations_are_refunds(shop, raw):
    cancelled = raw[raw["who"].notna() & raw["cancelled"]]
    wanted = -cancelled.groupby("who")["amount"].sum()
    found = (values(shop, "sum(order_refunded.total)") * 1000).round().astype("int64")
    assert found[found > 0].to_dict() == wanted[wanted > 0].to_dict()
    assert found.sum() == 611_342_090


def test_segments_of_the_pack_are_what_pandas_finds(shop, orders, customers, end):
    age = end - customers["last"]
    lapsed = set(customers.index[age > days(180)])
    new = set(customers.index[end - customers["first"] <= days(7)])
    recent = orders[orders["at"] > end - days(28)].groupby("who").size()
    yearly = orders[orders["at"] > end - days(365)].groupby("who")["amount"].sum()
    cut = yearly.nlargest(-(-len(yearly) // 5)).min()

    assert members(shop, "lapsed") == lapsed
    assert members(shop, "new_customers") == new
    assert members(shop, "frequent_buyers") == set(recent.index[recent >= 4])
    assert members(shop, "high_value") == set(yearly.index[yearly >= cut])


def test_sizes_of_the_pack_are_sensible(shop):
    """Parts add up to everybody; what the file cannot tell is nobody's; the shares are a shop's."""
    sizes = shop.counts(as_of=END)
    everybody = 4_372
    for partition in partitions(sizes):
        parts = [size for name, size in sizes.items() if name.startswith(f"{partition}.")]
        assert sum(parts) == everybody, partition
    assert sizes["lifecycle.prospect"] == everybody - 4_338  # cancellations alone
    assert sizes["rfm.champions"] > sizes["rfm.cannot_lose"] > 0
    assert sizes["rfm.without_order"] == sizes["lifecycle.prospect"]
    for name in ("at_risk", "one_time_buyers", "won_back", "returns_much", "christmas_buyers"):
        assert 0.01 < sizes[name] / everybody < 0.25, name
    for name in ("abandoned_cart", "email_readers", "birthday_soon", "promoters"):
        assert sizes[name] == 0, name


def partitions(sizes) -> Iterator[str]:
    return iter({name.partition(".")[0] for name in sizes if "." in name})
