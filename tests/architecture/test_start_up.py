"""`shoal --help` answers at once: what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("duckdb", "numba", "pandas", "pyarrow", "sqlalchemy", "llvmlite", "pyroaring")
TELL = f"""
import sys
from shoal.cli import main
code = main(["--help"])
print("HEAVY:", *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def test_help_imports_nothing_heavy():
    told = subprocess.run(
        [sys.executable, "-c", TELL], capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 0, told.stderr
    assert told.stderr.strip().splitlines()[-1] == "HEAVY:"
    assert "segment" in told.stdout


def test_the_package_itself_is_light():
    told = subprocess.run(
        [sys.executable, "-c", f"import shoal, sys; print(*set({HEAVY!r}) & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.stdout.strip() == "", told.stdout + told.stderr
