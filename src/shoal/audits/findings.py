"""What an audit says: findings with a verdict, one sentence and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shoal.audits.wording import listed
from shoal.language.told import Told


class Verdict(StrEnum):
    """How good it is; none of them forbids anything."""

    GOOD = "good"
    CAREFUL = "careful"
    POOR = "poor"
    UNKNOWN = "unknown"


class Aspect(StrEnum):
    """What is asked of a segment, in the order in which it is told."""

    SIZE = "size"
    VALUE = "value"
    DISTINCT = "distinct"
    MEASURABLE = "measurable"
    ACTIONABLE = "actionable"
    STABLE = "stable"
    RULE = "rule"
    SENSITIVE = "sensitive"


_WORST_FIRST = (Verdict.POOR, Verdict.CAREFUL, Verdict.GOOD)


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of what is known; unknown where nothing is.

    >>> worst([Verdict.GOOD, Verdict.UNKNOWN, Verdict.CAREFUL])
    <Verdict.CAREFUL: 'careful'>
    """
    return next((it for it in _WORST_FIRST if it in verdicts), Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what it is about, how good, in one sentence, with its figures."""

    aspect: Aspect
    verdict: Verdict
    sentence: str
    figures: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """The finding as data."""
        return {
            "aspect": str(self.aspect),
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything found about one segment at one instant; ``as_of`` is RFC 3339."""

    name: str | None
    title: str
    rule: str
    sentence: str
    as_of: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def of(self, aspect: Aspect) -> tuple[Finding, ...]:
        """The findings about one aspect."""
        return tuple(it for it in self.findings if it.aspect is aspect)

    def verdict_of(self, aspect: Aspect) -> Verdict:
        """The worst that was found about one aspect."""
        return worst([it.verdict for it in self.of(aspect)])

    @property
    def verdict(self) -> Verdict:
        """The worst of all; unknown where there is nobody whose absence of faults would say anything."""
        found = worst([it.verdict for it in self.findings])
        unsized = self.verdict_of(Aspect.SIZE) is Verdict.UNKNOWN
        return Verdict.UNKNOWN if found is Verdict.GOOD and unsized else found

    @property
    def summary(self) -> str:
        """The whole audit in one sentence."""
        by: dict[Verdict, list[str]] = {}
        for aspect in Aspect:
            if self.of(aspect):
                by.setdefault(self.verdict_of(aspect), []).append(Told(str(aspect)))
        poor, careful, unknown = (
            by.get(it, []) for it in (Verdict.POOR, Verdict.CAREFUL, Verdict.UNKNOWN)
        )
        beside = Told(" Not to be told from the data: {0}.", listed(unknown)) if unknown else ""
        if poor:
            rest = Told("; look also at {0}", listed(careful)) if careful else ""
            return Told("Mend this before you act on it: {0}{1}.{2}", listed(poor), rest, beside)
        if careful:
            return Told("Worth acting on with open eyes: look at {0}.{1}", listed(careful), beside)
        if self.verdict is Verdict.UNKNOWN:
            return Told("Nobody is known whom it could be judged by.{0}", beside)
        return Told("Nothing speaks against acting on it.{0}", beside)

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal segment audit --json``."""
        return {
            "name": self.name,
            "title": self.title,
            "rule": self.rule,
            "sentence": self.sentence,
            "as_of": self.as_of,
            "verdict": str(self.verdict),
            "summary": self.summary,
            "aspects": {str(it): str(self.verdict_of(it)) for it in Aspect if self.of(it)},
            "findings": [it.as_json() for it in self.findings],
            "notes": list(self.notes),
        }
