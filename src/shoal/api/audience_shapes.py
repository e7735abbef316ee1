"""What the API answers about audiences and what people said: the shapes of its answers."""

from __future__ import annotations

from shoal.api.shapes import Consent, Shape


class AudienceShown(Shape):
    """The waterfall: what remains after three steps, what three more take away, what is left."""

    matched: int
    consented: int
    reachable: int
    suppressed: int
    held_out: int
    capped: int
    sendable: int
    purpose: str
    channels: list[str]
    as_of: str
    warnings: list[str]


class PersonState(Shape):
    """Somebody whom the rule is true for, and the step that stops them."""

    user_id: str
    state: str


class AudienceMembers(Shape):
    """A page of the people of an audience, by user id, at an instant that the other pages can ask for."""

    count: int
    offset: int
    as_of: str
    people: list[PersonState]


class Subscription(Shape):
    """The last word on a channel."""

    channel: str
    state: str
    at: str
    source: str | None = None
    reason: str | None = None


class StatementMade(Shape):
    """Something a person said, or that was said of them; ``about`` is a purpose or a channel."""

    kind: str
    about: str
    state: str
    at: str
    beside: dict[str, str]


class Statements(Shape):
    """What is in force for a person, and all they ever said."""

    user_id: str
    as_of: str
    consents: list[Consent]
    subscriptions: list[Subscription]
    suppressions: list[Subscription]
    history: list[StatementMade]


class SuppressedPerson(Shape):
    """Somebody who must not be written to, by which channel, and why."""

    user_id: str
    channel: str
    reason: str


class Suppressed(Shape):
    """A page of those who must not be written to, by user id."""

    count: int
    offset: int
    people: list[SuppressedPerson]
