from __future__ import annotations

import pytest

from shoal.consent.statement import KINDS, Statement, in_force, statement, statement_event
from shoal.core.errors import ShoalError

CONSENT, SUBSCRIPTION, SUPPRESSION = KINDS.values()


def _said(kind, about, state, **beside):
    return statement(kind, "c1", about, state, 5, beside)


def test_a_statement_is_an_event_of_the_person():
    event = statement_event(_said(CONSENT, "marketing", "no"), received_at=9)
    assert (event.name, event.user_id, event.anonymous_id) == ("$consent", "c1", None)
    assert (event.occurred_at, event.received_at) == (5, 9)
    assert event.properties == {"purpose": "marketing", "state": "denied"}
    unknown = statement_event(Statement(CONSENT, "anon:x", "marketing", "denied", 5), received_at=9)
    assert (unknown.user_id, unknown.anonymous_id) == (None, "x")


def test_wording_source_and_proof_are_kept_beside_a_consent():
    said = _said(CONSENT, "marketing", "yes", source="shop", wording=" v3 ", proof="")
    assert said.beside == {"source": "shop", "wording": "v3"}
    event = statement_event(said, 9)
    assert event.properties == {
        "purpose": "marketing", "state": "granted", "source": "shop", "wording": "v3",
    }  # fmt: skip


def test_a_text_without_end_is_refused():
    with pytest.raises(ShoalError, match="1,001 characters"):
        _said(CONSENT, "marketing", "yes", proof="x" * 1_001)


@pytest.mark.parametrize(
    ("kind", "about", "state", "found"),
    [
        (SUBSCRIPTION, "E-Mail", "No", ("email", "unsubscribed")),
        (SUBSCRIPTION, "", "opt-in", ("all", "subscribed")),
        (SUPPRESSION, "all", "suppressed", ("all", "suppressed")),
        (SUPPRESSION, "phone", "lifted", ("sms", "lifted")),
    ],
)
def test_channels_and_states_as_people_write_them(kind, about, state, found):
    said = _said(kind, about, state)
    assert (said.about, said.state) == found


@pytest.mark.parametrize(
    ("kind", "about", "state", "told"),
    [
        (SUBSCRIPTION, "email", "maybe", "subscribed or unsubscribed"),
        (SUPPRESSION, "email", "gone", "suppressed or lifted"),
        (SUPPRESSION, "pigeon", "lifted", "channels are email, sms"),
        (CONSENT, "Big Data!", "yes", "big_data"),
    ],
)
def test_what_is_none_of_them_is_said(kind, about, state, told):
    with pytest.raises(ShoalError) as raised:
        _said(kind, about, state)
    assert told in f"{raised.value.message} {raised.value.hint}"


def test_the_latest_word_counts_by_what_it_is_about():
    answers = [
        _said(CONSENT, "b", "granted"),
        _said(CONSENT, "a", "granted"),
        _said(CONSENT, "b", "denied"),
    ]
    assert [(it.about, it.state) for it in in_force(answers)] == [("a", "granted"), ("b", "denied")]
