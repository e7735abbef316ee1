"""The project's own files, for the tests that read them."""

from __future__ import annotations

import ast
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "shoal"
BINARY = {".png", ".gz", ".parquet", ".ico", ".woff2", ".arrow", ".db"}


@lru_cache
def tracked() -> tuple[Path, ...]:
    """Files under version control; those that would be, where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else ()
    paths = [ROOT / name for name in names if name] or [
        path
        for folder in ("src", "tests", "docs", "bench", "tools")
        for path in (ROOT / folder).rglob("*")
        if "__pycache__" not in path.parts
    ]
    return tuple(sorted(path for path in paths if path.is_file()))


@lru_cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of the package, parsed."""
    paths = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
