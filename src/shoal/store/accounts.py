"""Keys, users, sessions, one-time links and the audit trail, in the books."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.access import AuditEntry, Key, KeyKind, Role, Session
from shoal.core.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Table

    from shoal.store.books import Books


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in; ``password`` is what is kept of it, None until one is set."""

    id: int
    email: str
    role: Role
    password: str | None
    created_at: int
    disabled_at: int | None = None


class Accounts:
    """Who may do what, as the books have it."""

    def __init__(self, books: Books) -> None:
        self._books = books

    # --- keys -------------------------------------------------------------------------------

    def add_key(self, kind: KeyKind, name: str, digest: str, at: int) -> Key:
        """Keeps a new key."""
        number = self._insert("keys", kind=str(kind), name=name, digest=digest, created_at=at)
        return Key(number, kind, name, digest, at)

    def all_keys(self) -> list[Key]:
        """Every key, revoked ones too, oldest first."""
        return [
            Key(row["id"], KeyKind(row["kind"]), row["name"], row["digest"], row["created_at"],
                row["revoked_at"])
            for row in self._rows("keys")
        ]  # fmt: skip

    def revoke_key(self, number: int, at: int) -> None:
        """Closes a key for good; NotFoundError if there is none of that number."""
        self._update("keys", number, "key", revoked_at=at)

    # --- users ------------------------------------------------------------------------------

    def add_user(self, email: str, role: Role, password: str | None, at: int) -> User:
        """Keeps a new user; UsageError if the address has one already."""
        address = email.strip().casefold()
        if self.user(address) is not None:
            raise UsageError(f"there is a user `{address}` already")
        number = self._insert(
            "users", email=address, role=str(role), password=password, created_at=at
        )
        return User(number, address, role, password, at)

    def users(self) -> list[User]:
        """Every user, disabled ones too."""
        return [
            User(row["id"], row["email"], Role(row["role"]), row["password"], row["created_at"],
                 row["disabled_at"])
            for row in self._rows("users")
        ]  # fmt: skip

    def user(self, wanted: str | int) -> User | None:
        """The user of that address or number."""
        named = wanted.strip().casefold() if isinstance(wanted, str) else wanted
        return next((one for one in self.users() if named in {one.email, one.id}), None)

    def change_user(self, number: int, **changes: Any) -> None:
        """Sets a user's role, password or ``disabled_at``; ends their sessions."""
        self._update("users", number, "user", **changes)
        self._delete("sessions", user_id=number)

    # --- sessions and links ------------------------------------------------------------------

    def start_session(self, digest: str, user_id: int, at: int) -> Session:
        """Keeps a session."""
        self._insert("sessions", digest=digest, user_id=user_id, created_at=at, seen_at=at)
        return Session(digest, user_id, at, at)

    def session(self, digest: str) -> Session | None:
        """The session of that cookie's digest."""
        rows = self._rows("sessions", digest=digest)
        return next(
            (Session(it["digest"], it["user_id"], it["created_at"], it["seen_at"]) for it in rows),
            None,
        )

    def see_session(self, digest: str, at: int) -> None:
        """Notes that the session was used."""
        table = self._table("sessions")
        with self._books.writing() as connection:
            connection.execute(table.update().where(table.c.digest == digest).values(seen_at=at))

    def end_session(self, digest: str) -> None:
        """Logs out."""
        self._delete("sessions", digest=digest)

    def add_link(self, digest: str, user_id: int, until: int) -> None:
        """Keeps a link that opens the page once for that user."""
        self._insert("links", digest=digest, user_id=user_id, until=until)

    def use_link(self, digest: str, at: int) -> int | None:
        """The user a link opens for, once; None if it is unknown, used or too old."""
        table = self._table("links")
        with self._books.writing() as connection:
            row = connection.execute(table.select().where(table.c.digest == digest)).first()
            connection.execute(table.delete().where(table.c.digest == digest))
        return int(row.user_id) if row is not None and at < int(row.until) else None

    # --- the audit trail -----------------------------------------------------------------------

    def note(self, entry: AuditEntry) -> None:
        """Adds to the audit trail."""
        self._insert(
            "audit",
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            detail=json.dumps(dict(entry.detail), ensure_ascii=False),
        )

    def audit(self, *, limit: int = 1000, about: str = "") -> list[AuditEntry]:
        """The newest entries, newest first; with ``about``, those of actions that begin so."""
        table = self._table("audit")
        wanted = table.select().order_by(table.c.id.desc()).limit(limit)
        if about:
            wanted = wanted.where(table.c.action.startswith(about, autoescape=True))
        with self._books.reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [
                AuditEntry(row["at"], row["actor"], row["action"], row["subject"],
                           json.loads(row["detail"]))
                for row in rows
            ]  # fmt: skip

    # --- rows ---------------------------------------------------------------------------------

    def _table(self, name: str) -> Table:
        from shoal.store.tables import accounts

        return self._books.table(accounts, name)

    def _insert(self, name: str, /, **values: Any) -> int:
        with self._books.writing() as connection:
            key = connection.execute(
                self._table(name).insert().values(**values)
            ).inserted_primary_key
        assert key is not None
        return int(key[0])

    def _rows(self, name: str, /, **equal: Any) -> list[Mapping[str, Any]]:
        table = self._table(name)
        query = table.select().order_by(table.c.id)
        for column, value in equal.items():
            query = query.where(table.c[column] == value)
        with self._books.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _update(self, name: str, number: int, what: str, /, **values: Any) -> None:
        table = self._table(name)
        with self._books.writing() as connection:
            found = connection.execute(table.update().where(table.c.id == number).values(**values))
            if not found.rowcount:
                raise NotFoundError(f"there is no {what} {number}")

    def _delete(self, name: str, /, **equal: Any) -> None:
        table = self._table(name)
        query = table.delete()
        for column, value in equal.items():
            query = query.where(table.c[column] == value)
        with self._books.writing() as connection:
            connection.execute(query)
