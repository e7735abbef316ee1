from __future__ import annotations

import pytest

from shoal.consent.state import ConsentState, parse_purpose, parse_state
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
