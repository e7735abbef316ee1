"""Campaigns of a project: listed, shown, checked, approved, started, stopped; with who and when."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from shoal.access import AuditEntry
from shoal.campaigns.timing import next_due
from shoal.core.errors import ShoalError, StoreBusyError, UsageError
from shoal.core.instants import format_instant
from shoal.language import sentence
from shoal.language.campaign_definitions import CampaignDefinition
from shoal.language.told import Told
from shoal.project.campaign_problems import check_campaign
from shoal.project.campaigns.checks import fit_of, settings_lack
from shoal.project.campaigns.holdouts import Proposed, propose
from shoal.project.campaigns.terms import campaign_named, digest_of
from shoal.project.checking import problem_json, promoted
from shoal.project.settings import Now
from shoal.store.accounts import Accounts
from shoal.store.campaign_books import CampaignBooks, CampaignState, Pass, Stands
from shoal.store.files import CAMPAIGN_LOCK, lock_alone
from shoal.store.outbox import Outbox, Standing

if TYPE_CHECKING:
    from shoal.project.campaigns.passing import Append
    from shoal.project.opening import Project
    from shoal.project.reading import Reading

Row = dict[str, Any]
_S = CampaignState
_STANDS_STILL = Told(
    "`now: latest_event` in shoal.yml: its time stands still until newer events come, and so does "
    "what is due by the clock; write `now: clock`"
)
_FROM: dict[str, tuple[tuple[CampaignState, ...], CampaignState, str]] = {
    "approve": ((_S.CHECKED,), _S.APPROVED, "check it first"),
    "start": ((_S.APPROVED,), _S.RUNNING, "approve it first"),
    "pause": ((_S.RUNNING,), _S.PAUSED, "only a running campaign can be paused"),
    "resume": ((_S.PAUSED,), _S.RUNNING, "only a paused campaign can be resumed"),
    "stop": (
        (_S.RUNNING, _S.PAUSED, _S.APPROVED, _S.CHECKED),
        _S.DONE,
        "it is a draft, or done already",
    ),
}


def campaign_rows(reading: Reading) -> list[Row]:
    """Every applied campaign, how it stands, and how many messages; done ones that are gone, too."""
    books = reading.project.store.books
    kept, counts = CampaignBooks(books).all(), Outbox(books).counts()
    last = CampaignBooks(books).last_passes()
    names = dict.fromkeys([*reading.definitions.campaigns, *kept])
    return [
        campaign_row(
            reading, name, reading.definitions.campaigns.get(name),
            kept.get(name, Stands(name)), counts.get(name, {}), last.get(name),
        )
        for name in names
    ]  # fmt: skip


def campaign_row(  # noqa: PLR0913, PLR0917  what is known of a campaign
    reading: Reading,
    name: str,
    definition: CampaignDefinition | None,
    stands: Stands,
    counts: dict[str, int],
    last: Pass | None,
) -> Row:
    """A campaign for a program; nothing is evaluated for it.

    ``sendable`` is of the last pass, ``next_due`` when the clock brings the next one.
    """
    due = None if definition is None else _next_due(reading, definition, stands)
    title = definition.title if definition else None
    is_changed = bool(
        definition and stands.digest and stands.state is not _S.DONE
        and digest_of(definition) != stands.digest
    )  # fmt: skip
    return {
        "name": name,
        "title": title.chosen(reading.project.settings.language) if title else None,
        "state": str(stands.state),
        "changed_at": format_instant(stands.changed_at) if stands.changed_at else None,
        "changed_by": stands.changed_by or None,
        "started_at": format_instant(stands.started_at) if stands.started_at else None,
        "audience": definition.audience_text if definition else None,
        "purpose": definition.purpose if definition else None,
        "channel": definition.channel if definition else None,
        "timing": str(definition.timing) if definition else None,
        "priority": definition.priority if definition else None,
        "holdout": stands.holdout
        if stands.holdout is not None
        else definition.holdout
        if definition
        else None,
        "variants": [it.name for it in definition.variants] if definition else [],
        "is_changed": is_changed,
        "sendable": None if last is None else last.waterfall.get("sendable"),
        "next_due": None if due is None else format_instant(due),
        "messages": {str(it): counts.get(str(it), 0) for it in Standing},
    }


def _next_due(reading: Reading, definition: CampaignDefinition, stands: Stands) -> int | None:
    """When the clock has messages go next; None where people's deeds do, or nothing does."""
    if stands.state is not _S.RUNNING or stands.started_at is None or stands.is_over:
        return None
    now, zone = reading.at(None), reading.vocabulary.zone
    found = next_due(definition.timing, stands.started_at, stands.passed_at, now, zone)
    if found is None or definition.ends_at is None:
        return found
    return found if found < zone.parse(definition.ends_at) else None


