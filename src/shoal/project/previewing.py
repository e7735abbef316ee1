"""A rule looked at while it is written: how many, row by row, without each row, and who."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from shoal.core.errors import DefinitionError, Problem, UsageError
from shoal.core.instants import format_instant
from shoal.language import check_rule, from_json, parse_rule, sentence, to_json, to_text
from shoal.language.tree import Everyone, Rule, TraitTruth, TraitValue
from shoal.project.checking import problem_json, refuse_errors
from shoal.segments.parts import Part, parts_of

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.runners import RuleAnswer

MOST_PARTS = 200
"""Rows and groups that are counted; people stop at fifty."""
FEW = 100
"""Members below which a group is told to be small."""
NEARLY_ALL = 0.9
TWIN = 0.8
"""Jaccard of two segments from which on they are told to be the same."""
MOST_TWINS = 60
"""Applied segments that are compared; beyond, the audit tells."""


@dataclass(frozen=True, slots=True)
class Wished:
    """What a preview shall tell: whom it may name, and whether it looks for twins."""

    sample: int = 0
    twins: bool = True


def rule_of(written: str | Mapping[str, Any]) -> Rule:
    """A rule from its text or its JSON tree; DefinitionError with every problem."""
    if isinstance(written, str):
        return parse_rule(written)
    node = from_json(written)
    if isinstance(node, TraitValue):
        return TraitTruth(node)
    if not isinstance(node, get_args(Rule)):
        problem = Problem("this is a value: it has no members", None, "compare it with something")
        raise DefinitionError([problem])
    return node  # pyright: ignore[reportReturnType]  # a Rule is any of its forms


def preview(
    reading: Reading,
    written: str | Mapping[str, Any],
    at: int,
    wished: Wished = Wished(),  # frozen
    going_on: Callable[[], bool] = lambda: True,
) -> dict[str, Any]:
    """Count, counts of every part and of the rule without it, a sample, warnings: in one pass.

    ``going_on`` is asked between buckets; StoppedError soon after it says no.
    """
    from shoal.runners.stopping import evaluate_while

    began = perf_counter()
    rule = rule_of(written)
    problems = check_rule(rule, reading.vocabulary)
    refuse_errors(problems)
    parts = parts_of(rule)
    if len(parts) > MOST_PARTS:
        raise UsageError(
            f"the rule has {len(parts)} rows and groups; at most {MOST_PARTS} are counted",
            hint="give parts of it names, as segments",
        )
    twins = _compared(reading) if wished.twins else {}
    names = _named([*(rule for it in parts for rule in (it.rule, it.without)), *twins.values()])
    questions = {name: asked for asked, name in names.items()}
    found: Any = evaluate_while(going_on, reading.snapshot, questions, reading.vocabulary, at)
    answers: dict[Rule, RuleAnswer] = {asked: found[name] for asked, name in names.items()}
    whole = answers[rule]
    overlaps = _overlaps(whole, {name: answers[it] for name, it in twins.items() if it != rule})
    return {
        "rule": to_text(rule),
        "tree": to_json(rule),
        "sentence": sentence(rule, reading.vocabulary),
        "count": whole.count,
        "known": whole.known,
        "unknown": whole.unknown,
        "anonymous": whole.anonymous,
        "as_of": format_instant(at),
        "correct_as_of": format_instant(at),
        "version": reading.snapshot.version,
        "nodes": [_told(part, answers, whole.count) for part in parts],
        "sample": sample_of(whole, wished.sample),
        "overlaps": overlaps,
        "warnings": [
            *({"code": "problem", **problem_json(it), "node": None} for it in problems),
            *_warnings(whole, parts, answers, overlaps),
        ],
        "ms": round((perf_counter() - began) * 1000, 1),
    }


def sample_of(answer: RuleAnswer, size: int) -> list[str]:
    """Some members, the same ones as long as nothing changes: buckets are filled by a hash."""
    found: list[str] = []
    for bucket, chosen in enumerate(answer.chosen()):
        if len(found) >= size:
            break
        some = np.flatnonzero(chosen)[: size - len(found)]
        if len(some):
            ids = answer.snapshot.user_ids(bucket)
            found += [ids[int(place)].as_py() for place in some]
    return found


def _compared(reading: Reading) -> dict[str, Rule]:
    """The applied segments a rule is compared with; none where they are too many for a keystroke."""
    segments = reading.vocabulary.segments
    return {name: it.rule for name, it in segments.items()} if len(segments) <= MOST_TWINS else {}


def _named(rules: list[Rule]) -> dict[Rule, str]:
    """Every different rule once: what is asked twice is worked out once."""
    return {rule: f"q{place}" for place, rule in enumerate(dict.fromkeys(rules))}


def _told(part: Part, answers: Mapping[Rule, RuleAnswer], count: int) -> dict[str, Any]:
    own, less = answers[part.rule], answers[part.without].count
    return {
        "id": part.id,
        "rule": to_text(part.rule),
        "count": own.count,
        "unknown": own.unknown,
        "without": less,
        "difference": less - count,
    }


def _overlaps(whole: RuleAnswer, twins: Mapping[str, RuleAnswer]) -> list[dict[str, Any]]:
    """Applied segments that are nearly the same people, nearest first."""
    from shoal.audits.overlap import jaccard, shared

    if not whole.count:
        return []
    near = sorted(
        (-jaccard(whole.bits, answer.bits), name)
        for name, answer in twins.items()
        if min(whole.count, answer.count) >= TWIN * max(whole.count, answer.count)
    )
    return [
        {"segment": name, "jaccard": -less, "shared": shared(whole.bits, twins[name].bits)}
        for less, name in near[:3]
        if -less > TWIN
    ]


def _warnings(
    whole: RuleAnswer,
    parts: list[Part],
    answers: Mapping[Rule, RuleAnswer],
    overlaps: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """What a marketer should know before saving, each with the part it is about, if it is one."""
    found: list[dict[str, Any]] = []
    count, known = whole.count, whole.known
    if not count and known:
        # of what would let people in again, the smallest row is the one to look at
        loosening = [it for it in parts if it.id and answers[it.without].count]
        at_fault = min(loosening, key=lambda it: answers[it.rule].count, default=None)
        text = "Nobody matches."
        if at_fault is not None:
            back = answers[at_fault.without].count
            text += f" Without `{to_text(at_fault.rule)}` it would be {back:,}."
        found.append(_warning("nobody", text, at_fault.id if at_fault else None))
    elif count < FEW:
        found.append(_warning("few", f"Only {count:,} match: chance alone moves every average."))
    if known and count > NEARLY_ALL * known and not isinstance(parts[0].rule, Everyone):
        share = count / known
        found.append(_warning("nearly_all", f"This is nearly everyone ({share:.0%})."))
    if overlaps:
        twin = overlaps[0]
        text = f"{twin['jaccard']:.0%} the same as `{twin['segment']}`."
        found.append({**_warning("twin", text), "segment": twin["segment"]})
    return found


def _warning(code: str, text: str, node: str | None = None) -> dict[str, Any]:
    return {"code": code, "message": text, "hint": None, "severity": "warning", "node": node}
