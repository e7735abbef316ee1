from __future__ import annotations

import pytest

from shoal.core.errors import DefinitionError, NotFoundError, ShoalError
from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.project.settings import (
    Now,
    Settings,
    parse_settings,
    parse_span,
    project_folder,
    read_settings,
    write_setting,
)


def test_every_setting_is_read():
    text = "name: Loja da Esquina\ntime_zone: Europe/Lisbon\ncurrency: EUR\nnow: latest_event\nsession_gap: 45m\nlanguage: pt\ncountry: pt\n"
    assert parse_settings(text) == Settings(
        "Loja da Esquina", Zone("Europe/Lisbon"), "EUR", Now.LATEST_EVENT, Span(45, "m"), "pt", "PT"
    )


@pytest.mark.parametrize(
    ("code", "hint"), [("pt-BR", "did you mean `pt`?"), ("fr", "write `en` or `pt`"), ("", "write")]
)
def test_a_language_nobody_speaks_here_is_said(code, hint):
    with pytest.raises(DefinitionError) as caught:
        parse_settings(f"language: {code}")
    assert f"language: no language `{code}`" in str(caught.value.problems[0])
    assert hint in str(caught.value.problems[0])


def test_where_messages_may_go_is_read():
    text = "webhooks:\n  allow: [127.0.0.1, 10.0.0.0/8, hooks.internal]\n"
    assert parse_settings(text).webhooks.allow == ("127.0.0.1", "10.0.0.0/8", "hooks.internal")
    with pytest.raises(DefinitionError) as caught:
        parse_settings("webhooks:\n  allow: [10.0.0.0/8, 10.0.0.1/8]\n  deny: []\n")
    assert [(it.place.line, it.place.column) for it in caught.value.problems] == [(3, 3), (2, 23)]


@pytest.mark.parametrize("text", ["", "# nothing\n", "name:  shop # a comment"])
def test_missing_settings_have_defaults(text):
    assert parse_settings(text) == Settings("shop")


def test_a_name_is_the_text_as_written():
    assert parse_settings("name: 007").name == "007"
    assert parse_settings("name: 'yes'").name == "yes"


def test_all_problems_are_collected_with_places_and_suggestions():
    with pytest.raises(DefinitionError) as caught:
        parse_settings("name: x\ntimezone: UTC\nnow: clok\nsession_gap: 1mo\ncurrency: euro\n")
    problems = caught.value.problems
    assert [(p.place.line, p.place.column) for p in problems] == [(2, 1), (3, 6), (4, 14), (5, 11)]
    assert "did you mean `time_zone`?" in str(problems[0])
    assert "did you mean `clock`?" in str(problems[1])
    assert str(problems[0].place) == "shoal.yml:2:1"


@pytest.mark.parametrize(
    "text",
    [
        "- a list",
        "name: [1",
        "name: x\nname: y",
        "a: \x00",
        "name: [1, 2]",
        "time_zone: {}",
        "now:",
    ],
)
def test_what_is_no_settings_file_is_said_with_its_place(text):
    with pytest.raises(DefinitionError) as caught:
        parse_settings(text)
    assert caught.value.problems[0].place is not None


def test_setting_one_key_leaves_the_rest_as_it_is(tmp_path):
    (tmp_path / "shoal.yml").write_text("# mine\nname: a\nnow: clock   # why\n# end\n")
    write_setting(tmp_path, "now", "latest_event")
    assert (
        tmp_path / "shoal.yml"
    ).read_text() == "# mine\nname: a\nnow: latest_event   # why\n# end\n"
    write_setting(tmp_path, "currency", "EUR")
    assert read_settings(tmp_path) == Settings("a", currency="EUR", now=Now.LATEST_EVENT)


def test_a_project_is_found_by_argument_then_environment_then_here(tmp_path, monkeypatch):
    (tmp_path / "shoal.yml").write_text("name: a\n")
    assert project_folder(tmp_path) == tmp_path
    monkeypatch.setenv("SHOAL_PROJECT", str(tmp_path))
    assert project_folder() == tmp_path
    monkeypatch.delenv("SHOAL_PROJECT")
    monkeypatch.chdir(tmp_path)
    assert project_folder().resolve() == tmp_path


@pytest.mark.parametrize("name", ["nowhere", "a\0b", "x" * 5000, '"; drop table'])
def test_no_project_is_said_plainly(tmp_path, name):
    with pytest.raises(NotFoundError, match="no Shoal project in"):
        project_folder(f"{tmp_path}/{name}")


@pytest.mark.parametrize("text", ["", "0d", "5", "d", "5 fortnights", "-1d", "1.5d"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ShoalError, match="not a span of time"):
        parse_span(text)
