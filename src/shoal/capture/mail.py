"""What became of e-mails, as those who deliver them report it.

Every provider's words become the same events: ``email_sent``, ``email_delivered``,
``email_opened``, ``email_clicked``, ``email_bounced``, ``email_unsubscribed``,
``email_complained``; what else is reported keeps its name behind ``email_``. All events of one mail
have the same ``message_id``, so that *sent but not opened* can be asked mail by mail.

Who it was: the user id that was sent along with the mail; else the address, as an anonymous id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.forms import json_document
from shoal.capture.telling import (
    Document,
    Told,
    address_id,
    first_of,
    list_of,
    named,
    no_object,
    object_of,
    read,
)
from shoal.events.quarantine import Reason

_USER = ("user_id", "userId", "customer_id", "customerId")
_CAMPAIGN = ("campaign", "campaign_id", "campaignId", "campaign_name")
_WORDS = {
    "sent": ("processed", "send", "request", "accepted"),
    "delivered": ("delivery",),
    "opened": ("open", "unique_opened", "uniqueOpened", "first_opening", "proxy_open"),
    "clicked": ("click",),
    "bounced": ("bounce", "hard_bounce", "soft_bounce", "hardBounce", "softBounce"),
    "unsubscribed": ("unsubscribe", "group_unsubscribe"),
    "complained": ("spamreport", "complaint", "spam", "spam_complaint"),
    "deferred": ("delivery_delay", "deliverydelay", "soft_fail"),
}
_KNOWN = {word: known for known, words in _WORDS.items() for word in (known, *words)}

Reader = Callable[[object, Circumstances], Captured]


@dataclass(frozen=True, slots=True)
class Mail:
    """One report of one mail to one person."""

    raw: object
    what: object
    address: object
    at: object
    mail: object
    event: object = None
    along: Mapping[str, Any] = field(default_factory=dict[str, Any])
    campaign: object = None
    more: Mapping[str, object] = field(default_factory=dict[str, object])


def read_mail(mail: Mail, circumstances: Circumstances) -> Captured:
    """The event of a report."""
    name, written = named(mail.what)
    known = _KNOWN.get(str(mail.what), _KNOWN.get(name or "", name))
    cells: dict[str, object] = {
        "message_id": mail.mail,
        "campaign": first_of(mail.along, *_CAMPAIGN) or mail.campaign,
        **mail.more,
    }
    if known is not None and known.endswith("bounced"):
        cells["address"] = mail.address  # another one of the same person's may be written to
    told = Told(
        mail.raw,
        None if known is None else f"email_{known.removeprefix('email_')}",
        _plain(first_of(mail.along, *_USER)),
        address_id(mail.address),
        mail.at,
        message_id=mail.event,
        properties={key: _plain(value) for key, value in cells.items()},
        written=written,
    )
    return read(told, circumstances)


def _plain(value: object) -> object:
    """A tag's value, which some providers put into a list."""
    if isinstance(value, list):
        return next(iter(cast("list[object]", value)), None)
    return value


def read_sendgrid(document: object, circumstances: Circumstances) -> Captured:
    """SendGrid's event webhook: an array; unique arguments stand beside the event's own fields."""
    items = cast("list[object]", document) if isinstance(document, list) else [document]
    return of_batch(items, lambda item: _sendgrid(item, circumstances))


def _sendgrid(item: object, circumstances: Circumstances) -> Captured:
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    what = event.get("event")
    more: dict[str, object] = {"url": event.get("url"), "reason": event.get("reason")}
    if what == "bounce":
        more["kind"] = "soft" if event.get("type") == "blocked" else "hard"
    if event.get("sg_machine_open") is True:
        more["machine"] = True
    sent = event.get("sg_message_id")
    mail = Mail(
        event,
        what,
        event.get("email"),
        event.get("timestamp"),
        # What follows the dot is the try, not the mail.
        sent.partition(".")[0] if isinstance(sent, str) else event.get("smtp-id"),
        event.get("sg_event_id"),
        event,
        event.get("marketing_campaign_name") or event.get("category"),
        more,
    )
    return read_mail(mail, circumstances)


def read_mailgun(document: object, circumstances: Circumstances) -> Captured:
    """Mailgun's webhook: ``event-data`` beside the signature."""
    event = object_of(document, "event-data")
    if not event:
        return no_object(document, circumstances)
    what = event.get("event")
    more: dict[str, object] = {"url": event.get("url"), "reason": event.get("reason")}
    if what == "failed":
        is_hard = event.get("severity") != "temporary"
        what = "bounced" if is_hard else "deferred"
        more["kind"] = "hard" if is_hard else "soft"
    if object_of(event, "client-info").get("bot"):
        more["machine"] = True
    headers = object_of(object_of(event, "message"), "headers")
    tags = list_of(event, "campaigns") or list_of(event, "tags")
    tag = tags[0] if tags else None
    mail = Mail(
        document,
        what,
        event.get("recipient"),
        event.get("timestamp"),
        headers.get("message-id"),
        event.get("id"),
        object_of(event, "user-variables"),
        object_of({"tag": tag}, "tag").get("name") or tag,
        more,
    )
    return read_mail(mail, circumstances)


