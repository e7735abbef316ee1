"""By which channel and at what hour somebody is best written to: by what they answered, and when.

Everybody's habits are the beginning, a person's own deeds move them: few deeds little, many much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.consent.channel import Channel

Floats = npt.NDArray[np.float64]
HOURS = 24
USUAL_MESSAGES = 5.0
"""Messages of one's own that count as much as how everybody answers the channel."""
POOLED_MESSAGES = 50.0
"""Messages of a channel that count as much as how everybody answers all channels."""
USUAL_DEEDS = 10.0
"""Deeds of one's own that count as much as everybody's day."""
FEWEST_ANSWERS = 2
FEWEST_DEEDS = 5
"""Below these somebody's own habit is not known, and everybody's is told instead."""
ANSWERS = {
    Channel.EMAIL: ("email_opened", "email_clicked"),
    Channel.SMS: ("sms_clicked", "sms_replied"),
    Channel.PUSH: ("push_opened", "push_clicked"),
}
SENT = {
    Channel.EMAIL: ("email_sent", "email_delivered"),
    Channel.SMS: ("sms_sent", "sms_delivered"),
    Channel.PUSH: ("push_sent", "push_delivered"),
}
"""Of these the commonest is taken: what is sent and delivered is one message."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Messages of a channel and how many of them were answered."""

    sent: float
    answers: float

    @property
    def rate(self) -> float:
        """The share that was answered; at most 1, and 0 where none was sent."""
        return min(1.0, self.answers / self.sent) if self.sent > 0 else float(self.answers > 0)


@dataclass(frozen=True, slots=True)
class BestChannel:
    """The channel, the share that is answered as it is expected, and on what that rests."""

    channel: Channel
    expected: float
    sent: int
    answers: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class BestHour:
    """The local hour from 0 to 23, the share of the day that it holds, and on what that rests."""

    hour: int
    share: float
    deeds: int
    is_own: bool


def best_channel(
    own: Mapping[Channel, Answered], everybody: Mapping[Channel, Answered]
) -> BestChannel | None:
    """The channel most likely to be answered, of those tried with this person, else of all.

    None where nobody ever answered any. How everybody answers a channel that few messages went by
    is drawn to how they answer all.

    >>> all_of = {Channel.EMAIL: Answered(100, 20), Channel.SMS: Answered(100, 10)}
    >>> best_channel({Channel.SMS: Answered(10, 9), Channel.EMAIL: Answered(9, 1)}, all_of).channel
    <Channel.SMS: 'sms'>
    """
    open_to = [it for it, usual in everybody.items() if usual.answers > 0]
    tried = [it for it in open_to if max(_of(own, it).sent, _of(own, it).answers) > 0]
    if not open_to:
        return None
    pooled = Answered(
        sum(it.sent for it in everybody.values()), sum(it.answers for it in everybody.values())
    ).rate
    expected = {it: _expected(_of(own, it), everybody[it], pooled) for it in tried or open_to}
    best = max(expected, key=lambda it: (expected[it], -list(Channel).index(it)))
    mine = _of(own, best)
    is_own = sum(it.answers for it in own.values()) >= FEWEST_ANSWERS
    return BestChannel(best, expected[best], int(mine.sent), int(mine.answers), is_own)


def _expected(own: Answered, usual: Answered, pooled: float) -> float:
    sent = max(usual.sent, usual.answers)
    rate = (usual.answers + POOLED_MESSAGES * pooled) / (sent + POOLED_MESSAGES)
    return (own.answers + USUAL_MESSAGES * rate) / (max(own.sent, own.answers) + USUAL_MESSAGES)


def _of(own: Mapping[Channel, Answered], channel: Channel) -> Answered:
    return own.get(channel, Answered(0, 0))


def best_hour(own: Floats, everybody: Floats) -> BestHour | None:
    """The hour in which most is done; neighbouring hours count half. None where nobody did anything.

    ``own`` and ``everybody`` count deeds by local hour.
    """
    if not everybody.sum() > 0:
        return None
    usual = _spread(everybody / everybody.sum())
    deeds = float(own.sum())
    shares = (_spread(own) + USUAL_DEEDS * usual) / (deeds + USUAL_DEEDS)
    hour = int(np.argmax(shares))
    return BestHour(hour, float(shares[hour]), int(deeds), deeds >= FEWEST_DEEDS)


def _spread(counts: Floats) -> Floats:
    """Each hour with half of what lies beside it, so that 9:55 and 10:05 are near each other."""
    return (counts + 0.5 * np.roll(counts, 1) + 0.5 * np.roll(counts, -1)) / 2
