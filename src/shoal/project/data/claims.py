"""``shoal data claims``: quoted figures as claims to test, beside what a test would need here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.audits.fields import fields_of
from shoal.audits.insight_claims import Baseline, Claim, ClaimToTest, quoted_claims
from shoal.language import parse_expression, parse_rule
from shoal.runners import RuleAnswer, ValueAnswer, evaluate

if TYPE_CHECKING:
    from shoal.language.tree import Node
    from shoal.project.reading import Reading


def claims_to_test(reading: Reading, at: int) -> tuple[ClaimToTest, ...]:
    """Each claim with its audience and base rate in these data, from one pass."""
    claims = quoted_claims()
    asked: dict[str, Any] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for claim in claims:
        parts: dict[str, Any] = {"audience": parse_rule(claim.audience)}
        parts |= {name: parse_expression(text) for name, text in claim.measure.items()}
        measured = [part for name, part in parts.items() if name == "audience" or _is_base(claim)]
        missing[claim.name] = _missing(reading, measured)
        if not missing[claim.name]:
            kept = parts if _is_base(claim) else {"audience": parts["audience"]}
            asked |= {f"{claim.name} {name}": part for name, part in kept.items()}
    answers = evaluate(reading.snapshot, asked, reading.vocabulary, at) if asked else {}
    return tuple(ClaimToTest(claim, _base(claim, answers), missing[claim.name]) for claim in claims)


def _is_base(claim: Claim) -> bool:
    """Whether today's data have a base rate: a survey has none before it is asked."""
    return claim.design == "holdout"


def _missing(reading: Reading, parts: list[Node]) -> tuple[str, ...]:
    """Fields that never came and without which the test cannot be done."""
    catalogue = reading.snapshot.catalogue
    found: dict[str, None] = {}
    for part in parts:
        for read in fields_of(part, reading.vocabulary):
            if read.event is None:
                there = read.name in catalogue.traits
            elif read.name is None:
                there = read.event in catalogue.events
            else:
                there = catalogue.property(read.event, read.name) is not None
            if not there:
                found[f"`{read.text}`"] = None
    return tuple(found)


def _base(claim: Claim, answers: Any) -> Baseline | None:
    audience = answers.get(f"{claim.name} audience")
    if not isinstance(audience, RuleAnswer):
        return None
    members = audience.count
    chosen = audience.chosen()
    rate = mean = deviation = None
    does, of = answers.get(f"{claim.name} share"), answers.get(f"{claim.name} of")
    if isinstance(does, RuleAnswer) and isinstance(of, RuleAnswer) and of.count:
        rate = does.count / of.count
    value = answers.get(f"{claim.name} value")
    if isinstance(value, ValueAnswer) and members > 1:
        parts = [
            bucket.values[value.index][mask]
            for bucket, mask in zip(value.buckets, chosen, strict=True)
        ]
        values = np.nan_to_num(np.concatenate(parts))
        mean, deviation = float(values.mean()), float(values.std(ddof=1))
    return Baseline(members, rate, mean, deviation)
