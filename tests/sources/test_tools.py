"""Mappings that come with Shoal: each over an export as its tool writes it, event for event.

The people are made up; the columns are those of the published formats. ``became.json`` says what
each row becomes.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from shoal.core.errors import ImportFileError
from shoal.core.instants import EARLIEST, format_instant
from shoal.sources import mapping_from_document, mapping_to_json
from shoal.sources.schema import mapping_schema
from shoal.sources.shipped import find_mapping, shipped_names, shipped_text
from tests.sources.reading import put, read

EXPORTS = Path(__file__).parent / "exports"
FILES = {path.stem: path for path in sorted(EXPORTS.iterdir()) if path.name != "became.json"}
BECAME = json.loads((EXPORTS / "became.json").read_text(encoding="utf-8"))
ALWAYS = format_instant(EARLIEST)
DYNAMIC_YIELD = "dynamic-yield-events"  # a Parquet file, made below


def told(found):
    """Events without the instant of what holds always."""
    return [{key: it for key, it in one.items() if it != ALWAYS} for one in found.events]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_row_of_an_export_becomes_what_is_written(name):
    """A1-A8, A11: each tool's own columns become the events and traits that rules know."""
    found = read(FILES[name], find_mapping(name))
    assert {
        "events": told(found),
        "rejected": [[one.row, one.reason] for one in found.rejected],
        "passed_over": found.stream.passed_over,
    } == BECAME[name]


def test_every_mapping_has_an_export_and_holds_to_the_schema():
    assert sorted([*FILES, DYNAMIC_YIELD]) == list(shipped_names())
    for name in shipped_names():
        jsonschema.validate(yaml.safe_load(shipped_text(name)), mapping_schema())
        mapping = find_mapping(name)
        assert mapping_from_document(json.loads(mapping_to_json(mapping))) == mapping


@pytest.mark.parametrize("name", sorted(name for name in FILES if FILES[name].suffix == ".csv"))
def test_an_export_without_its_optional_columns_is_read_all_the_same(name, tmp_path):
    """Who exports fewer columns gets the same events with fewer properties."""
    mapping = find_mapping(name)
    with FILES[name].open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    kept = [at for at, column in enumerate(rows[0]) if column not in mapping.optional]
    path = tmp_path / "less.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([row[at] for at in kept] for row in rows)
    before = {(one["event"], one["row"], one["user"]) for one in read(FILES[name], mapping).events}
    found = read(path, mapping)
    now = {(one["event"], one["row"], one["user"]) for one in found.events}
    assert now - before <= {  # what an optional column had ruled out
        (one["event"], one["row"], one["user"]) for one in found.events if "salesforce" in name
        or "judgeme" in name
    }  # fmt: skip
    assert now


def test_dynamic_yield_s_activity_stream(tmp_path):
    """A11: the documented attributes of the raw data, in the Parquet that the tool writes."""
    at = int(datetime(2026, 2, 1, 10, tzinfo=UTC).timestamp() * 1000)
    table = pa.table(
        {
            "dyid": pa.array([881, 881, 881, 881], pa.int64()),
            "cuid": [None, None, "ines@example.org", "ines@example.org"],
            "eventType": ["UIA", "VARIATION_ENGAGEMENT", "VARIATION_ENGAGEMENT", "DPX"],
            "timestamp": pa.array([at, at + 1000, at + 2000, at + 3000], pa.int64()),
            "url": ["https://example.org/", None, None, None],
            "contextType": ["HOMEPAGE", None, None, None],
            "eventName": [None, None, None, "Purchase"],
            "eventValue": pa.array([None, None, None, 3640], pa.int64()),
            "campaignName": [None, "Hero", "Hero", None],
            "engagementType": [None, "IMP", "CLICK", None],
        }
    )
    path = tmp_path / "part-0000.parquet"
    pq.write_table(table, path)
    found = read(path, find_mapping(DYNAMIC_YIELD))
    assert [(one["event"], one["at"]) for one in found.events] == [
        ("page_viewed", "2026-02-01T10:00:00Z"),
        ("purchase", "2026-02-01T10:00:03Z"),
        ("experience_viewed", "2026-02-01T10:00:01Z"),
        ("experience_clicked", "2026-02-01T10:00:02Z"),
    ]
    assert {one["anonymous"] for one in found.events} == {"dynamic-yield:881"}
    assert found.events[1]["value"] == "3640"
    assert not found.rejected


def test_a_day_of_google_analytics_exported_again_is_the_same_day(tmp_path):
    """The export revises what it says of where people came from; the event stays the same one."""
    mapping = find_mapping("ga4-events")
    path = FILES["ga4-events"]
    before = read(path, mapping).fingerprints
    text = path.read_text(encoding="utf-8").replace('"(direct)"', '"newsletter"')
    assert len(set(before)) == 4
    assert read(put(tmp_path, "again.jsonl", text), mapping).fingerprints == before


def test_what_google_analytics_did_not_set_is_no_id_of_an_order(tmp_path):
    line = json.dumps(
        {
            "event_name": "purchase",
            "event_timestamp": "1767225600000000",
            "user_pseudo_id": "a",
            "ecommerce": {"transaction_id": "(not set)", "purchase_revenue": 9.5},
        }
    )
    found = read(put(tmp_path, "a.jsonl", line + "\n"), find_mapping("ga4-events"))
    (event,) = found.events
    assert event.get("order_id") is None
    assert event["revenue"] == "9.5"


def test_lines_that_are_no_events_of_google_analytics_are_rejected_as_they_came(tmp_path):
    good = FILES["ga4-events"].read_text(encoding="utf-8").splitlines()[0]
    odd = '{"event_name": "x", "event_params": 7, "items": [3], "user_pseudo_id": "a"}'
    path = put(tmp_path, "a.jsonl", f"{good}\n[1]\n{odd}\n{good[:40]}\n")
    found = read(path, find_mapping("ga4-events"))
    assert len(found.events) == 1
    assert [(one.row, one.raw) for one in found.rejected] == [(2, "[1]"), (3, odd), (4, good[:40])]


def test_a_name_that_is_none_is_told_with_the_nearest(tmp_path):
    with pytest.raises(ImportFileError, match="did you mean `hubspot-contacts`"):
        find_mapping("hubspot-contact")
    with pytest.raises(ImportFileError, match="no readable mapping file"):
        find_mapping("missing.yml", tmp_path)
    (tmp_path / "reviews").write_text("events: {event: e, user: u, time: t}")
    assert find_mapping("reviews", tmp_path).source == "files"  # a file comes first
