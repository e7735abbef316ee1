"""Rows gathered into orders with lines, refunds, and profiles."""

from __future__ import annotations

from shoal.events.property_type import PropertyType
from shoal.sources import mapping_from_document
from tests.sources.reading import put, read

SHOP = {
    "events": [
        {
            "event": "order_completed",
            "when": {"Invoice": {"not starts with": "C"}},
            "user": "Customer",
            "time": "At",
            "group_by": "Invoice",
            "properties": {
                "order_id": "Invoice",
                "revenue": "sum(Quantity * Price)",
                "items": "sum(Quantity)",
                "dearest": "max(Price)",
                "lines": "count()",
                "country": "Country",
            },
            "constants": {"currency": "GBP"},
            "lines": {"properties": {"product_id": "Stock", "amount": "Quantity * Price"}},
        },
        {
            "event": "order_refunded",
            "when": {"Invoice": {"starts with": "C"}},
            "user": "Customer",
            "time": "At",
            "group_by": "Invoice",
            "properties": {"order_id": "Invoice", "amount": "-sum(Quantity * Price)"},
        },
    ],
    "profiles": {"user": "Customer", "traits": {"country": "Country"}},
}
ROWS = """Invoice,Stock,Quantity,At,Price,Customer,Country
1,A,2,2026-01-01 10:01,1.10,u,PT
2,A,1,2026-01-01 11:00,1.10,v,
1,B,3,2026-01-01 10:00,0.30,u,ES
C9,A,-1,2026-01-02 10:00,1.10,u,FR
2,B,x,2026-01-01 11:00,5,v,
3,A,1,2026-01-01 12:00,9,,
1,C,1,2026-01-01 10:00,2,w,
,C,1,2026-01-01 10:00,2,w,
"""


def test_orders_lines_refunds_and_profiles(tmp_path):
    found = read(put(tmp_path, "x.csv", ROWS), mapping_from_document(SHOP))
    at = "2026-01-0"
    assert found.events[:4] == [
        {
            "event": "order_completed", "user": "u", "at": at + "1T10:00:00Z", "row": 1,
            "order_id": "1", "revenue": "3.1", "items": "5", "dearest": "1.1", "lines": [
                {"product_id": "A", "amount": "2.2"}, {"product_id": "B", "amount": "0.9"},
            ], "country": "PT", "currency": "GBP",
        },
        {
            "event": "order_completed", "user": "v", "at": at + "1T11:00:00Z", "row": 2,
            "order_id": "2", "revenue": "1.1", "items": "1", "dearest": "5", "lines": [
                {"product_id": "A", "amount": "1.1"}, {"product_id": "B"},
            ], "currency": "GBP",
        },
        {
            "event": "order_completed", "user": "w", "at": at + "1T10:00:00Z", "row": 7,
            "order_id": "1", "revenue": "2", "items": "1", "dearest": "2",
            "lines": [{"product_id": "C", "amount": "2"}], "currency": "GBP",
        },
        {
            "event": "order_refunded", "user": "u", "at": at + "2T10:00:00Z", "row": 4,
            "order_id": "C9", "amount": "1.1",
        },
    ]  # fmt: skip
    assert [(event["user"], event.get("country")) for event in found.events[4:]] == [
        ("u", "FR"),
        ("v", None),
        ("w", None),
    ]
    assert [(one.row, one.reason) for one in found.rejected] == [
        (6, "nobody is named: `Customer` is empty"),
        (8, "`Invoice` is empty"),
    ]
    assert found.notices == ["3 cells of `Quantity` are not numbers and count as unset in sums"]
    orders = found.tables[0]
    assert orders.lines.event == "order_completed_line"
    assert orders.lines.order.tolist() == [0, 2, 1, 4, 6]
    assert orders.types == {"currency": PropertyType.TEXT}


def test_blocks_do_not_matter(tmp_path, monkeypatch):
    path = put(tmp_path, "x.csv", ROWS)
    whole = read(path, mapping_from_document(SHOP))
    monkeypatch.setattr("shoal.sources.delimited.BLOCK", 16)
    monkeypatch.setattr("shoal.sources.gathering._ROWS", 2)
    parts = read(path, mapping_from_document(SHOP))
    assert parts.events == whole.events
    assert parts.fingerprints == whole.fingerprints


def test_identities_of_gathered_rows(tmp_path):
    mapping = mapping_from_document(SHOP)
    first = read(put(tmp_path, "x.csv", ROWS), mapping)
    assert len(set(first.fingerprints)) == len(first.fingerprints)
    more = ROWS + "7,A,1,2026-02-01 10:00,1,u,DE\n"
    longer = read(put(tmp_path, "y.csv", more), mapping)
    new = set(longer.fingerprints) - set(first.fingerprints)
    assert len(new) == 2  # the order, and what is now said of u
    document = {"events": {**SHOP["events"][0], "id": "Invoice"}}
    by_id = read(tmp_path / "x.csv", mapping_from_document(document))
    assert by_id.fingerprints[0] == by_id.fingerprints[2]


def test_two_equal_orders_are_two(tmp_path):
    document = {"events": {"event": "e", "user": "u", "time": "at", "group_by": ["day", "n"]}}
    text = "u,at,day,n\n1,2026-01-01,a,1\n1,2026-01-01,a,1\n1,2026-01-01,b,1\n"
    found = read(put(tmp_path, "x.csv", text), mapping_from_document(document))
    assert [(event["day"], event["n"]) for event in found.events] == [("a", "1"), ("b", "1")]


def test_what_is_left_stays_with_the_lines(tmp_path):
    document = {"events": {"event": "e", "user": "u", "time": "at", "group_by": "o", "lines": True}}
    text = "u,at,o,x,Y z\n1,2026-01-01,a,1,2\n1,2026-01-01,a,3,\n"
    (event,) = read(put(tmp_path, "x.csv", text), mapping_from_document(document)).events
    assert event["lines"] == [{"x": "1", "y_z": "2"}, {"x": "3"}]
    assert event["o"] == "a"


def test_profiles_per_row_and_per_user(tmp_path):
    text = "u,city\n1,Porto\n1,Lisbon\n1,\n"
    path = put(tmp_path, "x.csv", text)
    for per, expected in (("row", ["Porto", "Lisbon", None]), ("user", ["Lisbon"])):
        mapping = mapping_from_document({"profiles": {"user": "u", "per": per}})
        assert [event.get("city") for event in read(path, mapping).events] == expected
