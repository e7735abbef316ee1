"""Recommendations asked of a project: for somebody, for everybody, like an item, after an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.core.errors import NotFoundError, TooFewError, UsageError
from shoal.core.names import nearest
from shoal.language.told import Figure, Told
from shoal.project.recommendations.asked import HavingAsked
from shoal.project.recommendations.items import shelf_for
from shoal.project.recommendations.weights import weights_kept
from shoal.project.recommendations.words import deed_of, reason_of
from shoal.recommendations.having import Floats, Having, Int64s
from shoal.recommendations.interest import INTERESTED
from shoal.recommendations.items import Property, Shelf
from shoal.recommendations.lists import (
    Fitted,
    Listed,
    Person,
    Sources,
    fit,
    had_together,
    items_again,
    new_items,
    next_items,
    similar_to,
    trending,
)
from shoal.recommendations.playlist import playlist
from shoal.recommendations.popular import lately_of
from shoal.recommendations.weighing import Weights
from shoal.runners.having import Source, deeds_of, rows_of

if TYPE_CHECKING:
    from shoal.project.answers import Question
    from shoal.project.reading import Reading

MOST = 100
WINDOW = 30
"""Days before the last one by which it is chosen how much each part counts."""
FEWEST_PEOPLE = 2
FEWEST_OF_SEGMENT = 30
"""People of a segment below whom what is popular among them says too little."""
DAY = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned of a project up to an instant; it holds on to no version of the data."""

    asked: HavingAsked
    sources: tuple[Source, ...]
    fitted: Fitted
    profiles: Int64s
    shelf: Shelf
    properties: dict[str, Property]
    version: str
    at: int

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each item."""
        return {name: number for number, name in enumerate(self.fitted.having.names)}

    @cached_property
    def signal_places(self) -> tuple[dict[str, int], ...]:
        """Of each signal the number of each item or word."""
        signals = self.fitted.learned.signals
        return tuple(
            self.places
            if it.leads is None
            else {name: number for number, name in enumerate(it.deeds.names)}
            for it in signals
        )

    def item(self, name: str) -> int:
        """The number of an item; NotFoundError where nobody had it."""
        place = self.places.get(name)
        if place is None:
            near = nearest(name, self.places) if len(self.places) <= 20_000 else None
            hint = f"did you mean `{near}`?" if near else None
            raise NotFoundError(f"nobody had an item `{name}`", hint=hint)
        return place


@dataclass(frozen=True, eq=False)
class Recommending:
    """A model, and the data as they are now: of whom it is asked, their own rows are read anew."""

    model: Model
    reading: Reading
    at: int

    @property
    def fitted(self) -> Fitted:
        """What was learned."""
        return self.model.fitted

    def person(self, user_id: str) -> Person:
        """Somebody with what they had up to now; NotFoundError for nobody."""
        found = self.reading.snapshot.find(user_id)
        if found is None:
            raise NotFoundError(
                f"nobody is known as `{user_id}`", hint="ids are as written: 007 is not 7"
            )
        bucket, index = found
        history, model = self.reading.snapshot.history(bucket), self.model
        items, at = rows_of(history, index, model.sources[0], self.at, model.places)
        done: list[Int64s] = []
        since = self.at + 1 - INTERESTED * DAY
        for source, places in zip(model.sources[1:], model.signal_places, strict=True):
            these, when = rows_of(history, index, source, self.at, places)
            done.append(np.unique(these[when >= since]))
        return Person(items, at, tuple(done))

    def shown(self, listed: Sequence[Listed]) -> list[dict[str, Any]]:
        """Items as answers tell of them."""
        model, zone = self.model, self.reading.vocabulary.zone
        names = self.fitted.having.names
        return [
            {
                "item": names[it.item],
                "score": it.score,
                "reason": reason_of(it, self.fitted, model.shelf, model.asked.event, zone),
                **({"title": title} if (title := model.shelf.title(it.item)) else {}),
            }
            for it in listed
        ]


def had(reading: Reading, asked: HavingAsked, at: int) -> tuple[Sources, Int64s]:
    """Who had what up to an instant, what they looked at and searched for, and their profiles."""
    return _had(reading, asked, asked.sources(reading), at)[:2]


def _had(
    reading: Reading, asked: HavingAsked, sources: Sequence[Source], at: int
) -> tuple[Sources, Int64s, Shelf, dict[str, Property]]:
    from shoal.project.recommendations.items import catalogue_of

    catalogue = catalogue_of(reading, asked)
    deeds = deeds_of(reading.snapshot, sources, at, catalogue.names)
    having = deeds.havings[0]
    people = len(np.unique(having.users))
    if people < FEWEST_PEOPLE:
        raise TooFewError(
            f"{people} people had anything by `{asked.event}.{asked.item}`, "
            f"{FEWEST_PEOPLE} are needed"
        )
    shelf, properties = shelf_for(reading, asked, sources[0], at, having.names, catalogue)
    others = list(zip(sources[1:], deeds.havings[1:], strict=True))
    looks = tuple((it.event, _of(deed, having)) for it, deed in others if not it.is_search)
    searches = tuple((it.event, deed) for it, deed in others if it.is_search)
    titles = [it or name for it, name in zip(shelf.titles, having.names, strict=False)]
    return Sources(having, looks, searches, titles), deeds.profiles, shelf, properties


def _of(deed: Having, having: Having) -> Having:
    assert deed.names == having.names
    return deed


def learn(reading: Reading, asked: HavingAsked, at: int, weights: Weights | None = None) -> Model:
    """Learns from all that happened up to an instant; nothing after it is looked at.

    Without ``weights`` they are found out, or taken from where they were kept for the same data.
    """
    sources = asked.sources(reading)
    given, profiles, shelf, properties = _had(reading, asked, sources, at)
    if weights is None:
        weights = weights_kept(reading, asked, given, at + 1, WINDOW)
    fitted = fit(given, at + 1, WINDOW, weights)
    return Model(asked, sources, fitted, profiles, shelf, properties, reading.snapshot.version, at)


def recommending(
    reading: Reading, asked: HavingAsked, at: int, weights: Weights | None = None
) -> Recommending:
    """The same, to be asked of the data it was learned from."""
    return Recommending(learn(reading, asked, at, weights), reading, at)


def recommend_for(
    found: Recommending, user_id: str, count: int, among: Question | None = None
) -> dict[str, Any]:
    """The contract's mapping: new items, and items to buy again, each with its reason.

    Somebody who did nothing yet is shown what is popular ``among`` those a rule is true for, or in
    their own part of the partition that the project's file names.
    """
    check_count(count)
    person, model = found.person(user_id), found.model
    popular = _popular_near(found, user_id, among) if person.did_nothing else None
    new = new_items(
        found.fitted, person, count, model.shelf, popular, owned=model.asked.rules.owned
    )
    again = items_again(found.fitted, person, count, model.shelf)
    return {"new": found.shown(new), "again": found.shown(again)}


def _popular_near(found: Recommending, user_id: str, among: Question | None) -> Floats | None:
    """What is popular lately in a segment; None where too few there had anything."""
    from shoal.project.recommendations.segments import own_part

    near = among or own_part(found.reading, found.model.asked.partition, user_id, found.at)
    if near is None:
        return None
    having = having_among(found, near)
    popular = lately_of(having, found.model.at + 1)
    return popular if len(np.unique(having.users)) >= FEWEST_OF_SEGMENT else None


def having_among(found: Recommending, among: Question) -> Having:
    """What those had whom a rule is true for."""
    from shoal.project.recommendations.segments import members_among

    members = members_among(found.reading, among, found.at, found.model.profiles)
    return found.fitted.having.of(members)


def recommended_lists(
    found: Recommending, user_ids: Sequence[str], count: int = 5
) -> list[list[dict[str, Any]]]:
    """What is new to each person: item, title (the item where there is none) and reason."""
    model = found.model
    lists = [
        new_items(found.fitted, found.person(it), count, model.shelf, owned=model.asked.rules.owned)
        for it in user_ids
    ]
    return [
        [
            {"item": it["item"], "title": it.get("title", it["item"]), "reason": str(it["reason"])}
            for it in found.shown(some)
        ]
        for some in lists
    ]


def recommend_all(found: Recommending, count: int) -> pa.Table:
    """user_id, list, rank and item of everybody who is known, sorted by user_id."""
    check_count(count)
    rows = sorted(_rows(found, count))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return pa.table({
        "user_id": pa.array(columns[0], pa.string()),
        "list": pa.array([("again", "new")[it] for it in columns[1]], pa.string()),
        "rank": pa.array(columns[2], pa.int64()),
        "item": pa.array(columns[3], pa.string()),
    })  # fmt: skip


def similar_items(
    found: Recommending, name: str, count: int, user_id: str | None = None
) -> dict[str, Any]:
    """Items that the same people had; of somebody, without what they had."""
    check_count(count)
    listed = similar_to(
        found.fitted, found.model.item(name), count, found.model.shelf, _owned(found, user_id)
    )
    return {
        "items": [
            {**row, "reason": Told("{0} {0:person|people} had both", Figure(it.times))}
            for row, it in zip(found.shown(listed), listed, strict=True)
        ]
    }


def items_together(
    found: Recommending, name: str, count: int, user_id: str | None = None
) -> dict[str, Any]:
    """Items had on the same occasions."""
    check_count(count)
    item = found.model.item(name)
    listed = had_together(found.fitted, item, count, found.model.shelf, _owned(found, user_id))
    deed, called = deed_of(found.model.asked.event), found.model.shelf.title(item) or name
    return {
        "items": [
            {**row, "reason": Told("{0} together with `{1}` {2} {2:time|times}",
                                   deed, called, Figure(it.times))}
            for row, it in zip(found.shown(listed), listed, strict=True)
        ]
    }  # fmt: skip


def _owned(found: Recommending, user_id: str | None) -> Int64s | None:
    if user_id is None or found.model.asked.rules.owned:
        return None
    return found.person(user_id).had


def items_next(found: Recommending, user_id: str, count: int) -> dict[str, Any]:
    """What others had on the occasion after the items that this person had last."""
    check_count(count)
    listed = next_items(found.fitted, found.person(user_id).items, count, found.model.shelf)
    return {"items": found.shown(listed)}


def items_trending(
    found: Recommending, count: int, among: Question | None = None, user_id: str | None = None
) -> dict[str, Any]:
    """What rises, with everybody or among those a rule is true for; without what somebody had."""
    check_count(count)
    having = found.fitted.having if among is None else having_among(found, among)
    listed = trending(found.fitted, having, count, found.model.shelf, _owned(found, user_id))
    return {"items": found.shown(listed)}


@dataclass(frozen=True, slots=True)
class Playing:
    """How a sequence is made: what it begins with, what its items must be, how varied it is."""

    begin: tuple[str, ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    variety: float = 0.5
    only_new: bool = False


def items_in_a_row(
    found: Recommending, user_id: str | None, count: int, playing: Playing
) -> dict[str, Any]:
    """A playlist for somebody, or one that goes on from items alone."""
    check_count(count)
    if user_id is None and not playing.begin:
        raise UsageError("a playlist is for somebody, or begins with an item: give one of them")
    if not 0 <= playing.variety <= 1:
        raise UsageError("--variety is 0 to 1")
    model = found.model
    empty = np.zeros(0, np.int64)
    person = Person(empty, empty) if user_id is None else found.person(user_id)
    allowed = np.ones(len(model.places), np.bool_)
    for name, values in playing.only:
        if name not in model.properties:
            known = ", ".join(f"`{it}`" for it in sorted(model.properties)) or "none"
            raise NotFoundError(
                f"nothing is known of items by `{name}`", hint=f"known are: {known}"
            )
        allowed &= model.properties[name].among(values)
    begin = np.array([model.item(it) for it in playing.begin], np.int64)
    listed = playlist(
        found.fitted, person, begin, count, shelf=model.shelf, allowed=allowed,
        variety=playing.variety, only_new=playing.only_new,
    )  # fmt: skip
    return {"items": found.shown(listed)}


def _rows(found: Recommending, count: int) -> Iterator[tuple[str, int, int, str]]:
    from shoal.project.recommendations.segments import own_parts

    snapshot, model, fitted = found.reading.snapshot, found.model, found.fitted
    names, shelf, owned = fitted.having.names, model.shelf, model.asked.rules.owned
    nothing = new_items(fitted, fitted.person(-1), count, shelf)
    parts, own = own_parts(found.reading, model.asked.partition, found.at)
    near: dict[int, list[Listed]] = {-1: nothing}
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        known = np.asarray(history.first_seen) <= found.at
        ids = snapshot.user_ids(bucket).to_pylist()
        places = np.searchsorted(model.profiles, history.profiles)
        for index in np.flatnonzero(known).tolist():
            place = int(places[index])
            has = place < len(model.profiles) and model.profiles[place] == history.profiles[index]
            person = fitted.person(place) if has else fitted.person(-1)
            if not person.did_nothing:
                new = new_items(fitted, person, count, shelf, owned=owned)
            else:
                part = int(own[bucket][index]) if own else -1
                if part not in near:
                    near[part] = _new_in_part(found, ids[index], count, parts[part])
                new = near[part]
            for number, listed in enumerate((items_again(fitted, person, count, shelf), new)):
                for rank, one in enumerate(listed, 1):
                    yield ids[index], number, rank, names[one.item]


def _new_in_part(found: Recommending, user_id: str, count: int, part: Question) -> list[Listed]:
    """The list of somebody in a part who did nothing yet: the same for all in it."""
    popular = _popular_near(found, user_id, part)
    return new_items(found.fitted, found.fitted.person(-1), count, found.model.shelf, popular)


def check_count(count: int) -> None:
    """UsageError unless so many items may be asked for."""
    if not 1 <= count <= MOST:
        raise UsageError(f"--k is 1 to {MOST}")
