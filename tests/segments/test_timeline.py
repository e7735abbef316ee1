from __future__ import annotations

from datetime import UTC, date, datetime

from shoal.core.instants import EARLIEST, Zone
from shoal.engine.history import Kind
from shoal.segments.hypothesis import Hypotheses
from shoal.segments.timeline import NEVER, TimelineEvent, history_of

ZONE = Zone("Europe/Lisbon")


def test_events_are_sorted_by_time_and_keep_their_order_at_one_instant():
    history = history_of(
        [[TimelineEvent("b", 5), TimelineEvent("a", 3), TimelineEvent("c", 5)]], ZONE
    )
    assert [history.event_names[code] for code in history.event] == ["a", "b", "c"]
    assert history.occurred_at.tolist() == [3, 5, 5]
    assert history.offsets.tolist() == [0, 3]


def test_people_know_when_they_were_first_seen():
    identify = TimelineEvent("$identify", EARLIEST, {"country": "PT"})
    consent = TimelineEvent("$consent", 3, {"purpose": "marketing", "state": "granted"})
    history = history_of([[TimelineEvent("a", 7)], [identify], [consent], []], ZONE)
    assert history.first_seen.tolist() == [7, EARLIEST, NEVER, NEVER]


def test_values_are_of_one_kind_by_property():
    events = [
        TimelineEvent(
            "a", 1, {"n": 2, "x": 1 / 3, "t": "é", "b": True, "d": date(2026, 7, 1), "m": 1}
        ),
        TimelineEvent("a", 2, {"n": 0.25, "x": 1, "t": "é", "b": False, "m": "text", "u": None}),
        TimelineEvent("a", 3, {"d": datetime(2026, 7, 1, tzinfo=UTC), "n": float("nan")}),
    ]
    history = history_of([events], ZONE)
    kinds = {name: history.column("a", name).kind for name in "nxtbdm"}
    assert kinds == {
        "n": Kind.EXACT, "x": Kind.DOUBLE, "t": Kind.TEXT, "b": Kind.BOOLEAN, "d": Kind.INSTANT,
        "m": Kind.EXACT,
    }  # fmt: skip
    assert history.column("a", "n").values.tolist() == [2_000_000, 250_000]
    assert history.column("a", "n").rows.tolist() == [0, 1]
    assert history.column("a", "t").values.tolist() == [0, 0]
    assert (
        history.column("a", "d").values.tolist()[1] - history.column("a", "d").values.tolist()[0]
        == 3_600_000_000
    )
    assert history.column("a", "m").rows.tolist() == [0]
    assert history.column("a", "u") is None


def test_a_list_of_mappings_becomes_lines_and_nested_mappings_flatten():
    order = TimelineEvent(
        "order", 1, {"ship": {"city": "Faro"}, "products": [{"id": "a"}, {"id": "b"}]}
    )
    history = history_of([[order, TimelineEvent("z", 2)]], ZONE)
    assert [history.event_names[code] for code in history.event] == [
        "order", "order_line", "order_line", "z",
    ]  # fmt: skip
    assert history.rows_of("order_line").tolist() == [1, 2]
    assert history.column("order", "ship.city").dictionary.to_pylist() == ["Faro"]


def test_a_hypothesis_is_the_past_up_to_an_instant_and_a_future():
    base = history_of(
        [
            [TimelineEvent("x", 1, {"n": 9})],
            [TimelineEvent("a", 3, {"n": 1, "t": "old"}), TimelineEvent("a", 8, {"n": 5})],
        ],
        ZONE,
    )
    futures = [[], [TimelineEvent("a", 6, {"n": 1 / 3, "t": "new"}), TimelineEvent("b", 5)]]
    made = Hypotheses(base, 1, 5, futures, ZONE)
    assert made.offsets.tolist() == [0, 1, 4]
    assert made.occurred_at.tolist() == [3, 3, 5, 6]
    assert [made.event_names[code] for code in made.event] == ["a", "a", "b", "a"]
    assert made.first_seen.tolist() == [3, 3]
    numbers = made.column("a", "n")
    assert numbers.kind is Kind.DOUBLE
    assert (numbers.rows.tolist(), numbers.values.tolist()) == ([0, 1, 3], [1.0, 1.0, 1 / 3])
    texts = made.column("a", "t")
    assert texts.dictionary.take(texts.values).to_pylist() == ["old", "old", "new"]
    assert made.rows_of("b").tolist() == [2]
    assert made.column("b", "n") is None


def test_a_hypothesis_about_somebody_never_seen_has_only_a_future():
    made = Hypotheses(None, 0, 5, [[TimelineEvent("a", 6)], []], ZONE)
    assert made.first_seen.tolist() == [6, NEVER]
    assert made.occurred_at.tolist() == [6]
