"""Ways to reach people, by the names that data usually give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.audits.wording import listed
from shoal.core.spans import Span
from shoal.language.told import Told
from shoal.language.tree import And, Did, EventRef, InLast, IsSet, Rule, Selection, TraitValue
from shoal.language.vocabulary import Vocabulary

SEEN = Span(30, "d")
OPENED = Span(90, "d")


@dataclass(frozen=True, slots=True)
class Way:
    """A channel: what it needs in words, who has that, and who has said no to it."""

    name: str
    needs: str
    have: Rule
    refused: Rule | None = None


_BY_TRAIT = {
    "e-mail": ("email", "e_mail", "email_address", "mail"),
    "phone": ("phone", "phone_number", "mobile", "mobile_phone", "telephone", "msisdn"),
    "push": ("push_token", "device_token", "fcm_token", "apns_token"),
    "post": ("address", "street", "address.street", "postal_address", "street_address"),
}
_BY_EVENT = {
    "app": (("app_opened", "app_installed"), OPENED),
    "website": (("page_viewed", "product_viewed", "product_list_viewed"), SEEN),
}
_REFUSALS = {"e-mail": ("email_unsubscribed", "email_complained")}
CONTACT_TRAITS = frozenset(name for names in _BY_TRAIT.values() for name in names)


def ways(vocabulary: Vocabulary) -> Iterator[Way]:
    """The channels that the data of this vocabulary speak of."""
    for channel, names in _BY_TRAIT.items():
        found = next((name for name in names if name in vocabulary.traits), None)
        if found is None:
            continue
        refusals = tuple(it for it in _REFUSALS.get(channel, ()) if it in vocabulary.events)
        refused = Did(Selection(EventRef(refusals))) if refusals else None
        yield Way(channel, Told("`{0}` is set", found), IsSet(TraitValue(found)), refused)
    for channel, (names, span) in _BY_EVENT.items():
        events = tuple(it for it in names if it in vocabulary.events)
        if events:
            rule = Did(Selection(EventRef(events), window=InLast(span)))
            shown = listed([f"`{it}`" for it in events], "or")
            yield Way(channel, Told("{0} in the last {1} days", shown, span.count), rule)


def allowed(way: Way, consent: Rule | None) -> Rule:
    """Who has what the channel needs, agreed to the purpose, and has not refused the channel."""
    from shoal.language.tree import Not

    parts = [
        way.have,
        *([consent] if consent else []),
        *([Not(way.refused)] if way.refused else []),
    ]
    return And(tuple(parts)) if len(parts) > 1 else parts[0]
