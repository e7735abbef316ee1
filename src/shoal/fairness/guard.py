"""What the tracking plan declares sensitive, and what of it a rule reads, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shoal.audits.fields import fields_of
from shoal.language.definitions import EventDefinition
from shoal.language.tree import Node
from shoal.language.vocabulary import Vocabulary

IDENTIFY = "$identify"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A profile trait (no event), or a property of an event, that rules read only with a reason."""

    event: str | None
    name: str
    about: str
    is_proxy: bool = False

    @property
    def text(self) -> str:
        """As a rule writes it."""
        return self.name if self.event is None else f"{self.event}.{self.name}"

    @property
    def told(self) -> str:
        """What it is, in words."""
        return f"stands for {self.about}" if self.is_proxy else f"is about {self.about}"


Guards = Mapping[tuple[str | None, str], Guarded]
"""Everything guarded, by event (None: a trait of the profile) and name."""


def guarded_in(events: Iterable[EventDefinition]) -> dict[tuple[str | None, str], Guarded]:
    """What the plan declares ``sensitive`` or a ``proxy_for`` something sensitive."""
    found: dict[tuple[str | None, str], Guarded] = {}
    for event in events:
        for it in event.properties:
            about = it.sensitive or it.proxy_for
            if about is not None:
                of = None if event.name == IDENTIFY else event.name
                found[of, it.name] = Guarded(of, it.name, about, it.sensitive is None)
    return found


def reads_of(node: Node, vocabulary: Vocabulary, guards: Guards) -> tuple[Guarded, ...]:
    """What of it a rule or value reads, the segments and traits that it names included."""
    if not guards:
        return ()
    reads = fields_of(node, vocabulary)
    return tuple(
        guards[it.event, it.name] for it in reads if it.name and (it.event, it.name) in guards
    )
