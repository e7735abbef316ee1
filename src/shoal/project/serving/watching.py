"""How a project is: who owns it, how true its membership is, what waits and what failed.

Asked of the server that owns it, or read from the files where none runs. Nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import StoreBusyError, StoreError
from shoal.core.instants import SECOND, format_instant
from shoal.project.settings import Now
from shoal.project.webhooks import webhook_rows
from shoal.store.files import BUCKETS, LOG, TRANSITIONS
from shoal.store.following import LogReader
from shoal.store.log import Place, segment_numbers, segment_path
from shoal.store.manifest import Manifest, newest_manifest
from shoal.store.owner import hand_over, owner_of
from shoal.store.quarantine import count_quarantined
from shoal.store.run_file import read_run
from shoal.store.transitions import read_transitions

if TYPE_CHECKING:
    from shoal.live.standing import Standing
    from shoal.project.opening import Project
    from shoal.project.serving.served import Served

Row = dict[str, Any]
STATUS = "status"
ANSWER_WAIT = 30.0
"""Seconds in which a server has said how it is."""


def status_of(project: Project) -> Row:
    """How the project is, by its server's word if one runs."""
    owner = owner_of(project.store.root)
    if owner is not None and owner.get("socket"):
        try:
            told = hand_over(
                project.folder, {"operation": "say", "what": STATUS}, timeout=ANSWER_WAIT
            )
        except StoreBusyError:  # it has just ended, or ends
            told = {}
        if told:
            return told
    return _status_by_files(project, owner)


def served_status(served: Served) -> Row:
    """How a served project is."""
    project = served.project
    owner = owner_of(project.store.root)
    living = served.living.status()
    state = served.writer.state
    reflected = Place(*living.get("reflected_to", (0, 0)))
    with state.lock:
        waiting = [frame for frame in state.tail.frames if frame.place > reflected]
        rows = sum(len(frame.profiles) for frame in waiting)
        refused = state.tail.refused
        log = {"events": len(state.tail), "bytes": state.tail.size}
        manifest = state.manifest
    webhooks = served.deliveries.status()
    segments = _placed(project, living["segments"])
    problems = [
        *([f"upkeep failed: {served.trouble}"] if served.trouble else []),
        *_living_problems(living, segments),
        *filter(None, [served.unanswered()]),
        *_other_problems(served.damaged, webhooks),
        *([f"campaigns: {trouble}"] if (trouble := served.campaigning.trouble) else []),
        *([f"sources: {trouble}"] if (trouble := served.sources.trouble) else []),
        *served.predictions.troubles,
    ]
    return {
        "well": not problems,
        "problems": problems,
        "owner": _owner(owner),
        "is_served": True,
        "live": living["state"],
        "correct_as_of": living["correct_as_of"],
        "behind_seconds": living.get("behind_seconds"),
        "backlog": {
            "rows": rows if living["correct_as_of"] is not None else None,
            "due": living.get("backlog", {}).get("due"),
            "seconds": living.get("behind_seconds"),
        },
        "next_clock_exit": living.get("next_clock_exit"),
        "last_seq": served.living.last_seq,
        "last_failure": living["last_failure"],
        "segments": segments,
        "store": _store(manifest, log, served.damaged, _quarantined(project, manifest) + refused),
        "webhooks": webhooks,
    }


def _living_problems(living: Row, segments: Iterable[Row]) -> list[str]:
    found: list[str] = []
    if living["state"] == "failed":
        last: Row = living["last_failure"] or {"reason": "it does not say why"}
        found.append(f"live membership failed: {last['reason']}")
    for one in segments:
        if one["state"] == "failed":
            where = f" ({one['definition']})" if one.get("definition") else ""
            found.append(f"segment `{one['name']}`{where} cannot be evaluated: {one['reason']}")
    return found


def _other_problems(damaged: int, webhooks: Iterable[Row]) -> list[str]:
    found = [f"{damaged} damaged files were set aside: see `shoal doctor`"] if damaged else []
    for one in webhooks:
        who = f"webhook {one['id']} ({one['host']})"
        if one["state"] == "paused":
            found.append(
                f"{who} is paused: {one['last_error']}; `shoal webhook resume {one['id']}`"
            )
        elif one["state"] == "failing":
            found.append(f"{who} has failed {one['failures']} times: {one['last_error']}")
        if one["dead_letters"]:
            found.append(f"{who} did not take {one['dead_letters']} messages")
    return found