def read_postmark(document: object, circumstances: Circumstances) -> Captured:
    """Postmark's webhooks: one record, its kind in ``RecordType``."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    event = cast("dict[str, Any]", document)
    what = event.get("RecordType")
    more: dict[str, object] = {"url": event.get("OriginalLink")}
    if what == "Bounce":
        more |= {"kind": "hard" if event.get("Inactive") is True else "soft",
                 "reason": event.get("Type")}  # fmt: skip
    if what == "SubscriptionChange":
        suppressed = event.get("SuppressSending") is True
        by_hand = event.get("SuppressionReason") == "ManualSuppression"
        what = "resubscribed" if not suppressed else "unsubscribed" if by_hand else "suppressed"
        more["reason"] = event.get("SuppressionReason")
    at = first_of(event, "DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")
    address = first_of(event, "Recipient", "Email")
    mail = Mail(
        event,
        what,
        address,
        at,
        event.get("MessageID"),
        f"{what}:{event.get('MessageID')}:{address}:{at}",
        object_of(event, "Metadata"),
        event.get("Tag"),
        more,
    )
    return read_mail(mail, circumstances)


def read_ses(document: object, circumstances: Circumstances) -> Captured:
    """Amazon SES, as Amazon SNS posts it: one report for each recipient.

    The request to confirm a subscription is kept aside, with the address to open.
    """
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    notice = cast("dict[str, Any]", document)
    if notice.get("Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        reason = "Amazon SNS asks to confirm the subscription: open its SubscribeURL"
        return refusal(notice, reason, Reason.NO_EVENT, circumstances)
    event = json_document(notice["Message"]) if "Message" in notice else notice
    mail = object_of(event, "mail")
    what = first_of(cast("Document", event), "eventType", "notificationType") if mail else None
    if not isinstance(what, str):
        return refusal(notice, "it is no report of Amazon SES", Reason.NO_EVENT, circumstances)
    detail = object_of(event, what[:1].lower() + what[1:])
    addresses = _recipients(detail) or list_of(mail, "destination")
    more = {
        "url": detail.get("link"),
        "kind": {"Permanent": "hard", "Transient": "soft"}.get(str(detail.get("bounceType"))),
    }
    notice_id = notice.get("MessageId") or f"{mail.get('messageId')}:{what}"
    return of_batch(
        addresses or [None],
        lambda address: read_mail(
            Mail(
                notice,
                what.lower() if what != "Subscription" else "unsubscribed",
                address,
                first_of(detail, "timestamp") or mail.get("timestamp"),
                mail.get("messageId"),
                f"{notice_id}:{address}",
                object_of(mail, "tags"),
                None,
                more,
            ),
            circumstances,
        ),
    )


def _recipients(detail: Document) -> list[object]:
    """Whom a part of a report is about."""
    for key in ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients"):
        found = list_of(detail, key)
        if found:
            return [
                cast("dict[str, Any]", one).get("emailAddress") if isinstance(one, dict) else one
                for one in found
            ]
    return []


def read_brevo(document: object, circumstances: Circumstances) -> Captured:
    """Brevo's webhooks: one report, or an array of them."""
    items = cast("list[object]", document) if isinstance(document, list) else [document]
    return of_batch(items, lambda item: _brevo(item, circumstances))


def _brevo(item: object, circumstances: Circumstances) -> Captured:
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    what, sent = event.get("event"), event.get("message-id")
    at = first_of(event, "ts_epoch", "ts_event", "ts")
    along = json_document(event.get("X-Mailin-custom"))
    more: dict[str, object] = {"url": event.get("link"), "reason": event.get("reason")}
    if what in ("hard_bounce", "soft_bounce", "hardBounce", "softBounce"):
        more["kind"] = str(what)[:4]
    if what == "proxy_open":
        more["machine"] = True
    mail = Mail(
        event,
        what,
        event.get("email"),
        at,
        sent,
        f"{what}:{sent}:{event.get('email')}:{at}",
        cast("dict[str, Any]", along) if isinstance(along, dict) else {},
        first_of(event, "camp_id", "tag") or event.get("tags"),
        more,
    )
    return read_mail(mail, circumstances)


READERS: Mapping[str, Reader] = {
    "sendgrid": read_sendgrid,
    "mailgun": read_mailgun,
    "postmark": read_postmark,
    "ses": read_ses,
    "brevo": read_brevo,
}
