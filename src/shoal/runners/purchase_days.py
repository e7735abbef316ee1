"""The days on which people did something, and what each of these days was worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.core.instants import DAY, Zone
from shoal.engine.history import Kind
from shoal.runners.machine import histories_of
from shoal.store.bucket_history import BucketHistory
from shoal.store.snapshot import Snapshot

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MILLIONTHS = 1e6


@dataclass(frozen=True, eq=False)
class PurchaseDays:
    """Row by row a profile, one of its local days (since 1970-01-01), and what came in on it.

    Profiles ascend, and days within them; a day with several events is one row.
    """

    profiles: Int64s
    days: Int64s
    worth: Floats

    def __len__(self) -> int:
        return len(self.profiles)

    def up_to(self, day: int) -> PurchaseDays:
        """Those on a day or before it."""
        some = self.days <= day
        return PurchaseDays(self.profiles[some], self.days[some], self.worth[some])


def purchase_days(
    snapshot: Snapshot, event: str, value: str | None, zone: Zone, as_of: int
) -> PurchaseDays:
    """The days with the event up to an instant, with the sum of a number property on each.

    Without the property, or where it is unset, a day is worth 0.
    """
    parts = [_of_bucket(it, event, value, zone, as_of) for it in histories_of(snapshot)]
    profiles, days, worth = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(profiles, kind="stable")
    return PurchaseDays(profiles[order], days[order], worth[order])


def local_days(instants: Int64s, zone: Zone) -> Int64s:
    """Days since 1970-01-01 of the local days of instants."""
    starts, offsets = (np.array(it, np.int64) for it in zone.transitions())
    return (instants + offsets[np.searchsorted(starts, instants, side="right") - 1]) // DAY


def _of_bucket(
    history: BucketHistory, event: str, value: str | None, zone: Zone, as_of: int
) -> tuple[Int64s, Int64s, Floats]:
    rows = history.rows_of(event)
    rows = rows[history.occurred_at[rows] <= as_of]
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    owners = np.searchsorted(history.offsets, rows, side="right") - 1
    days = local_days(history.occurred_at[rows], zone)
    begins = np.flatnonzero(np.r_[True, (np.diff(owners) != 0) | (np.diff(days) != 0)])
    worth = np.add.reduceat(_worth(history, event, value, rows), begins)
    return history.profiles[owners[begins]], days[begins], worth


def _worth(
    history: BucketHistory, event: str, value: str | None, rows: npt.NDArray[np.int32]
) -> Floats:
    found = np.zeros(len(rows))
    column = None if value is None else history.column(event, value)
    if column is None or column.kind not in {Kind.EXACT, Kind.DOUBLE}:
        return found
    numbers = np.asarray(column.values, np.float64)
    if column.kind is Kind.EXACT:
        numbers = numbers / MILLIONTHS
    at = np.searchsorted(column.rows, rows)
    at[at == len(column.rows)] = 0
    has = column.rows[at] == rows if len(column.rows) else np.zeros(len(rows), np.bool_)
    found[has] = numbers[at[has]]
    return found
