"""JSONL: numbers as written, nested objects dotted, arrays of objects as lines."""

from __future__ import annotations

from shoal.events.property_type import PropertyType
from shoal.events.quarantine import Reason
from shoal.sources import mapping_from_options
from shoal.sources.json_lines import JsonLinesReader
from shoal.sources.opening import examine
from tests.sources.reading import put, read

TRACK = mapping_from_options(event_column="event", user="userId", time="timestamp")


def test_objects_become_events(tmp_path):
    text = (
        '{"event": "Order Completed", "userId": 7, "timestamp": "2026-01-01T10:00:00Z",'
        ' "properties": {"total": 12.50, "big": 12345678901234567890, "tags": ["a", 1.0],'
        ' "products": [{"id": "007", "price": 1e3, "size": {"eu": 41}}, {"id": "8"}]}}\n\n'
        '{"event": "$pageview", "userId": "b", "timestamp": 1767261600000, "ok": true, "x": null}\n'
    )
    found = read(put(tmp_path, "x.jsonl", text), TRACK)
    assert found.events == [
        {
            "event": "order_completed", "user": "7", "at": "2026-01-01T10:00:00Z", "row": 1,
            "total": "12.50", "big": "12345678901234567890", "tags": '["a",1.0]',
            "lines": [{"id": "007", "price": "1e3", "size.eu": "41"}, {"id": "8"}],
        },
        {
            "event": "pageview", "user": "b", "at": "2026-01-01T10:00:00Z", "row": 2, "ok": "true",
        },
    ]  # fmt: skip
    assert found.tables[0].lines.event == "order_completed_line"
    assert found.tables[0].raw_event == "Order Completed"


def test_strings_are_text_numbers_numbers_and_mixed_columns_are_not_declared(tmp_path):
    text = (
        '{"userId":"1","timestamp":"2026-01-01","event":"e","zip":"90210","n":5,"m":"5","at2":'
        '"2026-01-01"}\n{"userId":"1","timestamp":"2026-01-01","event":"e","n":6,"m":7}\n'
    )
    found = read(put(tmp_path, "x.jsonl", text), TRACK)
    assert found.tables[0].types == {"zip": PropertyType.TEXT, "n": PropertyType.NUMBER}


def test_bad_lines_are_rejected_with_their_place(tmp_path):
    deep = "[" * 100_000
    good = '{"userId": "1", "timestamp": "2026-01-01", "event": "e"}'
    text = f'{good}\n{{bad\n\n[1]\n{deep}\n"x"\n{good[:-5]}\n{good}\n'
    found = read(put(tmp_path, "x.jsonl", text), TRACK)
    assert [event["row"] for event in found.events] == [1, 7]
    assert [(one.row, one.line, one.code) for one in found.rejected] == [
        (2, 2, Reason.NOT_JSON),
        (3, 4, Reason.NOT_AN_OBJECT),
        (4, 5, Reason.NOT_JSON),
        (5, 6, Reason.NOT_AN_OBJECT),
        (6, 7, Reason.NOT_JSON),
    ]
    assert found.rejected[0].raw == "{bad"


def test_odd_values_are_kept_or_repaired(tmp_path):
    text = (
        '{"userId": "a\\ud800b", "timestamp": "2026-01-01", "event": "e", "n": NaN, "i": -Infinity,'
        ' "": 1, "p": [], "q": {}}\n'
    )
    (event,) = read(put(tmp_path, "x.jsonl", text), TRACK).events
    assert event["user"] == "a?b"
    assert (event["n"], event["i"], event["_"], event["p"]) == ("NaN", "-Infinity", "1", "[]")


def test_blocks_do_not_matter(tmp_path):
    lines = [
        f'{{"userId": "{i % 3}", "timestamp": {1767261600 + i}, "event": "e", "k{i % 4}": {i},'
        f' "items": [{{"a": {i}}}]}}'
        for i in range(50)
    ]
    path = put(tmp_path, "x.jsonl", "\n".join(lines))
    found = []
    for block in (1 << 20, 100, 7):
        reader = JsonLinesReader(examine(path), block=block)
        rows = {}
        for batch in reader.batches():
            for name, array in batch.columns.items():
                for number, value in zip(batch.numbers.tolist(), array.to_pylist(), strict=True):
                    if value is not None:
                        rows[number, name] = value
            assert len(batch.elements["items"].parent) == len(batch)
        found.append(rows)
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 200


def test_names_that_are_data_stay_together(tmp_path, monkeypatch):
    monkeypatch.setattr("shoal.sources.json_lines.MOST_FIELDS", 6)
    text = "".join(
        f'{{"event":"e","userId":"1","timestamp":"2026-01-01","seen":{{"id{i}":{i},"x{i}":"y"}}}}\n'
        for i in range(3)
    )
    found = read(put(tmp_path, "x.jsonl", text), TRACK)
    assert found.events[1]["seen.id1"] == "1"
    assert found.events[2]["more_fields"] == '{"seen.id2": "2", "seen.x2": "y"}'
