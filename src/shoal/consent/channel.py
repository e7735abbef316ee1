"""Ways a message goes, which people subscribe to and leave, whatever purposes they agreed to."""

from __future__ import annotations

from enum import StrEnum

from shoal.core.errors import ShoalError, UsageError
from shoal.core.names import nearest

SUBSCRIPTION, SUPPRESSION = "$subscription", "$suppression"
EVERY_CHANNEL = "all"


class Channel(StrEnum):
    """Ways a message goes."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    WEBHOOK = "webhook"
    TICKET = "ticket"


class SubscriptionState(StrEnum):
    """What the person said about a channel; who never said anything is subscribed to it."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionState(StrEnum):
    """Whether a person is on the list of those who must not be written to."""

    SUPPRESSED = "suppressed"
    LIFTED = "lifted"


_SAME = {"e-mail": Channel.EMAIL, "mail": Channel.EMAIL, "phone": Channel.SMS}
_ON = frozenset({"subscribed", "yes", "true", "1", "on", "opt-in", "opt_in"})
_OFF = frozenset({"unsubscribed", "no", "false", "0", "off", "opt-out", "opt_out"})


def parse_channel(text: str) -> Channel:
    """The channel a word means.

    >>> parse_channel("e-mail")
    <Channel.EMAIL: 'email'>
    """
    word = text.strip().lower()
    if word in set(Channel):
        return Channel(word)
    if word in _SAME:
        return _SAME[word]
    meant = nearest(word, [*Channel])
    hint = f"did you mean `{meant}`?" if meant else f"channels are {', '.join(Channel)}"
    raise UsageError(f"no channel `{text}`", hint=hint)


def parse_channels(text: str) -> str:
    """A channel, or ``all`` of them; nothing is all of them too."""
    word = text.strip().lower()
    return EVERY_CHANNEL if word in {"", EVERY_CHANNEL} else str(parse_channel(word))


def parse_subscription(text: str) -> SubscriptionState:
    """``subscribed`` or ``unsubscribed``, also as other tools write it.

    >>> parse_subscription("no")
    <SubscriptionState.UNSUBSCRIBED: 'unsubscribed'>
    """
    word = text.strip().lower()
    if word in _ON:
        return SubscriptionState.SUBSCRIBED
    if word in _OFF:
        return SubscriptionState.UNSUBSCRIBED
    raise ShoalError(
        f"`{text}` is not a state of a subscription", hint="write subscribed or unsubscribed"
    )


def parse_suppression(text: str) -> SuppressionState:
    """``suppressed`` or ``lifted``."""
    word = text.strip().lower()
    if word in set(SuppressionState):
        return SuppressionState(word)
    raise ShoalError(f"`{text}` is not a state of a suppression", hint="write suppressed or lifted")
