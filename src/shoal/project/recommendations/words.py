"""Why an item is on a list, in words."""

from __future__ import annotations

from shoal.core.instants import Zone
from shoal.language.told import Figure, Told
from shoal.recommendations.items import Shelf
from shoal.recommendations.lists import Fitted, Listed, Why
from shoal.recommendations.popular import EVER, RECENT

DEEDS = (
    (("order", "purchase", "bought", "checkout", "cart_paid"), "bought"),
    (("play", "listen", "song", "track"), "listened to"),
    (("watch", "stream", "video", "film", "movie"), "watched"),
    (("book", "reserv"), "booked"),
    (("read", "article"), "read"),
    (("view", "look", "visit", "page", "open"), "looked at"),
    (("download",), "downloaded"),
)
"""What people do by an event, by what its name has; the first that is found."""


def deed_of(event: str) -> Told:
    """What somebody did with an item by an event: ``bought``; ``had`` where its name says nothing.

    >>> deed_of("order_completed_line"), deed_of("episode_watched"), deed_of("thing_got")
    ('bought', 'watched', 'had')
    """
    found = (deed for parts, deed in DEEDS if any(it in event for it in parts))
    return Told(next(found, "had"))


def reason_of(one: Listed, fitted: Fitted, shelf: Shelf, event: str, zone: Zone) -> str:  # noqa: PLR0911
    """The reason of one item on a list."""
    names = fitted.having.names
    deed = deed_of(event)
    because = None if one.because is None else shelf.title(one.because) or names[one.because]
    match one.why:
        case Why.HAD if one.last_at is not None:
            day = zone.to_local(one.last_at).date().isoformat()
            times = Told("once") if one.times == 1 else Told("{0} times", Figure(one.times))
            return Told("{0} {1}, last on {2}", deed, times, day)
        case Why.HAD:
            return Told("because you {0} `{1}`", deed, because)
        case Why.LOOKED if one.because == one.item:
            return Told("because you looked at it")
        case Why.LOOKED if because is not None:
            return Told("because you looked at `{0}`", because)
        case Why.SEARCHED:
            return Told("because you searched for “{0}”", one.word)
        case Why.NEW:
            assert shelf.category is not None
            return Told("new in `{0}`", shelf.category.of(one.item) or "?")
        case Why.AFTER:
            return Told("what people {0} next after `{1}`", deed, because)
        case Why.VISITS:
            return Told("{0} on visits like yours", deed)
        case Why.RISING:
            return Told(
                "{0} {0:person|people} in the last {1} days, {2} in the {1} before",
                Figure(one.times), Figure(RECENT), Figure(one.before),
            )  # fmt: skip
        case _:
            is_lately = fitted.lately[one.item] > EVER
            days = Figure(RECENT)
            return Told("popular in the last {0} days", days) if is_lately else Told("popular")
