"""What waits in the outbox goes out: looked at again, made, marked, sent, and told to the history.

Everything that may have changed since somebody was given their message is asked again: consent,
subscription, suppression, holdout and cap, by the same rules, for a lot of messages together; and in
the moment each is handed over, whether anything came since that speaks of its receiver. One message
at a time goes to one person, and the next only when the history tells of the one before.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from shoal.campaigns.channel import BOUNCED
from shoal.campaigns.terms import SEND
from shoal.campaigns.timing import is_quiet
from shoal.channels.addresses import RefusedAddressError, parse_destination
from shoal.channels.breaker import Breaker
from shoal.channels.email import Envelope, Mailer, Outcome, Told
from shoal.channels.posting import LATE, TOTAL, Line
from shoal.channels.retrying import Patience, Verdict, verdict_of
from shoal.channels.signing import signed_headers
from shoal.consent.channel import Channel
from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND, format_instant
from shoal.project.campaigns.links import channel_secret
from shoal.project.campaigns.lots import Looked, Lot
from shoal.project.campaigns.making import Made, make_message
from shoal.project.campaigns.passing import Append, event_of, is_as_approved
from shoal.project.webhooks import allowed_by
from shoal.store.campaign_books import CampaignBooks, CampaignState, Stands
from shoal.store.outbox import Fate, Letter, Outbox, Standing

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

AT_ONCE = 40
"""Messages that are marked as being sent at once: as many may be uncertain after a kill."""
LOT = 2_000
"""Messages that are looked at together."""
MOST_TRIES = 8
GONE = "the connection was closed without an answer"
Deliver = Callable[[Sequence[Envelope]], list[Told]]
"""Hands e-mails over: the mailer, or in a simulation the mailbox itself."""


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
    _size: int = LOT

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
        tried, self.counts = 0, {}
        try:
            while not self.is_ending() and (limit is None or tried < limit):
                size = self._size if limit is None else min(self._size, limit - tried)
                count, is_stale = self._lot(size)
                tried += count
                if count:
                    self._size = min(LOT, 2 * self._size)
                elif is_stale and self._size > self.at_once:  # fewer are looked at sooner
                    self._size = max(self.at_once, self._size // 8)
                else:  # what was kept back is for the next look
                    break
        finally:
            self.tell()
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

    # --- a lot, batch by batch --------------------------------------------------------------------

    def _lot(self, limit: int) -> tuple[int, bool]:
        """Looks at what is due, and takes it to its end.

        How many messages met a fate, and whether all are to be looked at anew.
        """
        self.tell()
        shut, trying = self._troubled()
        lot = Lot(self.project)
        try:
            stands = self._kept.all()
            sending = self._sending_now(lot, stands)
            due = self._outbox.due(lot.instant, limit, list(sending), shut)
            letters = _one_of_each(due, trying)
            if not letters:
                return 0, False
            holdouts = {name: stands[name].holdout or 0.0 for name in sending}
            looked = lot.look(sending, letters, holdouts)
            gone = [it for it in looked if it.why is not None]
            self._keep(_dropped((it.letter, it.why) for it in gone), [], lot)
            count = self._batches(lot, [it for it in looked if it.why is None], shut)
            return len(gone) + count, lot.is_stale
        finally:
            lot.close()

    def _batches(self, lot: Lot, looked: Sequence[Looked], shut: set[str]) -> int:
        """Sends a lot until something it rests on has changed; how many messages met a fate."""
        count = 0
        fates: list[Fate] = []
        try:
            for first in range(0, len(looked), self.at_once):
                if self.is_ending() or lot.is_stale:
                    break
                # What a person did meanwhile holds from now on: paused, changed, quiet hours.
                if self.project.store.books.definitions_version() != lot.version:
                    break
                sending = self._sending_now(lot, self._kept.all())
                some = looked[first : first + self.at_once]
                made, others = self._made(lot, sending, some)
                taken = self._keep(fates + others, [it.letter for it in made], lot)
                count += len(others)
                fates = []
                fates = self._sent([it for it in made if it.letter.id in taken], lot.instant)
                count += sum(not _is_kept_back(it) for it in fates)
                if self._troubled()[0] - shut:
                    break
        finally:
            self._keep(fates, [], lot)
        return count

    def _keep(self, fates: Sequence[Fate], letters: Sequence[Letter], lot: Lot) -> set[int]:
        """Keeps what became of messages and marks the next as being sent, in one write."""
        if not fates and not letters:
            return set()
        taken = self._outbox.turn(fates, letters, lot.instant)
        for fate in fates:
            if not _is_kept_back(fate):
                name = str(fate.standing)
                self.counts[name] = self.counts.get(name, 0) + 1
        return taken

    def _sending_now(self, lot: Lot, stands: Mapping[str, Stands]) -> dict[str, CampaignDefinition]:
        """Campaigns whose messages may go at this instant."""
        found: dict[str, CampaignDefinition] = {}
        zone, now = lot.reading.vocabulary.zone, lot.instant
        for name, it in stands.items():
            if it.state is not CampaignState.RUNNING or not is_as_approved(lot.reading, it):
                continue
            definition = lot.reading.definitions.campaigns[name]
            if not is_quiet(definition.quiet_hours, now, zone):
                found[name] = definition
        return found

    def _made(
        self, lot: Lot, sending: Mapping[str, CampaignDefinition], some: Sequence[Looked]
    ) -> tuple[list[Made], list[Fate]]:
        """The messages of a batch that may go still, and the fate of those that cannot be made."""
        made: list[Made] = []
        lost: list[tuple[Letter, str | None]] = []
        for looked in some:
            letter = looked.letter
            definition = sending.get(letter.campaign)
            if definition is None or not lot.may_go(looked):
                continue
            one = make_message(
                lot.reading, definition, letter, looked.values, lot.instant,
                partial(lot.may_go, looked),
            )  # fmt: skip
            if isinstance(one, Made):
                made.append(one)
            else:
                lost.append((letter, one))
        return made, _dropped(lost)

    def _troubled(self) -> tuple[set[str], set[str]]:
        """The channels that are left in peace, and those that one message tries again."""
        clock = self.project.clock()
        troubled = {str(it): breaker for it, breaker in self._breakers.items() if breaker.is_trying}
        shut = {it for it, breaker in troubled.items() if breaker.is_shut(clock)}
        return shut, troubled.keys() - shut

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

    def _fate_of_mail(  # noqa: PLR0911  each outcome is one
        self, made: Made, told: Told, now: int
    ) -> Fate:
        letter, breaker = made.letter, self._breaker(Channel.EMAIL)
        match told.outcome:
            case Outcome.SENT:
                breaker.worked()
                return Fate(letter.id, Standing.SENT)
            case Outcome.UNCERTAIN:
                breaker.failed(now, told.said)
                return Fate(letter.id, Standing.UNCERTAIN, told.said)
            case Outcome.KEPT_BACK:
                return _kept_back(letter)
            case Outcome.UNREACHED:
                return self._unreached(letter, Channel.EMAIL, told.said, now)
            case Outcome.LATER:
                breaker.worked()
                return self._later(letter, told.said, now)
            case Outcome.NO_ADDRESS:
                breaker.worked()
                self._bounced(made, told.said, now)
                return Fate(letter.id, Standing.DEAD, told.said)
            case _:
                breaker.worked()
                return Fate(letter.id, Standing.DEAD, told.said)

    def _posted(self, made: Made, now: int) -> Fate:  # noqa: PLR0911  each outcome is one
        """One document to the channel's address; what was not answered may have arrived."""
        letter, channel = made.letter, made.channel
        if self._breaker(channel).is_shut(now):  # since another message of this batch
            return self._unreached(letter, channel, None, now)
        url = self.project.settings.channels.get(str(channel))
        if url is None:
            return self._unreached(
                letter, channel, f"shoal.yml names no `channels: {channel}`", now
            )
        body = json.dumps(made.document, ensure_ascii=False).encode("utf-8", "replace")
        secret = channel_secret(self.project, channel)
        at = self.project.clock() // SECOND
        line = Line(parse_destination(url), lambda: allowed_by(self.project), total=self.total)
        if not made.may_go():
            return _kept_back(letter)
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

    def _unreached(self, letter: Letter, channel: Channel, said: str | None, now: int) -> Fate:
        """The destination is in trouble, not the message: it waits and is not counted as tried."""
        breaker = self._breaker(channel)
        if said is not None:
            breaker.failed(now, said)
        wait = max(breaker.until, now + int(breaker.patience.first * SECOND))
        return Fate(letter.id, Standing.QUEUED, breaker.said, wait, is_tried=False)

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

    def _bounced(self, made: Made, said: str, now: int) -> None:
        """The server says that there is no such address: a hard bounce, as a provider reports it."""
        letter = made.letter
        cells = {"kind": "hard", "reason": said, "campaign": letter.campaign,
                 "message_id": letter.key, BOUNCED: made.to}  # fmt: skip
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


def _one_of_each(letters: Sequence[Letter], channels: set[str]) -> list[Letter]:
    """All of them, but of these channels no more than one message each."""
    found: list[Letter] = []
    tried: set[str] = set()
    for it in letters:
        if it.channel not in tried:
            found.append(it)
        if it.channel in channels:
            tried.add(it.channel)
    return found


def _kept_back(letter: Letter) -> Fate:
    """Something came meanwhile that speaks of the receiver."""
    return Fate(letter.id, Standing.QUEUED, is_tried=False)


def _dropped(lost: Iterable[tuple[Letter, str | None]]) -> list[Fate]:
    return [Fate(it.id, Standing.DROPPED, why, is_tried=False) for it, why in lost]


def _is_kept_back(fate: Fate) -> bool:
    """Whether a message only waits to be looked at anew."""
    return fate.standing is Standing.QUEUED and fate.next_at is None


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
