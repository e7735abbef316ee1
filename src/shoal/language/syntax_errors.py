# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""What a text that is no rule is told: where it broke, what was expected, what was meant."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, cast

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from shoal.core.errors import Problem
from shoal.core.names import nearest
from shoal.language.placing import Locate
from shoal.language.told import Told, joined
from shoal.language.tree import (
    AggregateFunction,
    AnniversaryFunction,
    HolidayDaysFunction,
    HolidayFunction,
    RankFunction,
    TimePartFunction,
)

FUNCTIONS = (
    *AggregateFunction,
    *RankFunction,
    *TimePartFunction,
    *AnniversaryFunction,
    *HolidayFunction,
    *HolidayDaysFunction,
    "age",
    "until",
    "coalesce",
    "sequence",
)

_WORDS = {
    "$END": Told("the end"),
    "_AND": "`and`",
    "_OR": "`or`",
    "_WHERE": "`where`",
    "_AGO": "`ago`",
    "_BY": "`by`",
    "_END": "`end`",
    "_ELSE": "`else`",
    "_THEN": "`then`",
    "WHEN": "`when`",
    "_OF": "`of`",
    "_TO": "`to`",
    "_WITHIN": "`within 24h`",
    "_FOR_AT_LEAST": "`for at least 30d`",
    "_PERCENT": "`%`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "_DOT": "`.property`",
    "DURATION": Told("a duration such as 30d"),
    "INSTANT": Told("a date such as 2026-11-01"),
    "NUMBER": Told("a number"),
    "STRING": Told("a string in quotes"),
    "TIME": "`time`",
    "_IN": "`in (…)`",
    "_BETWEEN": "`between … and …`",
    "TEXT_TEST": "`contains`",
    "_HAS": "`has`",
    "NOT": "`not`",
}
_COMPARING = {"COMPARATOR", "_IN", "TEXT_TEST", "_HAS", "IS_SET", "IN_TOP", "_BETWEEN", "NOT"}
_SUMMING = {"PLUS", "MINUS", "STAR", "SLASH"}
_WINDOW = {"_IN_LAST", "_IN_NEXT", "_SINCE", "_BEFORE", "_FROM", "EVER", "_BETWEEN"}
_VALUE = {
    "NUMBER",
    "STRING",
    "DURATION",
    "INSTANT",
    "LPAR",
    "QNAME",
    "NOT",
    "PLUS",
    "MINUS",
    "TRUE",
    "FALSE",
    "CASE",
    "AGE",
    "COALESCE",
}
_KEYWORDS = {
    "_AND": ("and",),
    "_OR": ("or",),
    "_WHERE": ("where",),
    "_IN_LAST": ("in last",),
    "_IN_NEXT": ("in next",),
    "_SINCE": ("since",),
    "_BEFORE": ("before",),
    "_FROM": ("from",),
    "EVER": ("ever",),
    "_BETWEEN": ("between",),
    "_AGO": ("ago",),
    "_BY": ("by",),
    "_END": ("end",),
    "_ELSE": ("else",),
    "_THEN": ("then",),
    "WHEN": ("when",),
    "_WITHIN": ("within",),
    "_FOR_AT_LEAST": ("for at least",),
    "TEXT_TEST": ("contains", "starts with", "ends with"),
    "_HAS": ("has",),
    "IS_SET": ("is set", "is not set"),
    "IN_TOP": ("in top", "in bottom"),
    "IN_SEGMENT": ("in segment",),
    "CHANGED_SEGMENT": ("entered segment", "left segment"),
    "CONSENTS_TO": ("consents to",),
    "DID": ("did",),
    "EVERYONE": ("everyone",),
    "NOBODY": ("nobody",),
    "ANY_EVENT": ("any event",),
    "ANY_OF": ("any of",),
    "_ANY_OF": ("any of",),
}
_MEANT = {
    "==": Told("one `=` compares"),
    "<>": Told("write `!=`"),
    "&&": Told("write `and`"),
    "&": Told("write `and`"),
    "||": Told("write `or`"),
    "|": Told("write `or`"),
    "!": Told("write `not`, or `!=`"),
    "“": Told("use straight quotes, \" or '"),
    "”": Told("use straight quotes, \" or '"),
    "\u2018": Told("use straight quotes, \" or '"),
    "\u2019": Told("use straight quotes, \" or '"),
    "≥": Told("write `>=`"),
    "≤": Told("write `<=`"),
    "≠": Told("write `!=`"),
    "is null": Told("write `is not set`"),
    "is empty": Told("write `is not set`"),
    "is": Told("write `= …`, `is set` or `is not set`"),
    "like": Told("write `contains`, `starts with` or `ends with`"),
    "has not": Told("write `did not …`"),
    "within": Told("write `in last 7d`"),
    "during": Told("write `in last 7d`"),
}
_PIECE = re.compile(
    r"is\s+(?:null|empty)\b|has\s+not\b|==|<>|&&|\|\||[<>!]=|[^\W\d][\w.$]*|\d[\w.:-]*|`[^`]*`"
    r"|'[^']*'|\"[^\"]*\"|.",
    re.IGNORECASE | re.DOTALL,
)
_UNIT_WORDS = {
    "second": "s",
    "minute": "m",
    "hour": "h",
    "day": "d",
    "week": "w",
    "month": "mo",
    "year": "y",
}
_SPELT = re.compile(r"(\d+)\s*(second|minute|hour|day|week|month|year)s?\b", re.IGNORECASE)


