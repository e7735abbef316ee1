"""What a language brings to sentences: phrases with gaps, nouns and deeds that fit into them.

The clauses of a rule are the same in every language and know it by keys only: ``say("did",
deed=…)``. A language answers with a table of phrases (``english_phrases``,
``portuguese_phrases``: the same keys in each) and a few functions. A new form of the language gets
a key in every table.

A gap is filled like Python's ``format``, and what follows the colon asks for an inflection:
``{x:cujo}`` is *cuja* beside a feminine noun, ``{deed:did}`` one form of what people did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from string import Formatter
from typing import Any, Protocol

from shoal.core.spans import Span
from shoal.language.tree import EventRef
from shoal.language.vocabulary import Vocabulary


class Gender(StrEnum):
    """What other words of a phrase agree with, in languages that have it."""

    MASCULINE = "m"
    FEMININE = "f"


class Owner(StrEnum):
    """What stands before a noun where it is spoken of again: "their orders", "the ratio", "5"."""

    PERSON = "their"
    NOBODY = "the"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase: what it says, and what the words around it need to know."""

    text: str
    gender: Gender = Gender.MASCULINE
    plural: bool = False
    owner: Owner = Owner.PERSON
    is_name: bool = False  # a name in quotes: nothing is known of its grammar

    @classmethod
    def literal(cls, text: str) -> Noun:
        """A number, a text, a date: nobody's."""
        return cls(text, owner=Owner.NONE)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Deed:
    """What people did: its verb in every form the language's phrases ask for, and its nouns."""

    forms: Mapping[str, str]
    one: Noun
    several: Noun
    is_creation: bool = False  # each has its own object: the last order placed is the last order
    is_anything: bool = False

    @property
    def has_object(self) -> bool:
        """Whether it is counted by its object: "4 orders", not "4 times"."""
        return "object" in self.forms


class Inflect(Protocol):
    """How a noun is said in a gap: by itself, owned, after a preposition, or as what agrees."""

    def __call__(self, noun: Noun, form: str, /) -> str:
        """The noun in that form, or the word of that form that agrees with it."""
        ...


class FindDeed(Protocol):
    """What the people did to whom an event belongs."""

    def __call__(self, event: EventRef, vocabulary: Vocabulary, /, *, future: bool) -> Deed:
        """The deed; ``future`` is of what will have happened."""
        ...


class Name(Protocol):
    """A trait or property in the middle of a sentence."""

    def __call__(self, name: str, title: str | None, other: str | None, /) -> Noun:
        """By its title in this language, else by its name or its ``other`` title."""
        ...


class Join(Protocol):
    """The clauses of a sentence, held together by *and* or *or*."""

    def __call__(self, parts: Sequence[str], word: str, /, *, of_groups: bool) -> str:
        """All the parts as one; ``of_groups`` where some are several held together already."""
        ...


@dataclass(frozen=True)
class Wording:
    """Everything sentences need of one language."""

    code: str
    phrases: Mapping[str, str]
    inflected: Inflect
    deed: FindDeed
    named: Name
    together: Join
    grouped: Callable[[Sequence[str], str], str]
    """Clauses within a clause, so that what belongs together is heard."""
    number: Callable[[float, bool], str]
    """A number, or a percentage of one."""
    duration: Callable[[Span], str]
    lately: Callable[[Span], Noun]
    """A span as in *in the last 7 days*."""
    moment: Callable[[str], str]
    clock: Callable[[int], str]
    """An hour of the day."""
    weekdays: Sequence[str]
    months: Sequence[str]
    heads: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of phrases that are nouns: their gender, or the gap whose noun they take after."""

    def say(self, key: str, **gaps: object) -> str:
        """The phrase with its gaps filled."""
        return self._filling.vformat(self.phrases[key], (), gaps)

    def noun(self, key: str, owner: Owner = Owner.PERSON, **gaps: object) -> Noun:
        """The phrase as a noun."""
        head = self.heads.get(key, Gender.MASCULINE)
        like = gaps.get(head)
        text = self.say(key, **gaps)
        if isinstance(like, Noun):
            return Noun(text, like.gender, like.plural, owner)
        return Noun(text, Gender(head), owner=owner)

    def listed(self, parts: Sequence[str], word: str) -> str:
        """``a``; ``a or b``; ``a, b or c``: the word is ``and``, ``or`` or ``nor``."""
        return listed(parts, self.phrases[word])

    @cached_property
    def _filling(self) -> Formatter:
        return _Filling(self.inflected)


class _Filling(Formatter):
    def __init__(self, inflected: Inflect) -> None:
        self.inflected = inflected

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case Noun():
                return self.inflected(value, format_spec)
            case Deed():
                return value.forms[format_spec]
            case _:
                return str(value)


def listed(parts: Sequence[str], word: str) -> str:
    """``a``; ``a or b``; ``a, b or c``."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def quoted(text: str) -> str:
    """The text in typographic quotes."""
    return f"“{text}”"


def capital(text: str) -> str:
    """The text with a capital to begin with."""
    return text[:1].upper() + text[1:]


def in_passing(title: str) -> str:
    """A title in the middle of a sentence: "Recency score" loses its capital, "RFM" does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
