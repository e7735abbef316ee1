from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shoal.cli import main
from shoal.cli.door import hoisted
from shoal.core.errors import ShoalError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["a", "--project", "p", "b"], ["--project", "p", "a", "b"]),
        (["a", "--project=p"], ["--project=p", "a"]),
        (["a", "--", "--project", "p"], ["a", "--", "--project", "p"]),
        (["a", "--project"], ["--project", "a"]),
        (["--project", "p", "a", "--project", "q"], ["--project", "q", "a"]),
    ],
)
def test_the_project_may_be_named_anywhere(given, wanted):
    assert hoisted(given) == wanted


def test_help_is_an_answer_and_names_every_noun(run):
    ran = run("--help")
    assert ran.code == 0
    for noun in (
        "init", "demo", "import", "segment", "trait", "check", "test", "plan", "apply", "consent",
        "privacy", "quarantine", "sql",
    ):  # fmt: skip
        assert f"\n  {noun} " in ran.out
    assert "--project" in ran.out
    assert "SHOAL_PROJECT" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["segmnt"], "Did you mean 'segment'"),
        (["segment", "cont"], "Did you mean 'count'"),
        (["segment", "count", "--rulee", "x"], "--rule"),
        (["segment", "history", "lapsed", "--to", "2026-01-01"], "--from"),
        (["--project"], "--project"),
        (["init", "a", "b"], "b"),
        (["segment", "count", "--format", "csv"], "--format"),
        (
            ["segment", "members", "x", "--format", "xml"],
            "'--format': 'xml' is not one of 'csv', 'json'",
        ),
        (["import", "undo", "seven"], "'ID': it is no whole number"),
    ],
)
def test_wrong_usage_is_two(run, words, said):
    ran = run(*words)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("words", [[], ["segment"], ["import"]])
def test_too_little_shows_what_there_is(run, words):
    ran = run(*words)
    assert ran.code == 2
    assert "Usage: shoal" in ran.err or "Missing argument" in ran.err


def test_no_project_is_one_sentence(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("segment", "list")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Error: no Shoal project in the current folder: it has no shoal.yml; make one with "
        "`shoal init`, or name another with --project DIR\n"
    )


def test_the_project_comes_from_the_environment_too(run, shop, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOAL_PROJECT", str(shop))
    assert main(["segment", "count", "lapsed"]) == 0


def fail_with(monkeypatch, error):
    def fail(*_: object, **__: object):
        raise error

    monkeypatch.setattr("shoal.project.opening.open_project", fail)


def test_an_interrupt_is_quiet(monkeypatch, capsys):
    fail_with(monkeypatch, KeyboardInterrupt())
    assert main(["check"]) == 130
    assert capsys.readouterr().err == ""


def test_a_fault_of_ours_is_one_sentence_and_says_how_to_see_more(monkeypatch, capsys):
    monkeypatch.delenv("SHOAL_DEBUG", raising=False)
    fail_with(monkeypatch, RuntimeError("the sky fell"))
    assert main(["check"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "RuntimeError: the sky fell" in err
    assert "SHOAL_DEBUG=1" in err
    monkeypatch.setenv("SHOAL_DEBUG", "1")
    assert main(["check"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_one_sentence(monkeypatch, capsys):
    fail_with(monkeypatch, OSError(28, "No space left on device", "x/y"))
    assert main(["check"]) == 1
    assert capsys.readouterr().err == "Error: x/y: No space left on device\n"


def test_an_error_with_signs_no_terminal_shows_is_still_said(monkeypatch, capsys):
    fail_with(monkeypatch, ShoalError("no file `\udcff`"))
    assert main(["check"]) == 1
    assert "no file `\\udcff`" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(shop):
    command = f"{sys.executable} -m shoal segment members --rule everyone | true"
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": _source()},
    )  # fmt: skip
    assert ran.stderr == ""


def test_help_is_there_at_once():
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "shoal", "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": _source()},
    )  # fmt: skip
    assert time.perf_counter() - began < 5  # the wall says little on a busy machine
    for heavy in ("numba", "pyarrow", "duckdb", "sqlalchemy", "rich", "numpy", "lark", "yaml"):
        assert f" {heavy}\n" not in ran.stderr, heavy


def _source():
    import shoal

    return str(Path(shoal.__file__).parent.parent)
