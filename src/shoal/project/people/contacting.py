"""The best channel and hour of people, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.campaigns.contact import (
    ANSWERS,
    HOURS,
    SENT,
    Answered,
    BestChannel,
    BestHour,
    Floats,
    best_channel,
    best_hour,
)
from shoal.consent.channel import Channel
from shoal.core.errors import NotFoundError
from shoal.core.instants import SECOND, format_instant
from shoal.runners.machine import histories_of

if TYPE_CHECKING:
    from shoal.engine.history import History
    from shoal.project.reading import Reading

HOUR = 3_600 * SECOND
_HABITS: dict[tuple[str, int], Habits] = {}
"""Everybody's habits of one project on one day."""
_ANSWERED = tuple(name for names in ANSWERS.values() for name in names)
LOOKED_BACK = 365 * 24 * HOUR
"""What is older says nothing of today."""


@dataclass(frozen=True, eq=False)
class Counted:
    """Messages and answers by channel, and deeds by local hour, of each of some people."""

    sent: Mapping[Channel, Floats]
    answers: Mapping[Channel, Floats]
    hours: Floats

    def channels(self, person: int) -> dict[Channel, Answered]:
        """Those of one of them."""
        return {
            it: Answered(float(self.sent[it][person]), float(self.answers[it][person]))
            for it in ANSWERS
        }

    def all_channels(self) -> dict[Channel, Answered]:
        """Those of all together."""
        return {
            it: Answered(float(self.sent[it].sum()), float(self.answers[it].sum()))
            for it in ANSWERS
        }


@dataclass(frozen=True, eq=False)
class Habits:
    """How everybody answers and when they are there: what a person's own deeds are set against."""

    channels: Mapping[Channel, Answered]
    hours: Floats


def habits_of(reading: Reading, at: int) -> Habits:
    """Everybody's habits in the year before an instant."""
    total = {it: Answered(0.0, 0.0) for it in ANSWERS}
    hours = np.zeros(HOURS)
    for history in histories_of(reading.snapshot):
        found = _counted(reading, history, at)
        for channel, one in found.all_channels().items():
            before = total[channel]
            total[channel] = Answered(before.sent + one.sent, before.answers + one.answers)
        hours += found.hours.sum(axis=0)
    return Habits(total, hours)


def _counted(reading: Reading, history: History, at: int) -> Counted:
    people = len(history.profiles)

    def by_person(events: Iterable[str]) -> list[Floats]:
        found: list[Floats] = []
        for event in events:
            rows = history.rows_of(event)
            times = np.asarray(history.occurred_at)[rows]
            some = rows[(times <= at) & (times > at - LOOKED_BACK)]
            owners = np.searchsorted(history.offsets, some, side="right") - 1
            found.append(np.bincount(owners, minlength=people).astype(np.float64))
        return found

    sent = {it: np.max(by_person(names), axis=0) for it, names in SENT.items()}
    answers = {it: np.max(by_person(names), axis=0) for it, names in ANSWERS.items()}
    if _is_answered(reading, at):
        rows = np.concatenate([history.rows_of(it) for it in _ANSWERED])
    else:  # nobody answers messages here: when they are there at all
        codes = [
            code for code, name in enumerate(history.event_names)
            if not name.startswith("$") and not name.endswith(("_sent", "_delivered", "_bounced"))
        ]  # fmt: skip
        rows = np.flatnonzero(np.isin(np.asarray(history.event), codes))
    times = np.asarray(history.occurred_at)[rows]
    some = (times <= at) & (times > at - LOOKED_BACK)
    owners = np.searchsorted(history.offsets, rows[some], side="right") - 1
    local = _local_hours(reading, times[some])
    flat = np.bincount(owners * HOURS + local, minlength=people * HOURS)
    return Counted(sent, answers, flat.reshape(people, HOURS).astype(np.float64))


def _is_answered(reading: Reading, at: int) -> bool:
    """Whether anybody of the project ever answered a message: hours are of the same deeds for all."""
    facts = reading.snapshot.catalogue.events
    first = [facts[it].first_at for it in _ANSWERED if it in facts]
    return any(it is not None and it <= at for it in first)


