"""What people did, in English: from an event's title, or its name, to verb and nouns.

Titles in the tracking plan say what a person did: "placed an order". Without one the name is
read: ``appointment_booked`` is "booked an appointment".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from shoal.language.english import label, plural, with_article
from shoal.language.resolution import find_event, title_in
from shoal.language.tree import EventRef
from shoal.language.vocabulary import Vocabulary
from shoal.language.wording import Deed, Noun, listed, quoted

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
class _Phrase:
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

    @property
    def did(self) -> str:
        """Of several people, without "have": "been sent an email" is "were sent an email"."""
        return re.sub(r"^(?:been|was)\b", "were", self.past)

    @property
    def deed(self) -> Deed:
        """All the forms."""
        is_creation = self.verb in _CREATES and self.noun is not None
        one = several = None
        if self.noun is not None:
            made = "" if is_creation else f" {self.participle}{self.after}"
            one, several = f"{self.noun}{made}", f"{plural(self.noun)}{made}"
        title = quoted(self.past)
        return Deed(
            {
                "done": self.done,
                "done_any": self.done,
                "did": self.did,
                "did_any": self.did,
                **self.counted,
            },
            Noun(one or f"{title} event"),
            Noun(several or f"{title} events", plural=True),
            is_creation=is_creation,
        )

    @property
    def participle(self) -> str:
        """The verb as after "have"."""
        verb = self.verb or ""
        return _IRREGULAR.get(verb, verb)

    @property
    def counted(self) -> dict[str, str]:
        """The words around a number, where there is an object to count."""
        if self.noun is None:
            return {}
        noun, verb = self.noun, self.participle
        return {"verb": verb, "object": noun, "objects": plural(noun), "after": self.after}


_ANYTHING = Deed(
    {
        "done": "done something",
        "done_any": "done anything",
        "did": "did something",
        "did_any": "did anything",
        "verb": "done",
        "object": "thing",
        "objects": "things",
        "after": "",
    },
    Noun("event of any kind"),
    Noun("events of any kind", plural=True),
    is_anything=True,
)


def deed_of(event: EventRef, vocabulary: Vocabulary, *, future: bool) -> Deed:
    """What the people did to whom this event belongs."""
    have = {"have": "have", "have_not": "have not"}
    if future:
        have = {"have": "will have", "have_not": "will not have"}
    found = _found(event, vocabulary)
    return replace(found, forms={**found.forms, **have})


def _found(event: EventRef, vocabulary: Vocabulary) -> Deed:
    if event.is_any:
        return _ANYTHING
    deeds = [_deed(name, vocabulary) for name in event.names]
    if len(deeds) == 1:
        return deeds[0].deed
    return _Phrase(listed([deed.past for deed in deeds], "or")).deed


def _deed(name: str, vocabulary: Vocabulary) -> _Phrase:
    entry = find_event(name, vocabulary)
    title = title_in(entry, vocabulary, "en") if entry is not None else None
    if title is None and entry is not None:
        name = entry.name
    if title is None and entry is not None and entry.parent is not None:
        return _line(entry.parent, vocabulary)
    if title is None and name not in _KNOWN and name.endswith("_line"):
        return _line(name.removesuffix("_line"), vocabulary)
    return _from_phrase(title or _KNOWN.get(name) or label(name))


def _line(parent: str, vocabulary: Vocabulary) -> _Phrase:
    deed = _deed(parent, vocabulary)
    return (
        _Phrase("ordered an item", "ordered", "item")
        if deed.noun == "order"
        else _Phrase(
            f"had a line in {quoted(deed.past)}", "had", "line", f" in {quoted(deed.past)}"
        )
    )


def _from_phrase(phrase: str) -> _Phrase:
    words = phrase.split(" ")
    first = words[0].lower()
    if _is_past(first) and (len(words) > 1 or first != phrase):
        return _verbal(first + phrase[len(first) :])
    if len(words) > 1 and _is_past(words[-1].lower()):
        noun = " ".join(words[:-1])
        noun = noun if noun.isupper() else noun[:1].lower() + noun[1:]
        return _verbal(f"{words[-1].lower()} {with_article(noun)}")
    if _is_past(first):
        return _Phrase(first)
    return _Phrase(f"had the event {quoted(phrase)}", "had", f"{quoted(phrase)} event")


def _verbal(phrase: str) -> _Phrase:
    match = _OBJECT.fullmatch(phrase)
    if match is None:
        return _Phrase(phrase)
    noun, *after = _PREPOSITION.split(match["rest"], maxsplit=1)
    return _Phrase(phrase, match["verb"], noun, f" {after[0]}" if after else "")


def _is_past(word: str) -> bool:
    return (
        word in _PAST
        or word in _IRREGULAR
        or word in _IRREGULAR.values()
        or (word.endswith("ed") and len(word) > 4)
    )
