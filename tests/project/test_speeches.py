"""Every phrase has its other in Portuguese, with the same gaps."""

from __future__ import annotations

import ast
import inspect
import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.access import passwords
from shoal.api import (
    access,
    bringing,
    figures,
    keeping,
    patience,
    principals,
    segments,
    working,
)
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
from shoal.campaigns import fit, goal, template
from shoal.discovery import naming, preparing
from shoal.experiments import analysis, balance, comparing
from shoal.language import (
    check,
    contradictions,
    cycles,
    parse,
    reading_campaigns,
    shape,
    syntax_errors,
    yaml_nodes,
)
from shoal.language import told as told_module
from shoal.language.told import ENGLISH, Capital, Figure, Told, has_words, joined, recalled, unsaid
from shoal.measurement import funnels
from shoal.project import (
    answers,
    campaign_problems,
    missing,
    preview_warnings,
    previewing,
    settings,
)
from shoal.project.audits import auditing
from shoal.project.campaigns import campaigns
from shoal.project.campaigns import checks as campaign_checks
from shoal.project.campaigns import holdouts as campaign_holdouts
from shoal.project.campaigns import results as campaign_results
from shoal.project.changes import campaign_drafts, campaign_editing, editing
from shoal.project.data import minimising
from shoal.project.data import quality as data_quality
from shoal.project.discovery import discovering
from shoal.project.imports import importing, quarantining, uploading
from shoal.project.measurement import alerting, pathing, retaining
from shoal.project.people import explaining, timelines
from shoal.project.portuguese import PORTUGUESE, audits, building, data, plain
from shoal.project.portuguese import bringing as brought
from shoal.project.portuguese import campaigns as of_campaigns
from shoal.project.portuguese import predicting as of_predictions
from shoal.project.portuguese import sourcing as of_sources
from shoal.project.predictions import fitting
from shoal.project.predictions import reasons as prediction_reasons
from shoal.project.predictions import rows as prediction_rows
from shoal.project.recommendations import recommending
from shoal.project.recommendations import words as recommending_words
from shoal.project.sources import buckets, databases, folders, running
from shoal.project.sources import files as source_files
from shoal.sources import (
    batch,
    binding,
    columns,
    delimited,
    describing,
    encoding,
    guessing,
    json_lines,
    mapping_file,
    opening,
    parquet,
    rows,
    shipped,
    stream,
)
from shoal.sources.drift import drift
from shoal.store import books, owner

ROOMS = (
    behaviours, bulk, channels, distinctness, findings, linting, minimisation, quality, quality_bots,
    quality_duplicates, quality_missing, quality_plan, quality_times, quality_values, soundness,
    steadiness, usefulness, wording, naming, preparing, check, contradictions, cycles, parse, shape,
    syntax_errors, alerting, auditing, discovering, minimising, preview_warnings, data_quality, delimited,
    describing, guessing, rows, fit, goal, template, analysis, balance, comparing, campaign_checks,
    campaign_holdouts, campaign_problems, campaign_results, recommending, recommending_words, prediction_reasons,
    prediction_rows, reading_campaigns, yaml_nodes, missing,
)  # fmt: skip
REFUSING = (
    access, bringing, figures, keeping, patience, principals, segments, working, passwords, funnels,
    answers, campaigns, campaign_drafts, campaign_editing, editing, explaining, importing, pathing, previewing, quarantining, retaining, settings,
    timelines, uploading, fitting, prediction_reasons, buckets, columns, databases, delimited, encoding, folders,
    mapping_file, opening, parquet, running, shipped, source_files, missing, binding, books, owner,
)  # fmt: skip
"""Rooms whose refusals the page shows as they are."""
OF_THE_SHELL = {"--map says everything; leave the other options out", "give --raw TEXT",
                "name the file", "dead", "no Shoal project in {0}: it has no {1}",
                "make one with `shoal init`, or name another with --project DIR",
                "`{0}` is {1}",
                "such as postgresql+psycopg://reader:${SHOP_PASSWORD}@db.example.org/shop"}  # fmt: skip


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


def phrase_of(node):
    """The phrase of a text as it is written in the source: what is put in are its gaps."""
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.JoinedStr(parts):
            gaps = iter(range(len(parts)))
            return "".join(
                part.value if isinstance(part, ast.Constant) else f"{{{next(gaps)}}}"
                for part in parts
            )
    return None


