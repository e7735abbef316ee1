"""What comes in live and cannot become an event is kept as surely as what can."""

from __future__ import annotations

import json

import pytest

from shoal.events.event import Event
from shoal.identity import Identifier
from shoal.store import Refused, create, open_store
from shoal.store.tail import decode

AT = 1_760_000_000_000_000


def bad(text, **more):
    return Refused(text, "it has no user and no anonymous id", "no_user", AT, "shop", **more)


def good(number, user="ana"):
    return Event("viewed", user, None, AT + number, AT + number, f"m{number}", {"price": 1.5})


def raws(store):
    return [(one.raw, one.source, one.import_id) for one in store.quarantine()]


def test_refused_and_events_are_durable_together_and_stay_through_a_fold(tmp_path):
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        counts = writer.append([good(1), good(1)], [bad("{1}"), bad('"\ud800"')])
        assert (counts.appended, counts.duplicates, counts.quarantined) == (1, 1, 2)
        before = list(store.quarantine())
    assert raws(open_store(tmp_path))[0] == ("{1}", "shop", None)
    with open_store(tmp_path).write() as writer:
        writer.append([good(2)], [bad("{2}")])
        assert writer.fold() == 2
        writer.append([], [bad("{3}")])
    after = list(open_store(tmp_path).quarantine())
    assert [one.raw for one in after][:1] + [one.raw for one in after][2:] == ["{1}", "{2}", "{3}"]
    assert len({one.id for one in after}) == 4
    assert [one.id for one in after[:2]] == [one.id for one in before]
    assert open_store(tmp_path).snapshot().rows == 2


def test_an_erased_person_s_refused_rows_go_and_none_come_back(tmp_path):
    store = create(tmp_path, buckets=1)
    with store.write() as writer:
        writer.append([good(1)], [bad('{"user": "ana"}'), bad('{"user": "anabel"}')])
        assert writer.plan_erasure("ana").found["quarantine"] == 1
        assert writer.erase("ana").places["quarantine"] == 1
        counts = writer.append([good(2)], [bad("{}", people=(Identifier("ana"),))])
        assert (counts.appended, counts.dropped, counts.quarantined) == (0, 1, 0)
    assert [raw for raw, *_ in raws(store)] == ['{"user": "anabel"}']


def test_a_frame_of_the_first_format_is_read():
    event = {
        "name": "viewed", "raw_name": None, "user_id": "ana", "anonymous_id": None,
        "occurred_at": AT, "received_at": AT, "message_id": "m1", "source": "",
        "properties": {"price": {"decimal": "1.10"}}, "lines": [],
    }  # fmt: skip
    logged, refused = decode(json.dumps([[event, 7, 3, 1, 2]]).encode())
    assert refused == []
    assert (logged[0].profile, logged[0].arrival, logged[0].event.user_id) == (7, 3, "ana")


@pytest.mark.parametrize("count", [0, 1])
def test_appending_nothing_is_nothing(tmp_path, count):
    store = create(tmp_path, buckets=1)
    with store.write() as writer:
        for _ in range(count):
            assert writer.append([]).appended == 0
        assert writer.fold() == 0
