"""What a check of the data says: findings with a verdict, one sentence and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shoal.audits.findings import Verdict, worst
from shoal.audits.wording import listed
from shoal.language.told import Figure, Told

PASSED_OVER = frozenset({"sample"})
"""Marks of generated data: no field anybody collects."""


class Check(StrEnum):
    """What is looked at."""

    PLAN = "tracking plan"
    TYPES = "types"
    MISSING = "missing data"
    DUPLICATES = "duplicates"
    TIMES = "times"
    VOLUME = "volume"
    VALUES = "values"
    BOTS = "bots"
    TESTS = "test accounts"


_ORDER = (Verdict.POOR, Verdict.CAREFUL, Verdict.UNKNOWN, Verdict.GOOD)


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing found. ``importance`` (0 to 100) orders findings of the same verdict."""

    check: Check
    verdict: Verdict
    importance: float
    sentence: str
    remedy: str | None = None
    figures: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """The finding as data."""
        return {
            "check": str(self.check),
            "verdict": str(self.verdict),
            "importance": round(self.importance, 1),
            "sentence": self.sentence,
            "remedy": self.remedy,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Filled:
    """How often a property is set: of its event's rows, or of all profiles for a trait."""

    event: str
    name: str
    type: str
    set: int
    of: int
    by_month: Mapping[str, float] = field(default_factory=dict[str, float])
    """Share that is set, by local month; of the people looked at where there are many values."""

    @property
    def share(self) -> float:
        """The part that is set."""
        return self.set / self.of if self.of else 0.0

    @property
    def text(self) -> str:
        """As one reads it: a trait by its name alone."""
        return self.name if self.event == "$identify" else f"{self.event}.{self.name}"

    def as_json(self) -> dict[str, Any]:
        """The row of the missing-data report."""
        return {
            "event": self.event,
            "property": self.name,
            "type": self.type,
            "set": self.set,
            "of": self.of,
            "share": round(self.share, 4),
            "by_month": {month: round(part, 4) for month, part in self.by_month.items()},
        }


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many of an event came, and from when to when (RFC 3339)."""

    name: str
    rows: int
    first_at: str | None
    last_at: str | None
    by_month: Mapping[str, int] = field(default_factory=dict[str, int])

    def as_json(self) -> dict[str, Any]:
        """The row of the list of events."""
        return {
            "event": self.name,
            "rows": self.rows,
            "first_at": self.first_at,
            "last_at": self.last_at,
            "by_month": dict(self.by_month),
        }


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything found, the most important first; ``as_of`` is RFC 3339."""

    as_of: str
    rows: int
    profiles: int
    findings: tuple[QualityFinding, ...]
    filled: tuple[Filled, ...] = ()
    events: tuple[Arrived, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        return worst([it.verdict for it in self.findings])

    @property
    def summary(self) -> str:
        """The whole check in one sentence."""
        wanting: dict[Verdict, list[str]] = {}
        for it in self.findings:
            names = wanting.setdefault(it.verdict, [])
            if str(it.check) not in names:
                names.append(Told(str(it.check)))
        poor = wanting.get(Verdict.POOR, [])
        careful = [it for it in wanting.get(Verdict.CAREFUL, []) if it not in poor]
        if poor:
            rest = Told("; look also at {0}", listed(careful)) if careful else ""
            return Told("Mend first: {0}{1}. Nothing was changed or removed.", listed(poor), rest)
        if careful:
            return Told("Usable with open eyes: look at {0}. Nothing was changed.", listed(careful))
        return (
            Told("Nothing speaks against using these data.")
            if self.findings
            else Told("There are no data.")
        )

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal data check --json``."""
        return {
            "as_of": self.as_of,
            "rows": self.rows,
            "profiles": self.profiles,
            "verdict": str(self.verdict),
            "summary": self.summary,
            "findings": [it.as_json() for it in self.findings],
            "filled": [it.as_json() for it in self.filled],
            "events": [it.as_json() for it in self.events],
            "notes": list(self.notes),
        }


def by_importance(findings: Iterable[QualityFinding]) -> tuple[QualityFinding, ...]:
    """The worst first; among equals the more important."""
    return tuple(sorted(findings, key=lambda it: (_ORDER.index(it.verdict), -it.importance)))


def weight(least: float, share: float) -> float:
    """An importance between ``least`` and 100 that grows with the share concerned.

    >>> weight(40, 0.0), weight(40, 1.0)
    (40.0, 100.0)
    """
    return least + (100.0 - least) * min(max(share, 0.0), 1.0) ** 0.5


def counted(number: int, noun: str) -> Told:
    """``1 row``, ``1,204 rows``."""
    return Told(f"{{0}} {{0:{noun}|{_several(noun)}}}", Figure(number))


def _several(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
