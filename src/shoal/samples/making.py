"""A sample: people made up from a spec, everything they did, and what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from shoal.samples.acting import make_acts
from shoal.samples.behaviour import People, draw_people
from shoal.samples.catalogue import make_catalogue, make_tastes
from shoal.samples.drawing import Draw
from shoal.samples.mailing import make_mailings
from shoal.samples.rhythm import Days, make_days, rates, visit_times
from shoal.samples.shopping import Shop, shop_visits
from shoal.samples.spec import Spec, chance
from shoal.samples.stream import Bools, Ints, Stream, Values, only_where, texts

MARK = "sample"
"""The property and trait that is true of everything made up."""
VISITS = "visit"


@dataclass(frozen=True, eq=False)
class Sample:
    """What was made: times are local, in microseconds since 1970."""

    spec: Spec
    until: date
    people: People
    profiles: Mapping[str, Values]
    streams: tuple[Stream, ...]

    @property
    def user_ids(self) -> Values:
        """Who they are, marked as made up."""
        width = max(len(str(len(self.people))), 5)
        return texts([f"sample-{it + 1:0{width}d}" for it in range(len(self.people))])

    @property
    def events(self) -> dict[str, int]:
        """How often each event happened."""
        counts: dict[str, int] = {}
        for stream in self.streams:
            counts[stream.event] = counts.get(stream.event, 0) + len(stream)
        return dict(sorted(counts.items()))

    def truth(self) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
        """The head and the rows of what is true of each person."""
        truths = self.people.truths
        columns = (self.user_ids, self.people.persona, *truths.values())
        return ("user_id", "persona", *truths), zip(*(it.tolist() for it in columns), strict=True)


def make_sample(
    spec: Spec, until: date, *, people: int | None = None, seed: int | None = None
) -> Sample:
    """So many people until the midnight that begins a day; the same for the same seed."""
    count, seed = people or spec.people, spec.seed if seed is None else seed
    # A stream of numbers for each thing, so that one more e-mail changes nobody's purchases.
    rng = dict(
        zip(
            ("people", "days", "profiles", "catalogue", "tastes", "visits", "mail", "shop", "acts"),
            np.random.default_rng(seed).spawn(9),
            strict=True,
        )
    )
    crowd = draw_people(spec, count, rng["people"])
    days = make_days(spec, crowd, until, rng["days"])
    profiles = _profiles(spec, crowd, rng["profiles"])
    rate = rates(spec, crowd, days, profiles.get("birthday"), rng["visits"])
    person, at = visit_times(crowd, days, rate, rng["visits"])
    streams: list[Stream] = []
    if spec.mailings is not None:
        streams += make_mailings(
            spec.mailings, crowd, days, _reachable(profiles, count), rng["mail"]
        )
        clicks = next(it for it in streams if it.event == "email_clicked")
        comes = rng["mail"].random(len(clicks)) < crowd.numbers("visits_after_click")[clicks.person]
        person = np.concatenate([person, clicks.person[comes]])
        at = np.concatenate([at, clicks.at[comes] + 30_000_000])
        order = np.lexsort((at, person))
        person, at = person[order], at[order]
    if spec.catalogue:
        catalogue = make_catalogue(spec, rng["catalogue"])
        tastes = make_tastes(catalogue, crowd, rng["tastes"])
        streams += shop_visits(Shop(spec, crowd, days, tastes, rng["shop"]), person, at)
    visits = Stream(VISITS, person, at)
    streams += make_acts(spec.acts, crowd, days, [*streams, visits], rng["acts"])
    return Sample(spec, until, crowd, profiles, tuple(_in_time(streams, days)))


def _in_time(streams: list[Stream], days: Days) -> Iterator[Stream]:
    """The streams without what would have happened after the end."""
    for stream in streams:
        late = stream.at >= days.end
        if not len(stream):
            continue
        if late.any():
            yield _without_late(stream, ~late)
        else:
            yield stream


def _without_late(stream: Stream, kept: Bools) -> Stream:
    """Some rows of a stream, with their lines."""
    if stream.lines is None or stream.offsets is None:
        return stream.taken(kept)
    rows = np.flatnonzero(kept)
    first, last = stream.offsets[:-1][rows], stream.offsets[1:][rows]
    lines: Ints = np.flatnonzero(np.repeat(kept, np.diff(stream.offsets)))
    plain = Stream(stream.event, stream.person, stream.at, stream.columns, hidden=stream.hidden)
    few = plain.taken(rows)
    return Stream(
        few.event,
        few.person,
        few.at,
        few.columns,
        {name: column[lines] for name, column in stream.lines.items()},
        np.concatenate([[0], np.cumsum(last - first)]),
        few.hidden,
    )


def _profiles(spec: Spec, people: People, rng: np.random.Generator) -> dict[str, Values]:
    """Traits drawn alike for everybody, whatever they do."""
    everybody = np.arange(len(people))
    drawn: dict[str, Any] = {name: it for name, it in spec.profiles.items() if name != "email"}
    columns = Draw(people, everybody, rng).columns(drawn)
    if "email" in spec.profiles:
        has = rng.random(len(people)) < chance(spec.profiles["email"])
        address = texts([f"sample-{it + 1}@example.com" for it in everybody])
        columns["email"] = only_where(has, address)
    return columns


def _reachable(profiles: Mapping[str, Values], count: int) -> Bools:
    """Who has an address; where no addresses are made, everybody."""
    if "email" not in profiles:
        return np.ones(count, dtype=np.bool_)
    return np.array([it is not None for it in profiles["email"]], dtype=np.bool_)
