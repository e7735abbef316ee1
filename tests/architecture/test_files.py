"""What is under version control names no machine, no registry and no stray settings."""

from __future__ import annotations

import re
import tomllib

from tests.architecture.tree import BINARY, ROOT, name_of, tracked

# Written in parts, so that this file does not find itself.
PLACES = re.compile(
    "|".join(
        (
            r"(?<![\w.])/(?:wor" + r"k|roo" + r"t|hom" + r"e/\w+|Use" + r"rs/\w+)/",
            r"/opt/" + r"venv",
            r"\bpy" + r"pi\.org",
            r"pythonhos" + r"ted",
            r"registry\." + r"npmjs",
            r"--(?:extra-)?index-" + r"url",
            r"--find-" + r"links",
        )
    )
)


def test_no_file_names_a_machine_or_a_registry():
    found = []
    for path in tracked():
        if path.suffix in BINARY:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name_of(path)}: {match.group()}" for match in PLACES.finditer(text)]
    assert found == []


def test_nothing_compiled_is_kept():
    compiled = {".nbc", ".nbi", ".pyc", ".so"}
    assert [name_of(path) for path in tracked() if path.suffix in compiled] == []


def test_text_files_end_with_a_line_end():
    ragged = [
        name_of(path)
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".yml", ".txt"}
        and (text := path.read_bytes())
        and not text.endswith(b"\n")
    ]
    assert ragged == []


def test_no_tracked_file_is_large():
    assert [name_of(path) for path in tracked() if path.stat().st_size > 1_000_000] == []


def _settings():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_warnings_are_errors():
    pytest_settings = _settings()["tool"]["pytest"]["ini_options"]
    assert pytest_settings["filterwarnings"][0] == "error"
    assert pytest_settings["xfail_strict"] is True


def test_every_ignored_rule_of_style_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("\nignore = [\n")[2].partition("\n]")[0]
    assert block
    assert [line for line in block.splitlines() if "#" not in line] == []


def test_what_the_project_needs_is_pinned():
    settings = _settings()
    wanted = list(settings["project"]["dependencies"])
    for extra in settings["project"]["optional-dependencies"].values():
        wanted += extra
    for group in settings["dependency-groups"].values():
        wanted += [item for item in group if isinstance(item, str)]
    names = {_canonical(re.split(r"[\s\[<>=!~;]", item)[0]) for item in wanted}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    pattern = re.compile(r"[\w.-]+==[\w.+]+(?: ; python_version [^;@]+)?\Z")
    assert [line for line in pins if not pattern.match(line)] == []
    assert names - {_canonical(line.partition("==")[0]) for line in pins} == set()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