def phrases_of(node):
    """The phrases that an expression can be."""
    if isinstance(node, ast.IfExp):
        yield from (*phrases_of(node.body), *phrases_of(node.orelse))
    elif (phrase := phrase_of(node)) is not None:
        yield phrase


def refusals(room):
    """What a room says where it makes an error."""
    for call in ast.walk(ast.parse(inspect.getsource(room))):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Error"):
            said = [*call.args[:1], *(it.value for it in call.keywords if it.arg == "hint")]
            for it in said:
                yield from phrases_of(it)


@pytest.mark.parametrize("room", REFUSING, ids=lambda it: it.__name__.removeprefix("shoal."))
def test_every_refusal_of_a_room_is_told_in_portuguese(room):
    phrases = {it for it in refusals(room) if has_words(it)} - OF_THE_SHELL
    assert phrases
    assert sorted(phrases - set(PORTUGUESE.plain)) == []


def noticed(room):
    """What a reader of files says it noticed, as the phrases themselves."""
    for call in ast.walk(ast.parse(inspect.getsource(room))):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("notices.add"):
            yield eval(ast.unparse(call.args[0]), vars(room))


def test_what_a_reader_notices_of_a_file_is_told_in_portuguese():
    readers = (batch, binding, delimited, encoding, json_lines, parquet, rows, stream)
    phrases = {phrase for room in readers for phrase in noticed(room)}
    assert len(phrases) == 12
    assert sorted(phrases - set(PORTUGUESE.phrases)) == []


def test_what_is_noticed_counts_and_names_stay_as_they_are():
    found = batch.Notices()
    for _ in range(1_000):
        found.add(batch.LINES, "{n} {0}", count=2)
    (said,) = found
    assert said == "`{n} {0}` is an array of objects; its 2,000 elements are lines of their events"
    note = PORTUGUESE.of(Told("Note: {0}.", said))
    assert note == (
        "Nota: `{n} {0}` é uma lista de objetos; os seus 2.000 elementos são linhas dos seus eventos."
    )


def test_no_phrase_has_two_others():
    others = {}
    tables = (audits, brought, building, data, of_campaigns, plain, of_predictions, of_sources)
    for table in tables:
        for phrase, other in table.PHRASES.items():
            assert others.setdefault(phrase, other) == other, phrase


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("`when` is not a time: `soon`", "`when` não é uma data: `soon`"),
        ("it cannot be read again: its import is not known",
         "não se pode ler de novo: a importação não é conhecida"),
        ("`start` is draft: it cannot start now", "`start` está em rascunho: não pode começar agora"),
        ("until then go by the share that it came true for, 7%, and by how long ago people did it last",
         "até lá guie-se pela parte para quem se cumpriu, 7%, e por há quanto tempo o fizeram"),
        ("no segment `done`", "não há segmento `done`"),
        ("3 cells where the header has 4 cells", "3 células onde o cabeçalho tem 4 células"),
        ("said by somebody else", "said by somebody else"),
        ("cannot read a: b: two\nlines", "não se pode ler a: b: two\nlines"),
        ("process 12 (shoal serve) owns the store in `/a` and has kept it for 5 s",
         "o processo 12 (shoal serve) está de posse dos dados em `/a` e não os largou por 5 s"),
        ("another process owns the store in `/a` and cannot be reached (no such file)",
         "outro processo está de posse dos dados em `/a` e não pode ser alcançado (no such file)"),
        ("the books `/a` cannot be written: locked; nothing was changed",
         "os registros `/a` não podem ser escritos: locked; nada mudou"),
    ],
)  # fmt: skip
def test_what_comes_as_plain_text_is_known_again(text, told):
    assert PORTUGUESE.again(text) == told
    assert ENGLISH.again(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a.csv: `a.csv` is a PDF; export it as CSV, JSONL or Parquet",
         "a.csv: `a.csv` é um PDF; exporte-o como CSV, JSONL ou Parquet"),
        ("sources/x.yml:1:1: `from` is missing; from: said\nsources/x.yml:2:1: `every` is too long",
         "sources/x.yml:1:1: falta `from`; from: said\nsources/x.yml:2:1: `every` é longo demais"),
        ("the database says: a: b; c; see sources/x.yml",
         "o banco de dados diz: a: b; c; veja sources/x.yml"),
        ("x: the database says: a\nb", "x: o banco de dados diz: a\nb"),
        ("it is empty", "está vazio"),
        ("said: by; somebody\nelse", "said: by; somebody\nelse"),
    ],
)  # fmt: skip
def test_a_failure_that_was_kept_is_known_again_in_its_parts(text, told):
    assert PORTUGUESE.in_parts(text) == told
    assert ENGLISH.in_parts(text) == text


