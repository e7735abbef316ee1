"""constraints.txt, written from fresh environments: one line per package, names and versions only.

``python tools/pins.py python3.11 python3.13`` installs everything the project names into a new
environment of each Python, tells the versions and joins them. Where two Pythons differ, a marker
says which line is whose; the newest Python's line holds for those that come after it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = ".[demo,learn,webhooks]"
HEAD = """\
# Versions this project was tested with; `make` installs by them. Written by `make pins`.
"""


def installed(python: str, folder: Path) -> tuple[tuple[int, int], dict[str, str]]:
    """The version of a Python and of every package that a fresh environment of it gets."""
    venv = folder / re.sub(r"\W", "_", python)
    run = str(venv / "bin" / "python")
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    pip = [run, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--upgrade", "pip>=25.1"], check=True)
    subprocess.run(
        [*pip, "install", "-e", EVERYTHING, "--group", "dev", "--group", "clients"],
        check=True,
        cwd=ROOT,
    )
    told = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.check_output([run, "-c", told], text=True).split()
    frozen = subprocess.check_output([*pip, "freeze", "--exclude-editable"], text=True)
    pairs = (line.split("==") for line in frozen.splitlines() if "==" in line)
    return (int(major), int(minor)), {name.lower(): version for name, version in pairs}


def joined(found: list[tuple[tuple[int, int], dict[str, str]]]) -> str:
    """The text of constraints.txt for what several Pythons got."""
    found = sorted(found, key=lambda pair: pair[0])
    lines: list[str] = []
    for name in sorted({name for _, packages in found for name in packages}):
        versions = [(python, packages[name]) for python, packages in found if name in packages]
        runs = [
            pair for at, pair in enumerate(versions) if not at or versions[at - 1][1] != pair[1]
        ]
        for at, (python, version) in enumerate(runs):
            tests = [f"python_version >= '{_text(python)}'"] if at else []
            tests += [f"python_version < '{_text(later)}'" for later, _ in runs[at + 1 : at + 2]]
            lines.append(f"{name}=={version}" + (f" ; {' and '.join(tests)}" if tests else ""))
    return HEAD + "\n".join(lines) + "\n"


def _text(python: tuple[int, int]) -> str:
    return f"{python[0]}.{python[1]}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        everything = [installed(python, Path(scratch)) for python in sys.argv[1:]]
    (ROOT / "constraints.txt").write_text(joined(everything), encoding="utf-8")
