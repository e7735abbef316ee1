"""Many segments over a pool of counts and sums: what a company's whole list of segments looks like.

24, 240 and 1,000 segments share 24, 120 and 300 distinct selections. Every rule has a part that
asks for something done, so that its SQL may read only the rows its selections name.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.definitions import Definition, instant
from bench.generate import CATEGORIES, EVENTS, NOW, PRICED

POOLS = {24: 24, 240: 120, 1000: 300}
WINDOWS = (7, 14, 30, 60, 90, 180, 365, None)


@dataclass(frozen=True)
class Selected:
    """A count or a sum over one event, perhaps of one category, perhaps in a window."""

    function: str
    event: str
    category: str | None
    days: int | None

    @property
    def rule(self) -> str:
        name = self.event + (".price" if self.function == "sum" else "")
        where = f" where category = '{self.category}'" if self.category else ""
        window = f" in last {self.days}d" if self.days else ""
        return f"{self.function}({name}{where}{window})"

    def sql(self, now: datetime) -> str:
        tests = [f"event = '{self.event}'"]
        if self.category:
            tests.append(f"category = '{self.category}'")
        if self.days:
            tests.append(f"time > {instant(now - timedelta(days=self.days))}")
        what = (
            "coalesce(sum(price) FILTER ({}), 0)"
            if self.function == "sum"
            else ("count(*) FILTER ({})")
        )
        return what.format(" AND ".join(tests))


def pool(size: int, seed: int = 1) -> list[Selected]:
    """Distinct selections; a larger pool begins with the smaller one."""
    rng = random.Random(seed)
    chosen: dict[Selected, None] = {}
    while len(chosen) < size:
        event = rng.choices(list(EVENTS), list(EVENTS.values()))[0]
        function = "sum" if event in PRICED and rng.random() < 0.3 else "count"
        category = rng.choice(CATEGORIES) if rng.random() < 0.3 else None
        chosen[Selected(function, event, category, rng.choice(WINDOWS))] = None
    return list(chosen)


def segments(count: int, now: datetime = NOW, *, selections: int | None = None) -> list[Definition]:
    """``count`` segments of one to three comparisons over ``selections`` selections, each of
    which at least one segment uses where there are enough segments."""
    rng = random.Random(count)
    features = pool(selections or POOLS[count])
    return [
        _segment(f"segment_{number:04d}", features[number % len(features)], features, rng, now)
        for number in range(count)
    ]


def _segment(
    name: str, first: Selected, features: list[Selected], rng: random.Random, now: datetime
) -> Definition:
    parts = [first, *rng.sample(features, rng.choice((0, 1, 1, 2)))]
    joint = rng.choice(("and", "and", "or")) if len(parts) > 1 else "and"
    rules, tests = [], []
    for position, part in enumerate(parts):
        below = position > 0 and joint == "and" and rng.random() < 0.3
        often = not part.category and (part.days is None or part.days >= 60)
        limits = (20, 50, 100, 200) if part.function == "sum" else (1, 2, 3, 4)
        limit = rng.choice(limits) if often else limits[0]
        sign = "<" if below else ">="
        rules.append(f"{part.rule} {sign} {limit}")
        tests.append(f"{part.sql(now)} {sign} {limit}")
    named = " OR ".join(sorted({f"event = '{part.event}'" for part in parts}))
    days = [part.days for part in parts]
    widest = (
        ""
        if None in days
        else (f" AND time > {instant(now - timedelta(days=max(day for day in days if day)))}")
    )
    sql = (
        f"SELECT user_id FROM events WHERE ({named}){widest} "
        f"GROUP BY user_id HAVING {f' {joint} '.join(tests)}"
    )
    return Definition(name, f" {joint} ".join(rules), sql)
