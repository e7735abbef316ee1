"""Sentences that know how they were made, so that they can be told in another language.

What is found is worked out once and read by people of two languages. A ``Told`` is its English
sentence, a plain ``str`` wherever one is wanted, and remembers the phrase and what stands in its
gaps. A ``Speech`` of another language has a phrase for each English one and tells it again.

A gap is filled as Python's ``format`` does it; ``{0:is|are}`` takes the first word beside one, the
second beside any other number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any, Self, cast

Gap = object


class Told(str):
    """An English sentence, or part of one, with its phrase and what fills the gaps."""

    __slots__ = ("gaps", "phrase")

    phrase: str
    gaps: tuple[Gap, ...]

    def __new__(cls, phrase: str, *gaps: Gap) -> Self:
        """The phrase with its gaps filled, in English."""
        text = ENGLISH.filled(phrase, gaps) if gaps else phrase
        made = super().__new__(cls, text)
        made.phrase, made.gaps = phrase, gaps
        return made

    def __add__(self, other: str) -> Told:
        """Both, one after the other."""
        return Told("{0}{1}", self, other)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.phrase, *self.gaps)


class Figure(Told):
    """A number as Python's ``format`` writes it, in the separators of whoever reads it."""

    __slots__ = ("value",)

    value: float

    def __new__(cls, value: float, shape: str = ",") -> Self:
        """The number in that shape: ``,`` or ``.1%``."""
        made = str.__new__(cls, format(value, shape))
        made.phrase, made.gaps, made.value = shape, (), value
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.value, self.phrase)


class Capital(Told):
    """The same with a capital to begin with."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """A capital, then the rest as it is."""
        made = str.__new__(cls, text[:1].upper() + text[1:])
        made.phrase, made.gaps = "", (text,)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.gaps


@dataclass(frozen=True)
class Speech:
    """A language's phrase for each English one. ``separators`` are of thousands and of decimals.

    ``plain`` are phrases that are also known again where they come as plain text.
    """

    phrases: Mapping[str, str]
    separators: str = ",."
    plain: tuple[str, ...] = ()

    def of(self, text: str) -> str:
        """The sentence in this language; what was not made of phrases stays as it is."""
        match text:
            case Figure():
                return text.translate(str.maketrans(",.", self.separators))
            case Capital():
                inner = self.of(cast("str", text.gaps[0]))
                return inner[:1].upper() + inner[1:]
            case Told():
                phrase = self.phrases.get(text.phrase, text.phrase)
                return self.filled(phrase, text.gaps) if text.gaps else phrase
            case _:
                return text

    def again(self, text: str) -> str:
        """The same of what may be plain text by now: a reason that was kept, a refusal."""
        return self.of(text if isinstance(text, Told) else recalled(text, self.plain))

    def filled(self, phrase: str, gaps: tuple[Gap, ...]) -> str:
        """A phrase of this language with its gaps filled."""
        return _Filling(self).vformat(phrase, gaps, {})

    def document(self, found: Any) -> Any:
        """Plain data with every sentence in this language."""
        match found:
            case str():
                return self.of(found)
            case dict():
                rows = cast("dict[Any, Any]", found)
                return {key: self.document(it) for key, it in rows.items()}
            case list() | tuple():
                return [self.document(it) for it in cast("list[Any]", found)]
            case _:
                return found


class _Filling(Formatter):
    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec:
            one, _, other = format_spec.partition("|")
            return one if value.value == 1 else other
        return self.speech.of(value) if isinstance(value, str) else str(value)


ENGLISH = Speech({})


def joined(parts: Sequence[str], between: str = ", ") -> Told:
    """The parts, one after the other.

    >>> joined(["a", "b"])
    'a, b'
    """
    gaps = (between.replace("{", "{{").replace("}", "}}")).join("{}" for _ in parts)
    return Told(gaps, *parts)


def recalled(text: str, phrases: Iterable[str]) -> str:
    """A sentence that comes as plain text, as the phrase it was made of; as it is where none fits.

    Of several the one that says most itself is taken. What fills a gap is looked at as well, unless
    it stands between backquotes: then it is a name.

    >>> recalled("cannot read x: no `y`", ["cannot read {0}: {1}", "no `{0}`"]).gaps[1].phrase
    'no `{0}`'
    """
    known = tuple(phrases)
    for pattern, phrase, is_name in _patterns(known):
        found = pattern.fullmatch(text)
        if found is not None:
            gaps = (found[f"gap{it}"] for it in range(len(is_name)))
            named = zip(gaps, is_name, strict=True)
            return Told(phrase, *(gap if is_ else recalled(gap, known) for gap, is_ in named))
    return text


@lru_cache(maxsize=8)
def _patterns(phrases: tuple[str, ...]) -> list[tuple[re.Pattern[str], str, list[bool]]]:
    """A pattern for each phrase with which gaps are names, those that say most first."""
    made: list[tuple[int, re.Pattern[str], str, list[bool]]] = []
    for phrase in phrases:
        written, is_name, length = "", dict[int, bool](), 0
        for literal, name, _, _ in Formatter().parse(phrase):
            written, length = written + re.escape(literal), length + len(literal)
            if name is not None:
                gap = int(name)
                written += f"(?P=gap{gap})" if gap in is_name else f"(?P<gap{gap}>.+)"
                is_name.setdefault(gap, literal.endswith("`"))
        assert length, phrase
        names = [is_name[gap] for gap in sorted(is_name)]
        made.append((-length, re.compile(written, re.DOTALL), phrase, names))
    made.sort(key=lambda it: it[0])
    return [(pattern, phrase, names) for _, pattern, phrase, names in made]


def unsaid(text: str, speech: Speech) -> list[str]:
    """The phrases of a sentence that a language lacks."""
    if not isinstance(text, Told) or isinstance(text, Figure):
        return []
    own = [text.phrase] if has_words(text.phrase) and text.phrase not in speech.phrases else []
    return [*own, *(it for gap in text.gaps if isinstance(gap, str) for it in unsaid(gap, speech))]


def has_words(phrase: str) -> bool:
    """Whether anything of a phrase is to be said in words at all.

    >>> has_words("{0}, {1}"), has_words("{0:is|are} set")
    (False, True)
    """
    return any(
        any(it.isalpha() for it in f"{text}{spec or ''}")
        for text, _, spec, _ in Formatter().parse(phrase)
    )
