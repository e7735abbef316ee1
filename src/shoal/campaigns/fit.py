"""Does the message match what the group did? Simple findings, each with what it rests on.

Nothing here understands a text: words are compared with the names and values that the audience's
rule speaks of, and with the people it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shoal.language.shape import walk
from shoal.language.told import Figure, Told, joined
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    Comparator,
    Compare,
    Did,
    InLast,
    Node,
    Selection,
    Step,
    TextLiteral,
)

SHARE = 0.95
"""The share of the audience that has to have what a message speaks of."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_STRANGE = frozenset({"completed", "event", "started", "true", "false", "type", "status", "name"})
_RECENT = (
    "yesterday", "last week", "your recent order", "thank you for your order",
    "thanks for your order", "your latest order", "just bought", "ontem", "a sua última compra",
    "obrigado pela sua encomenda",
)  # fmt: skip
_BAD = ("refund", "return", "complain", "ticket", "negative", "cancel")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before the start: a code, a sentence, and what to do."""

    code: str
    message: str
    hint: str
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as its words, and the names its templates read."""

    variant: str
    text: str
    reads: tuple[str, ...]
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What the group did: the nodes of its rule, definitions it names included."""

    nodes: tuple[Node, ...]
    titles: tuple[str, ...] = ()
    """How people call the events it speaks of."""
    has_items: bool = False
    items_share: float | None = None
    """The share of those who may be written to that has items; None where it is not known."""
    reads_behaviour: frozenset[str] = frozenset()
    """Traits that are made of what people did."""
    not_words: tuple[str, ...] = ()
    """Words that are wrong for this group, as its suggestions say."""


def findings(group: Group, messages: Sequence[Spoken]) -> list[Finding]:
    """What does not fit, most telling first."""
    found: list[Finding] = []
    if group.has_items and group.items_share is not None and group.items_share < SHARE:
        found.append(
            Finding(
                "items_lack",
                Told(
                    "only {0} of those who may be written to have `items`",
                    Figure(group.items_share, ".0%"),
                ),
                Told("narrow the audience to those who have some, or say something without them"),
            )
        )
    for message in messages:
        found += _of_message(group, message)
    return found


def _of_message(group: Group, message: Spoken) -> Iterable[Finding]:
    text = message.text.casefold()
    if group.has_items and not any(it.split(".")[0] == "items" for it in message.reads):
        yield Finding(
            "items_unused",
            Told("`{0}` does not speak of `items`, the very things this is about", message.variant),
            "{% for item in items %} {{ item }} {% endfor %}",
        )
    if not _speaks_of(group, message, text):
        words = [f"`{it}`" for it in sorted(_words_of(group))[:6]]
        known = joined(words) if words else Told("nothing")
        yield Finding(
            "unrelated",
            Told("`{0}` names nothing of what the group did ({1})", message.variant, known),
            Told("say why they get it: an item, a trait of what they did, or the words for it"),
        )
    recent = next((it for it in _RECENT if it in text), None)
    if recent is not None and _is_long_ago(group.nodes):
        yield Finding(
            "not_recent",
            Told("`{0}` says “{1}” to people whose last time is long ago", message.variant, recent),
            Told("speak of the time since, not of a recent deed"),
        )
    if message.offer and _went_badly(group.nodes):
        yield Finding(
            "offer_after_trouble",
            Told("`{0}` makes an offer to people whose last experience was bad", message.variant),
            Told("help first: send a service ticket (channel: ticket) instead of a promotion"),
        )
    for word in group.not_words:
        if word.casefold() in text:
            yield Finding(
                "wrong_word",
                Told("`{0}` says “{1}”, which is wrong for this group", message.variant, word),
                Told("say it in other words"),
            )


def _speaks_of(group: Group, message: Spoken, text: str) -> bool:
    roots = {it.split(".")[0] for it in message.reads} | set(message.reads)
    if "items" in roots or roots & group.reads_behaviour:
        return True
    stems = {it[:5] for it in _WORD.findall(text)}
    return any(word[:5] in stems for word in _words_of(group))


def _words_of(group: Group) -> set[str]:
    """The words for what the group did: events, their titles, values they are chosen by."""
    texts: list[str] = list(group.titles)
    for node in group.nodes:
        match node:
            case Selection():
                texts += [name.replace("_", " ") for name in node.event.names]
                texts += [it.text for it in _literals(node)]
            case Step():
                texts += [name.replace("_", " ") for name in node.event.names]
                texts += [it.text for it in _literals(node)]
            case _:
                pass
    words = {word.casefold() for text in texts for word in _WORD.findall(text)}
    return words - _STRANGE


def _literals(node: Node) -> Iterable[TextLiteral]:
    return (it for it in walk(node) if isinstance(it, TextLiteral))


def _is_long_ago(nodes: Iterable[Node]) -> bool:
    """Whether the rule asks for people who have not done something for a while."""
    for node in nodes:
        match node:
            case Compare(Age(Aggregate(AggregateFunction.LAST)), comparator, _) if comparator in {
                Comparator.GREATER,
                Comparator.AT_LEAST,
            }:
                return True
            case Did(Selection(window=InLast()), negated=True):
                return True
            case _:
                pass
    return False


def _went_badly(nodes: Iterable[Node]) -> bool:
    """Whether the rule asks for people who returned, complained or were let down last."""
    return any(bad in name.casefold() for node in nodes for name in _named_in(node) for bad in _BAD)


def _named_in(node: Node) -> Iterable[str]:
    match node:
        case Selection() | Step():
            return node.event.names
        case TextLiteral():
            return (node.text,)
        case _:
            return ()
