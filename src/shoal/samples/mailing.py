"""E-mails to everybody who has an address, and what becomes of them."""

from __future__ import annotations

import numpy as np

from shoal.samples.behaviour import People
from shoal.samples.rhythm import DAY, Days
from shoal.samples.spec import Mailings
from shoal.samples.stream import Bools, Ints, Stream, texts

MINUTE = 60_000_000
HOUR = 60 * MINUTE


def make_mailings(
    mailings: Mailings, people: People, days: Days, has_address: Bools, rng: np.random.Generator
) -> list[Stream]:
    """Sent, delivered, bounced, opened, clicked, unsubscribed and complained e-mails.

    Who unsubscribes or complains gets no further one, nor does who has not been there yet.
    """
    sent_on = np.arange(1, len(days), mailings.every)
    shape = (len(people), len(sent_on))
    began = np.argmax(days.active, axis=1)
    wanted = has_address[:, None] & (sent_on[None, :] >= began[:, None])

    def happens(name: str) -> Bools:
        return rng.random(shape) < people.numbers(name)[:, None]

    bounced = happens("bounces") & wanted
    left, angry = (
        happens("unsubscribes") & wanted & ~bounced,
        happens("complains") & wanted & ~bounced,
    )
    over = np.cumsum(left | angry, axis=1)
    wanted &= (over == 0) | ((over == 1) & (left | angry))
    left, angry, bounced = left & wanted, angry & wanted & ~left, bounced & wanted
    opened = (happens("opens") & wanted & ~bounced) | left | angry
    clicked = opened & happens("clicks") & ~left & ~angry & days.active[:, sent_on]

    sent_at = days.start + sent_on * DAY + int(mailings.hour * HOUR)
    jitter = rng.integers(0, 4 * MINUTE, shape)
    at = sent_at[None, :] + jitter
    hours = rng.normal(people.numbers("open_hour")[:, None], 1.5, shape)
    hours = np.clip(hours, 0, 23.9)
    reading = days.start + sent_on[None, :] * DAY + (hours * HOUR).astype(np.int64)
    reading = np.where(reading <= at + MINUTE, reading + DAY, reading)
    campaign = texts(
        [mailings.campaigns[it % len(mailings.campaigns)] for it in range(len(sent_on))]
    )
    message = texts([f"m{it + 1:04d}" for it in range(len(sent_on))])

    def stream(event: str, mask: Bools, when: Ints) -> Stream:
        person, mailing = np.nonzero(mask)
        columns = {"message_id": message[mailing], "campaign": campaign[mailing]}
        return Stream(event, person, when[person, mailing], columns)

    return [
        stream("email_sent", wanted, at),
        stream("email_delivered", wanted & ~bounced, at + MINUTE),
        stream("email_bounced", bounced, at + MINUTE),
        stream("email_opened", opened, reading),
        stream("email_clicked", clicked, reading + MINUTE),
        stream("email_unsubscribed", left, reading + 2 * MINUTE),
        stream("email_complained", angry, reading + 2 * MINUTE),
    ]
