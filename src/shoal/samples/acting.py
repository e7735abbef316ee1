"""Acts: everything else that people do, each on something that happened or now and then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoal.core.errors import DefinitionError, Problem
from shoal.samples.behaviour import People
from shoal.samples.drawing import Draw
from shoal.samples.rhythm import Days
from shoal.samples.spec import Act
from shoal.samples.stream import Floats, Ints, Stream

CAUSES = {"order": "order_completed", "refund": "order_refunded", "email": "email_opened"}


def make_acts(
    acts: tuple[Act, ...],
    people: People,
    days: Days,
    streams: list[Stream],
    rng: np.random.Generator,
) -> list[Stream]:
    """The streams of all acts; an act may follow on one above it."""
    made: list[Stream] = []
    for act in acts:
        cause = None
        if act.on in {"month", "once"}:
            person = _who(act, people, days, rng)
            at = days.some_time(person, rng, always=act.always)
        else:
            cause = _cause(act.on, [*streams, *made])
            happens = rng.random(len(cause)) < _chances(act, people)[cause.person]
            cause = replace(cause, lines=None, offsets=None).taken(happens)
            if act.times is not None:
                cause = cause.taken(_repeated(act.times, people, cause.person, rng))
            person, at = cause.person, cause.at
        first, last = act.after
        at = at + rng.integers(first, max(last, first + 1), len(at))
        columns = Draw(people, person, rng, cause).columns(act.properties)
        made.append(Stream(act.event, person, at, columns))
    return made


def _repeated(times: str | float, people: People, person: Ints, rng: np.random.Generator) -> Ints:
    """The places of these rows, each at least once and as often as ``times`` on average."""
    mean = people.numbers(times) if isinstance(times, str) else np.full(len(people), float(times))
    more = rng.poisson(np.maximum(mean - 1, 0)[person])
    return np.repeat(np.arange(len(person)), 1 + more)


def _chances(act: Act, people: People) -> Floats:
    """The chance of each person."""
    if isinstance(act.chance, str):
        return people.numbers(act.chance)
    return np.full(len(people), act.chance)


def _who(act: Act, people: People, days: Days, rng: np.random.Generator) -> Ints:
    """Once: some people, by the chance; by the month: each as often as their time allows."""
    chances = _chances(act, people)
    if act.on == "once":
        return np.flatnonzero(rng.random(len(people)) < chances)
    present = np.full(len(people), len(days)) if act.always else days.active.sum(axis=1)
    return np.repeat(np.arange(len(people)), rng.poisson(chances * present / 30))


def _cause(name: str, streams: list[Stream]) -> Stream:
    """Every row of an event; those of one name come in one or two streams."""
    event = CAUSES.get(name, name)
    found = [stream for stream in streams if stream.event == event]
    if not found:
        raise DefinitionError(
            [Problem(f"sample.yml: nothing happens that `on: {name}` could mean")]
        )
    if len(found) == 1:
        return found[0]
    both = {**found[0].columns, **found[0].hidden}
    return Stream(
        event,
        np.concatenate([it.person for it in found]),
        np.concatenate([it.at for it in found]),
        {name: np.concatenate([it.known(name) for it in found]) for name in both},
    )