def show_campaign(reading: Reading, name: str) -> Row:
    """Everything there is to say about one campaign."""
    books = reading.project.store.books
    stands = CampaignBooks(books).one(name)
    definition = reading.definitions.campaigns.get(name)
    if definition is None and not stands.changed_at:
        campaign_named(reading, name)
    outbox = Outbox(books)
    kept = CampaignBooks(books)
    counts, last = outbox.counts().get(name, {}), kept.last_passes().get(name)
    row = campaign_row(reading, name, definition, stands, counts, last)
    if definition is not None and definition.audience is not None:
        why = definition.why
        row |= {
            "sentence": sentence(definition.audience, reading.vocabulary),
            "why": why.chosen(reading.project.settings.language) if why else None,
            "goal": definition.goal_text,
            "metrics": {it.name: it.text for it in definition.metrics},
            "items": definition.items_text,
            "quiet_hours": str(definition.quiet_hours) if definition.quiet_hours else None,
            "cap": definition.cap,
            "ends_at": definition.ends_at,
            "reward": definition.reward,
            "definition": definition.text,
        }
    return row | {
        "reasons": outbox.reasons(name),
        "log": [
            {"at": format_instant(it.at), "actor": it.actor, "action": it.action,
             "detail": dict(it.detail)}
            for it in kept.log(name)
        ],
        "passes": [
            {"at": format_instant(it.at), "occasion": it.occasion, "waterfall": dict(it.waterfall)}
            for it in kept.passes(name)[-100:]
        ],
    }  # fmt: skip


def check(reading: Reading, name: str, actor: str) -> Row:
    """Whether a campaign can be sent; a draft without problems is checked then."""
    definition = campaign_named(reading, name)
    problems = promoted(check_campaign(definition, reading.vocabulary))
    errors = [it for it in problems if it.severity == "error"]
    lacks = settings_lack(definition, reading.project.settings)
    kept = CampaignBooks(reading.project.store.books)
    stands = kept.one(name)
    digest = digest_of(definition)
    is_open = stands.state in {_S.DRAFT, _S.CHECKED, _S.APPROVED}
    is_open = is_open or (stands.state is _S.PAUSED and stands.digest != digest)
    if is_open and not (stands.state is _S.APPROVED and stands.digest == digest):
        state = _S.DRAFT if errors else _S.CHECKED
        stands = kept.change(
            name, reading.project.clock(), actor, "check",
            detail={"problems": len(errors)}, state=state, digest=digest,
        )  # fmt: skip
    proposed = None if errors else propose(reading, definition)
    return {
        "name": name,
        "state": str(stands.state),
        "problems": [problem_json(it) for it in errors],
        "warnings": [problem_json(it) for it in problems if it not in errors],
        "settings": lacks,
        "fit": []
        if errors
        else [
            {"code": it.code, "message": it.message, "hint": it.hint}
            for it in fit_of(reading, definition)
        ],
        "holdout": None if proposed is None else proposed.as_json(),
    }


def act(reading: Reading, name: str, action: str, actor: str) -> Row:
    """Approves, starts, pauses, resumes or stops a campaign; how it stands then."""
    project = reading.project
    kept = CampaignBooks(project.store.books)
    stands = kept.one(name)
    before, after, hint = _FROM[action]
    if stands.state not in before:
        if name not in reading.definitions.campaigns and not stands.changed_at:
            campaign_named(reading, name)
        raise UsageError(f"`{name}` is {stands.state}: it cannot {action} now", hint=hint)
    now, values, detail = project.clock(), {"state": after}, dict[str, Any]()
    if action in {"approve", "start", "resume"}:
        definition = campaign_named(reading, name)
        if digest_of(definition) != stands.digest:
            raise ShoalError(
                f"`{name}` was changed since it was checked",
                hint=f"`shoal campaign check {name}`, and approve it again",
            )
        if action == "approve":
            holdout = _holdout(reading, definition, stands)
            values |= {"holdout": holdout.share}
            detail = {"holdout": holdout.as_json()}
        if action == "start":
            _check_ready(reading, definition)
            if stands.started_at is None:
                values |= {"started_at": reading.at(None)}
            else:  # it was paused, changed and approved again
                detail = {"again": True}
    if action == "stop":
        dropped = Outbox(project.store.books).drop(name, "the campaign was stopped", now)
        values |= {"is_over": 1}
        detail = {"dropped": dropped}
    kept.change(name, now, actor, action, detail=detail, **values)
    note = AuditEntry(now, actor, f"campaign.{action}", f"campaign:{name}", detail)
    Accounts(project.store.books).note(note)
    warned = [_STANDS_STILL] if action == "start" and _stands_still(reading) else []
    return {**show_campaign(reading, name), "warnings": warned}