def _placed(project: Project, segments: Iterable[Row]) -> list[Row]:
    """The rows, those that failed with the place of their definition."""
    rows = [dict(row) for row in segments]
    if any(row["state"] == "failed" for row in rows):
        from shoal.project.definitions import applied_definitions

        found = applied_definitions(project.store.books)
        for row in rows:
            if row["state"] == "failed" and row["name"] in found.segments:
                row["definition"] = found.facts_of(row["name"])["place"]
    return rows


def _owner(facts: dict[str, Any] | None) -> Row | None:
    if facts is None:
        return None
    since = facts.get("since")
    return {
        "pid": facts.get("pid"),
        "doing": facts.get("doing") or "a command",
        "since": None if since is None else format_instant(int(since)),
    }


def _store(manifest: Manifest, log: Row, damaged: int, quarantined: int) -> Row:
    return {
        "version": manifest.number,
        "rows": manifest.rows,
        "log_events": log["events"],
        "log_bytes": log["bytes"],
        "quarantined": quarantined,
        "damaged_files": damaged,
    }


def _quarantined(project: Project, manifest: Manifest) -> int:
    return count_quarantined(project.store.root, manifest.quarantine)


# --- by the files alone ---------------------------------------------------------------------------


def _status_by_files(project: Project, owner: dict[str, Any] | None) -> Row:
    root = project.store.root
    manifest = newest_manifest(root)
    standing = _standing(project)
    arrivals = _arrivals(project)
    as_of = standing.as_of if standing is not None and standing.version else None
    told_to = standing.position.arrival if standing is not None else 0
    behind = None
    if as_of is not None and project.settings.now is Now.CLOCK:
        behind = round(max(0, project.clock() - as_of) / SECOND, 3)
    damaged = len(project.store.damages())
    quarantined = sum(1 for _ in project.store.quarantine())
    webhooks = [
        {name: cell for name, cell in row.items() if name != "url"} for row in _webhooks(project)
    ]
    problems = _other_problems(damaged, webhooks)
    return {
        "well": not problems,
        "problems": problems,
        "owner": _owner(owner),
        "is_served": False,
        "live": "stopped",
        "correct_as_of": None if as_of is None else format_instant(as_of),
        "behind_seconds": behind,
        "backlog": {
            "rows": None if as_of is None else _rows_after(project, manifest, arrivals, told_to),
            "due": None,
            "seconds": behind,
        },
        "next_clock_exit": None,
        "last_seq": 0 if standing is None else standing.next_seq - 1,
        "last_failure": None,
        "segments": [
            {"name": name, "members": len(members), "state": "stopped"}
            for name, members in sorted(standing.members.items() if standing else ())
        ],
        "store": _store(
            manifest, {"events": len(arrivals), "bytes": _log_bytes(project)}, damaged, quarantined
        ),
        "webhooks": webhooks,
    }


def _standing(project: Project) -> Standing | None:
    """What was told so far; None where nothing ever was."""
    folder = project.store.root / TRANSITIONS
    if not folder.is_dir():
        return None
    from shoal.live.standing import Standing

    standing = Standing()
    for frame in read_transitions(folder):
        standing.apply(frame)
    return standing


def _arrivals(project: Project) -> list[int]:
    """Arrival numbers of the events that the log holds."""
    reader = LogReader(project.store.root)
    try:
        return [one.arrival for one in reader.read()]
    finally:
        reader.close()


def _rows_after(project: Project, manifest: Manifest, logged: list[int], arrival: int) -> int:
    """Events that came live after the last of which anything was told."""
    count = sum(one > arrival for one in logged)
    if manifest.next_arrival - 1 > arrival:
        for bucket in manifest.buckets:
            for file in bucket.files():
                run = read_run(project.store.root / BUCKETS / file.name)
                count += int(np.sum((run.arrival > arrival) & (run.import_id == 0)))
    return count


def _log_bytes(project: Project) -> int:
    folder = project.store.root / LOG
    return sum(segment_path(folder, number).stat().st_size for number in segment_numbers(folder))


def _webhooks(project: Project) -> list[Row]:
    try:
        return webhook_rows(project)
    except StoreError:  # the books can only be read
        return []
