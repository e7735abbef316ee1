"""Quoted market figures as claims to test on one's own data: what exactly would test them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from shoal.audits.power import detectable_mean, detectable_share
from shoal.audits.quality import counted
from shoal.audits.wording import people, share
from shoal.packs.plain_yaml import read_yaml

LABEL = "a claim to test, not a result"
SOURCE = "insight_claims.yml"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure somebody quoted; ``audience`` and ``measure`` are rules and values of the language."""

    name: str
    claim: str
    figure: str
    source: str
    needs: tuple[str, ...]
    design: str
    audience: str
    outcome: str
    measure: Mapping[str, str]
    base: str
    left_alone: float | None
    lift: float | None
    test: tuple[str, ...]
    not_so: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What one's own data say today, before any test: no answer to the claim."""

    audience: int
    share: float | None = None
    mean: float | None = None
    deviation: float | None = None


@dataclass(frozen=True, slots=True)
class ClaimToTest:
    """A claim with what a test of it would need here."""

    claim: Claim
    base: Baseline | None = None
    missing: tuple[str, ...] = field(default=())

    @property
    def noticed(self) -> float | None:
        """The smallest lift that the test would notice here; None where that is not known."""
        base, part = self.base, self.claim.left_alone
        if base is None or part is None:
            return None
        control, treated = int(base.audience * part), int(base.audience * (1 - part))
        if base.mean is not None and base.deviation is not None:
            found = detectable_mean(base.deviation, control, treated)
            return found / base.mean if found is not None and base.mean > 0 else None
        if not base.share:
            return None
        share_noticed = detectable_share(base.share, control, treated)
        return None if share_noticed is None else share_noticed / base.share - 1

    @property
    def sentence(self) -> str:
        """Whether it can be tested here and now."""
        if self.missing:
            return f"Not to be tested here yet: it needs {', '.join(self.missing)}."
        if self.base is None or not self.base.audience:
            return "Nobody is in its audience now."
        said = f"{people(self.base.audience)} in the audience now"
        if self.claim.design == "survey":
            return f"{said}: ask a random sample of them."
        base = "" if self.base.share is None else f"; {share(self.base.share)} {self.claim.base}"
        noticed, lift, part = self.noticed, self.claim.lift, self.claim.left_alone
        if noticed is None or lift is None or part is None:
            return f"{said}{base}; too few, or too little happens, for a test to notice anything."
        enough = "enough" if noticed <= lift else "too little"
        return (
            f"{said}{base}. With {share(part)} left alone the test notices a lift of "
            f"{share(noticed)} or more: {enough} for a claim of {share(lift)}."
        )

    def as_json(self) -> dict[str, Any]:
        """The claim as data; ``status`` says what it is."""
        it = self.claim
        return {
            "name": it.name,
            "status": LABEL,
            "claim": it.claim,
            "figure": it.figure,
            "source": it.source,
            "design": it.design,
            "audience": it.audience,
            "outcome": it.outcome,
            "measure": dict(it.measure),
            "test": list(it.test),
            "not": it.not_so,
            "needs": list(it.needs),
            "missing": list(self.missing),
            "audience_now": None if self.base is None else self.base.audience,
            "smallest_lift_noticed": None if self.noticed is None else round(self.noticed, 4),
            "sentence": self.sentence,
        }


def quoted_claims() -> tuple[Claim, ...]:
    """The claims that Shoal is installed with."""
    document = read_yaml((files("shoal.audits") / SOURCE).read_text(encoding="utf-8"))
    return tuple(
        Claim(
            name,
            it["claim"],
            it["figure"],
            it["source"],
            tuple(it["needs"]),
            it["design"],
            it["audience"],
            it["outcome"],
            it["measure"],
            it["base"],
            _part(it.get("left_alone")),
            _part(it.get("lift")),
            tuple(it["test"]),
            it["not"],
        )
        for name, it in document["claims"].items()
    )


def _part(text: str | None) -> float | None:
    """``10%`` as a number."""
    return None if text is None else float(text.removesuffix("%")) / 100


def heading(claims: int) -> str:
    """What stands above any list of claims."""
    return f"{counted(claims, 'quoted figure')}, each of them {LABEL}. None was measured here."
