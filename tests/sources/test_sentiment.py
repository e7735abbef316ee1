"""What texts say of how somebody felt: judged where nobody says it, in two languages, never worse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from shoal.core.errors import DefinitionError
from shoal.sources import mapping_from_document, mapping_to_json, sentiment
from shoal.sources.sentiment import judge, language_of
from tests.sources.reading import put, read

FELT = list(csv.DictReader(Path(__file__).with_name("felt.csv").read_text("utf-8").splitlines()))
ROWS = {"event": "answered", "user": "who", "time": "at"}
SAID = 'who,at,answer\nc1,2026-01-01,"I love it, thank you"\nc2,2026-01-01,\n'


def mapping(**more):
    rows = {**ROWS, "properties": {"answer": "answer"}, "sentiment": {"of": "answer"}, **more}
    return mapping_from_document({"events": rows})


@pytest.mark.parametrize(("language", "right", "opposite"), [("en", 20, 1), ("pt", 16, 2)])
def test_it_is_as_good_on_the_small_sample_as_the_documentation_says(language, right, opposite):
    some = [(it["felt"], judge(it["text"])) for it in FELT if it["language"] == language]
    assert len(some) == 26
    assert sum(felt == said for felt, said in some) == right
    assert sum({felt, said} == {"positive", "negative"} for felt, said in some) == opposite


def test_a_text_of_another_language_or_without_a_word_is_not_judged():
    assert [language_of(it) for it in ("Das ist nicht gut", "C'est très bon et pas cher")] == [
        "de",
        "fr",
    ]
    odd = ("Das ist nicht gut", "No me gusta, llegó tarde y el vendedor no responde", "", "12", "?")
    assert [judge(it) for it in odd] == [None] * 5
    assert (judge("Great!"), judge("Ótimo")) == ("positive", "positive")
    assert judge("good " * 100_000) == "positive"


def test_rows_are_judged_where_nobody_says_it(tmp_path):
    found = read(put(tmp_path, "a.csv", SAID), mapping())
    assert [it.get("sentiment") for it in found.events] == ["positive", None]
    said = SAID.replace("answer\n", "answer,sentiment\n").replace('you"\n', 'you",negative\n')
    given = mapping(properties={"answer": "answer", "sentiment": "sentiment"})
    found = read(put(tmp_path, "b.csv", said.replace("01,\n", "01,,\n")), given)
    assert [it.get("sentiment") for it in found.events] == ["negative", None]


def test_what_is_judged_makes_no_other_rows(tmp_path, monkeypatch):
    """Whether the extra is installed or not, a row is the same row."""
    path = put(tmp_path, "a.csv", SAID)
    before = read(path, mapping()).fingerprints
    monkeypatch.setattr(sentiment, "is_there", lambda: False)
    found = read(path, mapping())
    assert found.fingerprints == before
    assert [it.get("sentiment") for it in found.events] == [None, None]
    assert [it for it in found.stream.notices if "shoal[sentiment]" in it]


def test_it_is_read_written_and_refused_like_the_rest_of_a_mapping(tmp_path):
    made = mapping(sentiment={"of": "answer", "as": "felt"})
    assert made.rows[0].judged == {"felt": "answer"}
    assert mapping_from_document(json.loads(mapping_to_json(made))) == made
    with pytest.raises(DefinitionError, match="needs `of`"):
        mapping(sentiment={})
    with pytest.raises(DefinitionError, match="gathered"):
        mapping(group_by="order")
    with pytest.raises(Exception, match="no column `anser`"):
        read(put(tmp_path, "a.csv", SAID), mapping(sentiment={"of": "anser"}))
