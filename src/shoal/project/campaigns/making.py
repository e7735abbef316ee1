"""A message to one person made: by which channel, to which address, from their own values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shoal.campaigns import State
from shoal.campaigns.channel import ADDRESS
from shoal.campaigns.template import (
    MissingValueError,
    Rendered,
    TemplateError,
    nested,
    source_of,
)
from shoal.channels.email import Envelope
from shoal.channels.email_form import Mail, composed, is_address, text_of
from shoal.consent.channel import Channel
from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND, format_instant
from shoal.project.campaigns.links import unsubscribe_url
from shoal.project.campaigns.terms import channels_for, message_of, variant_named
from shoal.project.people.contacting import best_channels
from shoal.project.values import Values, questions_for, values_of

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.opening import Project
    from shoal.project.reading import Reading
    from shoal.store.outbox import Letter

journal = logging.getLogger("shoal.serve")

WHY = {
    State.NO_CONSENT: "no consent",
    State.UNREACHABLE: "not reachable by the channel",
    State.SUPPRESSED: "suppressed",
    State.HELD_OUT: "left alone",
    State.CAPPED: "capped",
}
"""Why a message is dropped whose receiver stands so."""


@dataclass(frozen=True, slots=True)
class Made:
    """A message that is ready to go: an envelope, or a document to be posted.

    ``may_go`` is asked in the moment it is handed over.
    """

    letter: Letter
    channel: Channel
    to: str
    may_go: Callable[[], bool]
    envelope: Envelope | None = None
    document: dict[str, Any] = field(default_factory=dict[str, Any])


def make_message(  # noqa: PLR0911, PLR0913, PLR0917  what it is made of, and each reason
    reading: Reading,
    definition: CampaignDefinition,
    letter: Letter,
    values: Values,
    now: int,
    may_go: Callable[[], bool],
) -> Made | str:
    """The message to one person, or why there is none."""
    variant = variant_named(definition, letter.arm)
    if variant is None:
        return f"there is no variant `{letter.arm}` any more"
    channel = chosen_channel(reading, definition, values)
    if channel is None:
        return WHY[State.UNREACHABLE]
    project = reading.project
    link = unsubscribe_url(project, letter.user_id, channel, definition.name)
    try:
        rendered = message_of(variant).render(
            nested(given_values(project, definition, letter.arm, link) | values)
        )
    except MissingValueError as error:
        return f"`{error.name}` is not known"
    except TemplateError as error:
        return f"the message cannot be made: {error.message}"
    to = str(values.get(ADDRESS[channel]) or "") if channel in ADDRESS else ""
    if channel is not Channel.EMAIL:
        document = _document(letter, channel, to, rendered, now)
        return Made(letter, channel, to, may_go, None, document)
    if not is_address(to):
        return "the e-mail address is none"
    return Made(
        letter, channel, to, may_go, _envelope(project, rendered, letter, to, link, now, may_go)
    )


def _envelope(  # noqa: PLR0913, PLR0917  the parts of a mail
    project: Project,
    rendered: Rendered,
    letter: Letter,
    to: str,
    link: str | None,
    now: int,
    may_go: Callable[[], bool],
) -> Envelope:
    settings = project.settings.email
    sender = settings.sender if settings else (project.settings.name, "shop@localhost")
    html = rendered.get("html")
    text = rendered.get("text") or text_of(html or "")
    host = sender[1].partition("@")[2]
    mail = Mail(
        sender, to, rendered.get("subject") or "", text, html, f"{letter.key}@{host}",
        now / SECOND, link, settings.reply_to if settings else None,
    )  # fmt: skip
    return Envelope(sender[1], to, composed(mail), may_go)


def recommended_to(reading: Reading, user_ids: Sequence[str]) -> list[list[dict[str, Any]]]:
    """What is new to each of them, by the project's recommendations.yml: item, title and reason.

    Nothing where there is no such file or too little to learn from, or where something is wrong with
    it: messages without recommendations go all the same, and the log says why.
    """
    from shoal.project.recommendations.asked import read_asked
    from shoal.project.recommendations.kept import models_here
    from shoal.project.recommendations.recommending import recommended_lists

    nothing: list[list[dict[str, Any]]] = [[] for _ in user_ids]
    try:
        asked = read_asked(reading.project.folder)
        if asked is None:
            return nothing
        found = models_here().of(reading, asked, LONGEST_LEARNING)
        known = [it for it in user_ids if reading.snapshot.find(it) is not None]
        lists = dict(zip(known, recommended_lists(found, known), strict=True))
    except ShoalError as error:
        journal.error("nothing is recommended", extra={"why": str(error.message)})
        return nothing
    return [lists.get(it, []) for it in user_ids]


LONGEST_LEARNING = 600.0
"""Seconds for which messages wait until it is learned what to recommend."""


def messages_values(
    reading: Reading, definition: CampaignDefinition, user_ids: Sequence[str], at: int
) -> list[Values]:
    """Each person's values for every variant of a campaign, and their addresses."""
    reads = [name for it in definition.variants for name in message_of(it).reads]
    channels = channels_for(reading, definition)
    known = reading.vocabulary.traits
    reads += [ADDRESS[it] for it in channels if it in ADDRESS and ADDRESS[it] in known]
    if definition.channel == "preferred" and PREFERRED in known:
        reads.append(PREFERRED)
    found = values_of(reading, questions_for(reading, definition, reads), user_ids, at)
    if any(source_of(it, ()) == RECOMMENDATIONS for it in reads):
        for values, listed in zip(found, recommended_to(reading, user_ids), strict=True):
            values[RECOMMENDATIONS] = listed or None
    if definition.channel == "preferred" and len(channels) > 1:
        _prefer(reading, found, user_ids, at)
    return found


