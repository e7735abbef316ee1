"""Sentences that know how they were made, so that they can be told in another language.

What is found is worked out once and read by people of two languages. A ``Told`` is its English
sentence, a plain ``str`` wherever one is wanted, and remembers the phrase and what stands in its
gaps. A ``Speech`` of another language has a phrase for each English one and tells it again.

A gap is filled as Python's ``format`` does it; ``{0:is|are}`` takes the first word beside one, the
second beside any other number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

    def in_parts(self, text: str) -> str:
        """The same of a failure that was kept: its place, what is wrong and what to do, joined."""
        known = text if isinstance(text, Told) else recalled(text, self.plain, in_parts=True)
        return self.of(known)

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


LONGEST = 2_000
"""Characters of a plain text that is looked through for phrases; a longer one stays as it is."""
DEEPEST = 5
"""Phrases within phrases that are looked for."""
MOST_TRIES = 150
"""Texts and parts of texts that are held against the phrases, for one sentence."""
MOST_LINES = 30
MOST_PARTS = 8


def recalled(text: str, phrases: Iterable[str], *, in_parts: bool = False) -> str:
    """A sentence that comes as plain text, as the phrase it was made of; as it is where none fits.

    Of several the one that says most itself is taken. What fills a gap is looked at as well, unless
    it stands between backquotes: then it is a name. What takes long to recall is not: anybody may
    send any text. ``in_parts``: sentences may be joined by a line's end, ``; `` and ``: ``.

    >>> recalled("cannot read x: no `y`", ["cannot read {0}: {1}", "no `{0}`"]).gaps[1].phrase
    'no `{0}`'
    """
    return _Recalling(_shapes(tuple(phrases)), in_parts=in_parts).recall(text)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a phrase that can stand at one place only: what it begins with, then names.

    Each name ends at the next backquote, where the literal after it has to stand. ``gap`` is the
    one before it, which is of any length; None at the phrase's beginning.
    """

    gap: int | None
    begin: str
    names: tuple[tuple[int, str], ...]

    def at(self, text: str, place: int, gaps: dict[int, str]) -> int:
        """Where it ends if it stands at that place, -1 if it does not; its names into ``gaps``."""
        if not text.startswith(self.begin, place):
            return -1
        place += len(self.begin)
        for gap, literal in self.names:
            end = text.find("`", place)
            if end <= place or not text.startswith(literal, end):
                return -1
            gaps[gap] = text[place:end]
            place = end + len(literal)
        return place


@dataclass(frozen=True, slots=True)
class _Shape:
    """A phrase as it is recognised: stretches, each sought from where the one before it ended.

    The first place where a stretch stands is as good as any later one, so none is tried again.
    """

    phrase: str
    stretches: tuple[_Stretch, ...]
    end: str

    def fitted(self, text: str) -> dict[int, str] | None:
        """What stands in each gap; None where the text is not made of this phrase."""
        gaps: dict[int, str] = {}
        first, *others = self.stretches
        if not text.endswith(self.end):
            return None
        place = first.at(text, 0, gaps)
        for it in others:
            place = self._sought(it, text, place, gaps) if place >= 0 else -1
        return gaps if place == len(text) else None

    def _sought(self, it: _Stretch, text: str, place: int, gaps: dict[int, str]) -> int:
        assert it.gap is not None
        is_last = it is self.stretches[-1]
        if is_last and not it.names:  # the text ends with it, as was seen
            at = len(text) - len(it.begin)
            gaps[it.gap] = text[place:at]
            return len(text) if at > place else -1
        at = text.find(it.begin, place + 1)
        while at >= 0:
            end = it.at(text, at, gaps)
            if end == len(text) or (end >= 0 and not is_last):
                gaps[it.gap] = text[place:at]
                return end
            at = text.find(it.begin, at + 1)
        return -1


class _Recalling:
    """What is recalled of one sentence, in so many tries."""

    def __init__(self, shapes: Sequence[_Shape], *, in_parts: bool) -> None:
        self.shapes = shapes
        self.in_parts = in_parts
        self.tries = MOST_TRIES

    def recall(self, text: str, depth: int = DEEPEST) -> str:
        """The text as a phrase, or as several; as it is where there is none, or no try left."""
        known = self._whole(text, depth)
        if known is not None:
            return known
        if not self.in_parts or depth == 0 or len(text) > MOST_LINES * LONGEST:
            return text
        lines = text.split("\n", MOST_LINES)
        if len(lines) > 1:
            return joined([self.recall(line, depth - 1) for line in lines], "\n")
        return joined(list(self._parts(text, depth - 1)), "")

    def _whole(self, text: str, depth: int) -> Told | None:
        if depth == 0 or self.tries == 0 or len(text) > LONGEST:
            return None
        self.tries -= 1
        for shape in self.shapes:
            found = shape.fitted(text)
            if found is not None:
                free = {it.gap for it in shape.stretches}
                gaps = (
                    self.recall(found[it], depth - 1) if it in free else found[it]
                    for it in range(len(found))
                )
                return Told(shape.phrase, *gaps)
        return None

    def _parts(self, line: str, depth: int) -> Iterator[str]:
        """Of what is joined the longest that is known, then on from there."""
        parts = re.split("(; |: )", line, maxsplit=MOST_PARTS - 1)
        begin = 0
        while begin < len(parts):
            for end in range(len(parts), begin, -2):
                known = None
                if (begin, end) != (0, len(parts)):  # that was looked at
                    known = self._whole("".join(parts[begin:end]), depth)
                if known is not None:
                    break
            else:
                end = begin + 1
                known = parts[begin]
            yield known
            yield "".join(parts[end : end + 1])
            begin = end + 1


@lru_cache(maxsize=8)
def _shapes(phrases: tuple[str, ...]) -> list[_Shape]:
    """How each phrase is recognised, those that say most first."""
    made: list[tuple[int, _Shape]] = []
    for phrase in phrases:
        read = list(Formatter().parse(phrase))
        literals = [literal for literal, *_ in read] + ([""] if read[-1][1] is not None else [])
        gaps = [int(name) for _, name, _, _ in read if name is not None]
        assert any(literals), phrase
        assert sorted(gaps) == list(range(len(gaps))), phrase  # each gap once
        stretches = [_Stretch(None, literals[0], ())]
        for gap, before, after in zip(gaps, literals, literals[1:], strict=False):
            if before.endswith("`") and after.startswith("`"):
                last = stretches[-1]
                stretches[-1] = replace(last, names=(*last.names, (gap, after)))
            else:
                stretches.append(_Stretch(gap, after, ()))
        shape = _Shape(phrase, tuple(stretches), literals[-1])
        made.append((-sum(map(len, literals)), shape))
    made.sort(key=lambda it: it[0])
    return [shape for _, shape in made]


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
