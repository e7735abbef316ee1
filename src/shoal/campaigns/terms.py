"""On which terms people may be written to, and the questions that this asks of their history."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shoal.campaigns.channel import reached, stopped
from shoal.consent.channel import Channel
from shoal.core.errors import UsageError
from shoal.core.spans import MICROSECONDS, Span
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Comparator,
    Compare,
    ConsentsTo,
    Did,
    EventRef,
    InLast,
    IsSet,
    Nobody,
    Not,
    NumberLiteral,
    Or,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
)

SEND, ASSIGNMENT = "$send", "$assignment"
"""What a campaign writes into a person's history: a message that went (``campaign``, ``channel``),
and the arm they were given (``campaign``, ``arm``)."""

_CAP = re.compile(r"\s*([0-9]{1,6})\s*(?:per|in|/)\s*([0-9]{1,6})\s*([smhdw])\s*\Z", re.IGNORECASE)
_SHARE = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%\s*\Z")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages to one person in a span, whichever campaigns they are of."""

    count: int
    span: Span

    def __str__(self) -> str:
        return f"{self.count} per {self.span}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody must have agreed to, be reached by, and how often they may be written to.

    ``channels`` are those any one of which will do; none are needed where there are none. With a
    ``campaign``, an arm that a person was given by it before is the arm they keep.
    """

    purpose: str
    channels: tuple[Channel, ...] = ()
    cap: Cap | None = None
    campaign: str | None = None


def parse_cap(text: str) -> Cap:
    """``2 per 7d``: at most two messages in any seven days.

    >>> str(parse_cap("2 per 7d"))
    '2 per 7d'
    """
    match = _CAP.match(text)
    if (
        not match
        or int(match[1]) == 0
        or int(match[2]) == 0
        or match[3].lower() not in MICROSECONDS
    ):
        raise UsageError(f"`{text}` is not a cap", hint="write it as 2 per 7d")
    return Cap(int(match[1]), Span(int(match[2]), match[3].lower()))


def parse_share(text: str) -> float:
    """``10%`` as the share 0.1; from 0% to 100%.

    >>> parse_share("10%")
    0.1
    """
    match = _SHARE.match(text)
    share = float(match[1]) / 100 if match else -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"`{text}` is not a share", hint="write it in per cent, such as 10%")
    return share


def questions_of(terms: Terms) -> dict[str, Rule]:
    """The rule of each step, by its name; who is matched is asked beside them.

    ``assigned`` and ``left alone`` are who was given an arm of the campaign before, and who of
    them the holdout.
    """
    return {
        "consented": ConsentsTo(terms.purpose),
        "reachable": reached(terms.channels),
        "suppressed": stopped(terms.channels),
        "capped": _capped(terms.cap),
        "assigned": _assigned(terms.campaign, None),
        "left alone": _assigned(terms.campaign, "holdout"),
    }


def _capped(cap: Cap | None) -> Rule:
    """Who was sent as much already; a service ticket is no message to them."""
    if cap is None:
        return Nobody()
    channel = PropertyValue("channel")
    ticket = Compare(channel, Comparator.EQUAL, TextLiteral(str(Channel.TICKET)))
    is_message = Or((Not(ticket), IsSet(channel, negated=True)))
    sent = Selection(EventRef((SEND,), (True,)), None, is_message, InLast(cap.span))
    count = Aggregate(AggregateFunction.COUNT, sent)
    return Compare(count, Comparator.AT_LEAST, NumberLiteral(float(cap.count)))


def _assigned(campaign: str | None, arm: str | None) -> Rule:
    if campaign is None:
        return Nobody()
    parts = [_is("campaign", campaign), *([_is("arm", arm)] if arm else [])]
    where = And(tuple(parts)) if len(parts) > 1 else parts[0]
    return Did(Selection(EventRef((ASSIGNMENT,), (True,)), where=where))


def _is(name: str, text: str) -> Rule:
    return Compare(PropertyValue(name), Comparator.EQUAL, TextLiteral(text))
