"""What was said about whom: a purpose granted, a channel left, a person put on the list.

Each is a row of the person's history, with where it was said, in which wording, and its proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shoal.consent.channel import (
    SUBSCRIPTION,
    SUPPRESSION,
    SubscriptionState,
    SuppressionState,
    parse_channels,
    parse_subscription,
    parse_suppression,
)
from shoal.consent.state import CONSENT, ConsentState, parse_purpose, parse_state
from shoal.core.errors import ShoalError
from shoal.events.event import Event

LONGEST = 1_000
"""Characters of a text that stands beside a statement."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be said: its event, what it is about, the states there are, and what stands beside.

    ``free`` is the state that lets a message go, ``strict`` the one that stops it.
    """

    name: str
    event: str
    about: str
    free: str
    strict: str
    parse_about: Callable[[str], str]
    parse_state: Callable[[str], str]
    beside: tuple[str, ...]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        it.name: it
        for it in (
            Kind(
                "consent",
                CONSENT,
                "purpose",
                ConsentState.GRANTED,
                ConsentState.DENIED,
                parse_purpose,
                parse_state,
                ("source", "wording", "proof"),
            ),
            Kind(
                "subscription",
                SUBSCRIPTION,
                "channel",
                SubscriptionState.SUBSCRIBED,
                SubscriptionState.UNSUBSCRIBED,
                parse_channels,
                parse_subscription,
                ("source", "reason"),
            ),
            Kind(
                "suppression",
                SUPPRESSION,
                "channel",
                SuppressionState.LIFTED,
                SuppressionState.SUPPRESSED,
                parse_channels,
                parse_suppression,
                ("source", "reason"),
            ),
        )
    }
)
BY_EVENT: Mapping[str, Kind] = MappingProxyType({it.event: it for it in KINDS.values()})


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said about a person, since an instant; ``about`` is a purpose or a channel."""

    kind: Kind
    user_id: str
    about: str
    state: str
    at: int
    beside: Mapping[str, str] = field(default_factory=dict[str, str])


def statement(  # noqa: PLR0913, PLR0917  the words of a statement
    kind: Kind, user_id: str, about: str, state: str, at: int, beside: Mapping[str, str | None]
) -> Statement:
    """The statement that these words make; ShoalError says which of them is none.

    >>> statement(KINDS["consent"], "c1", "marketing", "yes", 0, {"wording": "2"}).state
    'granted'
    """
    told = {name: text.strip() for name, text in beside.items() if text and text.strip()}
    assert told.keys() <= set(kind.beside)
    for name, text in told.items():
        if len(text) > LONGEST:
            raise ShoalError(
                f"`{name}` has {len(text):,} characters",
                hint=f"write at most {LONGEST:,}, such as the version or where it is kept",
            )
    return Statement(
        kind, user_id, kind.parse_about(about.strip()), str(kind.parse_state(state)), at, told
    )


def statement_event(said: Statement, received_at: int, source: str = "") -> Event:
    """The event that carries a statement in the person's history."""
    anonymous = said.user_id.startswith("anon:")
    return Event(
        name=said.kind.event,
        user_id=None if anonymous else said.user_id,
        anonymous_id=said.user_id.removeprefix("anon:") if anonymous else None,
        occurred_at=said.at,
        received_at=received_at,
        properties={said.kind.about: said.about, "state": said.state, **said.beside},
        source=source,
    )


def in_force(statements: Iterable[Statement]) -> list[Statement]:
    """The statement in force about each purpose or channel, from all in the order they were made.

    >>> kind = KINDS["consent"]
    >>> yes, no = (Statement(kind, "c1", "ads", state, 5) for state in ("granted", "denied"))
    >>> in_force([yes, no]) == [no]
    True
    """
    current = {said.about: said for said in statements}
    return [current[about] for about in sorted(current)]