def syntax_problem(error: UnexpectedInput, text: str, locate: Locate) -> Problem:
    """The one problem of a text that is no rule."""
    offset, accepted = _where(error, text)
    piece = _PIECE.match(text, offset) if offset < len(text) else None
    found = " ".join(piece[0].split()) if piece else ""
    expected = expectation(accepted)
    if offset >= len(text):
        return _ends_early(text, expected, locate)
    if found in {"'", '"', "`"}:
        return Problem(
            Told("this {0} is never closed", found),
            locate(offset),
            Told("close it with {0}", found),
        )
    hint = _meant(text, offset, found, accepted) or Told("expected {0}", expected)
    return Problem(Told("`{0}` does not fit here", _short(found)), locate(offset), hint)


def _where(error: UnexpectedInput, text: str) -> tuple[int, Collection[str]]:
    if isinstance(error, UnexpectedToken):
        token = cast("Token", cast("Any", error).token)
        offset = len(text) if token.type == "$END" else token.start_pos or 0
        return offset, error.accepts or error.expected
    assert isinstance(error, UnexpectedCharacters)
    return cast("int", cast("Any", error).pos_in_stream), error.allowed or ()


def expectation(accepted: Collection[str]) -> str:
    """The terminals that would fit, in words.

    >>> expectation({"DURATION"}), expectation({"_AND", "$END", "_OR"})
    ('a duration such as 30d', '`and`, `or` or the end')
    """
    left, phrases = set(accepted) - _SUMMING, list[str]()
    if "EVERYONE" in left:
        phrases.append(Told("a rule"))
        left = left & {"RPAR", "$END"}
    elif "AGGREGATE" in left:
        phrases.append(Told("a value"))
        left -= _VALUE
    elif left & {"ANY_EVENT"}:
        phrases.append(Told("an event"))
        left -= {"QNAME", "NOT"}
    elif "QNAME" in left:
        phrases.append(Told("a name"))
    elif {"STRING", "NUMBER", "TRUE"} <= left:
        phrases.append(Told("a number, a string in quotes, a date or another literal"))
        left -= _VALUE
    if "COMPARATOR" in left:
        phrases.append(Told("a comparison (=, >, in, between, contains, is set, …)"))
        left -= _COMPARING
    if "_IN_LAST" in left:
        phrases.append(Told("a window (in last 30d, since 2026-01-01, …)"))
    left -= _WINDOW if "_IN_LAST" in accepted else set()
    phrases.extend(words for name, words in _WORDS.items() if name in left and name != "$END")
    if "$END" in left:
        phrases.append(Told("the end"))
    if not phrases:
        return Told("something else")
    return (
        phrases[0] if len(phrases) == 1 else Told("{0} or {1}", joined(phrases[:-1]), phrases[-1])
    )


def _ends_early(text: str, expected: str, locate: Locate) -> Problem:
    place = locate(len(text.rstrip()))
    if not text.strip():
        return Problem(Told("there is no rule here"), place, Told("expected {0}", expected))
    return Problem(Told("this ends too early"), place, Told("expected {0}", expected))


def _meant(text: str, offset: int, found: str, accepted: Collection[str]) -> str | None:
    """The likeliest thing that was meant, as a hint."""
    rest, before = text[offset : offset + 60], text[max(0, offset - 60) : offset]
    if (spelt := _SPELT.match(rest)) and "DURATION" in accepted:
        return Told("write {0}{1}", spelt[1], _UNIT_WORDS[spelt[2].lower()])
    if found[0].isdigit() and re.match(r"\d+[^\W\d]", found):
        return Told("a duration is a whole number and one of s, m, h, d, w, mo, y, such as 30d")
    if found == "(" and (name := re.search(r"([^\W\d]\w*)\s*\Z", before)):
        near = nearest(name[1].lower(), FUNCTIONS)
        if near == name[1].lower():
            return Told("`{0}(…)` is a value: compare it, in `where` or within an aggregate", near)
        function = Told("there is no function `{0}`", name[1])
        return Told("{0}; did you mean `{1}`?", function, near) if near else function
    if found.lower() == "where" and "_AND" in accepted:
        return Told("`where` comes before the window")
    if found == "=" and before.endswith("="):
        return _MEANT["=="]
    if re.match(r"[<>=]", found) and "_AND" in accepted:
        return Told("join two comparisons by `and`, or write `between … and …`")
    if meant := _MEANT.get(found.lower()):
        return meant
    return _keyword_meant(rest, found, accepted)


def _keyword_meant(rest: str, found: str, accepted: Collection[str]) -> str | None:
    """The nearest keyword that would fit, where one is near."""
    known = {word for name in accepted for word in _KEYWORDS.get(name, ())}
    if not found[:1].isalpha():
        return None
    words = [word.lower() for word in re.findall(r"\w+", rest)[:3]]
    for count in (3, 2, 1):
        written = " ".join(words[:count])
        near = nearest(written, [word for word in known if word.count(" ") == count - 1])
        if near and near != written and len(words) >= count:
            return Told("did you mean `{0}`?", near)
    return None


def _short(found: str) -> str:
    return found if len(found) <= 40 else f"{found[:37]}…"
