"""What a text says of how somebody felt: positive, neutral or negative, in English and Portuguese.

Judged by lists of words that come in the wheels of VADER (Hutto and Gilbert 2014) and of LeIA, its
Portuguese child; nothing is downloaded. A text in a language that neither knows is not judged.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.columns import as_text

POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"
AT_LEAST = 0.05
"""How far from 0 a text is that is not neutral, as the authors of VADER took it; scores end at 1."""
LONGEST = 2_000
"""Signs of a text that are read."""
NOT_THERE = (
    "`{1}` was not judged: install the extra for it (pip install 'shoal[sentiment]'), or send it "
    "as a column"
)

_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": "the and is was it this that i my with for very not but are they you have has of to",
    "pt": "não muito uma um com mas foi é e do da os ao em eu meu minha você está são mais pra",
    "es": "el los las y es muy pero una con del lo está fue yo mi le se más",
    "fr": "le les et est très pas je une avec des du ce mais mon ma il",
    "de": "der die das und ist nicht sehr ich ein eine mit war aber zu es",
    "it": "il che è non molto per una sono con gli della ma mi questo",
}
"""Words that nearly every sentence of a language has, and few of another."""


def is_there() -> bool:
    """Whether the extra is installed."""
    return find_spec("vaderSentiment") is not None and find_spec("LeIA") is not None


def sentiment_of(texts: pa.Array) -> pa.StringArray:
    """What each text says; unset where it is unset, has no word, or is of another language.

    Needs the extra ``sentiment``.
    """
    told = pc.dictionary_encode(as_text(texts))
    said = [None if it is None else judge(it) for it in told.dictionary.to_pylist()]
    return pa.array(said, pa.string()).take(told.indices)


def judge(text: str) -> str | None:
    """What one text says of how somebody felt.

    A text without a small word of any language is read in both, and the clearer one counts.
    """
    text = text[:LONGEST]
    if not _WORD.search(text) and text.isascii():
        return None
    language = language_of(text)
    if language not in {None, "en", "pt"}:
        return None
    known = ("en", "pt") if language is None else (language,)
    score = max((_scorer(it)(text) for it in known), key=abs)
    return POSITIVE if score >= AT_LEAST else NEGATIVE if score <= -AT_LEAST else NEUTRAL


def language_of(text: str) -> str | None:
    """The language whose small words a text has most of; None where it has none, or as many of two.

    >>> language_of("The food was cold"), language_of("A comida chegou fria, não volto")
    ('en', 'pt')
    """
    words = [it.casefold() for it in _WORD.findall(text)]
    counts = {name: sum(it in known for it in words) for name, known in _known().items()}
    most = max(counts.values())
    found = [name for name, count in counts.items() if count == most]
    return found[0] if most and len(found) == 1 else None


@cache
def _known() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in _SMALL_WORDS.items()}


@cache
def _scorer(language: str) -> Callable[[str], float]:
    """From -1 to 1; the word lists are read once."""
    module = "LeIA" if language == "pt" else "vaderSentiment.vaderSentiment"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they leave files open, and open them in an old way
        made: Any = import_module(module).SentimentIntensityAnalyzer()
    return lambda text: float(made.polarity_scores(text)["compound"])
