"""One person's page: timeline, memberships, roster, against what the engine says of everybody."""

from __future__ import annotations

import pytest

from shoal.core.errors import NotFoundError
from shoal.project.answers import asked, member_table
from shoal.project.opening import open_project
from shoal.project.people.finding import find_people
from shoal.project.people.memberships import person_facts, roster
from shoal.project.people.timelines import timeline
from shoal.project.reading import read
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people") / "shop"
    assert list(start_with(folder, ["small-business"]))
    write_setting(folder, "now", "latest_event")
    import_sample(open_project(folder), Wanted("small-business", people=60, until="2026-10-01"))
    return read(open_project(folder))


@pytest.fixture(scope="module")
def at(reading):
    return reading.at(None)


def everyone(reading, at):
    found = member_table(reading, asked(reading, None, "everyone"), at)
    return found["user_id"].to_pylist()


def test_a_person_is_in_the_segments_that_have_them_as_a_member(reading, at):
    members = {
        name: set(member_table(reading, asked(reading, name, None), at)["user_id"].to_pylist())
        for name in reading.vocabulary.segments
    }
    for user in everyone(reading, at)[::7]:
        told = [one["name"] for one in person_facts(reading, user, at)["segments"]]
        assert told == [name for name, some in members.items() if user in some]


def test_since_is_when_the_membership_began(reading, at):
    zone = reading.vocabulary.zone
    looked = 0
    for user in everyone(reading, at)[::9]:
        for one in person_facts(reading, user, at)["segments"]:
            if one["since"] is None:
                continue
            since = zone.parse(one["since"])
            question = asked(reading, one["name"], None)
            before = member_table(reading, question, since - 1_000_000)["user_id"].to_pylist()
            after = member_table(reading, question, since + 1_000_000)["user_id"].to_pylist()
            assert (user in before, user in after) == (False, True)
            looked += 1
    assert looked > 5


def test_a_timeline_holds_every_event_once_newest_first(reading, at):
    user = everyone(reading, at)[0]
    whole = timeline(reading, user, at, limit=10_000)
    assert whole["count"] == len(whole["events"]) == sum(it["count"] for it in whole["totals"])
    pages = [
        event
        for offset in range(0, whole["count"], 7)
        for event in timeline(reading, user, at, limit=7, offset=offset)["events"]
    ]
    assert pages == whole["events"]
    times = [it["at"] for it in whole["events"] if it["at"] is not None]
    assert times == sorted(times, reverse=True)
    name = whole["totals"][0]["name"]
    only = timeline(reading, user, at, events=[name], limit=10_000)
    assert only["events"] == [it for it in whole["events"] if it["name"] == name]


def test_a_timeline_ends_at_its_instant(reading, at):
    user = max(everyone(reading, at), key=lambda it: timeline(reading, it, at)["count"])
    whole = timeline(reading, user, at, limit=10_000)["events"]
    middle = reading.vocabulary.zone.parse(whole[len(whole) // 2]["at"])
    then = timeline(reading, user, middle, limit=10_000)["events"]
    assert 0 < len(then) < len(whole)
    assert then == whole[-len(then) :]


def test_the_roster_is_the_members_in_their_order(reading, at):
    name = max(
        reading.vocabulary.segments,
        key=lambda it: len(member_table(reading, asked(reading, it, None), at)),
    )
    question = asked(reading, name, None)
    ids = member_table(reading, question, at)["user_id"].to_pylist()
    found = [
        row
        for offset in range(0, len(ids), 10)
        for row in roster(reading, question, at, limit=10, offset=offset)["rows"]
    ]
    assert [row["user_id"] for row in found] == ids
    said = roster(reading, question, at, limit=1, offset=0)["worth_words"]
    assert said == "Total revenue of orders in the last 365 days"
    for row in found[::8]:
        facts = person_facts(reading, row["user_id"], at)
        assert facts["worth"]["words"] == said
        assert row["worth"] == facts["worth"]["value"]
        assert row["last_seen_at"] == facts["last_seen_at"]


def test_people_are_found_by_a_part_of_their_id(reading, at):
    ids = everyone(reading, at)
    assert find_people(reading, "", 5)["user_ids"] == sorted(ids)[:5]
    part = ids[0][1:4]
    found = find_people(reading, part.upper(), 100)
    assert found["count"] == len([it for it in ids if part in it])
    assert find_people(reading, ids[3], 5)["user_ids"][0] == ids[3]
    assert find_people(reading, "nobody has this", 5) == {"count": 0, "user_ids": []}


def test_nobody_is_told_so(reading, at):
    for ask in (person_facts, timeline):
        with pytest.raises(NotFoundError, match="nobody is known as `x`"):
            ask(reading, "x", at)
