"""Set W again, for Polars and for pandas: the usual way, one query per segment.

Most segments are a few aggregates per person and a test of them, said once for both libraries;
the favourite, the ranks and the sequences are written out for each.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.generate import NOW

COLUMNS = ["row", "user_id", "event", "time", "category", "channel", "campaign", "price"]


@dataclass(frozen=True)
class Aggregate:
    """``function`` over the rows of ``event`` (None: any) in a window of days ago."""

    function: str
    event: str | None = None
    property: str | None = None
    older: int | None = None
    newer: int = 0
    category: str | None = None
    at_least: int | None = None  # cents


def _a(function: str, event: str | None = None, **more: Any) -> Aggregate:
    return Aggregate(function, event, **more)


def _since(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


Test = Callable[..., Any]
ORDER, VIEW = "order_completed", "product_viewed"


def shared_definitions(now: datetime) -> dict[str, tuple[list[Aggregate], Test]]:
    """The 17 segments that are aggregates and a test; prices are whole cents."""
    spent = _a("sum", ORDER, property="cents")
    orders, latest = _a("count", ORDER), _a("max", ORDER, property="time")
    day_180, day_90, day_30 = _since(now, 180), _since(now, 90), _since(now, 30)
    return {
        "frequent_buyers": ([_a("count", ORDER, older=28)], lambda n: n >= 2),
        "spent_200_in_90d": (
            [_a("sum", ORDER, property="cents", older=90)],
            lambda cents: cents >= 20_000,
        ),
        "new_customers": ([_a("min", ORDER, property="time")], lambda first: first >= day_30),
        "lapsed": ([latest], lambda last: last < day_180),
        "at_risk": (
            [_a("count", ORDER, older=365), _a("max", ORDER, property="time", older=365)],
            lambda n, last: (n >= 3) & (last <= day_90),
        ),
        "electronics_browsers": (
            [
                _a("count", VIEW, older=30, category="electronics", at_least=5_000),
                _a("count", ORDER, category="electronics"),
            ],
            lambda seen, bought: (seen >= 2) & (bought == 0),
        ),
        "wide_taste": ([_a("distinct", VIEW, property="category", older=90)], lambda n: n >= 5),
        "every_channel": ([_a("distinct", property="channel", older=180)], lambda n: n >= 4),
        "often_here": ([_a("distinct", property="day", older=90)], lambda n: n >= 4),
        "usage_falling": (
            [_a("count", older=30), _a("count", older=60, newer=30)],
            lambda late, early: late < 0.5 * early,
        ),
        "ignores_mail": (
            [_a("count", "email_sent", older=60), _a("count", "email_opened", older=60)],
            lambda sent, opened: (sent >= 2) & (opened == 0),
        ),
        "follows_campaigns": (
            [_a("count", "email_sent", older=90), _a("count", "email_clicked", older=90)],
            lambda sent, clicked: (sent >= 1) & (clicked >= 0.2 * sent),
        ),
        "only_on_offer": (
            [_a("filled", ORDER, property="campaign"), orders],
            lambda offers, n: (offers / n >= 0.6) & (n >= 3),
        ),
        "large_baskets": ([spent, orders], lambda cents, n: (cents >= 9_000 * n) & (n >= 2)),
        "one_large_order": (
            [_a("max", ORDER, property="cents", older=365)],
            lambda cents: cents >= 30_000,
        ),
        "sends_back": (
            [_a("count", "order_refunded"), _a("sum", "order_refunded", property="cents"), spent],
            lambda n, back, cents: (n >= 1) & (back / 100 > 0.3 * (cents / 100)),
        ),
        "lapsed_but_valuable": (
            [latest, spent],
            lambda last, cents: (last < day_180) & (cents >= 30_000),
        ),
    }


class Polars:
    """Each segment one lazy query over the Parquet file, run by the streaming engine."""

    name = "polars"

    def __init__(self, path: Path, now: datetime = NOW) -> None:
        import polars as pl

        self.pl = pl
        self.now = now
        self.events = pl.scan_parquet(path).select(
            *(name for name in COLUMNS if name != "price"),
            (pl.col("price") * 100).cast(pl.Int64).alias("cents"),
        )
        self.shared = shared_definitions(now)

    def count(self, name: str) -> int:
        pl = self.pl
        if name in self.shared:
            aggregates, test = self.shared[name]
            rows = self.events.filter(pl.any_horizontal(self._mask(item) for item in aggregates))
            if any(item.property == "day" for item in aggregates):
                rows = rows.with_columns(pl.col("time").dt.truncate("1d").alias("day"))
            columns = [f"a{position}" for position in range(len(aggregates))]
            people = rows.group_by("user_id").agg(
                self._expression(item).alias(column)
                for item, column in zip(aggregates, columns, strict=True)
            )
            found = people.filter(test(*(pl.col(column) for column in columns)))
        else:
            found = getattr(self, f"_{name}")()
        return found.select(pl.len()).collect(engine="streaming").item()

    def _mask(self, item: Aggregate) -> Any:
        pl = self.pl
        tests = [pl.lit(value=True)]
        if item.event:
            tests.append(pl.col("event") == item.event)
        if item.older:
            tests.append(pl.col("time") > _since(self.now, item.older))
        if item.newer:
            tests.append(pl.col("time") <= _since(self.now, item.newer))
        if item.category:
            tests.append(pl.col("category") == item.category)
        if item.at_least:
            tests.append(pl.col("cents") >= item.at_least)
        return pl.all_horizontal(tests)

    def _expression(self, item: Aggregate) -> Any:
        mask = self._mask(item)
        if item.function == "count":
            return mask.sum()
        column = self.pl.col(item.property).filter(mask)
        if item.function == "distinct":
            return column.drop_nulls().n_unique()
        if item.function == "filled":
            return column.count()
        return getattr(column, item.function)()

    def _favourite_electronics(self) -> Any:
        pl = self.pl
        weights = self.events.group_by("user_id", "category").agg(
            (pl.len().cast(pl.Int64) * 1_000_000_000 + pl.col("row").max()).alias("weight")
        )
        favourite = weights.group_by("user_id").agg(
            pl.col("category").sort_by("weight").last().alias("favourite")
        )
        return favourite.filter(pl.col("favourite") == "electronics")

    def _buyers(self, *columns: Any) -> Any:
        return self.events.filter(self.pl.col("event") == ORDER).group_by("user_id").agg(*columns)

    def _top_spenders(self) -> Any:
        pl = self.pl
        late = pl.col("cents").filter(pl.col("time") > _since(self.now, 365)).sum()
        buyers = self._buyers(late.alias("spent"))
        place = pl.col("spent").rank("min", descending=True)
        return buyers.filter(place <= (pl.len() * 20 / 100).ceil())

    def _quintile(self, value: Any) -> Any:
        return (5 * (value.rank("max") / self.pl.len())).ceil()

    def _champions(self) -> Any:
        pl = self.pl
        buyers = self._buyers(
            (-pl.col("time").max().dt.epoch("us")).alias("age"), pl.len().alias("orders")
        )
        recent, often = self._quintile(pl.col("age")), self._quintile(pl.col("orders"))
        return buyers.filter((recent == 1) & (often == 5))

    def _big_and_loyal(self) -> Any:
        pl = self.pl
        buyers = self._buyers(pl.col("cents").sum().alias("spent"), pl.len().alias("orders"))
        money, often = self._quintile(pl.col("spent")), self._quintile(pl.col("orders"))
        return buyers.filter((money == 5) & (often >= 4))

    def _steps(self, event: str, days: int, *more: str) -> Any:
        pl = self.pl
        recent = (pl.col("event") == event) & (pl.col("time") > _since(self.now, days))
        return self.events.filter(recent).select("user_id", "row", "time", *more).sort("row")

    def _before(self, later: Any, earlier: Any, limit: timedelta) -> Any:
        """The later rows whose nearest earlier row is at most ``limit`` before."""
        pl = self.pl
        earlier = earlier.with_columns(then=pl.col("time"), at=pl.col("row")).drop("time")
        joined = later.join_asof(
            earlier,
            on="row",
            by="user_id",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        return joined.filter(pl.col("time") <= pl.col("then") + limit)

    def _straight_to_order(self) -> Any:
        week = timedelta(days=7)
        views, adds = self._steps(VIEW, 90), self._steps("product_added", 90)
        ready = self._before(adds, views, week).select("user_id", "row", "time")
        return self._before(self._steps(ORDER, 90), ready, week).select("user_id").unique()

    def _abandoned_cart(self) -> Any:
        pl = self.pl
        adds = self._steps("product_added", 7, "category")
        adds = adds.filter(pl.col("time") <= _since(self.now, 1))
        orders = self._steps(ORDER, 7, "category").with_columns(then=pl.col("time")).drop("time")
        joined = adds.join_asof(
            orders,
            on="row",
            by=["user_id", "category"],
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        late = pl.col("then").is_null() | (pl.col("then") > pl.col("time") + timedelta(days=1))
        return joined.filter(late).select("user_id").unique()

    def _helped_by_the_app(self) -> Any:
        pl = self.pl
        opened = self._before(
            self._steps(ORDER, 60), self._steps("app_opened", 60), timedelta(days=2)
        )
        tickets = self._steps("support_ticket_opened", 60).with_columns(ticket=pl.col("row"))
        joined = opened.join_asof(
            tickets.select("user_id", "row", "ticket"),
            on="row",
            by="user_id",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        clear = pl.col("ticket").is_null() | (pl.col("ticket") < pl.col("at"))
        return joined.filter(clear).select("user_id").unique()


class Pandas:
    """Each segment over one resident frame with categorical columns; reading it is timed apart."""

    name = "pandas"

    def __init__(self, path: Path, now: datetime = NOW) -> None:
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        self.pd = pd
        self.now = now
        texts = ["user_id", "event", "category", "channel", "campaign"]
        table = pq.read_table(path, columns=COLUMNS, read_dictionary=texts).unify_dictionaries()
        cents = pc.multiply(pc.cast(table["price"], pa.float64()), 100)
        cents = pc.fill_null(pc.round(cents), 0)
        table = table.append_column("cents", pc.cast(cents, pa.int64())).drop_columns(["price"])
        self.events = table.to_pandas()
        self.shared = shared_definitions(now)

    def count(self, name: str) -> int:
        if name not in self.shared:
            return int(getattr(self, f"_{name}")())
        aggregates, test = self.shared[name]
        columns = {f"a{at}": self._series(item) for at, item in enumerate(aggregates)}
        people = self.pd.DataFrame(columns)  # the union of everybody's
        for column, item in zip(columns, aggregates, strict=True):
            if item.function in {"count", "sum", "distinct", "filled"}:
                people[column] = people[column].fillna(0)
        return int(test(*(people[column] for column in columns)).sum())

    def _series(self, item: Aggregate) -> Any:
        rows = self.events
        mask = None
        for column, sign, value in (
            ("event", operator.eq, item.event),
            ("time", operator.gt, item.older and _since(self.now, item.older)),
            ("time", operator.le, item.newer and _since(self.now, item.newer)),
            ("category", operator.eq, item.category),
            ("cents", operator.ge, item.at_least),
        ):
            if value:
                test = sign(rows[column], value)
                mask = test if mask is None else mask & test
        rows = rows if mask is None else rows[mask]
        if item.property == "day":
            rows = rows.assign(day=rows["time"].dt.floor("D"))
        groups = rows.groupby("user_id", observed=True)
        if item.function == "count":
            return groups.size()
        names = {"distinct": "nunique", "filled": "count"}
        return getattr(groups[item.property], names.get(item.function, item.function))()

    def _favourite_electronics(self) -> int:
        groups = self.events.groupby(["user_id", "category"], observed=True)["row"]
        weights = groups.agg(["size", "max"]).reset_index()
        weights["weight"] = weights["size"] * 1_000_000_000 + weights["max"]
        best = weights.loc[weights.groupby("user_id", observed=True)["weight"].idxmax()]
        return (best["category"] == "electronics").sum()

    def _orders(self) -> Any:
        return self.events[self.events["event"] == ORDER]

    def _top_spenders(self) -> int:
        rows = self._orders()
        late = rows["cents"].where(rows["time"] > _since(self.now, 365), 0)
        spent = late.groupby(rows["user_id"], observed=True).sum()
        place = spent.rank(method="min", ascending=False)
        return (place <= -(-len(spent) * 20 // 100)).sum()

    def _quintile(self, values: Any) -> Any:
        return (5 * values.rank(method="max", pct=True)).apply("ceil")

    def _champions(self) -> int:
        groups = self._orders().groupby("user_id", observed=True)
        age = -groups["time"].max().astype("int64")
        return ((self._quintile(age) == 1) & (self._quintile(groups.size()) == 5)).sum()

    def _big_and_loyal(self) -> int:
        groups = self._orders().groupby("user_id", observed=True)
        money, often = self._quintile(groups["cents"].sum()), self._quintile(groups.size())
        return ((money == 5) & (often >= 4)).sum()

    def _steps(self, event: str, days: int) -> Any:
        rows = self.events
        rows = rows[(rows["event"] == event) & (rows["time"] > _since(self.now, days))]
        return rows[["user_id", "category", "row", "time"]].sort_values("row")

    def _before(self, later: Any, earlier: Any, limit: timedelta) -> Any:
        earlier = earlier[["user_id", "row", "time"]].rename(columns={"time": "then"})
        earlier = earlier.assign(at=earlier["row"])
        joined = self.pd.merge_asof(
            later, earlier, on="row", by="user_id", allow_exact_matches=False
        )
        return joined[joined["time"] <= joined["then"] + limit]

    def _straight_to_order(self) -> int:
        week = timedelta(days=7)
        views, adds = self._steps(VIEW, 90), self._steps("product_added", 90)
        ready = self._before(adds, views, week)[["user_id", "row", "time"]]
        return self._before(self._steps(ORDER, 90), ready, week)["user_id"].nunique()

    def _abandoned_cart(self) -> int:
        adds = self._steps("product_added", 7)
        adds = adds[adds["time"] <= _since(self.now, 1)]
        orders = self._steps(ORDER, 7).rename(columns={"time": "then"})
        joined = self.pd.merge_asof(
            adds,
            orders,
            on="row",
            by=["user_id", "category"],
            direction="forward",
            allow_exact_matches=False,
        )
        late = joined["then"].isna() | (joined["then"] > joined["time"] + timedelta(days=1))
        return joined[late]["user_id"].nunique()

    def _helped_by_the_app(self) -> int:
        opened = self._before(
            self._steps(ORDER, 60), self._steps("app_opened", 60), timedelta(days=2)
        )
        tickets = self._steps("support_ticket_opened", 60)[["user_id", "row"]]
        tickets = tickets.assign(ticket=tickets["row"])
        joined = self.pd.merge_asof(
            opened, tickets, on="row", by="user_id", allow_exact_matches=False
        )
        clear = joined["ticket"].isna() | (joined["ticket"] < joined["at"])
        return joined[clear]["user_id"].nunique()


def main() -> None:
    """``python -m bench.frames polars|pandas FILE [--repeat N]`` prints JSON."""
    import argparse
    import json
    import time
    from statistics import median

    from bench.definitions import set_w
    from bench.measure import say, versions

    reader = argparse.ArgumentParser()
    reader.add_argument("library", choices=["polars", "pandas"])
    reader.add_argument("path", type=Path)
    reader.add_argument("--repeat", type=int, default=2)
    options = reader.parse_args()
    began = time.perf_counter()
    library = (Polars if options.library == "polars" else Pandas)(options.path)
    reading = time.perf_counter() - began
    totals, used, counts, each = [], [], {}, {}
    for _ in range(options.repeat):
        processor = time.process_time()
        for definition in set_w(NOW):
            began = time.perf_counter()
            counts[definition.name] = library.count(definition.name)
            each[definition.name] = time.perf_counter() - began
        totals.append(sum(each.values()))
        used.append(time.process_time() - processor)
    answer = {
        "versions": versions(options.library),
        "reading": reading,
        "W": {
            "seconds": median(totals),
            "processor": median(used),
            "runs": options.repeat,
            "counts": counts,
            "each": each,
        },
    }
    say(f"  {options.library}: set W in {answer['W']['seconds']:.2f} s")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