RECOMMENDATIONS = "recommendations"
"""The name by which templates read what is recommended to somebody."""


def _prefer(reading: Reading, found: list[Values], user_ids: Sequence[str], at: int) -> None:
    """The channel that somebody answers best, where no trait says which one they prefer."""
    silent = [
        place for place, it in enumerate(found)
        if str(it.get(PREFERRED) or "") not in set(Channel)
    ]  # fmt: skip
    best = best_channels(reading, [user_ids[it] for it in silent], at) if silent else []
    for place, channel in zip(silent, best, strict=True):
        if channel is not None:
            found[place][PREFERRED] = str(channel)


PREFERRED = "preferred_channel"
"""The trait that says how somebody would like to be written to."""


def chosen_channel(
    reading: Reading, definition: CampaignDefinition, values: Values
) -> Channel | None:
    """The channel a message goes by: the one preferred, else the first whose address is known."""
    if definition.channel != "preferred":
        return Channel(definition.channel)
    open_to = [it for it in channels_for(reading, definition) if values.get(ADDRESS[it])]
    wanted = str(values.get(PREFERRED) or "")
    return next((it for it in open_to if it == wanted), open_to[0] if open_to else None)


def given_values(
    project: Project, definition: CampaignDefinition, arm: str, link: str | None
) -> Values:
    """What templates are given beside the person's own values."""
    variant = variant_named(definition, arm)
    return {
        "offer": variant.offer if variant else None,
        "reward": definition.reward,
        "unsubscribe_url": link,
        "shop": project.settings.name,
        "campaign": definition.name,
    }


def _document(
    letter: Letter, channel: Channel, to: str, rendered: Rendered, now: int
) -> dict[str, Any]:
    """What is posted for a message that is no e-mail."""
    fields = {
        name.removeprefix("fields."): text
        for name, text in rendered.parts.items()
        if name.startswith("fields.")
    }
    parts = {name: rendered.get(name) for name in ("subject", "text", "html")}
    return {
        "type": "campaign.message",
        "timestamp": format_instant(now),
        "data": {
            "id": letter.key,
            "campaign": letter.campaign,
            "variant": letter.arm,
            "occasion": letter.occasion,
            "channel": str(channel),
            "user_id": letter.user_id,
            **({"to": to} if to else {}),
            **{name: text for name, text in parts.items() if text is not None},
            **({"fields": fields} if fields else {}),
        },
    }
