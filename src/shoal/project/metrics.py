"""What is counted while serving, in the text format Prometheus reads (version 0.0.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoal.project.serving import Served


def metrics_text(served: Served) -> str:
    """Every metric with what it means; nothing in it is about anybody."""
    counted = served.intake.counted
    rows = [
        ("events_total", "counter", "Events made durable.", counted.events),
        ("duplicates_total", "counter", "Events that were there already.", counted.duplicates),
        ("dropped_total", "counter", "Events of erased people.", counted.dropped),
        ("quarantined_total", "counter", "What could not be an event.", counted.quarantined),
        ("writes_total", "counter", "Durable writes; many requests share one.", counted.writes),
        ("write_failures_total", "counter", "Writes that failed.", counted.failures),
        ("turned_away_total", "counter", "Requests sent away with 503.", counted.turned_away),
        ("waiting_events", "gauge", "Events not durable yet.", served.intake.waiting),
        ("log_events", "gauge", "Events in the log.", len(served.writer.state.tail)),
        ("log_bytes", "gauge", "Bytes in the log.", served.writer.state.tail.size),
        ("folds_total", "counter", "Times the log was moved into the buckets.", served.folds),
        ("damaged_files", "gauge", "Files set aside as damaged.", served.damaged),
        ("ready", "gauge", "1 while events are taken.", int(served.is_ready)),
        ("manifest_number", "gauge", "The store's version.", served.writer.state.manifest.number),
    ]
    rows += _live(served)
    lines: list[str] = []
    for name, kind, meaning, value in rows:
        lines += [f"# HELP shoal_{name} {meaning}", f"# TYPE shoal_{name} {kind}"]
        lines.append(f"shoal_{name} {value}")
    return "\n".join(lines) + "\n"


def _live(served: Served) -> list[tuple[str, str, str, float]]:
    living = served.living
    status = living.status()
    as_of = living.correct_as_of
    failed = sum(it["state"] == "failed" for it in status["segments"])
    return [
        ("live", "gauge", "1 while membership is told.", int(status["state"] == "live")),
        ("live_correct_as_of_seconds", "gauge", "The instant up to which membership is true.",
         0 if as_of is None else as_of / 1e6),
        ("live_behind_seconds", "gauge", "How far it is behind the clock.",
         status.get("behind_seconds", 0)),
        ("live_due", "gauge", "Profiles due by the clock and not yet judged.",
         status.get("backlog", {}).get("due", 0)),
        ("live_failed_segments", "gauge", "Segments that cannot be evaluated.", failed),
        ("transitions_total", "counter", "Transitions told since the start.",
         status.get("told", 0)),
        ("transitions_last_seq", "gauge", "The seq of the last one ever told.",
         living.last_seq),
    ]  # fmt: skip
