"""What to do about a segment, and what a message to it must and must not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shoal.packs.pack import Words

CHANNELS = ("email", "sms", "push", "web", "app", "post", "service", "sales", "advert")
KINDS = ("offer", "help", "service", "reward", "content", "research", "nothing")


@dataclass(frozen=True, slots=True)
class Action:
    """Something worth doing: where, of what kind, and what; with a hint for its message."""

    channel: str
    kind: str
    do: Words
    message: Words = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """What makes a message fit: what it takes up, avoids and names, and words that are wrong."""

    match: Words = ""
    avoid: Words = ""
    uses: tuple[str, ...] = ()
    not_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """All that is suggested for one segment."""

    segment: str
    actions: tuple[Action, ...] = ()
    fit: Fit = field(default_factory=Fit)


def suggestions_in(text: str) -> dict[str, Suggestion]:
    """What an ``actions.yml`` says, by segment.

    >>> suggestions_in("segments: {lapsed: {actions: [{channel: email, kind: help, do: Ask}]}}")[
    ...     "lapsed"
    ... ].actions[0].kind
    'help'
    """
    from shoal.packs.plain_yaml import read_yaml

    document: Mapping[str, Any] = read_yaml(text) or {}
    return {name: _suggestion(name, it or {}) for name, it in document.get("segments", {}).items()}


def _suggestion(name: str, given: Mapping[str, Any]) -> Suggestion:
    actions = tuple(
        Action(it["channel"], it["kind"], it["do"], it.get("message", ""))
        for it in given.get("actions", ())
    )
    fit: Mapping[str, Any] = given.get("message_fit") or {}
    words = {language: tuple(them) for language, them in fit.get("not_words", {}).items()}
    return Suggestion(
        name,
        actions,
        Fit(fit.get("match", ""), fit.get("avoid", ""), tuple(fit.get("uses", ())), words),
    )
