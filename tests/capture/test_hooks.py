"""Webhooks: what providers and other systems send, and that it is they who sent it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json

import pytest

from shoal.capture import Circumstances
from shoal.capture.app import CaptureApp, CaptureSettings, Sender
from shoal.capture.endpoints import endpoints
from shoal.capture.hook_file import read_hook
from shoal.capture.mail import READERS
from shoal.capture.shopify import read_shopify
from shoal.core.errors import DefinitionError
from shoal.core.instants import SECOND, Zone
from shoal.project.hooks import Hooks, check_hooks
from tests.capture.asgi import ask

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1")
AT = str(NOW // SECOND)


class Kept:
    def __init__(self):
        self.events, self.refused = [], []

    async def keep(self, captured, size=0):
        self.events += captured.events
        self.refused += captured.refused


def asked(kept, name, body, headers=None, query=b"", find=None):
    app = CaptureApp(
        kept,
        lambda secret: Sender("key:1") if secret == "wk" else None,
        endpoints(find),
        CaptureSettings(lambda: NOW),
    )
    return asyncio.run(ask(app, "POST", f"/hooks/{name}", body, headers, query))


def only(captured):
    assert captured.refused == ()
    (event,) = captured.events
    return event


SENDGRID = {"email": "Ana@Example.org", "timestamp": NOW // SECOND - 60, "event": "open",
            "sg_event_id": "e1", "sg_message_id": "m1.recvd-1", "category": ["spring"],
            "useragent": "Mozilla", "ip": "203.0.113.9"}  # fmt: skip
MAILGUN = {"signature": {}, "event-data": {
    "event": "failed", "severity": "permanent", "id": "e1", "timestamp": NOW / SECOND - 60,
    "recipient": "ana@example.org", "message": {"headers": {"message-id": "m1"}},
    "user-variables": {"user_id": "u1", "campaign": "spring"}}}  # fmt: skip
POSTMARK = {"RecordType": "Click", "MessageID": "m1", "Recipient": "ana@example.org",
            "ReceivedAt": "2026-11-01T11:59:00Z", "OriginalLink": "https://a/b", "Tag": "spring",
            "Metadata": {"user_id": "u1"}, "Geo": {"City": "Faro"}}  # fmt: skip
SES = {"Type": "Notification", "MessageId": "n1", "Message": json.dumps({
    "eventType": "Complaint", "mail": {"messageId": "m1", "destination": ["ana@example.org"],
        "timestamp": "2026-11-01T11:00:00Z", "tags": {"campaign": ["spring"]}},
    "complaint": {"timestamp": "2026-11-01T11:59:00Z",
        "complainedRecipients": [{"emailAddress": "ana@example.org"}]}})}  # fmt: skip
BREVO = {"event": "unsubscribed", "email": "ana@example.org", "message-id": "m1",
         "ts_event": NOW // SECOND - 60, "tag": "spring"}  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "document", "name", "who", "more"),
    [
        ("sendgrid", [SENDGRID], "email_opened", "email:ana@example.org", {}),
        ("mailgun", MAILGUN, "email_bounced", "u1", {"kind": "hard", "address": "ana@example.org"}),
        ("postmark", POSTMARK, "email_clicked", "u1", {"url": "https://a/b"}),
        ("ses", SES, "email_complained", "email:ana@example.org", {}),
        ("brevo", BREVO, "email_unsubscribed", "email:ana@example.org", {}),
    ],
)
def test_a3_every_provider_s_words_become_the_same_events(provider, document, name, who, more):
    event = only(READERS[provider](document, HERE))
    assert (event.name, event.user_id or event.anonymous_id) == (name, who)
    assert event.properties == {"message_id": "m1", "campaign": "spring", **more}
    assert event.occurred_at == NOW - 60 * SECOND
    assert event.message_id is not None


@pytest.mark.parametrize(
    ("provider", "reports"),
    [
        ("sendgrid", {"processed": "sent", "delivered": "delivered", "click": "clicked",
                      "bounce": "bounced", "unsubscribe": "unsubscribed", "deferred": "deferred",
                      "spamreport": "complained", "dropped": "dropped"}),
        ("brevo", {"request": "sent", "delivered": "delivered", "unique_opened": "opened",
                   "opened": "opened", "click": "clicked", "hard_bounce": "bounced",
                   "soft_bounce": "bounced", "spam": "complained"}),
    ],
)  # fmt: skip
def test_a3_every_report_has_its_name(provider, reports):
    given = {"sendgrid": SENDGRID, "brevo": BREVO}[provider]
    for word, name in reports.items():
        assert only(READERS[provider]({**given, "event": word}, HERE)).name == f"email_{name}"


def test_every_record_of_postmark_and_ses_has_its_name():
    records = {"Delivery": "delivered", "Bounce": "bounced", "Open": "opened",
               "SpamComplaint": "complained"}  # fmt: skip
    for kind, name in records.items():
        found = only(READERS["postmark"]({**POSTMARK, "RecordType": kind}, HERE))
        assert found.name == f"email_{name}"
    change = {**POSTMARK, "RecordType": "SubscriptionChange", "SuppressSending": True,
              "SuppressionReason": "ManualSuppression"}  # fmt: skip
    assert only(READERS["postmark"](change, HERE)).name == "email_unsubscribed"
    for kind, name in {"Send": "sent", "Delivery": "delivered", "Open": "opened", "Click": "clicked",
                       "Bounce": "bounced", "DeliveryDelay": "deferred"}.items():  # fmt: skip
        message = json.loads(SES["Message"]) | {"eventType": kind, kind.lower(): {}}
        found = only(READERS["ses"]({**SES, "Message": json.dumps(message)}, HERE))
        assert found.name == f"email_{name}"


def test_a_subscription_to_confirm_is_kept_for_somebody_to_see():
    found = READERS["ses"]({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://x"}, HERE)
    assert "SubscribeURL" in found.refused[0].raw
    assert "confirm" in found.refused[0].reason


def test_what_is_not_signed_needs_a_key_in_the_address():
    kept = Kept()
    body = json.dumps([SENDGRID]).encode()
    assert asked(kept, "sendgrid", body).status == 401
    assert asked(kept, "nobody", body, query=b"writeKey=wk").status == 404
    assert asked(kept, "sendgrid", body, query=b"writeKey=wk").status == 200
    assert [event.source for event in kept.events] == ["key:1"]


ORDER = {"id": 820, "email": "ana@example.org", "created_at": "2026-11-01T11:00:00+00:00",
         "total_price": "25.50", "total_discounts": "1.00", "currency": "EUR", "source_name": "web",
         "discount_codes": [{"code": "SPRING"}], "customer": {"id": 7, "email": "ana@example.org"},
         "line_items": [{"product_id": 1, "title": "Lamp", "vendor": "Lux", "price": "25.50",
                         "quantity": 1}]}  # fmt: skip


def test_shopify_s_orders_have_their_lines_and_exact_amounts():
    headers = {"x-shopify-topic": "orders/create", "x-shopify-event-id": "w1"}
    event = only(read_shopify(ORDER, headers, HERE))
    assert (event.name, event.user_id, event.message_id) == ("order_completed", "7", "w1")
    assert event.anonymous_id == "email:ana@example.org"
    assert event.properties == {"order_id": 820, "revenue": 25.5, "discount": 1.0, "currency": "EUR",
                                "coupon": "SPRING", "channel": "web"}  # fmt: skip
    assert event.lines == (
        {"product_id": 1, "name": "Lamp", "brand": "Lux", "price": 25.5, "quantity": 1},
    )
    assert event.occurred_at == NOW - 3600 * SECOND


def test_shopify_s_other_topics():
    for topic, name in {"orders/paid": "order_paid", "orders/cancelled": "order_cancelled",
                        "checkouts/create": "checkout_started", "orders/updated": "order_updated",
                        "customers/update": "$identify", "carts/update": "carts_update"}.items():  # fmt: skip
        assert only(read_shopify(ORDER, {"x-shopify-topic": topic}, HERE)).name == name


def test_a_refund_is_whose_the_order_is_and_is_counted_once():
    refund = {"id": 5, "order_id": 820, "created_at": "2026-11-01T11:30:00Z", "user_id": 99,
              "transactions": [{"amount": "10.00"}]}  # fmt: skip
    alone = read_shopify(refund, {"x-shopify-topic": "refunds/create"}, HERE)
    assert [one.code for one in alone.refused] == ["no_user"]
    headers = {"x-shopify-topic": "orders/updated", "x-shopify-event-id": "w2"}
    event = only(read_shopify({**ORDER, "refunds": [refund]}, headers, HERE))
    assert (event.name, event.user_id, event.message_id) == ("order_refunded", "7", "refund:5")
    assert event.properties["total"] == 10


def hook(document, name="shop", secrets=None):
    secrets = secrets or {"SECRET": "s3cret"}
    found = read_hook(document, name, lambda kind, at: secrets[at], lambda _: b"")
    return lambda wanted: found if wanted == name else None


def test_shopify_s_signature_is_checked_before_anything_is_kept():
    find = hook({"provider": "shopify", "secret": {"env": "SECRET"}})
    body = json.dumps(ORDER).encode()
    right = base64.b64encode(hmac.digest(b"s3cret", body, "sha256")).decode()
    headers = {"x-shopify-topic": "orders/create"}
    for signature in ("", "x", right[:-4] + "AAA=", hashlib.sha256(body).hexdigest()):
        kept = Kept()
        signed = headers | {"x-shopify-hmac-sha256": signature}
        answer = asked(kept, "shop", body, signed, query=b"writeKey=wk", find=find)
        assert (answer.status, answer.json["code"]) == (401, "bad_signature")
        assert kept.events == []
    kept = Kept()
    answer = asked(kept, "shop", body, headers | {"x-shopify-hmac-sha256": right}, find=find)
    assert answer.status == 200
    assert [event.source for event in kept.events] == ["hook:shop"]


def test_mailgun_s_signature_is_in_the_body():
    find = hook({"provider": "mailgun", "secret": [{"env": "NEW"}, {"env": "OLD"}]}, secrets={
        "NEW": "new", "OLD": "old"})  # fmt: skip
    for secret, status in ((b"new", 200), (b"old", 200), (b"other", 401)):
        digest = hmac.new(secret, f"{AT}token".encode(), "sha256").hexdigest()
        signature = {"timestamp": AT, "token": "token", "signature": digest}
        body = json.dumps({**MAILGUN, "signature": signature}).encode()
        assert asked(Kept(), "shop", body, find=find).status == status


MAPPED = {
    "secret": {"env": "SECRET"},
    "signature": {"header": "X-Signature", "prefix": "sha256=", "timestamp": "X-Time"},
    "each": "items",
    "events": [{
        "event": "Ticket Opened", "when": {"type": "ticket.created"}, "user": "customer.id",
        "time": "at", "id": "id",
        "properties": {"topic": "ticket.topic", "cost": "minutes * rate", "parts": "parts"},
        "constants": {"channel": "phone"},
    }],
    "profiles": {"user": "customer.id", "time": "at", "traits": {"plan": "customer.plan"},
                 "when": {"customer.plan": {"is set": True}}},
}  # fmt: skip


def test_a_hook_of_any_shape_is_read_by_a_mapping_as_files_are():
    message = {"type": "ticket.created", "id": 9, "at": "2026-11-01T11:00:00Z",
               "customer": {"id": "u1", "plan": "pro"}, "ticket": {"topic": "delivery"},
               "minutes": 2, "rate": "1.25", "parts": [{"sku": "a"}]}  # fmt: skip
    body = json.dumps({"items": [message, {"type": "ping"}, 7]}).encode()
    digest = hmac.new(b"s3cret", f"{AT}.".encode() + body, "sha256").hexdigest()
    kept = Kept()
    signed = {"x-signature": f"sha256={digest}", "x-time": AT}
    assert asked(kept, "shop", body, signed, find=hook(MAPPED)).status == 200
    event, traits = kept.events
    assert (event.name, event.raw_name, event.user_id) == ("ticket_opened", "Ticket Opened", "u1")
    assert event.properties == {"topic": "delivery", "cost": 2.5, "channel": "phone"}
    assert (event.lines, event.message_id) == (({"sku": "a"},), "9")
    assert (traits.name, traits.properties) == ("$identify", {"plan": "pro"})
    assert [one.code for one in kept.refused] == ["not_an_object"]
    late = str(NOW // SECOND - 400)
    digest = hmac.new(b"s3cret", f"{late}.".encode() + body, "sha256").hexdigest()
    signed = {"x-signature": f"sha256={digest}", "x-time": late}
    assert asked(Kept(), "shop", body, signed, find=hook(MAPPED)).status == 401


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (7, "is a table"),
        ({}, "needs either `provider` or a mapping"),
        ({"provider": "shopfy"}, "did you mean `shopify`"),
        ({"provider": "postmark", "secret": {"env": "SECRET"}}, "signs nothing"),
        ({"provider": "shopify", "secret": "s3cret"}, "does not belong into a file"),
        ({"provider": "shopify", "secret": {"var": "X"}}, "there is no `var`"),
        ({**MAPPED, "secret": None}, "needs `secret`"),
        ({**MAPPED, "signature": {"header": "X", "algorithm": "md5"}}, "is one of sha256"),
        ({**MAPPED, "events": {"event": "$identify", "user": "u", "time": "t"}}, "cannot be the name"),
        ({**MAPPED, "events": {"event": "A", "user": "u", "time": "t", "group_by": "x"}}, "one row"),
        ({**MAPPED, "events": {"event": "A", "user": "u", "time": "t",
                               "properties": {"x": "sum(a)"}}}, "nothing to sum"),
    ],
)  # fmt: skip
def test_every_mistake_in_a_hook_s_file_is_told(document, says):
    with pytest.raises(DefinitionError) as error:
        hook(document)
    assert says in str(error.value)


def test_files_of_the_project_are_read_when_they_change_and_strangers_hear_no_details(
    tmp_path, monkeypatch
):
    hooks = Hooks(tmp_path)
    assert hooks.find("crm") is None
    assert hooks.find("../shoal") is None
    (tmp_path / "hooks").mkdir()
    path = tmp_path / "hooks" / "crm.yml"
    path.write_text("provider: shopify\nsecret: {env: SHOAL_TEST_SECRET}\n")
    answer = asked(Kept(), "crm", b"{}", find=hooks.find)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "SHOAL_TEST_SECRET" not in answer.body.decode()
    (problem,) = check_hooks(tmp_path)
    assert "SHOAL_TEST_SECRET is not set" in str(problem)
    assert problem.severity == "warning"  # where it is checked the secrets may not be at hand
    monkeypatch.setenv("SHOAL_TEST_SECRET", "x")
    assert asked(Kept(), "crm", b"{}", find=hooks.find).status == 401
    (tmp_path / "secret").write_text("y\n")
    path.write_text("provider: shopify\nsecret: {file: secret}\n")
    signature = base64.b64encode(hmac.digest(b"y", b"{}", "sha256")).decode()
    headers = {"x-shopify-hmac-sha256": signature}
    assert asked(Kept(), "crm", b"{}", headers, find=hooks.find).status == 200
    assert check_hooks(tmp_path) == []


def test_sendgrid_s_signature_is_made_with_its_private_key():
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    find = hook({"provider": "sendgrid", "secret": {"env": "SECRET"}},
                secrets={"SECRET": base64.b64encode(der).decode()})  # fmt: skip
    body = json.dumps([SENDGRID]).encode()
    for signed, status in ((AT.encode() + body, 200), (AT.encode() + body + b" ", 401)):
        signature = private.sign(signed, ec.ECDSA(hashes.SHA256()))
        headers = {"x-twilio-email-event-webhook-timestamp": AT,
                   "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode()}  # fmt: skip
        assert asked(Kept(), "shop", body, headers, find=find).status == status


def test_amazon_s_signature_is_made_by_its_certificate_for_our_topic_only():
    pytest.importorskip("cryptography")
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(private.public_key()).serial_number(1)
        .not_valid_before(day).not_valid_after(day + timedelta(days=400))
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    asked_for = []

    def fetch(address):
        asked_for.append(address)
        return pem

    topic = "arn:aws:sns:eu-west-1:123456789012:mail"
    found = read_hook({"provider": "ses", "topic": topic}, "mail", lambda *_: "", fetch)
    place = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
    notice = {**SES, "Timestamp": "2026-11-01T11:59:00Z", "TopicArn": topic,
              "SignatureVersion": "2", "SigningCertURL": place}  # fmt: skip
    names = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")

    def sent(**changed):
        told = {**notice, **changed}
        text = "".join(f"{key}\n{told[key]}\n" for key in names).encode()
        signature = private.sign(text, padding.PKCS1v15(), hashes.SHA256())
        told["Signature"] = base64.b64encode(signature).decode()
        return told

    def status(told):
        body = json.dumps(told).encode()
        return asked(Kept(), "mail", body, query=b"writeKey=wk", find=lambda _: found).status

    assert status(sent()) == 200
    assert status({**sent(), "MessageId": "n2"}) == 401
    assert status(sent(TopicArn="arn:aws:sns:eu-west-1:999999999999:mail")) == 401
    for elsewhere in ("https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
                      "http://sns.eu-west-1.amazonaws.com/a.pem", "file:///etc/passwd",
                      "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
                      "https://sns.eu-west-1.amazonaws.com/../a.pem"):  # fmt: skip
        assert status(sent(SigningCertURL=elsewhere)) == 401
    assert set(asked_for) == {place}


def test_shoal_check_tells_what_is_wrong_with_a_hook(tmp_path):
    import shoal
    from shoal.project.checking import check_project
    from shoal.project.opening import open_project

    shoal.init(tmp_path)
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "crm.yml").write_text("provider: shopfy\n")
    (tmp_path / "hooks" / "Bad Name.yml").write_text("provider: shopify\n")
    errors = check_project(open_project(tmp_path)).errors
    assert len(errors) == 2
    assert "did you mean `shopify`?" in str(errors[1])
