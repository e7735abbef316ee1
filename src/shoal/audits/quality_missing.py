"""How much is missing: rows of nobody, planned fields seldom set, and those that stopped coming."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shoal.audits.findings import Verdict
from shoal.audits.quality import Check, Filled, QualityFinding, counted, weight
from shoal.audits.wording import first_few, share
from shoal.language.told import Figure, Told

SPARSE, RARE = 0.5, 0.05
MANY_ROWS = 100
FELL = 0.5
"""A fill rate that is less than this part of what it was."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Rows in quarantine by why, and all rows that were to be imported."""

    by_code: Mapping[str, int] = field(default_factory=dict[str, int])
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    offered: int = 0


def judge_missing(
    filled: Sequence[Filled], planned: frozenset[tuple[str, str]], refusals: Refusals
) -> Iterator[QualityFinding]:
    """Rows without a customer, planned properties seldom set, and those that stopped being set."""
    yield from _refused(refusals)
    sparse: list[Filled] = []
    fell = False
    for it in filled:
        if it.of >= MANY_ROWS and (fall := fallen(it)):
            before, now, month = fall
            fell = True
            yield QualityFinding(
                Check.MISSING,
                Verdict.POOR,
                weight(55, before - now),
                Told("`{0}` was set in {1} and is in {2} since {3}.", it.text, share(before), share(now), month),
                Told("See what changed where it is sent at that time."),
                {"event": it.event, "property": it.name, "before": round(before, 4),
                 "now": round(now, 4), "since": month},
            )  # fmt: skip
        elif it.of >= MANY_ROWS and it.share < SPARSE and (it.event, it.name) in planned:
            sparse.append(it)
    if sparse:
        sparse.sort(key=lambda it: it.share)
        shown = [Told("`{0}` ({1})", it.text, share(it.share)) for it in sparse]
        yield QualityFinding(
            Check.MISSING,
            Verdict.CAREFUL,
            weight(20, 1 - sparse[0].share),
            Told(
                "{0} {1:is|are} set in less than half: {2}.",
                counted(len(sparse), "planned field"),
                Figure(len(sparse)),
                first_few(shown),
            ),
            Told("A rule on them is unknown for the rest: fill them, or do not build on them."),
            {"fields": {it.text: round(it.share, 4) for it in sparse}},
        )
    elif filled and not fell:
        yield QualityFinding(
            Check.MISSING,
            Verdict.GOOD,
            15,
            Told("Every planned field that came is set in half or more."),
        )


def fallen(filled: Filled) -> tuple[float, float, str] | None:
    """Before, now and since which month, where the share of the last months is far below."""
    months = [month for month in filled.by_month if month != "outside"]
    for back in (2, 1):
        if len(months) < back + 3:
            continue
        earlier = sorted(filled.by_month[month] for month in months[:-back])
        before = earlier[len(earlier) // 2]
        late = [filled.by_month[month] for month in months[-back:]]
        if before >= RARE * 4 and max(late) < before * FELL:
            return before, sum(late) / len(late), months[-back]
    return None


def _refused(refusals: Refusals) -> Iterator[QualityFinding]:
    for code, number in sorted(refusals.by_code.items(), key=lambda it: -it[1]):
        part = number / max(refusals.offered, number, 1)
        nobody = code == "no_user"
        what = (
            Told("without anybody they belong to")
            if nobody
            else Told(refusals.reasons.get(code, code).replace("{", "{{"))
        )
        yield QualityFinding(
            Check.MISSING,
            Verdict.POOR if part >= 0.01 else Verdict.CAREFUL,
            weight(45, part),
            Told(
                "{0} in quarantine ({1} of what came): {2}.",
                counted(number, "row"),
                share(part),
                what,
            ),
            Told(
                "Their sales are in no segment: give the customer, or a visitor's id, "
                "where they arise."
            )
            if nobody
            else Told(
                "`shoal quarantine list` shows them; correct the file or the mapping, and replace."
            ),
            {"code": code, "rows": number, "share": round(part, 4)},
        )
