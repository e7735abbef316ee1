from __future__ import annotations

import pytest

from shoal.consent.state import (
    Consent,
    ConsentState,
    consent_event,
    latest,
    parse_purpose,
    parse_state,
)
from shoal.core.errors import ShoalError


@pytest.mark.parametrize("text", ["granted", "Granted ", "yes", "TRUE", "1", "opt-in"])
def test_granted_as_people_and_tools_write_it(text):
    assert parse_state(text) is ConsentState.GRANTED


@pytest.mark.parametrize("text", ["denied", "No", "false", "0", "opt-out"])
def test_denied_as_people_and_tools_write_it(text):
    assert parse_state(text) is ConsentState.DENIED


@pytest.mark.parametrize("text", ["", "maybe", "grantd"])
def test_anything_else_is_no_state(text):
    with pytest.raises(ShoalError, match="granted or denied"):
        parse_state(text)


def test_a_purpose_is_a_name_a_rule_can_write():
    assert parse_purpose("marketing.email") == "marketing.email"
    with pytest.raises(ShoalError, match="marketing_e_mail"):
        parse_purpose("Marketing E-mail")


def test_a_consent_is_an_event_of_the_person():
    event = consent_event(Consent("c1", "marketing", ConsentState.DENIED, 5), received_at=9)
    assert (event.name, event.user_id, event.anonymous_id) == ("$consent", "c1", None)
    assert (event.occurred_at, event.received_at) == (5, 9)
    assert event.properties == {"purpose": "marketing", "state": "denied"}
    unknown = consent_event(Consent("anon:x", "marketing", ConsentState.DENIED, 5), received_at=9)
    assert (unknown.user_id, unknown.anonymous_id) == (None, "x")


def test_the_latest_answer_counts_by_purpose():
    answers = [
        Consent("c", "b", ConsentState.GRANTED, 1),
        Consent("c", "a", ConsentState.GRANTED, 2),
        Consent("c", "b", ConsentState.DENIED, 3),
    ]
    assert [(it.purpose, str(it.state)) for it in latest(answers)] == [
        ("a", "granted"),
        ("b", "denied"),
    ]
