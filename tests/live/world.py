"""A store with live membership beside it, and what an evaluation from scratch says of the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from pyroaring import BitMap64

from shoal.core.instants import DAY, Zone
from shoal.engine.evaluation import transitions_of
from shoal.events.event import Event
from shoal.identity import Limits
from shoal.language.vocabulary import Vocabulary
from shoal.live.live import Definitions, Live
from shoal.project.definitions import Files, definitions_of
from shoal.project.settings import Settings
from shoal.project.words import words_of
from shoal.runners import evaluate
from shoal.runners.machine import histories_of
from shoal.store import Store, create
from shoal.store.catalogue import Catalogue
from shoal.store.files import TRANSITIONS
from shoal.store.identities import IdentityRules
from shoal.store.transitions import Frame, Kind, Transitions, read_transitions

ZONE = Zone("Europe/Lisbon")
START = ZONE.parse("2026-03-26T09:00:00")
HOUR = DAY // 24

RULES: Mapping[str, str] = {
    "bought": "did order_completed",
    "busy": "count(order_completed in last 2d) >= 2",
    "rich": "sum(order_completed.revenue in last 3d) >= 50",
    "quiet": "did page_viewed and age(last(page_viewed)) > 1d",
    "curious": "distinct(page_viewed.path in last 1d) >= 2",
    "new_here": "age(first(any event)) <= 12h",
    "session": "count(session_ended in last 1d) >= 1",
    "entered_busy": "entered segment busy in last 1d",
    "left_rich": "left segment rich in last 2d",
    "long_quiet": "in segment quiet for at least 6h",
    "bent": "did order_completed and count(order_completed) / age(first(order_completed)) > 0.0001",
    "vip": "vip = true",
    "no_order": "not did order_completed in last 36h",
    "top": "sum(order_completed.revenue) in top 50%",
    "march": "count(page_viewed since 2026-03-27) >= 2",
    "mailable": "consents to mail",
    "several_things": "count(order_completed_line in last 3d) >= 2",
}
IDENTITY = IdentityRules(Limits(most_user_ids=3, most_people_per_identifier=2))
Who = tuple[str | None, str | None]
"""A user id, an anonymous id, or both."""


def definitions(version: int, rules: Mapping[str, str] = RULES) -> Definitions:
    text = "segments:\n" + "".join(
        f'  {name}:\n    rule: "{rule}"\n' for name, rule in rules.items()
    )
    found = definitions_of(Files({"segments/all.yml": text}))
    assert not found.problems, found.problems
    settings = Settings("shop", time_zone=ZONE)

    def vocabulary(catalogue: Catalogue) -> Vocabulary:
        return words_of(settings, catalogue, found)

    return Definitions(version, vocabulary, IDENTITY)


class World:
    """One owner's store, with its live membership."""

    def __init__(self, folder: Path, rules: Mapping[str, str] = RULES) -> None:
        self.now = START
        self.rules = dict(rules)
        self.store: Store = create(folder, buckets=3)
        self.store.rules = IDENTITY
        self.version = 1
        self.sent = 0
        self.told: list[Frame] = []
        self._open()

    def _open(self) -> None:
        self._owning = self.store.write()
        self.writer = self._owning.__enter__()
        self.writer.folds_itself = False
        self.transitions = Transitions(self.store.root / TRANSITIONS)
        self.writer.state.telling = self.transitions
        self.live = Live(
            self.store.root,
            self.transitions,
            definitions(self.version, self.rules),
            lambda: self.now,
            self.told.append,
        )
        self.live.begin(self._durable, self.now)

    def _durable(self):
        return self.writer.state.log.durable

    def close(self) -> None:
        self.live.close()
        self.transitions.close()
        self._owning.__exit__(None, None, None)

    def restart(self) -> None:
        self.close()
        self._open()

    def send(self, *events: tuple[str | Who, str, int, Mapping[str, object]]) -> None:
        """Events of (who, name, at, properties), received now."""
        found = []
        for who, name, at, properties in events:
            self.sent += 1
            user, device = (who, None) if isinstance(who, str) else who
            found.append(Event(name, user, device, at, self.now, f"m{self.sent}", dict(properties)))
        self.writer.append(found)

    def tick(self) -> int:
        return self.live.tick(self._durable, self.now)

    def define(self, rules: Mapping[str, str]) -> None:
        self.version += 1
        self.rules = dict(rules)
        self.live.define(definitions(self.version, rules), self.now)

    # --- the truth -------------------------------------------------------------------------

    def scratch(self, names: Iterable[str]) -> dict[str, set[int]]:
        """Members by an evaluation of everything at the instant up to which was told."""
        with self.store.snapshot() as snapshot:
            vocabulary = definitions(0, self.rules).vocabulary(snapshot.catalogue)
            rules = {name: vocabulary.segments[name].rule for name in names}
            answers = evaluate(snapshot, rules, vocabulary, self.live.as_of)
            return {
                name: {
                    int(number)
                    for bucket, chosen in enumerate(answer.chosen())
                    for number in snapshot.history(bucket).profiles[chosen]
                }
                for name, answer in answers.items()
            }

    def members(self) -> dict[str, set[int]]:
        return {name: set(found) for name, found in self.live.standing.members.items()}

    def summed(self) -> dict[str, set[int]]:
        """Members by what stands in the log of transitions alone."""
        found: dict[str, BitMap64] = {}
        last = 0
        for frame in read_transitions(self.store.root / TRANSITIONS):
            for name, data in frame.begun.items():
                found[name] = BitMap64.deserialize(data)
            for name in frame.ended:
                found.pop(name, None)
            told = frame.told
            for at in range(len(told)):
                assert told.seq[at] > last, "each seq once, ascending"
                last = told.seq[at]
                name = frame.segments[told.segment[at]]
                number = int(told.number[at])
                enters = told.kind[at] in (Kind.ENTERED, Kind.LEFT_RETRACTED)
                if enters == (number in found[name]):
                    # a retraction may come before what follows from it: two make one
                    found[name] ^= BitMap64([number])
                    continue
                found[name] ^= BitMap64([number])
        return {name: set(members) for name, members in found.items()}

    def standing_changes(self, name: str) -> list[tuple[int, int, bool]]:
        """What was told of a segment and not taken back: (profile, instant, entered)."""
        found: dict[int, tuple[int, int, bool]] = {}
        for frame in read_transitions(self.store.root / TRANSITIONS):
            told = frame.told
            for at in range(len(told)):
                if frame.segments[told.segment[at]] != name:
                    continue
                if told.kind[at] in (Kind.LEFT, Kind.ENTERED):
                    found[int(told.seq[at])] = (
                        int(told.number[at]), int(told.at[at]), told.kind[at] == Kind.ENTERED,
                    )  # fmt: skip
                else:
                    taken = found.pop(int(told.of[at]))
                    assert taken[0] == told.number[at]
        began = self.live.standing.began[name]  # what was told of it sets right how it began
        return sorted(one for one in found.values() if one[1] > began)

    def true_changes(self, name: str) -> list[tuple[int, int, bool]]:
        """What the engine says changed since the segment began."""
        with self.store.snapshot() as snapshot:
            vocabulary = definitions(0, self.rules).vocabulary(snapshot.catalogue)
            rule = vocabulary.segments[name].rule
            began = self.live.standing.began[name]
            histories = histories_of(snapshot)
            found = transitions_of(histories, rule, vocabulary, began, self.live.as_of)
            return sorted(
                (int(history.profiles[profile]), int(at), bool(entered))
                for history, changes in zip(histories, found, strict=True)
                for profile, at, entered in zip(
                    changes.profiles, changes.at, changes.entered, strict=True
                )
            )


def numbers_of(found: Mapping[str, set[int]]) -> dict[str, list[int]]:
    return {
        name: sorted(np.array(list(some), dtype=np.int64).tolist()) for name, some in found.items()
    }
