"""Roles and what each may do. Every route asks for one action; nothing is open by forgetting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a route or a command does, as far as permission goes."""

    CAPTURE = "capture"  # send behaviour
    LOOK = "look"  # sizes, sentences, charts: nobody's name
    PEOPLE = "people"  # who is a member, and why: names and histories
    DEFINE = "define"  # change and apply definitions, import
    MANAGE = "manage"  # keys, users, quarantine, erasure, the audit trail


class Role(StrEnum):
    """What a person may do; each role may do all that the one before may."""

    VIEWER = "viewer"
    MARKETER = "marketer"
    ADMIN = "admin"


_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.LOOK}),
    Role.MARKETER: frozenset({Action.LOOK, Action.PEOPLE, Action.DEFINE}),
    Role.ADMIN: frozenset({Action.LOOK, Action.PEOPLE, Action.DEFINE, Action.MANAGE}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person with a role, or a program with a key.

    ``name`` is how the audit trail calls them: ``user:3`` or ``key:7``.
    """

    name: str
    actions: frozenset[Action]

    @classmethod
    def of_role(cls, name: str, role: Role) -> Principal:
        """A person of that role."""
        return cls(name, _ALLOWED[role])

    @classmethod
    def of_write_key(cls, name: str) -> Principal:
        """A program that sends and reads nothing."""
        return cls(name, frozenset({Action.CAPTURE}))

    @classmethod
    def of_admin_key(cls, name: str) -> Principal:
        """A program that may do all that an admin may, and send."""
        return cls(name, _ALLOWED[Role.ADMIN] | {Action.CAPTURE})


def may(principal: Principal | None, action: Action) -> bool:
    """Whether they may do it; nobody may do nothing.

    >>> may(Principal.of_write_key("key:1"), Action.LOOK)
    False
    """
    return principal is not None and action in principal.actions
