"""Look-alikes of a segment: who is most like its members and not one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, UsageError
from shoal.core.instants import format_instant
from shoal.language import sentence, to_text
from shoal.language.tree import And, InSegment, Not
from shoal.project.answers import Question, asked
from shoal.project.behaviours import Observed, chosen_behaviours, observe
from shoal.project.discovery.discovering import FIRM_RULE, measured
from shoal.project.guarding import refused

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.discovery.boxes import Fit
    from shoal.discovery.features import Truths
    from shoal.discovery.resembling import Resemblance
    from shoal.language.tree import Rule
    from shoal.project.reading import Reading

SHARE = 0.05
MANY = 0.5
"""Members that are more than this share of everyone leave nobody to look for."""


@dataclass(frozen=True, eq=False)
class Lookalikes:
    """The people found with their scores, how far to trust them, and a rule for nearly them."""

    at: int
    segment: str
    members: int
    table: pa.Table
    resemblance: Resemblance
    rule: str
    sentence: str
    conditions: int
    fit: Fit
    warnings: tuple[str, ...]


def find_lookalikes(  # noqa: PLR0913  what the command says
    reading: Reading,
    at: int,
    *,
    segment: str | None = None,
    rule: str | None = None,
    traits: str | None = None,
    size: int | None = None,
    share: float | None = None,
    seed: int = 0,
) -> Lookalikes:
    """The non-members most like the members; ShoalError where likeness is no better than chance."""
    import numpy as np

    from shoal.discovery.features import sampled
    from shoal.discovery.preparing import prepare
    from shoal.discovery.resembling import FEWEST, GUESSING, LEARNT_FROM, resemble

    if size is not None and share is not None:
        raise UsageError("--size and --share are both given", hint="give one of them")
    if (size is not None and size < 1) or (share is not None and not 0 < share <= 1):
        raise UsageError("--size is at least 1, --share above 0% and at most 100%")
    question = asked(reading, segment, rule)
    why_not = None if rule is None else refused(reading, question.rule)
    if why_not is not None:
        hint = "name a segment that says under `sensitive_because` why it must be read"
        raise UsageError(f"--rule is not learnt from: {why_not}", hint=hint)
    behaviours = chosen_behaviours(reading, traits, texts=True)
    observed = observe(reading, behaviours, at, truths={"members": question.rule})
    inside = observed.truths["members"]
    count, others = int(inside.sum()), int((~inside).sum())
    if min(count, others) < FEWEST:
        raise ShoalError(
            f"{count:,} members and {others:,} others are too few to learn from: "
            f"at least {FEWEST} of each are needed"
        )
    prepared = prepare(observed.matrix, sampled(observed.matrix.people, LEARNT_FROM, seed))
    if not prepared.features:
        raise ShoalError("no behaviour tells people apart", hint="name some with --traits")
    found = resemble(prepared, inside, seed=seed)
    if found.auc < GUESSING:
        raise ShoalError(
            f"these behaviours tell members from others hardly better than chance "
            f"(AUC {found.auc:.2f}; 0.5 is a coin)",
            hint="name behaviours that set the segment apart with --traits",
        )
    wanted = size if size is not None else max(1, round((share or SHARE) * others))
    candidates = np.flatnonzero(~inside)
    order = np.lexsort((candidates, -found.scores[candidates]))
    chosen = candidates[order[:wanted]]
    is_chosen = np.zeros(len(inside), np.bool_)
    is_chosen[chosen] = True
    distilled, conditions = _rule(question, segment, observed, prepared.places, is_chosen, seed)
    return Lookalikes(
        at=at,
        segment=segment or to_text(question.rule),
        members=count,
        table=_table(observed, chosen, found),
        resemblance=found,
        rule=to_text(distilled),
        sentence=sentence(distilled, reading.vocabulary),
        conditions=conditions,
        fit=measured(reading, at, [distilled], [is_chosen], observed)[0],
        warnings=(*question.warnings, *_warnings(found, count, len(inside), wanted, others)),
    )


def _rule(  # noqa: PLR0913, PLR0917
    question: Question,
    segment: str | None,
    observed: Observed,
    places: tuple[int, ...],
    chosen: Truths,
    seed: int,
) -> tuple[Rule, int]:
    """Conditions for the people found, among those who are not members."""
    import numpy as np

    from shoal.discovery.boxes import conditions
    from shoal.discovery.distilling import distil
    from shoal.discovery.wording import rule_of

    kept = observed.matrix.columns(places)
    outside = np.flatnonzero(~observed.truths["members"])
    boxes = distil(kept.rows(outside), chosen[outside], seed=seed)
    apart = InSegment(segment, negated=True) if segment is not None else Not(question.rule)
    return And((rule_of(boxes, kept), apart)), conditions(boxes)


def _table(observed: Observed, chosen: Any, found: Resemblance) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "user_id": observed.user_ids.take(pa.array(chosen)),
            "score": pa.array(found.scores[chosen].round(6)),
        }
    )


def _warnings(found: Resemblance, count: int, people: int, wanted: int, others: int) -> list[str]:
    from shoal.discovery.resembling import RESTATED, WEAK

    told: list[str] = []
    if found.auc < WEAK:
        told.append(
            f"members are hard to tell from others by these behaviours (AUC {found.auc:.2f}): "
            "test a few before acting on many"
        )
    if found.auc > RESTATED:
        told.append(
            "these behaviours restate the segment's own rule: the people found are those just "
            "outside its limits; leave out what the rule reads with --traits to find others"
        )
    if count > MANY * people:
        told.append("more than half of everyone is a member: there are few left to look for")
    if wanted > others:
        told.append(f"only {others:,} people are not members")
    return told


def lookalikes_json(found: Lookalikes) -> dict[str, Any]:
    """The document of ``shoal discover lookalikes --json``."""
    likeness = found.resemblance
    return {
        "segment": found.segment,
        "as_of": format_instant(found.at),
        "members": found.members,
        "found": found.table.num_rows,
        "model": likeness.model,
        "auc": round(likeness.auc, 4),
        "auc_low": round(likeness.low, 4),
        "auc_high": round(likeness.high, 4),
        "models": {name: round(area, 4) for name, area in likeness.others.items()},
        "baselines": {
            "chance": 0.5,
            "best_single": {
                "title": likeness.baseline_title,
                "auc": round(likeness.baseline, 4),
            },
        },
        "learnt_from": likeness.learnt_from,
        "rule": found.rule,
        "sentence": found.sentence,
        "conditions": found.conditions,
        "fidelity": round(found.fit.f1, 4),
        "fidelity_jaccard": round(found.fit.jaccard, 4),
        "firm": found.fit.f1 >= FIRM_RULE,
        "warnings": list(found.warnings),
        "people": found.table.to_pylist(),
    }
