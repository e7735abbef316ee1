from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.campaigns import Audience, State, Stood, parse_cap, parse_share, waterfall
from shoal.campaigns.audience import STATES
from shoal.consent.channel import parse_channel
from shoal.core.errors import UsageError

STEPS = ("matched", "consented", "reachable", "suppressed", "held_out", "capped")
PEOPLE = st.lists(st.tuples(*(st.booleans() for _ in STEPS)), max_size=40)


def _stood(people) -> Stood:
    columns = zip(*people, strict=True) if people else ([] for _ in STEPS)
    return Stood(*(np.array(column, bool) for column in columns))


def _plainly(person) -> State | None:
    matched, consented, reachable, suppressed, held_out, capped = person
    if not matched:
        return None
    if not consented:
        return State.NO_CONSENT
    if not reachable:
        return State.UNREACHABLE
    if suppressed:
        return State.SUPPRESSED
    if held_out:
        return State.HELD_OUT
    return State.CAPPED if capped else State.SENDABLE


def _told(audience: Audience) -> dict[int, State]:
    codes = [STATES[code] for code in audience.codes.tolist()]
    return dict(zip(audience.places.tolist(), codes, strict=True))


@given(PEOPLE)
def test_everybody_matched_is_in_the_state_of_the_first_step_that_stops_them(people):
    expected = {at: state for at, one in enumerate(people) if (state := _plainly(one))}
    assert _told(waterfall(_stood(people))) == expected


@given(PEOPLE)
def test_counts_add_up_and_are_those_of_the_list(people):
    audience = waterfall(_stood(people))
    counts, listed = audience.as_json(), Counter(_told(audience).values())
    assert counts["matched"] == sum(listed.values()) == sum(one[0] for one in people)
    assert counts["consented"] == counts["matched"] - listed[State.NO_CONSENT]
    assert counts["reachable"] == counts["consented"] - listed[State.UNREACHABLE]
    taken = sum(counts[step] for step in ("suppressed", "held_out", "capped"))
    assert counts["sendable"] == counts["reachable"] - taken == listed[State.SENDABLE]
    for state in State:
        assert audience.of(state).tolist() == [
            at for at, one in enumerate(people) if _plainly(one) is state
        ]


@given(PEOPLE)
def test_nobody_sendable_lacks_consent_or_is_held_out(people):
    stood = _stood(people)
    sendable = waterfall(stood).of(State.SENDABLE)
    assert stood.matched[sendable].all()
    assert stood.consented[sendable].all()
    assert not stood.held_out[sendable].any()
    assert not stood.suppressed[sendable].any()


@pytest.mark.parametrize("text", ["", "7d", "0 per 7d", "2 per 0d", "2 per 1mo", "two per day"])
def test_what_is_no_cap_says_how_one_is_written(text):
    with pytest.raises(UsageError, match="is not a cap") as raised:
        parse_cap(text)
    assert raised.value.hint == "write it as 2 per 7d"


def test_a_cap_is_read_as_people_write_it():
    assert str(parse_cap("2 per 7d")) == str(parse_cap(" 2/7 D ")) == "2 per 7d"


@pytest.mark.parametrize(("text", "share"), [("0%", 0), ("2.5 %", 0.025), ("100%", 1)])
def test_a_share_is_in_per_cent(text, share):
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "10", "0.1", "101%", "-1%", "nan%", "\uff11\uff10%"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(UsageError, match="is not a share"):
        parse_share(text)


def test_a_channel_is_known_by_its_usual_names():
    assert parse_channel("E-Mail") == parse_channel("email") == "email"
    with pytest.raises(UsageError) as raised:
        parse_channel("emial")
    assert raised.value.hint == "did you mean `email`?"
