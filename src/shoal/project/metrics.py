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
    lines: list[str] = []
    for name, kind, meaning, value in rows:
        lines += [f"# HELP shoal_{name} {meaning}", f"# TYPE shoal_{name} {kind}"]
        lines.append(f"shoal_{name} {value}")
    return "\n".join(lines) + "\n"
