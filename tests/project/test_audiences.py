"""Audiences of a real store against what plain Python makes of the same statements."""

from __future__ import annotations

from collections import Counter

import pytest

from shoal.campaigns import State
from shoal.cli import main
from shoal.consent.channel import Channel
from shoal.experiments.assignment import is_held_out
from shoal.project.opening import open_project
from shoal.project.people.audiences import SALT, audience_asked, resolve, states_now
from shoal.project.reading import read

PEOPLE = 300
AT = "2026-03-01"


def _email(number):
    return ("", f"p{number}@example.org", "no address", "@x.org")[number % 4 if number % 5 else 1]


def _state(number):
    return (None, "granted", "denied")[number % 3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audiences") / "shop"
    assert main(["init", str(folder)]) == 0
    with (folder / "shoal.yml").open("a") as settings:
        settings.write("holdout: 5%\n")
    ids = [f"p{number}" for number in range(PEOPLE)]
    rows = [f"{user},2026-01-0{1 + number % 9},{number % 7}" for number, user in enumerate(ids)]
    (folder / "visits.csv").write_text("user,at,pages\n" + "\n".join(rows) + "\n")
    rows = [f"{user},{_email(number)}" for number, user in enumerate(ids)]
    (folder / "people.csv").write_text("user,email\n" + "\n".join(rows) + "\n")
    rows = [f"{user},offers,{_state(n)}" for n, user in enumerate(ids) if _state(n)]
    (folder / "consents.csv").write_text("user,purpose,state\n" + "\n".join(rows) + "\n")
    at = ["--project", str(folder)]
    for words in (
        ["import", folder / "visits.csv", "--event", "visit", "--user", "user", "--time", "at"],
        ["import", folder / "people.csv", "--profiles", "--user", "user"],
        ["consent", "import", folder / "consents.csv", "--user", "user", "--purpose", "purpose",
         "--state", "state"],
    ):  # fmt: skip
        assert main([*map(str, words), *at]) == 0
    return folder


@pytest.fixture(scope="module")
def reading(folder):
    return read(open_project(folder))


def _resolved(reading, rule="did visit", channel=Channel.EMAIL, holdout=0.2, **more):
    wanted = audience_asked(
        reading, None, rule, purpose="offers", channel=channel, holdout=holdout, **more
    )
    return resolve(reading, wanted, reading.at(None))


def _listed(resolved):
    table = resolved.table()
    return dict(zip(table["user_id"].to_pylist(), table["state"].to_pylist(), strict=True))


def _plainly(number, salt=SALT, share=0.2):
    user = f"p{number}"
    if _state(number) != "granted":
        return State.NO_CONSENT
    if "@" not in _email(number).strip("@"):
        return State.UNREACHABLE
    if is_held_out("everyone", user, 0.05) or is_held_out(f"{salt}\0holdout", user, share):
        return State.HELD_OUT
    return State.SENDABLE


def test_everybody_stands_where_plain_python_puts_them(reading):
    found = _listed(_resolved(reading))
    assert found == {f"p{number}": _plainly(number) for number in range(PEOPLE)}
    assert {State.NO_CONSENT, State.UNREACHABLE, State.HELD_OUT, State.SENDABLE} == set(
        found.values()
    )


def test_counts_are_those_of_the_list(reading):
    resolved = _resolved(reading)
    counts, listed = resolved.as_json(), Counter(_listed(resolved).values())
    assert counts["matched"] == PEOPLE
    assert counts["consented"] == PEOPLE - listed["no_consent"]
    assert counts["reachable"] == counts["consented"] - listed["unreachable"]
    assert counts["held_out"] == listed["held_out"]
    assert counts["sendable"] == listed["sendable"] == counts["reachable"] - counts["held_out"]


def test_a_list_narrowed_to_some_states_holds_those_people(reading):
    resolved = _resolved(reading)
    listed = _listed(resolved)
    found = resolved.table([State.SENDABLE, State.HELD_OUT])["user_id"].to_pylist()
    assert found == sorted(it for it, state in listed.items() if state in {"sendable", "held_out"})


def test_the_same_person_has_the_same_arm_in_a_larger_segment(reading):
    small = _listed(_resolved(reading, "last(visit.pages) >= 4"))
    large = _listed(_resolved(reading))
    assert 0 < len(small) < len(large)
    assert small == {user: large[user] for user in small}


def test_a_campaign_holds_out_others_than_another(reading):
    spring = _listed(_resolved(reading, campaign="spring"))
    assert spring == {f"p{number}": _plainly(number, "spring") for number in range(PEOPLE)}
    assert spring != _listed(_resolved(reading))


@pytest.mark.parametrize("some", [5, 200])
def test_people_asked_about_at_sending_stand_where_the_audience_put_them(reading, some):
    resolved = _resolved(reading)
    listed = _listed(resolved)
    users = [f"p{number}" for number in range(some)]
    wanted = resolved.asked
    at = reading.at(None)
    found = states_now(reading, [*users, "stranger"], wanted.terms, wanted.design, at)
    assert found == [*(listed[user] for user in users), "no_consent"]


def test_without_a_channel_any_address_will_do(reading):
    assert _listed(_resolved(reading, channel=None)) == _listed(_resolved(reading))
    for channel, reached in ((Channel.SMS, 0), (Channel.WEBHOOK, 100)):
        assert _resolved(reading, channel=channel).as_json()["reachable"] == reached
