"""What is counted while serving, in the text format Prometheus reads (version 0.0.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.project.serving.watching import served_status

if TYPE_CHECKING:
    from shoal.project.serving.served import Served

Metric = tuple[str, str, str, float]
Row = dict[str, Any]


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
        ("answers", "gauge", "1 while questions are answered.", int(served.unanswered() is None)),
        ("manifest_number", "gauge", "The store's version.", served.writer.state.manifest.number),
    ]
    status = served_status(served)
    rows += _live(served, status)
    rows += _webhooks(status["webhooks"])
    lines: list[str] = []
    for name, kind, meaning, value in rows:
        lines += [f"# HELP shoal_{name} {meaning}", f"# TYPE shoal_{name} {kind}"]
        lines.append(f"shoal_{name} {value}")
    return "\n".join(lines) + "\n"


def _live(served: Served, status: Row) -> list[Metric]:
    living = served.living
    as_of = living.correct_as_of
    failed = sum(it["state"] == "failed" for it in status["segments"])
    backlog = status["backlog"]
    return [
        ("live", "gauge", "1 while membership is told.", int(status["live"] == "live")),
        ("live_correct_as_of_seconds", "gauge", "The instant up to which membership is true.",
         0 if as_of is None else as_of / 1e6),
        ("live_behind_seconds", "gauge", "How far it is behind the clock.",
         status["behind_seconds"] or 0),
        ("live_backlog_events", "gauge", "Durable events that nothing was told of yet.",
         backlog["rows"] or 0),
        ("live_due", "gauge", "Profiles due by the clock and not yet judged.",
         backlog["due"] or 0),
        ("live_failed_segments", "gauge", "Segments that cannot be evaluated.", failed),
        ("transitions_total", "counter", "Transitions ever told, by their numbers.",
         status["last_seq"]),
        ("transitions_last_seq", "gauge", "The seq of the last one ever told.",
         status["last_seq"]),
        ("problems", "gauge", "What `shoal status` says has failed.", len(status["problems"])),
    ]  # fmt: skip


def _webhooks(rows: list[Row]) -> list[Metric]:
    def count(state: str) -> int:
        return sum(it["state"] == state for it in rows)

    return [
        ("webhooks", "gauge", "Subscriptions to transitions.", len(rows)),
        ("webhooks_failing", "gauge", "Those whose last try failed.", count("failing")),
        ("webhooks_paused", "gauge", "Those that are tried no more.", count("paused")),
        ("webhook_backlog", "gauge", "Transitions that the slowest has not passed yet.",
         max((it["backlog"] for it in rows), default=0)),
        ("webhook_dead_letters", "gauge", "Messages that were not taken.",
         sum(it["dead_letters"] for it in rows)),
        ("webhook_messages_total", "counter", "Messages taken.",
         sum(it["delivered"] for it in rows)),
    ]  # fmt: skip