def _stands_still(reading: Reading) -> bool:
    return reading.project.settings.now is Now.LATEST_EVENT


def _holdout(reading: Reading, definition: CampaignDefinition, stands: Stands) -> Proposed:
    """The share left alone: what the definition says, what was approved before, else by power."""
    if definition.holdout is not None:
        return Proposed(definition.holdout, "as the definition says")
    if stands.holdout is not None:
        return Proposed(stands.holdout, "as it was approved before")
    return propose(reading, definition)


def _check_ready(reading: Reading, definition: CampaignDefinition) -> None:
    lacks = [
        it for it in settings_lack(definition, reading.project.settings) if "public_url" not in it
    ]
    if lacks:
        raise ShoalError(lacks[0])


def replay(project: Project, name: str, standing: str, ids: Sequence[int], actor: str) -> int:
    """Has messages sent again that are dead or uncertain, by somebody's wish; how many."""
    if standing not in {"dead", "uncertain"}:
        raise UsageError(f"messages that are `{standing}` are not sent again", hint="dead")
    now = project.clock()
    kept = CampaignBooks(project.store.books)
    if kept.one(name).state not in {_S.RUNNING, _S.PAUSED, _S.DONE}:
        raise UsageError(f"`{name}` was never started")
    count = Outbox(project.store.books).again(name, Standing(standing), now, ids)
    detail = {"messages": count, "were": standing}
    values = {"state": _S.RUNNING} if count and kept.one(name).state is _S.DONE else {}
    kept.change(name, now, actor, "replay", detail=detail, **values)
    note = AuditEntry(now, actor, "campaign.replay", f"campaign:{name}", detail)
    Accounts(project.store.books).note(note)
    return count


def letters(project: Project, name: str, standing: str) -> list[Row]:
    """Messages of a campaign that stand so."""
    try:
        wanted = Standing(standing)
    except ValueError as error:
        raise UsageError(
            f"no message is `{standing}`", hint=f"one of {', '.join(Standing)}"
        ) from error
    return [
        {
            "id": it.id,
            "user_id": it.user_id,
            "occasion": it.occasion,
            "variant": it.arm,
            "state": str(it.standing),
            "tries": it.tries,
            "reason": it.reason,
            "changed_at": format_instant(it.changed_at),
            "next_at": format_instant(it.next_at),
        }
        for it in Outbox(project.store.books).letters(name, wanted)
    ]


def run(project: Project, only: str | None = None, limit: int | None = None) -> Row:
    """One pass: arms for whoever is due, then every message that may go. For cron, or by hand."""
    from shoal.project.campaigns.passing import pass_campaigns
    from shoal.project.campaigns.sending import Sender, finish

    with passing(project), _appending(project) as append:
        sender = Sender(project, append)
        try:
            uncertain = sender.recover()
            passed = pass_campaigns(project, append, only)
            counts = sender.run(limit)
        finally:
            sender.close()
        kept, outbox = CampaignBooks(project.store.books), Outbox(project.store.books)
        done = finish(kept, outbox, project.clock())
    return {
        "campaigns": [
            {"name": it.campaign, "occasion": it.occasion, "waterfall": it.waterfall,
             "assigned": it.assigned, "trouble": it.trouble}
            for it in passed
        ],
        "messages": counts,
        "uncertain": uncertain,
        "done": [it.name for it in done],
        "channels": sender.status(),
    }  # fmt: skip


@contextmanager
def _appending(project: Project) -> Generator[Append]:
    """Appends as the owner for as long as it takes, or else by the one that is."""
    with ExitStack() as stack:
        try:
            writer = stack.enter_context(project.store.write(wait=0, doing="shoal campaign run"))
        except StoreBusyError:
            yield project.store.append
        else:
            yield writer.append


@contextmanager
def passing(project: Project) -> Generator[None]:
    """Keeps others from giving arms and sending meanwhile; StoreBusyError where another does."""
    path = project.store.root / CAMPAIGN_LOCK
    path.touch(mode=0o600, exist_ok=True)
    handle = lock_alone(path)
    if handle is None:
        raise StoreBusyError(
            "another process sends the campaigns of this project",
            hint="a served project does that by itself",
        )
    try:
        yield
    finally:
        os.close(handle)