def _local_hours(reading: Reading, times: Any) -> Any:
    """The local hour of each instant, by one look at the zone for each hour there is."""
    distinct, which = np.unique(times // HOUR, return_inverse=True)
    zone = reading.vocabulary.zone
    # Zones a part of an hour off are told by the beginning of each hour: near enough for an hour.
    hours = np.array([zone.to_local(int(it) * HOUR).hour for it in distinct.tolist()], np.int64)
    return hours[which] if len(distinct) else np.zeros(0, np.int64)


def contact(reading: Reading, user_id: str, at: int) -> dict[str, Any]:
    """The best channel and hour of one person, what each rests on, and the usual one."""
    place = reading.snapshot.find(user_id)
    if place is None:
        raise NotFoundError(f"nobody is known as `{user_id}`")
    bucket, index = place
    habits = habits_of(reading, at)
    counted = _counted(reading, reading.snapshot.history(bucket), at)
    return {
        "user_id": user_id,
        "as_of": format_instant(at),
        "channel": _channel_told(best_channel(counted.channels(index), habits.channels)),
        "hour": _hour_told(best_hour(counted.hours[index], habits.hours)),
        "usual": {
            "channel": _channel_told(best_channel({}, habits.channels)),
            "hour": _hour_told(best_hour(np.zeros(HOURS), habits.hours)),
        },
    }


def contact_table(reading: Reading, at: int) -> pa.Table:
    """user_id, channel, channel_is_own, hour and hour_is_own of everybody known, sorted."""
    habits = habits_of(reading, at)
    rows: list[tuple[str, str | None, bool, int | None, bool]] = []
    for bucket in range(reading.snapshot.buckets):
        history = reading.snapshot.history(bucket)
        counted = _counted(reading, history, at)
        ids = reading.snapshot.user_ids(bucket).to_pylist()
        for index in np.flatnonzero(np.asarray(history.first_seen) <= at).tolist():
            channel = best_channel(counted.channels(index), habits.channels)
            hour = best_hour(counted.hours[index], habits.hours)
            rows.append((
                ids[index], None if channel is None else str(channel.channel),
                channel is not None and channel.is_own, None if hour is None else hour.hour,
                hour is not None and hour.is_own,
            ))  # fmt: skip
    rows.sort()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    kinds = (pa.string(), pa.string(), pa.bool_(), pa.int64(), pa.bool_())
    names = ("user_id", "channel", "channel_is_own", "hour", "hour_is_own")
    return pa.table({
        name: pa.array(cells, kind)
        for name, kind, cells in zip(names, kinds, columns, strict=True)
    })  # fmt: skip


def best_channels(reading: Reading, user_ids: Sequence[str], at: int) -> list[Channel | None]:
    """The best channel of each of some people; None where nobody ever answered any.

    Everybody's habits are those of the same day, found out once for all messages that go on it.
    """
    key = str(reading.project.folder), at // (24 * HOUR)
    habits = _HABITS.get(key)
    if habits is None:
        habits = habits_of(reading, at)
        _HABITS.clear()
        _HABITS[key] = habits
    counted: dict[int, Counted] = {}
    found: list[Channel | None] = []
    for user_id in user_ids:
        place = reading.snapshot.find(user_id)
        if place is None:
            found.append(None)
            continue
        bucket, index = place
        if bucket not in counted:
            counted[bucket] = _counted(reading, reading.snapshot.history(bucket), at)
        best = best_channel(counted[bucket].channels(index), habits.channels)
        found.append(None if best is None else best.channel)
    return found


def _channel_told(best: BestChannel | None) -> dict[str, Any] | None:
    if best is None:
        return None
    own = f"answered {best.answers} of {max(best.sent, best.answers)} messages"
    return {
        "channel": str(best.channel),
        "expected": best.expected,
        "sent": best.sent,
        "answers": best.answers,
        "is_own": best.is_own,
        "reason": own if best.is_own else "what everybody answers most",
    }


def _hour_told(best: BestHour | None) -> dict[str, Any] | None:
    if best is None:
        return None
    own = f"by {best.deeds} deeds of their own"
    return {
        "hour": best.hour,
        "share": best.share,
        "deeds": best.deeds,
        "is_own": best.is_own,
        "reason": own if best.is_own else "when most people are there",
    }
