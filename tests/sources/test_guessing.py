"""Guesses: right on ordinary files, silent about what is not to be seen."""

from __future__ import annotations

import pytest

from shoal.core.instants import Zone
from shoal.sources import describe, guess, mapping_to_json, sample
from shoal.sources.mapping_file import mapping_to_document
from tests.sources.reading import put, read


def guessed(path):
    found = guess(path)
    assert found.mapping is not None, found
    return found, mapping_to_document(found.mapping)


def test_orders(tmp_path):
    text = "order_id;Customer ID;Order Date;Total\n1;a;13/01/2026 10:00;5\n2;b;14/01/2026 11:00;6\n"
    found, document = guessed(put(tmp_path, "orders.csv", text))
    assert document["events"] == [
        {
            "event": "order_completed",
            "user": "Customer ID",
            "time": {"column": "Order Date", "format": "%d/%m/%Y %H:%M"},
        }
    ]
    assert found.doubts == ()
    assert len(read(tmp_path / "orders.csv", found.mapping).events) == 2


def test_dates_that_could_be_either_are_a_doubt(tmp_path):
    found, _ = guessed(put(tmp_path, "x.csv", "user_id,date\n1,01/02/2026\n"))
    assert "days and months cannot be told apart" in found.doubts[0]


def test_an_event_log(tmp_path):
    text = "".join(
        f'{{"event":"{name}","userId":"{i}","timestamp":"2026-01-01T10:00:00Z","messageId":"m{i}"}}\n'
        for i, name in enumerate(["Page Viewed", "Product Added"] * 20)
    )
    _, document = guessed(put(tmp_path, "log.jsonl", text))
    assert document["events"] == [
        {"event_column": "event", "user": "userId", "time": "timestamp", "id": ["messageId"]}
    ]


def test_order_lines_and_cancellations(tmp_path):
    rows = "".join(f"{i // 3},S{i},2,2026-01-01 10:00,1.5,u{i // 9},PT,n{i}\n" for i in range(30))
    text = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Land,Note\n" + rows
    _, document = guessed(put(tmp_path, "x.csv", text))
    assert document["events"][0]["group_by"] == ["InvoiceNo"]
    assert document["events"][0]["properties"] == {
        "order_id": "`InvoiceNo`",
        "revenue": "sum(`Quantity` * `UnitPrice`)",
        "land": "`Land`",
    }
    assert list(document["events"][0]["lines"]["properties"]) == [
        "stock_code",
        "quantity",
        "unit_price",
        "note",
    ]
    _, document = guessed(put(tmp_path, "y.csv", text + "C9,S1,-1,2026-01-02,1.5,u1,PT,\n"))
    assert [event["event"] for event in document["events"]] == ["order_completed", "order_refunded"]


def test_customers(tmp_path):
    text = "customer_id,age,city,signup_date\n1,30,Porto,2020-01-01\n2,40,Lisbon,2020-01-02\n"
    _, document = guessed(put(tmp_path, "customers.csv", text))
    assert document["profiles"] == [{"user": "customer_id", "per": "row"}]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "user_id,n\n1,2\n1,3\n", "at,x\n2026-01-01,1\n"])
def test_what_is_not_to_be_seen_is_said(tmp_path, text):
    found = guess(put(tmp_path, "x.csv", text))
    assert found.mapping is None
    assert found.missing


def test_the_dry_run_says_it_in_words(tmp_path):
    text = (
        "order_id,customer,at,revenue,zip,gone\n1,42,2026-01-03 10:00,12.50,01234,\n"
        "2,43,2026-01-04,n/a,90210,\n3,44,2026-01-05,1,90210,\n4,,2026-01-06,2,90210,\n"
    )
    path = put(tmp_path, "orders.csv", text)
    mapping = guess(path).mapping
    said = describe(mapping, sample(path, mapping), Zone("Europe/Lisbon"))
    assert said[0] == (
        "Row 1 becomes: customer 42 did order_completed on 2026-01-03 10:00 (Europe/Lisbon) with"
        " order_id 1 (number), revenue 12.50 (number), zip 01234 (text)"
    )
    assert "revenue n/a (not a number: unset)" in said[1]
    assert said[3:] == [
        "The first rows give 3 order_completed.",
        (
            "`order_completed.revenue` is a number; 1 cell does not convert and will be unset, for"
            " example `n/a` in row 2."
        ),
        "1 row of the first 4 cannot be imported and go to quarantine:",
        "  row 4: nobody is named: `customer` is empty",
    ]


def test_the_dry_run_of_lines_and_profiles(tmp_path):
    text = "o,u,at,product,x\n1,a,2026-01-01,p,1\n1,a,2026-01-01,q,2\n"
    path = put(tmp_path, "x.csv", text)
    from shoal.sources import mapping_from_document

    mapping = mapping_from_document(
        {
            "events": {
                "event": "e", "user": "u", "time": "at", "group_by": "o",
                "properties": {"n": "count()"}, "lines": {"properties": ["product"]},
            },
            "profiles": {"user": "u", "traits": {"favourite": "product"}},
        }
    )  # fmt: skip
    assert describe(mapping, sample(path, mapping), Zone()) == [
        (
            "Row 1 becomes: customer a did e on 2026-01-01 00:00 (UTC) with n 2 (number); and 2"
            " lines, the first (e_line): product p (text)"
        ),
        "Row 1 becomes: customer a has favourite q (text)",
        "The first rows give 1 e, 2 e_line, 1 profiles.",
        "Columns that are not used: `x`.",
    ]
    assert "count()" in mapping_to_json(mapping)
