"""The property tests again and again, each round with seeds nobody chose, until the time is up.

``python tools/seeds.py 4`` goes on for four minutes: no round begins that would end later than
that, but one is always run. A round that fails keeps its counter-examples, which the next round
tries first, and says how to run it again.

``--since COMMIT`` says whose the defect is: the round is run once more on that commit, with the same
seed and the same counter-examples. Only a test that does not fail there makes this end badly.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
KEPT = ".hypothesis"
FAILED = 1
"""What pytest ends with when tests failed; more than that is trouble of its own."""


def round_of(seed: int) -> list[str]:
    """What a round is, after the name of Python."""
    chosen = ["--hypothesis-profile=seeds", f"--hypothesis-seed={seed}"]
    return ["-m", "pytest", "-n", "2", "tests/properties", *chosen]


def failures(seed: int, tree: Path) -> set[str]:
    """The tests that fail with this seed in a tree; SystemExit where they could not be run."""
    with tempfile.TemporaryDirectory() as scratch:
        told = Path(scratch) / "told.xml"
        own = {**os.environ, "PYTHONPATH": str(tree / "src")}  # before what is installed
        command = [sys.executable, *round_of(seed), f"--junitxml={told}"]
        code = subprocess.run(command, cwd=tree, env=own, check=False).returncode
        if code > FAILED or code < 0:
            sys.exit(f"The tests could not be run: {code}")
        cases = ET.parse(told).iter("testcase")  # noqa: S314  our own file
        return {
            f"{case.get('classname')}.{case.get('name')}"
            for case in cases
            if case.find("failure") is not None or case.find("error") is not None
        }


def failures_at(commit: str, seed: int) -> set[str]:
    """The tests that fail with this seed, or with what was found here, on another commit."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            if (ROOT / KEPT).exists():
                shutil.copytree(ROOT / KEPT, tree / KEPT)
            return failures(seed, tree)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def judged(found: set[str], seed: int, since: str | None) -> int:
    """Tells what failed, and whose it is: 0 where all of it failed before the change as well."""
    again = " ".join(["python", *round_of(seed)])
    print(f"This round failed; {KEPT} keeps it. Again: {again}", file=sys.stderr)
    if since is None:
        return FAILED
    print(f"the same at {since}:", flush=True)
    before = failures_at(since, seed)
    for name in sorted(found):
        whose = "a DEFECT older than this change" if name in before else "BROKEN by this change"
        print(f"{name}: {whose}", file=sys.stderr)
    return 0 if found <= before else FAILED


def main(minutes: float, since: str | None) -> int:
    """Runs rounds; 0 where every one of them passed, or failed before the change as well."""
    began = time.monotonic()
    longest, rounds = 0.0, 0
    while rounds == 0 or time.monotonic() - began + longest < minutes * 60:
        seed = secrets.randbelow(2**31)
        print(f"round {rounds + 1}: seed {seed}", flush=True)
        start = time.monotonic()
        if found := failures(seed, ROOT):
            return judged(found, seed, since)
        longest = max(longest, time.monotonic() - start)
        rounds += 1
    print(f"{rounds} rounds, each with seeds of its own")
    return 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="The property tests with seeds nobody chose.")
    asked.add_argument("minutes", type=float)
    asked.add_argument("--since", metavar="COMMIT")
    given = asked.parse_args()
    sys.exit(main(given.minutes, given.since))
