"""The language's own page: its rules read, its file has no problems, its Python holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shoal.core.errors import DefinitionError
from shoal.language import parse_definitions, parse_expression, parse_rule, parse_value
from shoal.language.tree import (
    AggregateFunction,
    AnniversaryFunction,
    HolidayDaysFunction,
    HolidayFunction,
    RankFunction,
    TextTest,
    TimePartFunction,
)

FUNCTIONS = [
    *AggregateFunction,
    *AnniversaryFunction,
    *HolidayDaysFunction,
    *HolidayFunction,
    *RankFunction,
    *TextTest,
    *TimePartFunction,
    "age",
    "coalesce",
    "until",
]

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind):
    return [body for found, body in BLOCK.findall(PAGE) if found == kind]


RULES = [text for body in blocks("rule") for text in re.split(r"\n\s*\n", body.strip())]


@pytest.mark.parametrize("text", RULES)
def test_every_rule_of_the_page_reads(text):
    parse_expression(text)


@pytest.mark.parametrize(
    "window",
    re.findall(r"^\| `((?:in|between|since|before|from|ever)\b[^`]*)` \|", PAGE, re.MULTILINE),
)
def test_every_window_of_the_page_reads(window):
    parse_rule(f"did a {window}")


def test_every_literal_of_the_page_reads():
    rows = re.findall(
        r"^\| (?:number|text|true, false|duration|date, instant) \| (.*) \|$", PAGE, re.MULTILINE
    )
    assert len(rows) == 5
    for literal in re.findall(r"`([^`]+)`", " ".join(rows)):
        parse_value(literal)


@pytest.mark.parametrize("body", blocks("yaml"))
def test_files_of_the_page_have_no_problems(body):
    assert parse_definitions(body, "page.yml").problems == ()


@pytest.mark.parametrize("body", blocks("python"))
def test_python_of_the_page_holds(body):
    exec(compile(body, "language.md", "exec"), {})


@pytest.mark.parametrize("word", FUNCTIONS)
def test_every_function_is_described(word):
    assert re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", PAGE)


def test_what_the_page_refuses_is_refused():
    for text in ("did a in last 6M", "did a where gift"):
        with pytest.raises(DefinitionError):
            parse_rule(text)
