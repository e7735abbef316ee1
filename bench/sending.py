"""Campaigns through a real mail server: how many messages a second, and effects found where they are known.

Sent: one campaign to made-up people, each message looked at, made, marked, handed over to a mail server in
another process (aiosmtpd, which takes everything) and told to its receiver's history. Found: campaigns whose
message has a known effect, one of them killed half-way and gone on with.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.mail_sink import Sink, mail_sink

ROOT = Path(__file__).parents[1]
DAY = 86_400_000_000
NOON = 1_780_012_800_000_000
USUAL, RAISED = 0.20, 0.50
"""Who would order by themselves, and who does after a message."""
EFFECT = RAISED - USUAL


def started(made: Path, folder: Path, name: str, port: int, holdout: str) -> Any:
    """A copy of a shop in which a campaign of that name runs."""
    from shoal.project.campaigns import campaigns
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.reading import read

    shutil.copytree(made, folder)
    settings = folder / "shoal.yml"
    settings.write_text(settings.read_text().replace("port: 1,", f"port: {port},"))
    (folder / "campaigns").mkdir(exist_ok=True)
    (folder / "campaigns" / "one.yml").write_text(
        f"campaigns:\n  {name}:\n    audience: did visit\n    purpose: offers\n"
        "    goal: did order in next 14d\n    subject: A visit\n"
        '    text: "You made a visit {{ unsubscribe_url }}"\n'
        f"    holdout: {holdout}\n"
    )
    project = _project(folder)
    apply_plan(project, make_plan(project, None))
    campaigns.check(read(project), name, "bench")
    for action in ("approve", "start"):
        campaigns.act(read(project), name, action, "bench")
    return project


def _project(folder: Path) -> Any:
    from shoal.project.opening import open_project

    return open_project(folder, clock=lambda: NOON)


def sent_by_mail(made: Path, people: int) -> dict[str, float]:
    """How long it takes to give everybody an arm, and then to send: seconds, and of the processor."""
    from shoal.project.campaigns import campaigns
    from shoal.project.campaigns.passing import pass_campaigns
    from shoal.project.campaigns.sending import Sender

    with tempfile.TemporaryDirectory() as above, mail_sink(Path(above)) as sink:
        project = started(made, Path(above) / "shop", "sent", sink.port, "0%")
        with campaigns.passing(project), project.store.write() as writer:
            began = time.perf_counter()
            pass_campaigns(project, writer.append)
            passed = time.perf_counter() - began
            began, busy = time.perf_counter(), time.process_time()
            sender = Sender(project, writer.append)
            counts = sender.run()
            sender.close()
            wall, busy = time.perf_counter() - began, time.process_time() - busy
        assert counts == {"sent": people}, counts
        assert len(set(sink.got)) == len(sink.got) == people
    return {"passed": passed, "seconds": wall, "busy": busy}


def seed_by_mail(made: Path, seed: int, *, is_killed: bool) -> dict[str, Any]:
    """One campaign through the mail server, its receivers' answers, and what its result says.

    ``is_killed``: the process that sends is killed when half of the messages are there, and another
    goes on.
    """
    from shoal.project.campaigns import campaigns

    name = f"seed_{seed}"
    with tempfile.TemporaryDirectory() as above, mail_sink(Path(above)) as sink:
        project = started(made, Path(above) / "shop", name, sink.port, "30%")
        people = (made / "visits.csv").read_text().split()[1:]
        users = [it.partition(",")[0] for it in people]
        if is_killed:
            _kill_half_way(project.folder, sink, len(users) * 7 // 20)
        killed_at = len(sink.got)
        _send(project.folder).wait()
        got = sink.got
        _answer(project, set(got), users, random.Random(seed))
        found = campaigns.show_campaign(_reading(project), name)
        alone = _alone(project, name)
        return _results(project, name) | {
            "killed_at": killed_at if is_killed else None,
            "got": len(got),
            "twice": len(got) - len(set(got)),
            "of_holdout": len(alone & set(got)),
            "sendable": found["passes"][-1]["waterfall"]["sendable"],
            "uncertain": found["messages"]["uncertain"],
        }


def _reading(project: Any) -> Any:
    from shoal.project.reading import read

    return read(project)


def _send(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.sending", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def _kill_half_way(folder: Path, sink: Sink, half: int) -> None:
    sending = _send(folder)
    while len(sink.got) < half and sending.poll() is None:
        time.sleep(0.01)
    sending.send_signal(signal.SIGKILL)
    sending.wait()


def _answer(project: Any, got: set[str], users: Sequence[str], chance: random.Random) -> None:
    """Everybody would order or not by themselves; the message moves some who would not, and is read."""
    from shoal.events.event import Event

    rows: list[Event] = []
    for who in users:
        draw, when, reads = chance.random(), chance.random(), chance.random()
        at = NOON + int((0.01 + 0.98 * when) * 14 * DAY)
        if who in got and reads < 0.6:
            rows.append(Event("email_opened", who, None, at - 2, at, f"opened-{who}"))
            if reads < 0.3:
                rows.append(Event("email_clicked", who, None, at - 1, at, f"clicked-{who}"))
        if draw < (RAISED if who in got else USUAL):
            rows.append(Event("order", who, None, at, at, f"order-{who}"))
    project.store.append(rows)


def _alone(project: Any, name: str) -> set[str]:
    """Whose history says that they were left alone."""
    from shoal.project.answers import asked, member_table

    reading = _reading(project)
    rule = f"did `$assignment` where campaign = '{name}' and arm = 'holdout'"
    return set(member_table(reading, asked(reading, None, rule), NOON)["user_id"].to_pylist())


def _results(project: Any, name: str) -> dict[str, Any]:
    from shoal.project.campaigns.results import campaign_results

    later = replace(project, clock=lambda: NOON + 15 * DAY)
    found = campaign_results(_reading(later), name)
    row = found["metrics"]["goal"][1]
    clicked = sum(it["clicked"] for it in found["engagement"])
    return {
        "low": row["low"], "high": row["high"], "verdict": row["verdict"], "clicked": clicked,
        "is_decided": found["is_decided"],
    }  # fmt: skip


def main() -> None:
    """Sends what waits, as ``shoal campaign run`` does, at the bench's instant."""
    from shoal.project.campaigns import campaigns

    campaigns.run(_project(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