def is_name(phrase, gap):
    """Whether a gap of a phrase stands between backquotes."""
    return f"`{{{gap}}}`" in phrase


@given(
    st.sampled_from(sorted(PORTUGUESE.plain)), st.lists(st.text(min_size=1), min_size=9, max_size=9)
)
def test_a_phrase_is_known_again_whatever_fills_its_gaps(phrase, texts):
    named = [
        text.replace("`", "'") if is_name(phrase, it) else text for it, text in enumerate(texts)
    ]
    made = Told(phrase, *named[: len(gaps(phrase))])
    for in_parts in (False, True):
        known = recalled(str(made), PORTUGUESE.plain, in_parts=in_parts)
        assert isinstance(known, Told)
        assert known == made


JOINTS = (": ", "; ", "\n")


@pytest.mark.parametrize("times", [3, 400, 40_000])
@pytest.mark.parametrize("text", ["a", "it is empty", "cannot be read", "`a` is a PDF", ""])
@pytest.mark.parametrize("joint", JOINTS)
def test_whatever_is_joined_how_often_comes_to_an_end(text, joint, times):
    long = f"{text}{joint}" * times
    assert isinstance(PORTUGUESE.again(long), str)
    assert isinstance(PORTUGUESE.in_parts(long), str)
    assert ENGLISH.in_parts(long) == long


class Counted(str):
    """A text that counts the characters that are looked at."""

    __slots__ = ("looks",)

    def __new__(cls, text, looks):
        made = super().__new__(cls, text)
        made.looks = looks
        return made

    def find(self, part, begin=0):
        found = super().find(part, begin)
        self.looks.append((len(self) if found < 0 else found) - begin + len(part))
        return found

    def startswith(self, part, begin=0):
        self.looks.append(len(part))
        return super().startswith(part, begin)

    def __getitem__(self, place):
        return Counted(super().__getitem__(place), self.looks)


def literals(phrase):
    return [literal for literal, *_ in Formatter().parse(phrase) if literal]


def worst(phrase):
    """Texts that nearly are of a phrase, again and again: parts of it, and the end that it wants."""
    parts = literals(phrase)
    for part in (*parts, "".join(parts), "x`".join(parts)):
        middle = part * (told_module.LONGEST // len(part) + 1)
        room = told_module.LONGEST - len(parts[0]) - len(parts[-1])
        yield f"{parts[0]}{middle[:room]}{parts[-1]}"


def test_no_text_takes_long_to_be_known_again():
    """Less than a look at each character for each phrase, whatever the text."""
    most = 0
    for phrase in PORTUGUESE.plain:
        for text in worst(phrase):
            looks = []
            recalled(Counted(text, looks), PORTUGUESE.plain)
            most = max(most, sum(looks))
    assert 0 < most < told_module.LONGEST * len(PORTUGUESE.plain)


def test_a_long_text_stays_as_it_is():
    name = "x" * told_module.LONGEST
    for tell in (PORTUGUESE.again, PORTUGUESE.in_parts):
        assert tell(f"`{name}` is a PDF") == f"`{name}` is a PDF"


@pytest.mark.parametrize(
    "now", ["id,when,sum", "id", "when,sum_,more,x,y,z,w,v", "sum,id,other", ""]
)
def test_what_changed_of_columns_is_told_wholly(now):
    before, left = ("id", "when", "sum", "a", "b", "c"), now.split(",")
    changed = drift(before, left)
    stop = changed.stops(before)
    for told in (*changed.sentences(), f"a.csv: {stop}; mend the mapping `orders`"):
        said = PORTUGUESE.in_parts(told)
        assert "coluna" in said
        assert not {"column", "columns", "and", "gone", "new", "now"} & set(
            re.findall(r"\w+", said)
        )


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
