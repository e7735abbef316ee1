"""Ways to the members of a rule: who can be written to, and who has agreed to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.audits.channels import CONTACT_TRAITS, allowed, ways
from shoal.audits.overlap import shared
from shoal.language.tree import ConsentsTo, IsSet, Rule, TraitValue

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.runners import RuleAnswer


@dataclass(frozen=True, slots=True)
class WayAsked:
    """A channel that a known address opens, or a purpose; ``rule`` is who that is true of."""

    kind: str
    name: str
    rule: Rule

    def told(self, members: RuleAnswer, answer: RuleAnswer) -> dict[str, Any]:
        """How many of the members it is."""
        return {"kind": self.kind, "name": self.name, "count": shared(members.bits, answer.bits)}


def ways_asked(reading: Reading) -> list[WayAsked]:
    """Every channel that an address of the profile opens, then every purpose people were asked about.

    Who has refused a channel is not reached by it.
    """
    vocabulary = reading.vocabulary
    channels = [
        WayAsked("channel", way.name, allowed(way, None))
        for way in ways(vocabulary)
        if _is_address(way.have)
    ]
    purposes = [WayAsked("purpose", it, ConsentsTo(it)) for it in sorted(vocabulary.purposes)]
    return channels + purposes


def _is_address(rule: Rule) -> bool:
    """Whether it is something people gave, not something they did on a site or in an app."""
    match rule:
        case IsSet(TraitValue(name)):
            return name in CONTACT_TRAITS
        case _:
            return False
