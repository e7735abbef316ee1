"""E-mails handed to an SMTP server, and what is known of each afterwards.

The one moment that matters is after the last byte of a message: whoever does not hear the answer
then cannot know whether it was taken, so it is never handed over again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from shoal.core.errors import MissingExtraError

if TYPE_CHECKING:
    import aiosmtplib

CONNECT = 10.0
ANSWER = 30.0
"""Seconds until there is a connection, and until each answer is there."""
LINES = 4
"""Connections at once."""
TROUBLED = (OSError, EOFError, asyncio.TimeoutError, ValueError)


class Outcome(Enum):
    """What is known of a message that was to be handed over."""

    SENT = "sent"
    LATER = "later"
    """Refused for now: the same message again, later."""
    REFUSED = "refused"
    """Refused for good."""
    NO_ADDRESS = "no address"
    """Refused for good because of the address: a hard bounce."""
    UNREACHED = "unreached"
    """The server was not reached, or would not talk: nothing was handed over."""
    UNCERTAIN = "uncertain"
    """Handed over, and no answer heard."""
    KEPT_BACK = "kept back"
    """Not handed over, since it may not go any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome with what the server said."""

    outcome: Outcome
    said: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mails are handed over. ``tls`` is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int = 587
    tls: str = "starttls"
    user: str | None = None
    password: str | None = None


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it is handed over; ``may_go`` is asked right before."""

    sender: str
    to: str
    message: bytes
    may_go: Callable[[], bool] = _always


class Mailer:
    """Hands e-mails over; its connections are kept until it is closed. For one thread."""

    def __init__(self, server: MailServer, *, answer: float = ANSWER) -> None:
        self._server = server
        self._answer = answer
        self._loop = asyncio.new_event_loop()
        self._idle: list[Any] = []

    def send(self, envelopes: Sequence[Envelope]) -> list[Told]:
        """What became of each, in their order."""
        return self._loop.run_until_complete(self._send(envelopes))

    def close(self) -> None:
        """Says goodbye."""
        try:
            self._loop.run_until_complete(self._goodbye())
        finally:
            self._loop.close()

    async def _send(self, envelopes: Sequence[Envelope]) -> list[Told]:
        found: dict[int, Told] = {}
        waiting = iter(enumerate(envelopes))
        is_there, trouble = False, None

        async def work() -> None:
            nonlocal is_there, trouble
            for place, envelope in waiting:
                if trouble is not None and not is_there:  # nobody is kept waiting for nothing
                    found[place] = trouble
                    continue
                found[place] = told = await self._one(envelope)
                if told.outcome is Outcome.UNREACHED:
                    trouble = told
                else:
                    is_there = True

        await asyncio.gather(*(work() for _ in range(min(LINES, len(envelopes)))))
        return [found[place] for place in range(len(envelopes))]

    async def _one(self, envelope: Envelope) -> Told:
        is_kept = bool(self._idle)
        line, trouble = await self._line()
        if line is None:
            return trouble
        told = await _handed_over(line, envelope)
        if told.outcome is Outcome.UNREACHED and is_kept:  # it had hung up meanwhile
            line.close()
            line, trouble = await self._line(fresh=True)
            if line is None:
                return trouble
            told = await _handed_over(line, envelope)
        if told.outcome in {Outcome.UNREACHED, Outcome.UNCERTAIN} or not line.is_connected:
            line.close()
        else:
            self._idle.append(line)
        return told

    async def _line(self, *, fresh: bool = False) -> tuple[aiosmtplib.SMTP | None, Told]:
        while self._idle and not fresh:
            line = self._idle.pop()
            if line.is_connected:
                return line, Told(Outcome.SENT)
            line.close()
        smtp = _smtp()
        there = self._server
        line = smtp.SMTP(
            hostname=there.host, port=there.port, use_tls=there.tls == "tls",
            start_tls=there.tls == "starttls", timeout=CONNECT,
            username=there.user, password=there.password,
        )  # fmt: skip
        try:
            await line.connect()
        except smtp.SMTPException as error:
            line.close()
            return None, Told(Outcome.UNREACHED, _said(error))
        except TROUBLED as error:
            line.close()
            return None, Told(Outcome.UNREACHED, _said(error))
        line.timeout = self._answer
        return line, Told(Outcome.SENT)

    async def _goodbye(self) -> None:
        for line in self._idle:
            try:
                await line.quit(timeout=1.0)
            except (_smtp().SMTPException, *TROUBLED):
                line.close()
        self._idle = []


async def _handed_over(line: aiosmtplib.SMTP, envelope: Envelope) -> Told:
    """One message, command by command: up to DATA nothing has been handed over."""
    smtp = _smtp()
    try:
        await line.mail(envelope.sender)
        await line.rcpt(envelope.to)
    except smtp.SMTPResponseException as error:
        await _forget(line)
        is_address = isinstance(error, smtp.SMTPRecipientRefused) and error.code in {550, 551, 553}
        return _refused(error.code, error.message, is_address=is_address)
    except (smtp.SMTPException, *TROUBLED) as error:
        return Told(Outcome.UNREACHED, _said(error))
    if not envelope.may_go():
        await _forget(line)
        return Told(Outcome.KEPT_BACK)
    try:
        answer = await line.data(envelope.message)
    except smtp.SMTPResponseException as error:
        await _forget(line)
        return _refused(error.code, error.message)
    except (smtp.SMTPException, *TROUBLED) as error:
        return Told(Outcome.UNCERTAIN, _said(error))
    return Told(Outcome.SENT, answer.message)


async def _forget(line: aiosmtplib.SMTP) -> None:
    """The server forgets what was begun, so that the next message may come."""
    try:
        await line.rset()
    except (_smtp().SMTPException, *TROUBLED):
        line.close()


def _refused(code: int, said: str, *, is_address: bool = False) -> Told:
    text = f"{code} {' '.join(said.split())[:200]}"
    if code == 421:  # it is about to hang up: the server is in trouble, not the message
        return Told(Outcome.UNREACHED, text)
    if 400 <= code < 500:
        return Told(Outcome.LATER, text)
    return Told(Outcome.NO_ADDRESS if is_address else Outcome.REFUSED, text)


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return text or type(error).__name__


def _smtp() -> Any:
    try:
        import aiosmtplib
    except ImportError as error:
        raise MissingExtraError(
            "sending e-mail needs an optional part that is not installed",
            hint="pip install 'shoal[campaigns]'",
        ) from error
    return aiosmtplib
