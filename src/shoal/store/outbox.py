"""The outbox: every message that is to go out, once, with how it stands. Bodies are never kept.

A message is made anew from the person's values when it is sent, so that nothing of anybody lies here
but who gets what. ``sending`` is durable before anything leaves, ``sent`` after: what a kill leaves
as ``sending`` may have arrived, is ``uncertain``, and never goes again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shoal.store.books import Books

SOME = 400
"""Names of one statement at most: SQLite takes so many."""


class Standing(StrEnum):
    """How a message stands."""

    PLANNED = "planned"  # the arm is not yet in the person's history
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # it may have arrived: nobody sends it again but a person
    DEAD = "dead"  # refused for good, or too often
    DROPPED = "dropped"  # not to be sent any more: consent, suppression, cap, a value that lacks


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person; instants in microseconds.

    ``key`` is of campaign, person and occasion: there is never a second one.
    """

    id: int
    key: str
    campaign: str
    user_id: str
    occasion: str
    arm: str
    channel: str
    priority: int
    standing: Standing
    assigned_at: int
    next_at: int
    changed_at: int
    tries: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody who is given an arm of a campaign on an occasion."""

    campaign: str
    user_id: str
    occasion: str
    arm: str
    channel: str
    priority: int
    at: int

    @property
    def key(self) -> str:
        """What this message is known by, for ever."""
        return key_of(self.campaign, self.user_id, self.occasion)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message that was taken to be sent."""

    id: int
    standing: Standing
    reason: str | None = None
    next_at: int | None = None
    is_tried: bool = True


def key_of(campaign: str, user_id: str, occasion: str) -> str:
    """The idempotency key of a message."""
    text = f"{campaign}\0{occasion}\0{user_id}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, person=b"shoal outbox").hexdigest()


