"""Which events are something a customer did on a site or in an app, and so part of a session.

An e-mail that is sent, or an order that leaves the warehouse, happens to a customer who may be
asleep. The tracking plan says of an event whether it belongs to sessions; of others their name does.
"""

from __future__ import annotations

MESSAGE_PREFIXES = (
    "email_",
    "sms_",
    "push_",
    "whatsapp_",
    "message_",
    "notification_",
    "campaign_",
)
"""Messages, and what becomes of them outside the site: sent, delivered, opened, bounced."""
SYSTEM_PREFIXES = ("invoice_", "shipment_", "delivery_")
SYSTEM_EVENTS = frozenset(
    {
        "order_updated",
        "order_paid",
        "order_fulfilled",
        "order_shipped",
        "order_delivered",
        "order_refunded",
        "refund_issued",
        "payment_failed",
        "payment_succeeded",
        "subscription_renewed",
        "subscription_expired",
        "trial_ended",
        "coupon_issued",
        "points_expired",
        "ticket_resolved",
        "device_added",
        "device_removed",
    }
)
"""What a server reports about a customer, whatever the customer does meanwhile."""


def is_on_site(event: str) -> bool:
    """Whether an event of which nothing else is known is done on a site or in an app.

    >>> is_on_site("page_viewed"), is_on_site("email_sent"), is_on_site("order_shipped")
    (True, False, False)
    """
    if event.startswith((*MESSAGE_PREFIXES, *SYSTEM_PREFIXES)):
        return False
    return event not in SYSTEM_EVENTS
