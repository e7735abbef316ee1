"""Questions asked of a store come back as people, counts, changes and reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shoal.core.errors import NotFoundError
from shoal.core.instants import EARLIEST, to_datetime
from shoal.engine.keeping import KEEPING
from shoal.events.event import Event
from shoal.language import parse_rule, parse_value
from shoal.language.vocabulary import EventEntry, SegmentEntry, ValueType, Vocabulary
from shoal.runners import changes_at, counts_at, evaluate, evaluate_at, trace, transitions
from shoal.store import create
from tests.store.model import SOURCE, Row, tables

DAY = 86_400_000_000
PROPERTIES = {"x": ValueType.NUMBER, "word": ValueType.TEXT, "yes": ValueType.BOOLEAN}
BUYERS = parse_rule("did order in last 10d")
VOCABULARY = Vocabulary(
    {name: EventEntry(name, properties=PROPERTIES) for name in ("order", "page")},
    {"buyers": SegmentEntry("buyers", BUYERS)},
)
ROWS = [
    Row("order", "ann", None, 1 * DAY, 1, 10.5, "red"),
    Row("order", "ann", None, 20 * DAY, 2, 0.1, "blue", yes=True),
    Row("order", "bob", None, 15 * DAY, 3, 0.2, "red"),
    Row("page", "cid", None, 2 * DAY, 4, word="red"),
    Row("order", None, "guest", 24 * DAY, 5, 7.0),
    Row("$consent", "dan", None, 3 * DAY, 6),
    Row("$identify", "eve", None, EARLIEST, 7, 1.0),
]


@pytest.fixture(scope="module", params=[1, 3])
def snapshot(request, tmp_path_factory):
    store = create(tmp_path_factory.mktemp("project"), buckets=request.param)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(ROWS), imported_at=100 * DAY)
    with store.snapshot() as snapshot:
        yield snapshot


def ask(snapshot, question, as_of):
    return evaluate(snapshot, {"it": question}, VOCABULARY, as_of)["it"]


def test_members_are_sorted_and_counted(snapshot):
    answer = ask(snapshot, BUYERS, 25 * DAY)
    assert answer.members().column("user_id").to_pylist() == ["ann", "anon:guest"]
    assert (answer.count, answer.anonymous, answer.unknown) == (2, 1, 0)
    assert answer.known == 5  # a consent alone makes nobody known


def test_an_instant_knows_nothing_of_what_came_later(snapshot):
    answer = ask(snapshot, BUYERS, 5 * DAY)
    assert answer.members().column("user_id").to_pylist() == ["ann"]
    assert answer.known == 3


def test_what_is_unset_is_unknown(snapshot):
    answer = ask(snapshot, parse_rule("last(order.x) > 1"), 30 * DAY)
    assert (answer.count, answer.unknown) == (1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(order.x)", {"ann": 10.6, "anon:guest": 7.0, "bob": 0.2, "cid": 0.0, "eve": 0.0}),
        ("last(order.word)", {"ann": "blue", "bob": "red"}),
        ("last(order.yes)", {"ann": True}),
        ("values(order.word)", {"ann": ["blue", "red"], "bob": ["red"]}),
        ("first(order)", {"ann": 1, "anon:guest": 24, "bob": 15}),
        ("age(first(order))", {"ann": 29, "anon:guest": 6, "bob": 15}),
    ],
)
def test_values_are_tables_of_everybody_known(snapshot, text, expected):
    table = ask(snapshot, parse_value(text), 30 * DAY).table()
    users = table.column("user_id").to_pylist()
    assert users == ["ann", "anon:guest", "bob", "cid", "eve"]
    found = dict(zip(users, table.column("value").to_pylist(), strict=True))
    if text == "first(order)":
        expected = {user: to_datetime(day * DAY) for user, day in expected.items()}
    if text.startswith("age"):
        expected = {user: timedelta(days=days) for user, days in expected.items()}
    given = {user: value for user, value in found.items() if value not in (None, [])}
    assert given == expected


def test_several_instants_are_each_their_own(snapshot):
    instants = [5 * DAY, 25 * DAY, 60 * DAY]
    questions = {"buyers": BUYERS, "lasting": parse_rule("in segment buyers for at least 3d")}
    together = evaluate_at(snapshot, questions, VOCABULARY, instants)
    for instant, answers in zip(instants, together, strict=True):
        alone = evaluate(snapshot, questions, VOCABULARY, instant)
        for name in questions:
            assert answers[name].members() == alone[name].members()
    counts = counts_at(snapshot, questions, VOCABULARY, instants)
    assert [each["buyers"] for each in counts] == [1, 2, 0]
    assert evaluate_at(snapshot, questions, VOCABULARY, []) == []


def test_changes_are_exact_and_in_order(snapshot):
    table = transitions(snapshot, BUYERS, VOCABULARY, EARLIEST, 40 * DAY)
    found = [
        (row["user_id"], row["at"], "in" if row["entered"] else "out") for row in table.to_pylist()
    ]
    expected = [
        ("ann", 1, "in"), ("ann", 11, "out"), ("bob", 15, "in"), ("ann", 20, "in"),
        ("anon:guest", 24, "in"), ("bob", 25, "out"), ("ann", 30, "out"), ("anon:guest", 34, "out"),
    ]  # fmt: skip
    assert found == [(user, to_datetime(day * DAY), way) for user, day, way in expected]


def test_changes_lead_from_one_membership_to_another(snapshot):
    start, end = 12 * DAY, 26 * DAY
    members = set(ask(snapshot, BUYERS, start).members().column("user_id").to_pylist())
    for row in transitions(snapshot, BUYERS, VOCABULARY, start, end).to_pylist():
        assert (row["user_id"] in members) != row["entered"]
        members ^= {row["user_id"]}
    assert members == set(ask(snapshot, BUYERS, end).members().column("user_id").to_pylist())


def test_a_trace_says_why_and_until_when(snapshot):
    rule = parse_rule("did order where word = 'blue' and last(order.x) < 1")
    found = trace(snapshot, rule, VOCABULARY, "ann", 25 * DAY)
    assert found.member
    assert found.verdict is True
    assert not found.depends_on_others
    did = found.trace.of(rule.parts[0])
    assert did.verdict is True
    assert [(event.name, event.at) for event in did.events] == [("order", 20 * DAY)]
    events = found.trace.of(rule.parts[1].left).events
    assert [event.properties for event in events] == [{"x": 10.5}, {"x": 0.1}]
    assert found.trace.of(rule.parts[1].left).value == 0.1


def test_the_next_change_is_known_to_the_microsecond(snapshot):
    assert changes_at(snapshot, BUYERS, VOCABULARY, "ann", 25 * DAY) == 30 * DAY
    assert changes_at(snapshot, BUYERS, VOCABULARY, "anon:guest", 25 * DAY) == 34 * DAY
    assert changes_at(snapshot, BUYERS, VOCABULARY, "cid", 25 * DAY) is None
    assert not ask(snapshot, BUYERS, 30 * DAY).members().column("user_id").to_pylist().count("ann")
    assert "ann" in ask(snapshot, BUYERS, 30 * DAY - 1).members().column("user_id").to_pylist()


def test_nobody_has_no_trace(snapshot):
    with pytest.raises(NotFoundError, match="nobody is known as `zed`"):
        trace(snapshot, BUYERS, VOCABULARY, "zed", 25 * DAY)


def test_answers_do_not_depend_on_what_is_kept(tmp_path, monkeypatch):
    """Runs merged on reading, sessions and changes, made again for every pass."""
    store = create(tmp_path, buckets=3)
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(ROWS), imported_at=100 * DAY)
    late = [("page", "ann", {"word": "blue"}), ("order", "bob", {"x": 3.5, "word": "green"})]
    store.append(
        [
            Event(name, user, None, 21 * DAY, 101 * DAY, properties=properties)
            for name, user, properties in late
        ]
    )
    texts = (
        "entered segment buyers in last 9d",
        "in segment buyers for at least 3d",
        "did session_ended in last 20d and entered segment buyers ever",
        "top(any event.word) = 'red'",
        "count(any event) in top 50%",
    )
    questions = {text: parse_rule(text) for text in texts}
    questions["words"] = parse_value("values(any event.word)")
    instants = [16 * DAY, 25 * DAY]

    def told(snapshot):
        found = evaluate_at(snapshot, questions, VOCABULARY, instants)
        return [
            [
                answer.table() if name == "words" else answer.members()
                for name, answer in answers.items()
            ]
            for answers in found
        ]

    with store.snapshot() as snapshot:
        assert snapshot.rows == len(ROWS) + len(late)
        kept = told(snapshot)
    monkeypatch.setattr(KEEPING, "limit", 0)
    with store.snapshot() as snapshot:
        assert told(snapshot) == kept
        assert told(snapshot) == kept
    assert [len(each) for each in kept[1][:3]] == [2, 2, 3]
