"""Rules to begin with mean something here, and everything that is typed can be completed."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from shoal.language import parse_rule, sentence
from shoal.language.syntax_errors import _KEYWORDS  # pyright: ignore[reportPrivateUsage]
from shoal.language.tree import (
    AggregateFunction,
    AnniversaryFunction,
    HolidayDaysFunction,
    HolidayFunction,
    RankFunction,
    TimePartFunction,
)
from shoal.project.naming import KEYWORDS, words_known
from shoal.project.reading import read
from shoal.project.templates import templates
from tests.project.made_shop import AT, made_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return made_shop(tmp_path_factory.mktemp("shop"))


def test_every_template_counts_without_a_complaint(shop):
    reading, _ = shop.reading(AT)
    found = templates(reading)
    assert {"repeat", "best", "abandoned", "quiet"} <= {
        it["name"] for it in found if not it["pack"]
    }
    assert {it["pack"] for it in found} > {None, "ecommerce"}
    names = [(it["pack"], it["name"]) for it in found]
    assert len(names) == len(set(names))
    for one in found:
        rule = parse_rule(one["rule"])
        assert one["sentence"] == sentence(rule, reading.vocabulary)
        assert shop.rule(one["rule"]).count(AT) >= 0
    assert "birthday" not in [it["name"] for it in found], "nobody's birthday is known here"


def test_templates_speak_the_language_of_the_project(shop):
    project = shop.project
    said = replace(project, settings=replace(project.settings, language="pt"))
    [best] = [it for it in templates(read(said)) if it["name"] == "best"]
    assert best["title"] == "O melhor quinto pelo que gastaram"
    assert best["sentence"].startswith("Clientes")


def test_keywords_are_those_of_the_grammar(shop):
    reading, _ = shop.reading(AT)
    told = words_known(reading)["keywords"]
    assert told == list(KEYWORDS)
    grammar = (files("shoal.language") / "grammar.lark").read_text("utf-8")
    kinds = (
        AggregateFunction,
        AnniversaryFunction,
        HolidayFunction,
        RankFunction,
        TimePartFunction,
        HolidayDaysFunction,
    )
    functions = {str(it) for kind in kinds for it in kind}
    for keyword in told:
        for word in re.findall(r"[a-z_]+", keyword):
            assert word in functions or re.search(rf"\b{word}\b", grammar, re.IGNORECASE), word
    offered = " ".join(told)
    accepted = {word for words in _KEYWORDS.values() for word in words} | functions
    assert [it for it in accepted if it not in offered and it != "in next"] == []
