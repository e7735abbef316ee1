"""When customers buy next: how likely in a horizon, and between which days if they do.

The model is fitted once more as of an earlier day, as :mod:`shoal.project.predictions.lifetimes` does it. What came
after that day says by how much chances are off, and at which levels of the model's distribution the
interval has to be cut so that it holds what it is said to hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.errors import NotFoundError, TooFewError
from shoal.core.spans import Span
from shoal.predictions.buying import FEWEST, Buying, Floats, Purchases, fit_buying
from shoal.predictions.returning import chance_within, level_at, shift_to, shifted, time_at
from shoal.project.missing import no_event
from shoal.project.predictions.lifetimes import EPOCH_DAY, WEEK, days_ahead, summed
from shoal.project.predictions.scores import user_ids
from shoal.runners.purchase_days import PurchaseDays, purchase_days

if TYPE_CHECKING:
    from shoal.predictions.sight import Numbers
    from shoal.project.reading import Reading

INSIDE = 0.8
"""The share of those who come back in the horizon whose day lies in the interval."""
LEVELS = ((1 - INSIDE) / 2, 0.5, (1 + INSIDE) / 2)
OFF = 0.05
SURELY = 1.96
"""By how much more or less must lie inside the interval, and how surely, to say that the model errs."""


@dataclass(frozen=True, slots=True)
class NextAsked:
    """The next day with ``event``; nothing after the local day ``until`` is looked at."""

    event: str
    until: date
    horizon: Span


@dataclass(frozen=True, slots=True)
class Held:
    """The model of an earlier day against what came after it, up to the last one."""

    cutoff: date
    people: int
    came: int
    said: float
    inside: float
    """The share of those who came whose day lay in the model's own interval."""
    shift: float
    levels: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class NextPurchases:
    """Of each customer: how likely in the horizon, and the days of the interval and its middle."""

    profiles: Numbers
    purchases: Purchases
    last: Numbers
    buying: Buying
    days: int
    chance: Floats
    earliest: Numbers
    expected: Numbers
    latest: Numbers
    held: Held | None

    def table(self, reading: Reading) -> pa.Table:
        """One row a customer, by user id: their last day and what is said of the next."""
        numbers = np.concatenate(
            [reading.snapshot.history(it).profiles for it in range(reading.snapshot.buckets)]
        )
        order = np.argsort(numbers, kind="stable")
        places = order[np.searchsorted(numbers, self.profiles, sorter=order)]
        ids = user_ids(reading, places)
        found = pa.table({
            "user_id": ids,
            "last": _dates(self.last),
            "days_bought": pa.array((self.purchases.repeats + 1).astype(np.int64)),
            "chance": pa.array(np.round(self.chance, 6)),
            "expected": _dates(self.expected),
            "earliest": _dates(self.earliest),
            "latest": _dates(self.latest),
        })  # fmt: skip
        return found.take(pc.sort_indices(ids))

    def as_json(self, asked: NextAsked) -> dict[str, Any]:
        """What was fitted to what, and how far it may be believed."""
        buying, held = self.buying, self.held
        return {
            "event": asked.event,
            "until": asked.until.isoformat(),
            "horizon": str(asked.horizon),
            "customers": len(self.purchases),
            "came_back": int((self.purchases.repeats > 0).sum()),
            "expected_to_come": float(self.chance.sum()),
            "interval": INSIDE,
            "params": {"r": buying.r, "alpha": buying.alpha, "a": buying.a, "b": buying.b},
            "test": None if held is None else {
                "cutoff": held.cutoff.isoformat(),
                "customers": held.people,
                "came": held.came,
                "said": held.said,
                "inside": held.inside,
                "levels": list(held.levels),
            },
            "warnings": list(_warnings(held)),
        }  # fmt: skip


def within_data(reading: Reading, asked: NextAsked) -> tuple[NextAsked, str | None]:
    """The same up to the last day of the data at the latest, and the sentence that says so.

    What comes after that day is not known: it is no time in which nobody bought.
    """
    last = reading.snapshot.latest_event_at
    day = asked.until if last is None else reading.vocabulary.zone.to_local(last).date()
    if asked.until <= day:
        return asked, None
    said = f"the data ends on {day}, so that day, not {asked.until}, is the last that is looked at"
    return replace(asked, until=day), said


