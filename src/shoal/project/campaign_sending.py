"""What waits in the outbox goes out: looked at again, made, marked, sent, and told to the history.

Everything that may have changed since somebody was given their message is asked again in the moment
it is sent: consent, subscription, suppression, holdout and cap, by the same rules. One message at a
time goes to one person, and the next only when the history tells of the one before.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shoal.campaigns import State
from shoal.campaigns.channel import ADDRESS
from shoal.campaigns.template import MissingValueError, Rendered, TemplateError, nested
from shoal.campaigns.terms import SEND
from shoal.campaigns.timing import is_quiet
from shoal.channels.addresses import RefusedAddressError, parse_destination
from shoal.channels.breaker import Breaker
from shoal.channels.email import Envelope, Mailer, Outcome, Told
from shoal.channels.email_form import Mail, composed, is_address, text_of
from shoal.channels.posting import LATE, TOTAL, Line
from shoal.channels.retrying import Patience, Verdict, verdict_of
from shoal.channels.signing import signed_headers
from shoal.consent.channel import Channel
from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND, format_instant
from shoal.project.audiences import states_now
from shoal.project.campaign_links import channel_secret, unsubscribe_url
from shoal.project.campaign_passing import Append, event_of, is_as_approved
from shoal.project.campaign_terms import (
    arms_for,
    channels_for,
    message_of,
    terms_for,
    variant_named,
)
from shoal.project.campaign_values import Values, questions_for, values_of
from shoal.project.reading import Reading, read
from shoal.project.webhooks import allowed_by
from shoal.store.campaign_books import CampaignBooks, CampaignState, Stands
from shoal.store.outbox import Fate, Letter, Outbox, Standing

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

AT_ONCE = 20
"""Messages that are marked as being sent at once: as many may be uncertain after a kill."""
MOST_TRIES = 8
GONE = "the connection was closed without an answer"
WHY = {
    State.NO_CONSENT: "no consent",
    State.UNREACHABLE: "not reachable by the channel",
    State.SUPPRESSED: "suppressed",
    State.HELD_OUT: "left alone",
    State.CAPPED: "capped",
}

Deliver = Callable[[Sequence[Envelope]], list[Told]]
"""Hands e-mails over: the mailer, or in a simulation the mailbox itself."""


@dataclass(frozen=True, slots=True)
class Made:
    """A message that is ready to go: an envelope, or a document to be posted."""

    letter: Letter
    channel: Channel
    to: str
    envelope: Envelope | None = None
    document: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Sender:
    """Sends what is due, until nothing is. For one thread, which holds the lock of campaigns."""

    project: Project
    append: Append
    deliver: Deliver | None = None
    patience: Patience = field(default_factory=lambda: Patience(first=30.0, longest=3_600.0))
    total: float = TOTAL
    at_once: int = AT_ONCE
    is_ending: Callable[[], bool] = lambda: False
    counts: dict[str, int] = field(default_factory=dict[str, int])
    _breakers: dict[Channel, Breaker] = field(default_factory=dict[Channel, Breaker])
    _mailer: Mailer | None = None

    def __post_init__(self) -> None:
        self._kept = CampaignBooks(self.project.store.books)
        self._outbox = Outbox(self.project.store.books)
        self._chance = random.Random()  # noqa: S311  waits, no secrets

    def recover(self) -> int:
        """What a kill left behind: what was being sent is uncertain, and told."""
        count = self._outbox.recover(self.project.clock())
        self.tell()
        return count

    def run(self, limit: int | None = None) -> dict[str, int]:
        """Sends until nothing more is due, or ``limit`` messages were tried; counts by fate."""
        tried = 0
        while not self.is_ending() and (limit is None or tried < limit):
            count = self._batch(self.at_once if limit is None else min(self.at_once, limit - tried))
            if not count:
                break
            tried += count
        return dict(self.counts)

    def close(self) -> None:
        """Lets go of the mail server."""
        mailer, self._mailer = self._mailer, None
        if mailer is not None:
            with suppress(OSError):
                mailer.close()

    def status(self) -> list[dict[str, Any]]:
        """How it goes with each channel that is in trouble."""
        return [
            {"channel": str(channel), "said": it.said, "until": format_instant(it.until)}
            for channel, it in self._breakers.items()
            if it.troubles
        ]

    # --- a batch ----------------------------------------------------------------------------------

    def _batch(self, limit: int) -> int:
        """Takes some messages to their end; how many there were."""
        reading = read(self.project)
        now = reading.at(None)
        clock = self.project.clock()
        definitions = self._sending_now(reading, now)
        shut = [str(it) for it, breaker in self._breakers.items() if breaker.is_shut(clock)]
        if any(it.is_trying and not it.is_shut(clock) for it in self._breakers.values()):
            limit = 1
        letters = self._outbox.due(now, limit, list(definitions), shut)
        if not letters:
            return 0
        made, fates = self._made(reading, definitions, letters, now)
        taken = {it.id for it in self._outbox.take([it.letter for it in made], now)}
        ready = [it for it in made if it.letter.id in taken]
        fates += self._sent(ready, now)
        self._outbox.settle(fates, now)
        for fate in fates:
            name = str(fate.standing)
            self.counts[name] = self.counts.get(name, 0) + 1
        self.tell()
        return len(letters)

    def _sending_now(self, reading: Reading, now: int) -> dict[str, CampaignDefinition]:
        """Campaigns whose messages may go at this instant."""
        found: dict[str, CampaignDefinition] = {}
        for name, stands in self._kept.all().items():
            if stands.state is not CampaignState.RUNNING or not is_as_approved(reading, stands):
                continue
            definition = reading.definitions.campaigns[name]
            if not is_quiet(definition.quiet_hours, now, reading.vocabulary.zone):
                found[name] = definition
        return found

    def _made(
        self,
        reading: Reading,
        definitions: dict[str, CampaignDefinition],
        letters: Sequence[Letter],
        now: int,
    ) -> tuple[list[Made], list[Fate]]:
        """The messages that may go still, and the fate of the others."""
        made: list[Made] = []
        fates: list[Fate] = []
        for name, definition in definitions.items():
            mine = [it for it in letters if it.campaign == name]
            if not mine:
                continue
            stands = self._kept.one(name)
            users = [it.user_id for it in mine]
            design = arms_for(reading, definition, stands.holdout or 0.0).design
            states = states_now(reading, users, terms_for(reading, definition), design, now)
            values = messages_values(reading, definition, users, now)
            for letter, state, known in zip(mine, states, values, strict=True):
                fate = WHY.get(state)
                if fate is None:
                    found = self._one(reading, definition, letter, known, now)
                    if isinstance(found, Made):
                        made.append(found)
                        continue
                    fate = found
                fates.append(Fate(letter.id, Standing.DROPPED, fate, is_tried=False))
        return made, fates

    def _one(  # noqa: PLR0911  each reason is one
        self,
        reading: Reading,
        definition: CampaignDefinition,
        letter: Letter,
        values: Values,
        now: int,
    ) -> Made | str:
        """The message to one person, or why there is none."""
        variant = variant_named(definition, letter.arm)
        if variant is None:
            return f"there is no variant `{letter.arm}` any more"
        channel = chosen_channel(reading, definition, values)
        if channel is None:
            return WHY[State.UNREACHABLE]
        link = unsubscribe_url(self.project, letter.user_id, channel, definition.name)
        try:
            rendered = message_of(variant).render(
                nested(given_values(self.project, definition, letter.arm, link) | values)
            )
        except MissingValueError as error:
            return f"`{error.name}` is not known"
        except TemplateError as error:
            return f"the message cannot be made: {error.message}"
        to = str(values.get(ADDRESS[channel]) or "") if channel in ADDRESS else ""
        if channel is Channel.EMAIL:
            if not is_address(to):
                return "the e-mail address is none"
            return Made(letter, channel, to, self._envelope(rendered, letter, to, link, now))
        return Made(letter, channel, to, None, _document(letter, channel, to, rendered, now))

    def _envelope(
        self, rendered: Rendered, letter: Letter, to: str, link: str | None, now: int
    ) -> Envelope:
        settings = self.project.settings.email
        sender = settings.sender if settings else (self.project.settings.name, "shop@localhost")
        html = rendered.get("html")
        text = rendered.get("text") or text_of(html or "")
        host = sender[1].partition("@")[2]
        mail = Mail(
            sender, to, rendered.get("subject") or "", text, html, f"{letter.key}@{host}",
            now / SECOND, link, settings.reply_to if settings else None,
        )  # fmt: skip
        return Envelope(sender[1], to, composed(mail))

    # --- out --------------------------------------------------------------------------------------

    def _sent(self, ready: Sequence[Made], now: int) -> list[Fate]:
        mails = [it for it in ready if it.envelope is not None]
        fates: list[Fate] = []
        if mails:
            told = self._deliver([it.envelope for it in mails if it.envelope is not None])
            fates += [
                self._fate_of_mail(made, it, now) for made, it in zip(mails, told, strict=True)
            ]
        for made in ready:
            if made.envelope is None:
                fates.append(self._posted(made, now))
        return fates

    def _deliver(self, envelopes: list[Envelope]) -> list[Told]:
        if self.deliver is not None:
            return self.deliver(envelopes)
        settings = self.project.settings.email
        if settings is None:
            return [Told(Outcome.UNREACHED, "no mail server is set in shoal.yml")] * len(envelopes)
        try:
            if self._mailer is None:
                self._mailer = Mailer(settings.server())
            return self._mailer.send(envelopes)
        except ShoalError as error:  # nothing was begun
            return [Told(Outcome.UNREACHED, error.message)] * len(envelopes)

    def _fate_of_mail(self, made: Made, told: Told, now: int) -> Fate:
        letter, breaker = made.letter, self._breaker(Channel.EMAIL)
        match told.outcome:
            case Outcome.SENT:
                breaker.worked()
                return Fate(letter.id, Standing.SENT)
            case Outcome.UNCERTAIN:
                breaker.failed(now, told.said)
                return Fate(letter.id, Standing.UNCERTAIN, told.said)
            case Outcome.UNREACHED:
                return self._unreached(letter, Channel.EMAIL, told.said, now)
            case Outcome.LATER:
                breaker.worked()
                return self._later(letter, told.said, now)
            case Outcome.NO_ADDRESS:
                breaker.worked()
                self._bounced(letter, told.said, now)
                return Fate(letter.id, Standing.DEAD, told.said)
            case _:
                breaker.worked()
                return Fate(letter.id, Standing.DEAD, told.said)

    def _posted(self, made: Made, now: int) -> Fate:
        """One document to the channel's address; what was not answered may have arrived."""
        letter, channel = made.letter, made.channel
        url = self.project.settings.channels.get(str(channel))
        if url is None:
            return self._unreached(
                letter, channel, f"shoal.yml names no `channels: {channel}`", now
            )
        body = json.dumps(made.document, ensure_ascii=False).encode("utf-8", "replace")
        secret = channel_secret(self.project, channel)
        at = self.project.clock() // SECOND
        line = Line(parse_destination(url), lambda: allowed_by(self.project), total=self.total)
        try:
            answer = line.post(body, signed_headers(secret, letter.key, at, body))
        except RefusedAddressError as error:
            return self._unreached(letter, channel, error.message, now)
        except ShoalError as error:
            if error.message in {LATE, GONE}:
                self._breaker(channel).failed(now, error.message)
                return Fate(letter.id, Standing.UNCERTAIN, error.message)
            return self._unreached(letter, channel, error.message, now)
        finally:
            line.close()
        said = f"it answered {answer.status}"
        verdict = verdict_of(answer)
        if verdict is Verdict.AGAIN:
            self._breaker(channel).failed(now, said, answer.retry_after)
            return self._later(letter, said, now, answer.retry_after)
        self._breaker(channel).worked()
        taken = verdict is Verdict.TAKEN
        return Fate(letter.id, Standing.SENT if taken else Standing.DEAD, None if taken else said)

    def _unreached(self, letter: Letter, channel: Channel, said: str, now: int) -> Fate:
        """The destination is in trouble, not the message: it waits and is not counted as tried."""
        breaker = self._breaker(channel)
        breaker.failed(now, said)
        wait = max(breaker.until, now + int(breaker.patience.first * SECOND))
        return Fate(letter.id, Standing.QUEUED, said, wait, is_tried=False)

    def _later(self, letter: Letter, said: str, now: int, asked: float | None = None) -> Fate:
        if letter.tries + 1 >= MOST_TRIES:
            return Fate(letter.id, Standing.DEAD, said)
        wait = self.patience.wait(letter.tries + 1, self._chance.random, asked)
        return Fate(letter.id, Standing.QUEUED, said, now + int(wait * SECOND))

    def _breaker(self, channel: Channel) -> Breaker:
        return self._breakers.setdefault(channel, Breaker(chance=self._chance.random))

    # --- told -------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Appends what went out, or may have, to people's histories."""
        while letters := self._outbox.untold(500):
            now = self.project.clock()
            self.append([_send_of(it, now) for it in letters])
            self._outbox.told(letters)

    def _bounced(self, letter: Letter, said: str, now: int) -> None:
        """The server says that there is no such address: a hard bounce, as a provider reports it."""
        cells = {"kind": "hard", "reason": said, "campaign": letter.campaign,
                 "message_id": letter.key}  # fmt: skip
        at = self.project.clock()
        self.append(
            [event_of("email_bounced", letter.user_id, now, at, f"bounce-{letter.key}", cells)]
        )


def _send_of(letter: Letter, now: int) -> Any:
    cells: dict[str, Any] = {
        "campaign": letter.campaign, "arm": letter.arm, "channel": letter.channel,
        "occasion": letter.occasion, "message_id": letter.key,
    }  # fmt: skip
    if letter.standing is Standing.UNCERTAIN:
        cells["uncertain"] = True
    # A message that is sent again by somebody's wish went out a second time.
    mark = f"send-{letter.key}-{letter.changed_at}"
    return event_of(SEND, letter.user_id, letter.changed_at, now, mark, cells)


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
    return values_of(reading, questions_for(reading, definition, reads), user_ids, at)


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


def finish(kept: CampaignBooks, outbox: Outbox, now: int) -> list[Stands]:
    """Campaigns that are over and have nothing waiting are done."""
    counts = outbox.counts()
    waiting = {str(Standing.PLANNED), str(Standing.QUEUED), str(Standing.SENDING)}
    done: list[Stands] = []
    for name, stands in kept.all().items():
        if stands.state is not CampaignState.RUNNING or not stands.is_over:
            continue
        if not waiting & {state for state, count in counts.get(name, {}).items() if count}:
            done.append(kept.change(name, now, "shoal", "finish", state=CampaignState.DONE))
    return done
