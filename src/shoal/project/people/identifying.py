"""Who somebody is: every identifier of a person, joining two and parting them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import EARLIEST, LATEST, format_instant

if TYPE_CHECKING:
    from shoal.identity import Identifier
    from shoal.project.opening import Project
    from shoal.project.reading import Reading
    from shoal.store.identities import Identities


def show_identity(reading: Reading, wanted: str) -> dict[str, Any]:
    """The person an identifier is of: all their identifiers, why, and what was cut."""
    from shoal.identity import BEFORE

    identities = reading.snapshot.identities
    number, _ = _known(identities, wanted)
    resolution = identities.resolution
    person = int(resolution.resolve(np.array([number], np.int64)).persons[0])
    slices = resolution.slices_of(person)
    numbers = list(dict.fromkeys(one for one, _, _ in slices))
    links = identities.links_among(numbers)
    cut = resolution.resolve(
        np.union1d(resolution.hanging_on(np.array([person], np.int64)), [number])
    ).cut
    every = sorted({*numbers, *cut, *(it for link in links for it in (link.one, link.other))})
    shown = _shown(identities, [person, *every])
    return {
        "id": wanted,
        "user_id": shown[person],
        "identifiers": [
            {
                "id": shown[one],
                "spans": [
                    {
                        "after": None if after == BEFORE else format_instant(after),
                        "until": format_instant(until) if until <= LATEST else None,
                    }
                    for number, after, until in slices
                    if number == one
                ],
                "links": [
                    {
                        "to": shown[link.other if link.one == one else link.one],
                        "since": None if link.since <= EARLIEST else format_instant(link.since),
                        "by": link.by,
                    }
                    for link in links
                    if one in {link.one, link.other}
                ],
            }
            for one in numbers
        ],
        "cut": [_cut(shown[one], people, reading) for one, people in sorted(cut.items())],
    }


def shared_identifiers(reading: Reading) -> dict[str, Any]:
    """Identifiers whose links count for nothing, since they led to too many people."""
    identities = reading.snapshot.identities
    resolution = identities.resolution
    weak = [layer.weak for layer in resolution.links.layers]
    found = resolution.resolve(np.unique(np.concatenate([np.zeros(0, np.int64), *weak]))).cut
    groups = resolution.groups
    shown = _shown(identities, sorted({*found, *groups.hubs, *groups.crowds}))
    most = reading.snapshot.identities.rules.limits.most_user_ids
    rows = [_cut(shown[one], people, reading) for one, people in found.items()]
    for some, why in (
        (groups.hubs, f"more than {most} aliases"),
        (groups.crowds, f"in a group of more than {most} user ids"),
    ):
        rows += [{"id": shown[one], "people": many, "why": why} for one, many in some.items()]
    rows.sort(key=lambda row: (-int(row["people"]), str(row["id"])))
    return {"shared": rows}


def decide(project: Project, one: str, other: str, *, merge: bool) -> dict[str, Any]:
    """Says that two identifiers are one person, or that they are not; the latest word holds."""
    from shoal.events.event import Event
    from shoal.identity import MERGE, UNMERGE, decided_text
    from shoal.identity.mentions import OTHER

    snapshot = project.store.snapshot()
    pair = [_known(snapshot.identities, wanted)[1] for wanted in (one, other)]
    if pair[0] == pair[1]:
        raise UsageError(f"`{one}` and `{other}` are the same identifier")
    for identifier in pair:
        if not snapshot.identities.has_rows(snapshot.identities.number_of(identifier)):
            raise UsageError(
                f"nothing ever came from `{identifier.display}` itself",
                hint="`shoal identity show` lists the identifiers of a person",
            )
    now = project.clock()
    first, second = pair
    said = Event(
        name=MERGE if merge else UNMERGE,
        user_id=None if first.anonymous else first.text,
        anonymous_id=first.text if first.anonymous else None,
        occurred_at=now,
        received_at=now,
        properties={OTHER: decided_text(second)},
    )
    project.store.append([said])
    after = project.store.snapshot()
    persons = [_person(after.identities, identifier) for identifier in pair]
    return {
        "merged" if merge else "parted": [first.display, second.display],
        "are_one": persons[0] == persons[1],
        "user_ids": list(dict.fromkeys(_shown(after.identities, persons).values())),
        "at": format_instant(now),
    }


def _person(identities: Identities, identifier: Identifier) -> int:
    number = np.array([identities.number_of(identifier)], np.int64)
    return int(identities.resolution.resolve(number).persons[0])


def _known(identities: Identities, wanted: str) -> tuple[int, Identifier]:
    from shoal.identity import Identifier

    for identifier in Identifier.readings(wanted):
        number = identities.number_of(identifier)
        if number >= 0:
            return number, identifier
    raise NotFoundError(
        f"nobody is known as `{wanted}`",
        hint="write a user id, anon:ID, email:ADDRESS or phone:NUMBER",
    )


def _cut(shown: str, people: int, reading: Reading) -> dict[str, Any]:
    most = reading.snapshot.identities.rules.limits.most_people_per_identifier
    return {"id": shown, "people": people, "why": f"led to more than {most} people"}


def _shown(identities: Identities, numbers: list[int]) -> dict[int, str]:
    some = identities.identifiers(numbers)
    return {number: one.display for number, one in zip(numbers, some, strict=True)}