def next_purchases(reading: Reading, asked: NextAsked) -> NextPurchases:
    """Fits the model to the days up to one, and looks a horizon ahead.

    TooFewError where the days do not say how people buy.
    """
    vocabulary = reading.vocabulary
    if asked.event not in vocabulary.events:
        raise no_event(vocabulary, asked.event)
    zone = vocabulary.zone
    end = zone.midnight(asked.until + timedelta(days=1)) - 1
    found = purchase_days(reading.snapshot, asked.event, None, zone, end)
    if not len(found):
        raise TooFewError(f"nobody did `{asked.event}` up to {asked.until.isoformat()}")
    today = _number(asked.until)
    profiles, purchases, _ = summed(found, asked.until)
    last = found.days[np.r_[np.flatnonzero(np.diff(found.profiles)), len(found) - 1]]
    model = fit_buying(purchases)
    days = days_ahead(reading, asked.until, asked.horizon)
    held = _held(found, asked.until, days)
    levels, shift = (LEVELS, 0.0) if held is None else (held.levels, held.shift)
    chance = shifted(chance_within(model, purchases, days / WEEK), shift)
    earliest, middle, latest = (today + it for it in _days_at(model, purchases, days, levels))
    return NextPurchases(
        profiles, purchases, last, model, days, chance, earliest, middle, latest, held
    )


def next_of_one(reading: Reading, asked: NextAsked, user_id: str) -> dict[str, Any]:
    """The row of one customer; NotFoundError for who never did it."""
    table = next_purchases(reading, asked).table(reading)
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["user_id"], user_id)).to_pylist()
    if not rows:
        raise NotFoundError(
            f"`{user_id}` did no `{asked.event}` up to {asked.until.isoformat()}",
            hint="ids are as written: 007 is not 7",
        )
    return {key: it.isoformat() if isinstance(it, date) else it for key, it in rows[0].items()}


def _held(found: PurchaseDays, until: date, days: int) -> Held | None:
    """The model of an earlier day against what came; None where too little came to say.

    As long before the last day as the horizon is, but not before the middle of what was seen.
    """
    today = _number(until)
    back = min(days, (today - int(found.days.min())) // 2)
    earlier = found.up_to(today - back)
    if not back or not len(earlier):
        return None
    profiles, purchases, _ = summed(earlier, until - timedelta(days=back))
    try:
        model = fit_buying(purchases)
    except TooFewError:
        return None
    after = next_days(found, profiles, today - back)
    came = after > 0
    if came.sum() < FEWEST:
        return None
    chance = chance_within(model, purchases, back / WEEK)
    some = Purchases(purchases.repeats[came], purchases.last[came], purchases.known[came])
    first, _, last = _days_at(model, some, back, LEVELS)
    inside = (after[came] >= first) & (after[came] <= last)
    # The day itself, not its end: it came at some time of it.
    reached = level_at(model, some, back / WEEK, (after[came].astype(np.float64) - 0.5) / WEEK)
    low, middle, high = (float(it) for it in np.quantile(reached, LEVELS))
    return Held(
        until - timedelta(days=back),
        len(profiles),
        int(came.sum()),
        float(chance.sum()),
        float(inside.mean()),
        shift_to(chance, float(came.sum())),
        (low, middle, high),
    )


def next_days(found: PurchaseDays, profiles: Numbers, day: int) -> Numbers:
    """How many days after one each of these came next; 0 for who did not."""
    later = found.days > day
    who, first = np.unique(found.profiles[later], return_index=True)
    after = np.zeros(len(profiles), np.int64)
    place = np.searchsorted(profiles, who)
    known = np.append(profiles, -1)[np.minimum(place, len(profiles))] == who
    after[place[known]] = found.days[later][first][known] - day
    return after


def _days_at(
    model: Buying, purchases: Purchases, days: int, levels: tuple[float, float, float]
) -> tuple[Numbers, Numbers, Numbers]:
    """The days from the last one looked at, the first of them at the earliest."""
    low, middle, high = (
        np.maximum(1, np.ceil(WEEK * time_at(model, purchases, days / WEEK, it))).astype(np.int64)
        for it in levels
    )
    return low, middle, high


def _warnings(held: Held | None) -> list[str]:
    if held is None:
        return ["too little came after an earlier day to hold the model against it"]
    by_chance = SURELY * sqrt(INSIDE * (1 - INSIDE) / held.came)
    if abs(held.inside - INSIDE) <= max(OFF, by_chance):
        return []
    is_more = held.inside > INSIDE
    how, cut = ("more regularly", "closer") if is_more else ("less evenly", "wider")
    return [
        (
            f"people buy {how} than the model takes them to: {held.inside:.0%} came in its own "
            f"{INSIDE:.0%} interval, so it is cut {cut}, by what came after {held.cutoff.isoformat()}"
        )
    ]


def _number(day: date) -> int:
    return (day - EPOCH_DAY).days


def _dates(days: Numbers) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())
