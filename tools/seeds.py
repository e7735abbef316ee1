"""The property tests again and again, each round with seeds nobody chose, until the time is up.

``python tools/seeds.py 4`` goes on for four minutes: no round begins that would end later than
that, but one is always run. A round that fails says how to run it again.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def round_of(seed: int) -> list[str]:
    """The command of a round."""
    chosen = ["--hypothesis-profile=seeds", f"--hypothesis-seed={seed}"]
    return [sys.executable, "-m", "pytest", "-x", "-n", "2", "tests/properties", *chosen]


def main(minutes: float) -> int:
    """Runs rounds; 0 where every one of them passed."""
    began = time.monotonic()
    longest, rounds = 0.0, 0
    while rounds == 0 or time.monotonic() - began + longest < minutes * 60:
        seed = secrets.randbelow(2**31)
        print(f"round {rounds + 1}: seed {seed}", flush=True)
        start = time.monotonic()
        if subprocess.run(round_of(seed), cwd=ROOT, check=False).returncode:
            again = " ".join(round_of(seed)[1:])
            print(f"This round failed. Again: python {again}", file=sys.stderr)
            return 1
        longest = max(longest, time.monotonic() - start)
        rounds += 1
    print(f"{rounds} rounds, each with seeds of its own")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
