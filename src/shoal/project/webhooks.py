"""Who is told of transitions: subscriptions made, listed, tried out, sent again, taken away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shoal.access import AuditEntry
from shoal.channels.addresses import address_of, parse_allowed, parse_destination
from shoal.channels.posting import Line
from shoal.channels.signing import ENTROPY, new_secret, signed_headers
from shoal.core.errors import NotFoundError, ShoalError, UsageError
from shoal.core.instants import SECOND, format_instant
from shoal.core.names import nearest
from shoal.project.settings import read_settings
from shoal.store.accounts import Accounts
from shoal.store.files import TRANSITIONS
from shoal.store.subscriptions import DeadLetter, Subscription, Subscriptions
from shoal.store.transitions import last_told

if TYPE_CHECKING:
    from shoal.channels.addresses import Allowed
    from shoal.project.opening import Project

MOST = 50
"""Subscriptions of a project: each has a thread of its own while it is served."""
Row = dict[str, Any]


def allowed_by(project: Project) -> Allowed:
    """Where messages may go beside the open internet, as shoal.yml says now."""
    return parse_allowed(read_settings(project.folder).webhooks.allow)


def add_webhook(
    project: Project, url: str, segments: Sequence[str], after: int | None, actor: str
) -> tuple[Subscription, str]:
    """A new subscription and its secret, which is shown this once.

    It is told what comes from now on, or everything ``after`` a seq. RefusedAddressError for an
    address that nothing is sent to.
    """
    destination = parse_destination(url)
    address_of(destination, allowed_by(project))
    _check_segments(project, segments)
    kept = Subscriptions(project.store.books)
    if len(kept.all()) >= MOST:
        raise UsageError(f"there are {MOST} webhooks already", hint="remove one first")
    secret = new_secret(os.urandom(ENTROPY))
    last = last_told(project.store.root / TRANSITIONS)
    cursor = last if after is None else min(after, last)
    wanted = tuple(sorted(set(segments)))
    number = kept.add(url, wanted, secret, project.clock(), cursor)
    _note(project, actor, "webhook.create", number, host=destination.host, segments=wanted)
    return kept.one(number), secret


def _check_segments(project: Project, names: Iterable[str]) -> None:
    from shoal.project.definitions import applied_definitions

    known = applied_definitions(project.store.books).segments
    for name in names:
        if name not in known:
            meant = nearest(name, known)
            hint = f"did you mean `{meant}`?" if meant else "`shoal segment list` shows them"
            raise NotFoundError(f"no applied segment `{name}`", hint=hint)


def remove_webhook(project: Project, number: int, actor: str) -> None:
    """Takes a subscription away; a running server stops sending within seconds."""
    Subscriptions(project.store.books).remove(number)
    _note(project, actor, "webhook.remove", number)


def resume_webhook(project: Project, number: int, actor: str, after: int | None = None) -> None:
    """Has a subscription tried again at once; everything ``after`` a seq is sent again."""
    kept = Subscriptions(project.store.books)
    if after is not None:
        after = min(after, last_told(project.store.root / TRANSITIONS))
    kept.resume(number, after)
    _note(project, actor, "webhook.resume", number, after=after)


def replay_webhook(project: Project, number: int, actor: str) -> int:
    """Has everything sent again that was laid aside; how many messages that are."""
    count = Subscriptions(project.store.books).want(number)
    _note(project, actor, "webhook.replay", number, messages=count)
    return count


def _note(project: Project, actor: str, action: str, number: int, **detail: object) -> None:
    entry = AuditEntry(project.clock(), actor, action, f"webhook:{number}", detail)
    Accounts(project.store.books).note(entry)


def try_webhook(project: Project, number: int) -> Row:
    """Sends a message that says it is a test; what the other side answered. Nothing is kept of it."""
    one = Subscriptions(project.store.books).one(number)
    now = project.clock()
    message = {"type": "test", "timestamp": format_instant(now), "data": {"webhook": number}}
    body = json.dumps(message).encode()
    headers = signed_headers(one.secret, f"test-{os.urandom(12).hex()}", now // SECOND, body)
    line = Line(parse_destination(one.url), lambda: allowed_by(project))
    try:
        answer = line.post(body, headers)
    except ShoalError as error:
        return {"id": number, "taken": False, "status": None, "error": str(error)}
    finally:
        line.close()
    return {"id": number, "taken": answer.is_good, "status": answer.status, "error": None}


# --- shown ----------------------------------------------------------------------------------------


def webhook_rows(project: Project, *, last: int | None = None) -> list[Row]:
    """Every subscription, how far it is and how it goes; never a secret."""
    kept = Subscriptions(project.store.books)
    if last is None:
        last = last_told(project.store.root / TRANSITIONS)
    dead: dict[int, int] = {}
    for letter in kept.dead_letters():
        dead[letter.webhook_id] = dead.get(letter.webhook_id, 0) + 1
    return [webhook_row(one, last, dead.get(one.id, 0)) for one in kept.all()]


def webhook_row(one: Subscription, last: int, dead: int = 0) -> Row:
    """A subscription for a program; ``last`` is the seq of the last transition told."""
    how = one.progress
    state = "paused" if how.paused_at is not None else "failing" if how.failures else "active"
    return {
        "id": one.id,
        "url": one.url,
        "host": parse_destination(one.url).host,
        "segments": list(one.segments),
        "state": state,
        "cursor": how.cursor,
        "backlog": max(0, last - how.cursor),
        "delivered": how.delivered,
        "delivered_at": _shown(how.delivered_at),
        "failures": how.failures,
        "failing_since": _shown(how.failing_since),
        "last_error": how.last_error,
        "paused_at": _shown(how.paused_at),
        "dead_letters": dead,
        "created_at": format_instant(one.created_at),
    }


def show_webhook(project: Project, number: int) -> Row:
    """One subscription, with the messages that were laid aside."""
    kept = Subscriptions(project.store.books)
    one = kept.one(number)
    letters = kept.dead_letters(number)
    last = last_told(project.store.root / TRANSITIONS)
    return {**webhook_row(one, last, len(letters)), "laid_aside": [_letter(it) for it in letters]}


def _letter(one: DeadLetter) -> Row:
    return {
        "id": one.id,
        "first_seq": one.first_seq,
        "last_seq": one.last_seq,
        "at": format_instant(one.at),
        "reason": one.reason,
        "waits_to_be_sent": one.is_wanted,
    }


def _shown(at: int | None) -> str | None:
    return None if at is None else format_instant(at)
