"""Links to leave a channel, and the secrets that sign them and what is posted to channels."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from shoal.channels.leaving import Leaving, leaving_of, token_of
from shoal.channels.signing import ENTROPY, new_secret
from shoal.consent.channel import SUBSCRIPTION, Channel

if TYPE_CHECKING:
    from shoal.project.campaigns.passing import Append
    from shoal.project.opening import Project
    from shoal.store.books import Books

LEAVING = "leaving_secret"
CHANNEL = "channel_secret"


def unsubscribe_url(project: Project, user_id: str, channel: Channel, campaign: str) -> str | None:
    """Where somebody leaves a channel; None where nobody knows our own address."""
    base = project.settings.public_url
    if base is None or channel is Channel.TICKET:
        return None
    token = token_of(Leaving(user_id, str(channel), campaign), _secret(project.store.books))
    return f"{base}/u/{token}"


def left(project: Project, token: str) -> Leaving | None:
    """Who leaves what by a link; None for one that was not made here."""
    known = project.store.books.setting(LEAVING)
    return None if known is None else leaving_of(token, bytes.fromhex(known))


def leave(project: Project, leaving: Leaving, append: Append) -> None:
    """Somebody has left a channel: nothing more is sent to them by it."""
    from shoal.project.campaigns.passing import event_of

    now = project.clock()
    cells = {"channel": leaving.channel, "state": "unsubscribed", "campaign": leaving.campaign,
             "source": "link"}  # fmt: skip
    mark = f"leave-{leaving.campaign}-{leaving.user_id}-{leaving.channel}-{now}"
    append([event_of(SUBSCRIPTION, leaving.user_id, now, now, mark, cells)])


def channel_secret(project: Project, channel: Channel) -> str:
    """What messages to a channel's address are signed with; made when it is first needed."""
    books, name = project.store.books, f"{CHANNEL}:{channel}"
    known = books.setting(name)
    if known is None:
        known = new_secret(os.urandom(ENTROPY))
        books.set_setting(name, known)
    return known


_KNOWN: WeakKeyDictionary[Books, bytes] = WeakKeyDictionary()
"""Secrets that were read: every link is signed, and a secret never changes."""


def _secret(books: Books) -> bytes:
    found = _KNOWN.get(books)
    if found is None:
        known = books.setting(LEAVING)
        if known is None:
            known = os.urandom(32).hex()
            books.set_setting(LEAVING, known)
        found = _KNOWN[books] = bytes.fromhex(known)
    return found
