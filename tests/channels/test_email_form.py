"""E-mails as bytes: what mail programs read is what was meant, whatever the values hold."""

from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.channels.email_form import Mail, composed, is_address
from shoal.core.errors import UsageError

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))


def _read(mail):
    return email.message_from_bytes(composed(mail), policy=email.policy.default)


def _mail(**more):
    usual = {
        "sender": ("Shop", "shop@example.org"), "to": "ana@example.org", "subject": "Hello",
        "text": "Hello", "html": None, "message_id": "abc@example.org", "sent_at": 1.78e9,
    }  # fmt: skip
    return Mail(**usual | more)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_what_is_written_is_what_is_read(subject, text, markup, name):
    data = composed(_mail(subject=subject, text=text, html=markup, sender=(name, "s@example.org")))
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert mail["subject"] == " ".join(subject.split())
    assert mail.get_body(("plain",)).get_content().rstrip("\n") == text.rstrip("\n")
    assert mail.get_body(("html",)).get_content().rstrip("\n") == markup.rstrip("\n")
    assert set(mail.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
                                "Content-Type"}  # fmt: skip
    assert mail["from"].addresses[0].addr_spec == "s@example.org"


@pytest.mark.parametrize(
    "to", ["", "ana", "a@b@c", "ana@example.org\nBcc: all@example.org", "a b@x.org", "<a@x.org>",
           "a@x.org,b@x.org", "é@x.org", "a@" + "x" * 300]
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(to):
    assert not is_address(to)
    with pytest.raises(UsageError):
        composed(_mail(to=to))


def test_one_click_leaves():
    mail = _read(_mail(unsubscribe_url="https://x.example.org/u/abc"))
    assert mail["list-unsubscribe"] == "<https://x.example.org/u/abc>"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
