"""The type of a property: the plan's, else that of the clear majority of the first values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shoal
from shoal.core.instants import Zone
from shoal.engine.history import Kind
from shoal.events.event import Event
from shoal.events.property_type import PropertyType
from shoal.store import Store, create

NUMBER, TEXT, MONEY = PropertyType.NUMBER, PropertyType.TEXT, PropertyType.MONEY
PLAN = "events: {paid: {properties: {amount: number}}}\n"


def lines_of(values: list[object], event: str = "paid") -> list[dict[str, object]]:
    return [
        {"who": f"p{at % 5}", "at": f"2026-01-01T00:00:{at % 60:02d}.{at:06d}Z", "what": event,
         "amount": value}
        for at, value in enumerate(values)
    ]  # fmt: skip


def imported(folder: Path, values: list[object], name: str = "f.jsonl", **more) -> Mapping:
    shop = shoal.open(folder)
    rows = lines_of(values) + lines_of(["a word"] * 3, "said")
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return shop.import_file(folder / name, event_column="what", user="who", time="at", **more)


def fact(folder: Path, event: str = "paid"):
    return shoal.open(folder).project.store.snapshot().catalogue.property(event, "amount")


def total(folder: Path) -> float:
    table = shoal.open(folder).trait("sum(paid.amount)").values("2026-02-01")
    return sum(value or 0 for value in table["value"].to_pylist())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shoal.init(tmp_path / "shop")
    return tmp_path / "shop"


def planned(folder: Path, text: str = PLAN) -> None:
    (folder / "events").mkdir(exist_ok=True)
    (folder / "events" / "plan.yml").write_text(text)


def test_one_bad_first_value_decides_nothing(folder, monkeypatch):
    monkeypatch.setattr("shoal.sources.json_lines.BLOCK", 200)  # a block holds two or three rows
    values = ["broken", *range(1, 41)]
    made = imported(folder, values)
    assert (fact(folder).type, fact(folder).set, fact(folder).unconverted) == (NUMBER, 40, 1)
    assert fact(folder, "said").type is TEXT
    assert made["unconverted"] == {"paid.amount": 1}
    assert total(folder) == sum(range(1, 41))


def test_what_is_text_in_its_majority_stays_as_it_was_written(folder, monkeypatch):
    monkeypatch.setattr("shoal.sources.json_lines.BLOCK", 200)
    imported(folder, [7, *(f"00{at}" for at in range(30))])
    snapshot = shoal.open(folder).project.store.snapshot()
    texts = {
        text
        for bucket in range(snapshot.buckets)
        if (column := snapshot.history(bucket).column("paid", "amount")) is not None
        for text in column.dictionary.to_pylist()
    }
    assert fact(folder).type is TEXT
    assert {"7", "000", "0029"} <= texts


def test_the_plan_decides_before_any_value(folder):
    planned(folder)
    imported(folder, ["one", "two", "three", 4])
    assert (fact(folder).type, fact(folder).set, fact(folder).unconverted) == (NUMBER, 1, 3)
    assert shoal.open(folder).project.store.snapshot().catalogue.declared == {
        ("paid", "amount"): NUMBER
    }


def test_the_plan_decides_for_what_comes_in_live(folder):
    planned(folder)
    shoal.open(folder).apply()
    store = shoal.open(folder).project.store
    store.append([Event("paid", "p1", None, 1, 1, properties={"amount": "broken"})])
    assert fact(folder).type is NUMBER  # read from the log
    with store.write() as writer:
        writer.fold()
    store.append([Event("paid", "p1", None, 2, 2, properties={"amount": 5})])
    assert (fact(folder).type, fact(folder).set, fact(folder).unconverted) == (NUMBER, 1, 1)


def test_changing_a_type_is_planned_and_reads_again_what_was_received(folder):
    imported(folder, ["1.50", "2", "no", "words", "at all"])
    assert fact(folder).type is TEXT
    planned(folder)
    shop = shoal.open(folder)
    plan = shop.plan()
    assert [it.as_json() for it in plan.types] == [
        {"event": "paid", "property": "amount", "before": "text", "after": "number", "values": 5}
    ]
    assert "type of paid.amount: text -> number, 5 values" in plan.text
    assert fact(folder).type is TEXT  # planned, not done
    shop.apply()
    assert (fact(folder).type, fact(folder).set, fact(folder).unconverted) == (NUMBER, 2, 3)
    assert total(folder) == 3.5
    assert shoal.open(folder).plan().is_empty
    planned(folder, PLAN.replace("number", "text"))
    shoal.open(folder).apply()
    assert (fact(folder).type, fact(folder).set, fact(folder).unconverted) == (TEXT, 5, 0)


def test_rules_are_checked_by_the_plan_before_the_data_follow(folder):
    imported(folder, ["1.50", "2", "no", "words", "at all"])
    planned(folder)
    (folder / "segments").mkdir(exist_ok=True)
    (folder / "segments" / "s.yml").write_text("segments: {rich: sum(paid.amount) > 1}\n")
    shop = shoal.open(folder)
    assert not shop.plan().errors
    shop.apply()
    assert shop.segment("rich").count("2026-02-01") == 2


def test_money_is_a_number_that_needs_no_rewriting(folder):
    imported(folder, [1, 2.5])
    files = sorted((folder / ".shoal" / "buckets").iterdir())
    planned(folder, PLAN.replace("number", "money"))
    shoal.open(folder).apply()
    assert fact(folder).type is MONEY
    assert sorted((folder / ".shoal" / "buckets").iterdir()) == files


LONG = 12345678901234567890


def test_a_long_number_is_a_number_wherever_it_comes_from(folder):
    (folder / "f.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in lines_of([LONG, LONG + 10_000]))
    )
    shoal.open(folder).import_file(folder / "f.jsonl", event="paid", user="who", time="at")
    assert (fact(folder).type, fact(folder).exact, fact(folder).unconverted) == (NUMBER, False, 0)
    store = shoal.open(folder).project.store
    store.append([Event("counted", "p1", None, 1, 1, properties={"amount": LONG})])
    assert fact(folder, "counted").type is NUMBER
    store.append([Event("named", "p1", None, 1, 1, properties={"amount": str(LONG)})])
    assert fact(folder, "named").type is TEXT


def test_events_that_share_a_column_have_types_of_their_own(folder, monkeypatch):
    monkeypatch.setattr("shoal.sources.json_lines.BLOCK", 200)
    rows = lines_of([1, 2, 3, 4, 5, 6]) + lines_of(["07", "8", "x", "y", "9", "z"], "said")
    (folder / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shoal.open(folder).import_file(folder / "f.jsonl", event_column="what", user="who", time="at")
    assert (fact(folder).type, fact(folder, "said").type) == (NUMBER, TEXT)


values = st.lists(
    st.one_of(
        st.integers(-(10**15), 10**15).map(str),
        st.decimals(-1000, 1000, places=3).map(str),
        st.sampled_from(["007", "true", "false", "2026-11-01", "2026-11-01T09:30:00.25Z", "x", "-"]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def cells(store: Store) -> list[tuple[object, ...]]:
    """Every value of the property with its place, typed and as received."""
    snapshot = store.snapshot()
    found = []
    for bucket, runs in enumerate(snapshot._runs):
        for run in runs:
            for key, column in run.columns.items():
                texts = column.plain_texts().to_pylist() if column.kind is Kind.TEXT else None
                scale = 1_000_000 if column.kind is Kind.EXACT else 1  # exact or not: one number
                shown = texts if texts is not None else [it / scale for it in column.values]
                for row, value in zip(column.rows.tolist(), shown, strict=True):
                    found.append((bucket, int(run.occurred_at[row]), key.raw, str(value)))
    return sorted(found)


@settings(max_examples=40, deadline=None)
@given(values, st.sampled_from(list(PropertyType)))
def test_a_declared_type_comes_to_the_same_before_and_after(tmp_path_factory, given_values, kind):
    rows = [
        Event("paid", f"p{at % 3}", None, at, at, properties={"amount": value})
        for at, value in enumerate(given_values)
    ]
    types = {("paid", "amount"): kind}
    stores = [create(tmp_path_factory.mktemp("s"), buckets=2) for _ in range(2)]
    with stores[0].write() as writer:
        writer.declare(types, Zone())
        writer.append(rows)
        writer.fold()
    with stores[1].write() as writer:
        writer.declare({("paid", "amount"): TEXT}, Zone())
        writer.append(rows)
        writer.declare(types, Zone())
    assert cells(stores[0]) == cells(stores[1])
    for store in stores:
        store.close()