class Outbox:
    """The outbox of a project. One process at a time takes from it."""

    def __init__(self, books: Books) -> None:
        self._books = books

    # --- putting in ---------------------------------------------------------------------------

    def plan(self, planned: Sequence[Planned]) -> int:
        """Keeps those who are new; how many that are."""
        from sqlalchemy.dialects.sqlite import insert

        outbox = self._table()
        count = 0
        with self._books.writing() as connection:
            for first in range(0, len(planned), 5_000):
                rows = [
                    {
                        "key": it.key, "campaign": it.campaign, "user_id": it.user_id,
                        "occasion": it.occasion, "arm": it.arm, "channel": it.channel,
                        "priority": it.priority, "state": str(Standing.PLANNED),
                        "assigned_at": it.at, "next_at": it.at, "changed_at": it.at,
                    }
                    for it in planned[first : first + 5_000]
                ]  # fmt: skip
                before = _count(connection)
                connection.execute(insert(outbox).on_conflict_do_nothing(), rows)
                count += _count(connection) - before
        return count

    def planned(self, limit: int) -> list[Letter]:
        """Those whose arm is not yet in their history, oldest first."""
        return self._letters(limit, state=Standing.PLANNED)

    def assigned(self, letters: Sequence[Letter], holdout: str, at: int) -> None:
        """Their arms are in their histories: who is left alone goes, the others are queued."""
        outbox = self._table()
        with self._books.writing() as connection:
            for some in _some([it.id for it in letters if it.arm == holdout]):
                connection.execute(outbox.delete().where(outbox.c.id.in_(some)))
            for some in _some([it.id for it in letters if it.arm != holdout]):
                queued = {"state": str(Standing.QUEUED), "changed_at": at}
                connection.execute(outbox.update().where(outbox.c.id.in_(some)).values(**queued))

    # --- taking out -----------------------------------------------------------------------------

    def due(
        self, now: int, limit: int, campaigns: Sequence[str], shut: Iterable[str] = ()
    ) -> list[Letter]:
        """What may go now, at most one to each person: their first by priority, then by age.

        Whoever waits for an earlier message of theirs gets no later one before it. Of these
        ``campaigns`` only; nothing goes by the channels that are ``shut``.
        """
        outbox = self._table()
        state = outbox.c.state == str(Standing.QUEUED)
        order = (outbox.c.priority.desc(), outbox.c.id)
        with self._books.reading() as connection:
            later = connection.execute(outbox.select().where(state & (outbox.c.next_at > now)))
            waits: dict[str, tuple[int, int]] = {}
            for row in later:
                place = (-row.priority, row.id)
                waits[row.user_id] = min(place, waits.get(row.user_id, place))
            now_due = state & (outbox.c.next_at <= now) & outbox.c.campaign.in_(list(campaigns))
            query = outbox.select().where(now_due & outbox.c.channel.not_in(list(shut)))
            query = query.order_by(*order)
            found: list[Letter] = []
            seen: set[str] = set()
            for row in connection.execute(query).mappings():
                who = row["user_id"]
                is_first = waits.get(who, (1 << 62, 0)) > (-row["priority"], row["id"])
                if who not in seen and is_first:
                    found.append(_letter(row))
                seen.add(who)
                if len(found) >= limit:
                    break
        return found

    def turn(self, fates: Sequence[Fate], letters: Sequence[Letter], now: int) -> set[int]:
        """Keeps what became of some messages and marks the next as being sent, durably.

        The ids of those that still could be taken.
        """
        outbox = self._table()
        alike: dict[tuple[Any, ...], list[int]] = {}
        for fate in fates:
            key = fate.standing, fate.reason, fate.next_at, fate.is_tried
            alike.setdefault(key, []).append(fate.id)
        taken: set[int] = set()
        with self._books.writing() as connection:
            for (standing, reason, next_at, is_tried), ids in alike.items():
                values: dict[str, Any] = {
                    "state": str(standing), "changed_at": now, "reason": reason,
                }  # fmt: skip
                if is_tried:
                    values["tries"] = outbox.c.tries + 1
                if next_at is not None:
                    values["next_at"] = next_at
                for some in _some(ids):
                    connection.execute(
                        outbox.update().where(outbox.c.id.in_(some)).values(**values)
                    )
            values = {"state": str(Standing.SENDING), "changed_at": now, "is_told": 0}
            for some in _some([it.id for it in letters]):
                mine = outbox.c.id.in_(some) & (outbox.c.state == str(Standing.QUEUED))
                change = outbox.update().where(mine).values(**values).returning(outbox.c.id)
                taken.update(row.id for row in connection.execute(change))
        return taken

    def recover(self, now: int) -> int:
        """What was being sent when a process ended: it may have arrived. How many that are."""
        outbox = self._table()
        values = {
            "state": str(Standing.UNCERTAIN), "changed_at": now, "is_told": 0,
            "reason": "the process ended while it was being sent",
        }  # fmt: skip
        with self._books.writing() as connection:
            sending = outbox.c.state == str(Standing.SENDING)
            return int(connection.execute(outbox.update().where(sending).values(**values)).rowcount)

    def untold(self, limit: int) -> list[Letter]:
        """What went out, or may have, and is not yet in the person's history."""
        outbox = self._table()
        gone = outbox.c.state.in_([str(Standing.SENT), str(Standing.UNCERTAIN)])
        query = outbox.select().where(gone & (outbox.c.is_told == 0)).order_by(outbox.c.id)
        with self._books.reading() as connection:
            return [_letter(row) for row in connection.execute(query.limit(limit)).mappings()]

    def told(self, letters: Sequence[Letter]) -> None:
        """They are in the histories."""
        outbox = self._table()
        with self._books.writing() as connection:
            for some in _some([it.id for it in letters]):
                connection.execute(outbox.update().where(outbox.c.id.in_(some)).values(is_told=1))

    # --- looking, and a person's hand -------------------------------------------------------------

    def counts(self) -> dict[str, dict[str, int]]:
        """Messages by campaign and how they stand."""
        from sqlalchemy import func, select

        outbox = self._table()
        query = select(outbox.c.campaign, outbox.c.state, func.count()).group_by(
            outbox.c.campaign, outbox.c.state
        )
        found: dict[str, dict[str, int]] = {}
        with self._books.reading() as connection:
            for campaign, state, count in connection.execute(query):
                found.setdefault(campaign, {})[state] = int(count)
        return found

    def reasons(self, campaign: str) -> dict[str, int]:
        """Why messages of a campaign were dropped or are dead, and how often."""
        from sqlalchemy import func, select

        outbox = self._table()
        query = select(outbox.c.reason, func.count()).where(outbox.c.campaign == campaign)
        out = [str(Standing.DROPPED), str(Standing.DEAD), str(Standing.UNCERTAIN)]
        query = query.where(outbox.c.state.in_(out)).group_by(outbox.c.reason)
        with self._books.reading() as connection:
            return {str(reason): int(count) for reason, count in connection.execute(query)}

    def letters(self, campaign: str, standing: Standing, limit: int = 1_000) -> list[Letter]:
        """Messages of a campaign that stand so, oldest first."""
        return self._letters(limit, campaign=campaign, state=standing)

    def is_waiting(self, now: int) -> bool:
        """Whether anything may go now, or has yet to be told to a history."""
        outbox = self._table()
        ready = (outbox.c.state == str(Standing.QUEUED)) & (outbox.c.next_at <= now)
        begun = outbox.c.state.in_([str(Standing.PLANNED), str(Standing.SENDING)])
        with self._books.reading() as connection:
            return (
                connection.execute(outbox.select().where(ready | begun).limit(1)).first()
                is not None
            )

    def again(self, campaign: str, standing: Standing, now: int, ids: Sequence[int] = ()) -> int:
        """Has messages that are dead or uncertain sent again, by somebody's wish; how many."""
        if standing not in {Standing.DEAD, Standing.UNCERTAIN}:
            raise NotFoundError(f"messages that are {standing} are not sent again")
        outbox = self._table()
        mine = (outbox.c.campaign == campaign) & (outbox.c.state == str(standing))
        if ids:
            mine &= outbox.c.id.in_(list(ids))
        values = {"state": str(Standing.QUEUED), "changed_at": now, "next_at": now, "tries": 0}
        with self._books.writing() as connection:
            return int(connection.execute(outbox.update().where(mine).values(**values)).rowcount)

    def drop(self, campaign: str, reason: str, now: int) -> int:
        """Lets go of everything of a campaign that has not gone out; how many messages."""
        outbox = self._table()
        waiting = outbox.c.state.in_([str(Standing.QUEUED), str(Standing.PLANNED)])
        values = {"state": str(Standing.DROPPED), "changed_at": now, "reason": reason}
        with self._books.writing() as connection:
            change = outbox.update().where((outbox.c.campaign == campaign) & waiting)
            return int(connection.execute(change.values(**values)).rowcount)

    def find(self, user_ids: Sequence[str]) -> int:
        """How many messages are of a person."""
        from sqlalchemy import func, select

        outbox = self._table()
        query = select(func.count()).where(outbox.c.user_id.in_(list(user_ids)))
        with self._books.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def of(self, user_ids: Sequence[str]) -> list[Letter]:
        """Every message of a person, oldest first."""
        outbox = self._table()
        query = outbox.select().where(outbox.c.user_id.in_(list(user_ids))).order_by(outbox.c.id)
        with self._books.reading() as connection:
            return [_letter(row) for row in connection.execute(query).mappings()]

    def erase(self, user_ids: Sequence[str]) -> int:
        """Takes away everything of a person; how many messages."""
        outbox = self._table()
        with self._books.writing() as connection:
            mine = outbox.c.user_id.in_(list(user_ids))
            return int(connection.execute(outbox.delete().where(mine)).rowcount)

    def _letters(self, limit: int, **wanted: str) -> list[Letter]:
        outbox = self._table()
        query = outbox.select().order_by(outbox.c.id).limit(limit)
        for name, value in wanted.items():
            query = query.where(outbox.c[name] == str(value))
        with self._books.reading() as connection:
            return [_letter(row) for row in connection.execute(query).mappings()]

    def _table(self) -> Any:
        from shoal.store.campaign_tables import campaigning

        return self._books.table(campaigning, "outbox")


def _some(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + SOME] for first in range(0, len(ids), SOME))


def _count(connection: Connection) -> int:
    from sqlalchemy import text

    return int(connection.execute(text("SELECT total_changes()")).scalar() or 0)


def _letter(row: Mapping[Any, Any]) -> Letter:
    names = (
        "id", "key", "campaign", "user_id", "occasion", "arm", "channel", "priority",
        "assigned_at", "next_at", "changed_at", "tries", "reason",
    )  # fmt: skip
    return Letter(**{name: row[name] for name in names}, standing=Standing(row["state"]))
