"""Every phrase has its other in Portuguese, with the same gaps."""

from __future__ import annotations

import ast
import inspect
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.audits import (
    behaviours,
    bulk,
    channels,
    distinctness,
    findings,
    linting,
    minimisation,
    quality,
    quality_bots,
    quality_duplicates,
    quality_missing,
    quality_plan,
    quality_times,
    quality_values,
    soundness,
    steadiness,
    usefulness,
    wording,
)
from shoal.discovery import naming, preparing
from shoal.language import check, contradictions, cycles, parse, shape, syntax_errors
from shoal.language.told import ENGLISH, Capital, Figure, Told, has_words, joined, unsaid
from shoal.project import alerting, auditing, discovering, minimising, preview_warnings
from shoal.project import quality as data_quality
from shoal.project.portuguese import PORTUGUESE
from shoal.sources import delimited, describing, guessing, rows

ROOMS = (
    behaviours, bulk, channels, distinctness, findings, linting, minimisation, quality, quality_bots,
    quality_duplicates, quality_missing, quality_plan, quality_times, quality_values, soundness,
    steadiness, usefulness, wording, naming, preparing, check, contradictions, cycles, parse, shape,
    syntax_errors, alerting, auditing, discovering, minimising, preview_warnings, data_quality, delimited,
    describing, guessing, rows,
)  # fmt: skip


def gaps(phrase):
    """The numbers of a phrase's gaps."""
    return {int(name) for _, name, _, _ in Formatter().parse(phrase) if name is not None}


def texts(node):
    """The texts an expression can be."""
    match node:
        case ast.Constant(str() as text):
            yield text
        case ast.IfExp(_, one, other):
            yield from texts(one)
            yield from texts(other)


@pytest.mark.parametrize("room", ROOMS, ids=lambda it: it.__name__.removeprefix("shoal."))
def test_every_phrase_of_a_room_is_told_in_portuguese(room):
    tree = ast.parse(inspect.getsource(room))
    calls = [it for it in ast.walk(tree) if isinstance(it, ast.Call) and it.args]
    named = [it for it in calls if isinstance(it.func, ast.Name) and it.func.id == "Told"]
    assert named
    phrases = [text for call in named for text in texts(call.args[0])]
    assert [it for it in phrases if has_words(it) and it not in PORTUGUESE.phrases] == []


def test_the_same_gaps_in_both():
    assert {
        phrase: other for phrase, other in PORTUGUESE.phrases.items() if gaps(phrase) < gaps(other)
    } == {}
    left_out = {
        phrase: other for phrase, other in PORTUGUESE.phrases.items() if gaps(phrase) - gaps(other)
    }
    assert left_out == {}


def test_one_and_many_and_separators():
    one, many = (Told("{0} {0:person|people}", Figure(it)) for it in (1, 12_345))
    assert (str(one), str(many)) == ("1 person", "12,345 people")
    assert (PORTUGUESE.of(one), PORTUGUESE.of(many)) == ("1 pessoa", "12.345 pessoas")
    assert PORTUGUESE.of(Figure(0.125, ".1%")) == "12,5%"


def test_what_is_the_readers_own_stays():
    told = Told("`{0}` is true for nobody.", "unchanged")
    assert PORTUGUESE.of(told) == "`unchanged` não vale para ninguém."
    assert PORTUGUESE.of("unchanged") == "unchanged"
    assert PORTUGUESE.document({"unchanged": ["unchanged", Told("unchanged"), 3]}) == {
        "unchanged": ["unchanged", "sem mudança", 3]
    }


def test_parts_within_parts():
    told = Capital(Told("{0} and {1}", joined(["a", "{b}"]), Told("nothing")))
    assert str(told) == "A, {b} and nothing"
    assert PORTUGUESE.of(told + "!") == "A, {b} e nada!"


def test_what_has_no_other_is_named():
    assert unsaid(Told("{0} never said before", Told("unchanged")), PORTUGUESE) == [
        "{0} never said before"
    ]
    assert unsaid(Told("{0}, {1}", "plain", Figure(3)), PORTUGUESE) == []


@given(st.lists(st.text(max_size=8), max_size=4), st.floats(-1e9, 1e9))
def test_english_is_what_python_writes(names, number):
    told = joined(names) + Figure(number, ",.2f")
    assert told == f"{', '.join(names)}{number:,.2f}"
    assert ENGLISH.of(told) == told
    swapped = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert PORTUGUESE.of(told) == f"{', '.join(names)}{swapped}"
