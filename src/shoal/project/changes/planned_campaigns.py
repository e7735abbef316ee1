"""What applying definitions would mean for campaigns: whom each would newly reach, who would fall out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.runners import RuleAnswer, evaluate
from shoal.runners.machine import ones
from shoal.segments.reach import reads_alike
from shoal.store.campaign_books import CampaignBooks, Stands

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.language.tree import Rule
    from shoal.project.reading import Reading


@dataclass(frozen=True, slots=True)
class CampaignChange:
    """What would become of one campaign, in people its audience's rule is true for.

    ``change`` is new, changed, removed, or affected: where only what its audience reads is another.
    """

    name: str
    change: str
    state: str
    size_before: int
    size_after: int
    entering: int
    leaving: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"campaign {self.name} ({self.change}, {self.state}): {self.size_before:,} -> "
            f"{self.size_after:,} profiles, {self.entering:,} newly reached, "
            f"{self.leaving:,} fall out"
        )


def campaign_changes(before: Reading, after: Reading, at: int) -> tuple[CampaignChange, ...]:
    """Every campaign that would be another, or would go to others."""
    was, will = before.definitions.campaigns, after.definitions.campaigns
    kinds = _kinds(before, after)
    if not kinds:
        return ()
    then = _members(before, {name: was[name] for name in kinds if name in was}, at)
    now = _members(after, {name: will[name] for name in kinds if name in will}, at)
    stands = CampaignBooks(after.project.store.books).all()
    found: list[CampaignChange] = []
    for name, kind in kinds.items():
        old, new = then.get(name), now.get(name)
        either = new if new is not None else old
        nobody = [np.zeros_like(bits) for bits in either.bits] if either is not None else []
        left = list(old.bits) if old is not None else nobody
        got = list(new.bits) if new is not None else nobody
        entering = [more & ~less for less, more in zip(left, got, strict=True)]
        leaving = [less & ~more for less, more in zip(left, got, strict=True)]
        state = str(stands.get(name, Stands(name)).state)
        sizes = (ones(left), ones(got), ones(entering), ones(leaving))
        found.append(CampaignChange(name, kind, state, *sizes))
    return tuple(found)


def _kinds(before: Reading, after: Reading) -> dict[str, str]:
    was, will = before.definitions.campaigns, after.definitions.campaigns
    kinds: dict[str, str] = {}
    for name, it in will.items():
        if name not in was:
            kinds[name] = "new"
        elif it.text != was[name].text:
            kinds[name] = "changed"
        elif it.audience is not None and not reads_alike(
            it.audience, before.vocabulary, after.vocabulary
        ):
            kinds[name] = "affected"
    return kinds | {name: "removed" for name in was if name not in will}


def _members(
    reading: Reading, some: Mapping[str, CampaignDefinition], at: int
) -> dict[str, RuleAnswer]:
    """Whom each audience's rule is true for; nothing where nobody is known."""
    rules: dict[str, Rule] = {
        name: it.audience for name, it in some.items() if it.audience is not None
    }
    if not rules or not reading.snapshot.rows:
        return {}
    found = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    return {name: it for name, it in found.items() if isinstance(it, RuleAnswer)}
