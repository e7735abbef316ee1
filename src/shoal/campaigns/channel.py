"""Ways a message goes: what each needs to be known of a person, and the rules that say so.

Consent is given to a purpose; a subscription is to a channel. Who was never asked about a channel
is subscribed to it: what lets them be written to is the purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shoal.consent.channel import (
    EVERY_CHANNEL,
    SUBSCRIPTION,
    SUPPRESSION,
    Channel,
    SubscriptionState,
    SuppressionState,
)
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Coalesce,
    Comparator,
    Compare,
    Did,
    EventRef,
    Everyone,
    InstantLiteral,
    IsSet,
    Not,
    Or,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
    TextMatch,
    TextTest,
    TraitValue,
    Value,
)

_LONG_AGO = InstantLiteral("1700-01-01T00:00:00Z")


ADDRESS = {Channel.EMAIL: "email", Channel.SMS: "phone", Channel.PUSH: "push_token"}
"""The trait that holds a channel's address; the other channels need none."""
BOUNCED = "address"
"""The property of a bounce that says which address it was."""


def addressed(channel: Channel) -> Rule:
    """Who has the address that the channel needs."""
    if channel not in ADDRESS:
        return Everyone()
    trait = TraitValue(ADDRESS[channel])
    if channel is not Channel.EMAIL:
        return IsSet(trait)
    return And(
        (
            IsSet(trait),
            TextMatch(trait, TextTest.CONTAINS, "@"),
            Not(TextMatch(trait, TextTest.STARTS_WITH, "@")),
            Not(TextMatch(trait, TextTest.ENDS_WITH, "@")),
            Not(TextMatch(trait, TextTest.CONTAINS, " ")),
        )
    )


def unsubscribed(channel: Channel) -> Rule:
    """Who has left the channel, by their own word or by what those who deliver report."""
    own = _last_said(SUBSCRIPTION, channel, SubscriptionState.UNSUBSCRIBED)
    if channel is not Channel.EMAIL:
        return own
    back = (
        _said(SUBSCRIPTION, channel, SubscriptionState.SUBSCRIBED),
        _event("email_resubscribed"),
    )
    return Or((own, _standing(_event("email_unsubscribed"), back)))


def reached(channels: Sequence[Channel]) -> Rule:
    """Whom at least one of the channels reaches: its address is known and they have not left it."""
    if not channels:
        return Everyone()
    return _any(And((addressed(it), Not(unsubscribed(it)))) for it in channels)


def stopped(channels: Sequence[Channel]) -> Rule:
    """Who must not be written to by any of the channels that reach them."""
    if not channels:
        return suppressed(None)
    if len(channels) == 1:
        return suppressed(channels[0])
    return And(tuple(Or((Not(reached((it,))), suppressed(it))) for it in channels))


def suppressed(channel: Channel | None) -> Rule:
    """Who must not be written to by a channel, or by none of them, for whichever reason."""
    return _any(reasons(channel).values())


def reasons(channel: Channel | None) -> dict[str, Rule]:
    """Why somebody must not be written to: by a channel, or (None) by none of them.

    A hard bounce or a complaint stands until the suppression is lifted by hand; a bounce that does
    not say that it is soft is a hard one. A bounce is the address's: it stops nobody who has told
    another one since, where every bounce says which address it was.
    """
    if channel is None:
        asked = (_event("suppression_requested"), (_event("suppression_lifted"),))
        return {
            "on the list": _last_said(SUPPRESSION, EVERY_CHANNEL, SuppressionState.SUPPRESSED),
            "left every channel": _last_said(
                SUBSCRIPTION, EVERY_CHANNEL, SubscriptionState.UNSUBSCRIBED
            ),
            "asked for it": _standing(*asked),
        }
    found = {
        **reasons(None),
        f"on the list for {channel}": _last_said(SUPPRESSION, channel, SuppressionState.SUPPRESSED),
    }
    if channel is Channel.EMAIL:
        lifted = tuple(
            _said(SUPPRESSION, it, SuppressionState.LIFTED) for it in (EVERY_CHANNEL, channel)
        )
        soft = Compare(PropertyValue("kind"), Comparator.EQUAL, TextLiteral("soft"))
        is_hard = Or((Not(soft), IsSet(PropertyValue("kind"), negated=True)))
        bounced = Selection(_ref("email_bounced"), where=is_hard)
        found |= {
            "hard bounce": And((_standing(bounced, lifted), Not(_moved_since(bounced)))),
            "complaint": _standing(_event("email_complained"), lifted),
            "suppressed by who delivers": _standing(_event("email_suppressed"), lifted),
        }
    return found


def _any(rules: Iterable[Rule]) -> Rule:
    parts = tuple(rules)
    return parts[0] if len(parts) == 1 else Or(parts)


def _standing(what: Selection, undone_by: tuple[Selection, ...]) -> Rule:
    """Who did that, and nothing later undoes it."""
    last = Aggregate(AggregateFunction.LAST, what)
    return And((Did(what), *(Not(_later(it, last)) for it in undone_by)))


def _moved_since(bounced: Selection) -> Rule:
    """Who told an address after their last bounce, and has another than bounced; two-valued."""
    assert bounced.where is not None
    said = PropertyValue(BOUNCED)
    unsaid = Selection(bounced.event, where=And((bounced.where, IsSet(said, negated=True))))
    nothing = TextLiteral("")
    gone = Coalesce(Aggregate(AggregateFunction.LAST, replace(bounced, property=BOUNCED)), nothing)
    has = Coalesce(TraitValue(ADDRESS[Channel.EMAIL]), nothing)
    told = Selection(_ref("$identify"), where=IsSet(PropertyValue("email")))
    last = Coalesce(Aggregate(AggregateFunction.LAST, bounced), _LONG_AGO)
    return And(
        (
            Not(Did(unsaid)),
            _later(told, last),
            Compare(gone, Comparator.NOT_EQUAL, has),
        )
    )


def _later(what: Selection, than: Value) -> Rule:
    """Who did that later than an instant; two-valued where the instant is set."""
    latest = Coalesce(Aggregate(AggregateFunction.LAST, what), _LONG_AGO)
    return Compare(latest, Comparator.GREATER, than)


def _last_said(event: str, channel: str, state: str) -> Rule:
    """Whose last word on the channel is that state; never unknown."""
    about = Compare(PropertyValue("channel"), Comparator.EQUAL, TextLiteral(str(channel)))
    said = Aggregate(AggregateFunction.LAST, Selection(_ref(event), "state", about))
    return Compare(Coalesce(said, TextLiteral("")), Comparator.EQUAL, TextLiteral(state))


def _said(event: str, channel: str, state: str) -> Selection:
    about = Compare(PropertyValue("channel"), Comparator.EQUAL, TextLiteral(str(channel)))
    stated = Compare(PropertyValue("state"), Comparator.EQUAL, TextLiteral(state))
    return Selection(_ref(event), where=And((about, stated)))


def _event(name: str) -> Selection:
    return Selection(_ref(name))


def _ref(name: str) -> EventRef:
    return EventRef((name,), (name.startswith("$"),))
