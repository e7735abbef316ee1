"""The audit of one segment: every aspect judged, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.audits.bulk import judge_size, judge_value
from shoal.audits.distinctness import judge_distinct
from shoal.audits.facts import Facts
from shoal.audits.findings import Audit, Finding
from shoal.audits.soundness import judge_rule, judge_sensitive
from shoal.audits.steadiness import judge_stable
from shoal.audits.usefulness import judge_actionable, judge_measurable
from shoal.core.instants import format_instant
from shoal.language import sentence, to_text

_JUDGES = (
    judge_size,
    judge_value,
    judge_distinct,
    judge_measurable,
    judge_actionable,
    judge_stable,
    judge_rule,
    judge_sensitive,
)


def audit(facts: Facts, title: str | None = None, notes: Sequence[str] = ()) -> Audit:
    """Everything there is to say about a segment, from what was found about it."""
    said = sentence(facts.rule, facts.vocabulary)
    findings: list[Finding] = []
    for judge in _JUDGES:
        findings += judge(facts)
    return Audit(
        name=facts.name,
        title=title or facts.name or said,
        rule=to_text(facts.rule),
        sentence=said,
        as_of=format_instant(facts.as_of),
        findings=tuple(findings),
        notes=tuple(notes),
    )
