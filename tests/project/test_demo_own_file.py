"""A file of one's own becomes a project and a report in one call, or a clear message."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pytest

from shoal.core.errors import ImportFileError, NotFoundError, ShoalError
from shoal.project.demo.run import REPORT, run_demo
from shoal.project.opening import open_project
from shoal.project.shop import Shop


def write(path, heads, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return str(path)


@pytest.fixture
def orders(tmp_path):
    """Forty customers: customer n orders every n days for half a year."""
    start = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
    rows = [
        (f"c<{number}>", (start + timedelta(days=day, minutes=number)).isoformat(), number * 1.25)
        for number in range(1, 41)
        for day in range(0, 180, number)
    ]
    return write(tmp_path / "orders.csv", ("customer", "ordered", "total"), rows), len(rows)


def quiet(_):
    pass


def test_one_call_makes_a_project_and_a_report(tmp_path, orders):
    path, rows = orders
    told = []
    report = run_demo(tmp_path / "shop", path, told.append).report
    assert "revenue" in told[0]
    assert report.people == 40
    assert sum(month.orders for month in report.months) == rows
    shop = Shop(open_project(tmp_path / "shop"))
    assert {line.name: line.size for line in report.segments} == {
        name: size for name, size in shop.counts().items() if "." not in name
    }
    assert sum(part.size for part in report.lifecycle.parts) == 40
    assert sum(cell.size for cell in report.rfm) == 40
    assert sum(flow.size for flow in report.lifecycle.flows) == 40
    page = (tmp_path / "shop" / REPORT).read_text(encoding="utf-8")
    assert "What 40 customers did" in page
    assert "<c<" not in page
    assert "c&lt;" in page


def test_the_same_file_again_adds_nothing(tmp_path, orders):
    path, rows = orders
    first = run_demo(tmp_path / "shop", path, quiet).report
    again = run_demo(tmp_path / "shop", path, quiet).report
    assert (first.files[0].imported, again.files[0].imported) == (rows, 0)
    assert again.segments == first.segments


def test_trends_and_the_past_are_what_the_project_answers(tmp_path, orders):
    report = run_demo(tmp_path / "shop", orders[0], quiet).report
    shop = Shop(open_project(tmp_path / "shop"))
    zone = shop.zone
    for at, index in ((report.trend_at[2], 2), (report.trend_at[-1], -1)):
        counts = shop.counts(as_of=zone.to_local(at).isoformat())
        for line in report.segments:
            assert line.trend[index] == counts[line.name]
    then = shop.segment("high_value").members(
        as_of=zone.to_local(report.hindsight.from_at).isoformat()
    )
    now = shop.segment("high_value").members()
    before, after = (set(table.column("user_id").to_pylist()) for table in (then, now))
    assert report.hindsight.stayed == len(before & after)
    assert report.hindsight.left == len(before - after)
    assert report.hindsight.entered == len(after - before)


def test_a_mapping_file_beside_it_is_taken(tmp_path):
    path = write(
        tmp_path / "till.csv",
        ("who", "when", "bon", "pieces", "each"),
        [
            ("a", "2026-01-01", "1", 2, 3.5),
            ("a", "2026-01-01", "1", 1, 1),
            ("b", "2026-02-01", "2", 1, 2),
        ],
    )
    (tmp_path / "till.map.yml").write_text(
        "events:\n  - event: Order Completed\n    user: who\n    time: when\n    group_by: bon\n"
        "    properties: {revenue: sum(each * pieces)}\n    lines: true\n",
        encoding="utf-8",
    )
    report = run_demo(tmp_path / "shop", path, quiet).report
    assert report.people == 2
    assert sum(month.revenue for month in report.months) == 10


@pytest.mark.parametrize(
    ("name", "heads", "rows", "said"),
    [
        ("visits.csv", ("customer", "date", "page"), [("a", "2026-01-01", "/")], "looks like what"),
        (
            "customers.csv",
            ("customer_id", "country"),
            [("a", "PT"), ("b", "ES")],
            "look like people",
        ),
        ("empty.csv", ("customer", "date", "total"), [], ""),
        ("odd.csv", ("x", "y"), [("1", "2")], "looks like a customer"),
        ("bad.csv", ("customer", "date", "total"), [("a", "never", 1), ("b", "soon", 2)], ""),
    ],
)
def test_what_is_no_file_of_orders_says_so(tmp_path, name, heads, rows, said):
    path = write(tmp_path / name, heads, rows)
    with pytest.raises(ImportFileError) as error:
        run_demo(tmp_path / "shop", path, quiet)
    assert said in str(error.value)


def test_unknown_data_and_foreign_folders_are_refused(tmp_path, orders):
    with pytest.raises(NotFoundError, match="did you mean `complete-journey`"):
        run_demo(tmp_path / "shop", "complete-jurney", quiet)
    run_demo(tmp_path / "shop", orders[0], quiet)
    other = write(tmp_path / "others.csv", ("customer", "date", "total"), [("a", "2026-01-01", 1)])
    with pytest.raises(ShoalError, match="another project"):
        run_demo(tmp_path / "shop", other, quiet)


def test_a_single_order_is_enough(tmp_path):
    path = write(tmp_path / "one.csv", ("customer", "date", "total"), [("a", "2026-01-01", 9.5)])
    report = run_demo(tmp_path / "shop", path, quiet).report
    assert report.people == 1
    assert report.tiles[4].value == "none"


def test_a_file_that_cannot_be_read_leaves_no_project_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing.csv").write_text("")
    with pytest.raises(ImportFileError, match="is empty"):
        run_demo(None, "nothing.csv", quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["nothing.csv"]
