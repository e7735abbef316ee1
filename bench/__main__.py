"""``python -m bench segments --events 10_000_000`` measures; ``generate`` only makes the data."""

from __future__ import annotations

import sys

from bench import (
    audience,
    audit,
    campaigns,
    capture,
    discovery,
    experiments,
    generate,
    live,
    page,
    plan,
    predict,
    recommend,
    report,
    segments,
    sources,
)

COMMANDS = {
    "segments": segments.main,
    "capture": capture.main,
    "generate": generate.main,
    "report": report.write_page,
    "audit": audit.main,
    "audience": audience.main,
    "campaigns": campaigns.main,
    "discovery": discovery.main,
    "experiments": experiments.main,
    "page": page.main,
    "plan": plan.main,
    "predict": predict.main,
    "recommend": recommend.main,
    "live": live.main,
    "sources": sources.main,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"python -m bench {'|'.join(COMMANDS)} [--help]")
    command = COMMANDS[sys.argv.pop(1)]
    command()
