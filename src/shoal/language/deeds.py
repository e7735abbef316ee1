"""What people did, in English: from an event's title, or its name, to verb and nouns.

Titles in the tracking plan say what a person did: "placed an order". Without one the name is
read: ``appointment_booked`` is "booked an appointment".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shoal.language.english import label, listed, plural, quoted, with_article
from shoal.language.resolution import find_event
from shoal.language.tree import EventRef
from shoal.language.vocabulary import Vocabulary

_KNOWN = {
    "order_completed": "placed an order",
    "product_added": "added a product to the cart",
    "product_removed": "removed a product from the cart",
    "checkout_started": "started a checkout",
    "session_started": "started a session",
    "session_ended": "ended a session",
    "review_posted": "posted a review",
    "app_installed": "installed the app",
    "app_opened": "opened the app",
    "signed_up": "signed up",
    "logged_in": "logged in",
    "email_sent": "been sent an email",
}
_CREATES = frozenset(
    [
        "placed",
        "made",
        "completed",
        "booked",
        "posted",
        "written",
        "wrote",
        "submitted",
        "started",
        "created",
        "begun",
        "began",
        "attended",
        "bought",
        "purchased",
        "ordered",
        "had",
    ]
)
"""Deeds whose object is new with each of them: the last order placed is "the last order"."""
_IRREGULAR = {
    "began": "begun",
    "chose": "chosen",
    "drove": "driven",
    "forgot": "forgotten",
    "gave": "given",
    "got": "got",
    "saw": "seen",
    "spoke": "spoken",
    "took": "taken",
    "was": "been",
    "went": "gone",
    "wrote": "written",
}
_PAST = frozenset(
    [
        "been",
        "bought",
        "built",
        "done",
        "felt",
        "found",
        "had",
        "heard",
        "held",
        "kept",
        "left",
        "lost",
        "made",
        "met",
        "paid",
        "put",
        "read",
        "said",
        "sent",
        "set",
        "shut",
        "sold",
        "spent",
        "taught",
        "thought",
        "told",
        "understood",
        "won",
    ]
)
_PREPOSITION = re.compile(r" (?=(?:to|from|in|into|on|onto|for|of|with|at|by|about|as)\b)")
_OBJECT = re.compile(r"(?P<verb>[^ ]+) (?:an?) (?P<rest>.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deed:
    """``past`` "placed an order"; ``verb``, ``noun`` and ``after`` where it has that shape."""

    past: str
    verb: str | None = None
    noun: str | None = None
    after: str = ""

    @property
    def done(self) -> str:
        """As after "have": "written a review"."""
        first, space, rest = self.past.partition(" ")
        return f"{_IRREGULAR.get(first, first)}{space}{rest}"

    def times(self, amount: str, *, one: bool = False) -> str:
        """As after "have", that often: "placed at least 4 orders"."""
        if self.verb is None or self.noun is None:
            return f"{self.done} {amount} {'time' if one else 'times'}"
        noun = self.noun if one else plural(self.noun)
        return f"{_IRREGULAR.get(self.verb, self.verb)} {amount} {noun}{self.after}"

    @property
    def one(self) -> str:
        """One of them: "order", "product viewed"."""
        return self._named(self.noun) if self.noun is not None else f"{quoted(self.past)} event"

    @property
    def several(self) -> str:
        """Several of them: "orders", "products viewed"."""
        if self.noun is None:
            return f"{quoted(self.past)} events"
        return self._named(plural(self.noun))

    @property
    def is_creation(self) -> bool:
        """True where each deed has its own object, as an order placed has."""
        return self.verb in _CREATES and self.noun is not None

    def _named(self, noun: str) -> str:
        if self.is_creation:
            return noun
        return f"{noun} {_IRREGULAR.get(self.verb or '', self.verb)}{self.after}"


ANYTHING = Deed("done anything", None, None)


def deed_of(event: EventRef, vocabulary: Vocabulary) -> Deed:
    """What the people did to whom this event belongs."""
    if event.is_any:
        return ANYTHING
    deeds = [_deed(name, vocabulary) for name in event.names]
    if len(deeds) == 1:
        return deeds[0]
    return Deed(listed([deed.past for deed in deeds], "or"))


def _deed(name: str, vocabulary: Vocabulary) -> Deed:
    entry = find_event(name, vocabulary)
    title = entry.title if entry is not None else None
    if title is None and entry is not None:
        name = entry.name
    if title is None and entry is not None and entry.parent is not None:
        return _line(entry.parent, vocabulary)
    if title is None and name not in _KNOWN and name.endswith("_line"):
        return _line(name.removesuffix("_line"), vocabulary)
    return _from_phrase(title or _KNOWN.get(name) or label(name))


def _line(parent: str, vocabulary: Vocabulary) -> Deed:
    deed = _deed(parent, vocabulary)
    return (
        Deed("ordered an item", "ordered", "item")
        if deed.noun == "order"
        else Deed(f"had a line in {quoted(deed.past)}", "had", "line", f" in {quoted(deed.past)}")
    )


def _from_phrase(phrase: str) -> Deed:
    words = phrase.split(" ")
    first = words[0].lower()
    if _is_past(first) and (len(words) > 1 or first != phrase):
        return _verbal(first + phrase[len(first) :])
    if len(words) > 1 and _is_past(words[-1].lower()):
        noun = " ".join(words[:-1])
        noun = noun if noun.isupper() else noun[:1].lower() + noun[1:]
        return _verbal(f"{words[-1].lower()} {with_article(noun)}")
    if _is_past(first):
        return Deed(first)
    return Deed(f"had the event {quoted(phrase)}", "had", f"{quoted(phrase)} event")


def _verbal(phrase: str) -> Deed:
    match = _OBJECT.fullmatch(phrase)
    if match is None:
        return Deed(phrase)
    noun, *after = _PREPOSITION.split(match["rest"], maxsplit=1)
    return Deed(phrase, match["verb"], noun, f" {after[0]}" if after else "")


def _is_past(word: str) -> bool:
    return (
        word in _PAST
        or word in _IRREGULAR
        or word in _IRREGULAR.values()
        or (word.endswith("ed") and len(word) > 4)
    )
