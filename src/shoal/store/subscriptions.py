"""Subscriptions to transitions, how far each was told, and what was laid aside: in the books."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from shoal.store.books import Books


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a subscription was told, and how it goes; times in microseconds.

    Everything up to ``cursor`` was taken or laid aside. ``failures`` are those in a row.
    """

    cursor: int
    delivered: int = 0
    delivered_at: int | None = None
    failures: int = 0
    failing_since: int | None = None
    last_error: str | None = None
    paused_at: int | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where transitions are sent; ``segments`` is empty for all of them.

    ``epoch`` counts the changes that somebody made to it: whoever sends for an earlier one is late.
    """

    id: int
    url: str
    segments: tuple[str, ...]
    secret: str
    created_at: int
    epoch: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message the other side did not take: the transitions it was made of, by their seqs."""

    id: int
    webhook_id: int
    first_seq: int
    last_seq: int
    at: int
    reason: str
    is_wanted: bool
    """Whether it is to be sent again."""


class Subscriptions:
    """The subscriptions of a project."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, url: str, segments: tuple[str, ...], secret: str, at: int, cursor: int) -> int:
        """Keeps a new one; its number."""
        table = self._table("webhooks")
        with self._books.writing() as connection:
            key = connection.execute(
                table.insert().values(
                    url=url, segments=json.dumps(segments), secret=secret, created_at=at,
                    cursor=cursor,
                )
            ).inserted_primary_key  # fmt: skip
        assert key is not None
        return int(key[0])

    def all(self) -> list[Subscription]:
        """Every one, oldest first."""
        table = self._table("webhooks")
        with self._books.reading() as connection:
            rows = connection.execute(table.select().order_by(table.c.id)).mappings().all()
        return [_subscription(dict(row)) for row in rows]

    def one(self, number: int) -> Subscription:
        """One of them; NotFoundError."""
        for subscription in self.all():
            if subscription.id == number:
                return subscription
        raise _unknown(number)

    def remove(self, number: int) -> None:
        """Forgets one, with its secret and what was laid aside of it."""
        table, letters = self._table("webhooks"), self._table("dead_letters")
        with self._books.writing() as connection:
            if not connection.execute(table.delete().where(table.c.id == number)).rowcount:
                raise _unknown(number)
            connection.execute(letters.delete().where(letters.c.webhook_id == number))

    def resume(self, number: int, cursor: int | None = None) -> None:
        """Tries at once again, and goes on behind ``cursor`` if one is given."""
        moved = {} if cursor is None else {"cursor": cursor}
        table = self._table("webhooks")
        with self._books.writing() as connection:
            _change(connection, table, number, **moved)

    def hold(self, at: int, reason: str, last: int) -> None:
        """Pauses every one, none of them further on than the ``last`` seq there is."""
        for one in self.all():
            cursor = min(one.progress.cursor, last)
            self.note(one, replace(one.progress, paused_at=at, last_error=reason, cursor=cursor))

    def want(self, number: int) -> int:
        """Has everything sent again that was laid aside, and tries at once; how many messages."""
        table, letters = self._table("webhooks"), self._table("dead_letters")
        with self._books.writing() as connection:
            _change(connection, table, number)
            found = connection.execute(
                letters.update().where(letters.c.webhook_id == number).values(is_wanted=1)
            )
            return int(found.rowcount)

    def note(
        self, of: Subscription, progress: Progress, dead: tuple[int, int, int, str] | None = None
    ) -> bool:
        """Keeps how far it is, with what is laid aside (first and last seq, at, reason).

        False, and nothing is kept, when somebody changed or removed the subscription meanwhile.
        """
        table, letters = self._table("webhooks"), self._table("dead_letters")
        values = {name: getattr(progress, name) for name in _PROGRESS}
        with self._books.writing() as connection:
            mine = (table.c.id == of.id) & (table.c.epoch == of.epoch)
            if not connection.execute(table.update().where(mine).values(**values)).rowcount:
                return False
            if dead is not None:
                first, last, at, reason = dead
                connection.execute(
                    letters.insert().values(
                        webhook_id=of.id, first_seq=first, last_seq=last, at=at, reason=reason
                    )
                )
        return True

    def dead_letters(self, number: int | None = None) -> list[DeadLetter]:
        """What was laid aside, of one subscription or of all, oldest first."""
        table = self._table("dead_letters")
        query = table.select().order_by(table.c.id)
        if number is not None:
            query = query.where(table.c.webhook_id == number)
        with self._books.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [_dead_letter(dict(row)) for row in rows]

    def settle(self, letter: DeadLetter, reason: str | None = None) -> None:
        """It was taken after all; or not again, with the ``reason``."""
        table = self._table("dead_letters")
        mine = table.c.id == letter.id
        with self._books.writing() as connection:
            if reason is None:
                connection.execute(table.delete().where(mine))
            else:
                change = table.update().where(mine).values(is_wanted=0, reason=reason)
                connection.execute(change)

    def _table(self, name: str) -> Table:
        from shoal.store.tables import deliveries

        return self._books.table(deliveries, name)


_PROGRESS = (
    "cursor", "delivered", "delivered_at", "failures", "failing_since", "last_error", "paused_at",
)  # fmt: skip


def _change(connection: Connection, table: Table, number: int, **values: Any) -> None:
    """Somebody's change: it is tried at once again."""
    change = table.update().where(table.c.id == number)
    afresh = {"paused_at": None, "failing_since": None, "failures": 0}
    if not connection.execute(change.values(epoch=table.c.epoch + 1, **afresh, **values)).rowcount:
        raise _unknown(number)


def _subscription(row: Mapping[Any, Any]) -> Subscription:
    progress = Progress(**{name: row[name] for name in _PROGRESS})
    segments = tuple(json.loads(row["segments"]))
    return Subscription(
        row["id"], row["url"], segments, row["secret"], row["created_at"], row["epoch"], progress
    )


def _dead_letter(row: dict[Any, Any]) -> DeadLetter:
    return DeadLetter(
        row["id"], row["webhook_id"], row["first_seq"], row["last_seq"], row["at"], row["reason"],
        bool(row["is_wanted"]),
    )  # fmt: skip


def _unknown(number: int) -> NotFoundError:
    return NotFoundError(f"there is no webhook {number}", hint="`shoal webhook list` shows them")
