from __future__ import annotations

import pytest
import yaml

from shoal.project.settings import read_settings


def test_init_makes_a_project_that_checks(run, tmp_path, monkeypatch):
    ran = run("init", tmp_path / "my shop", "--time-zone", "Europe/Lisbon")
    assert ran.code == 0
    folder = tmp_path / "my shop"
    assert sorted(it.name for it in folder.iterdir()) == [
        ".gitignore", ".shoal", "segments", "shoal.yml", "traits",
    ]  # fmt: skip
    settings = read_settings(folder)
    assert (settings.name, settings.time_zone.name) == ("my shop", "Europe/Lisbon")
    assert ".shoal/" in (folder / ".gitignore").read_text()
    monkeypatch.chdir(folder)
    assert run("check").out == "0 segments and 0 traits: no problems\n"
    assert run("segment", "list", "--json").json == []
    assert run("quarantine", "list", "--json").json == {"items": []}
    assert run("import", "list", "--json").json == []
    assert run("segment", "count", "--rule", "everyone", "--json").json["count"] == 0
    assert run("segment", "members", "--rule", "everyone").out == "user_id\n"
    assert run("trait", "values", "count(a)").out == "user_id,value\n"
    assert run("sql", "select count(*) n from events", "--json").json == [{"n": 0}]


def test_the_examples_are_definitions_once_the_signs_are_taken_away(tmp_path, run):
    from shoal.language import parse_definitions

    run("init", tmp_path)
    for path in ("segments/example.yml", "traits/example.yml"):
        lines = (tmp_path / path).read_text().splitlines()
        start = next(
            i for i, line in enumerate(lines) if line.endswith(":") and line.startswith("# ")
        )
        text = "\n".join(line.removeprefix("# ").removeprefix("#") for line in lines[start:])
        assert yaml.safe_load(text)
        assert parse_definitions(text).problems == ()


def test_init_overwrites_nothing(run, tmp_path):
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "example.yml").write_text("segments: {a: everyone}\n")
    assert run("init", tmp_path).code == 0
    assert (tmp_path / "segments" / "example.yml").read_text() == "segments: {a: everyone}\n"
    before = (tmp_path / "shoal.yml").read_text()
    ran = run("init", tmp_path)
    assert ran.code == 1
    assert "holds a Shoal project already" in ran.err
    assert (tmp_path / "shoal.yml").read_text() == before


def test_a_lost_settings_file_can_be_made_anew_without_losing_the_store(run, tmp_path):
    run("init", tmp_path)
    (tmp_path / "shoal.yml").unlink()
    assert run("init", tmp_path).code == 0
    assert run("check", "--project", tmp_path).code == 0


@pytest.mark.parametrize(
    "name",
    ['"; drop table x', "--", "a: b # c", "'", "\U0001f41f", "new\nline", "$(touch x)", "%s"],
)
def test_hostile_folder_names_are_just_names(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert run("init", "--", name).code == 0
    assert [it.name for it in tmp_path.iterdir()] == [name]
    assert read_settings(tmp_path / name).name == name.replace("\n", " ")
    assert run("segment", "list", "--json", "--project", name).json == []


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300, "a\0b", "/proc/none"])
def test_a_folder_that_cannot_be_is_said(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    ran = run("init", name)
    assert ran.code == 1
    assert ran.err.startswith("Error: ")
    assert (tmp_path / "file").read_text() == ""


def test_a_zone_that_is_none_is_said(run, tmp_path):
    ran = run("init", tmp_path / "x", "--time-zone", "Europe/Lisboa")
    assert ran.code == 1
    assert "`Europe/Lisboa` is not a time zone" in ran.err
    assert not (tmp_path / "x").exists()
