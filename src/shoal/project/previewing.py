"""A rule looked at while it is written: how many, row by row, without each row, and who."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from shoal.core.errors import DefinitionError, Problem, UsageError
from shoal.core.instants import format_instant
from shoal.language import check_rule, from_json, parse_rule, sentence, to_json, to_text
from shoal.language.tree import And, Not, Or, Rule, TraitTruth, TraitValue
from shoal.project.checking import refuse_errors
from shoal.project.people.reaching import ways_asked
from shoal.project.preview_warnings import Looked, traits_asked, warnings_of
from shoal.segments.parts import Part, parts_of

if TYPE_CHECKING:
    from shoal.audits.overlap import Bits
    from shoal.project.reading import Reading
    from shoal.runners import RuleAnswer

MOST_PARTS = 200
"""Rows and groups that are counted; people stop at fifty."""
TWIN = 0.8
"""Jaccard of two segments from which on they are told to be the same."""
MOST_TWINS = 60
"""Applied segments that are compared; beyond, the audit tells."""


@dataclass(slots=True)
class Compared:
    """Who is in the applied segments, worked out once for all the keystrokes that compare with them.

    It holds for one version of the data, one instant and one wording of all definitions; the last
    one is kept.
    """

    _key: object = None
    _members: Mapping[str, Bits] = field(default_factory=dict[str, "Bits"])
    _lock: Lock = field(default_factory=Lock)

    def known(self, key: object) -> Mapping[str, Bits] | None:
        """The members by segment, where they are those asked for."""
        with self._lock:
            return self._members if self._key == key else None

    def keep(self, key: object, members: Mapping[str, Bits]) -> None:
        """From now on, in place of what was kept."""
        with self._lock:
            self._key, self._members = key, members


@dataclass(frozen=True, slots=True)
class Wished:
    """What a preview shall tell: whom it may name, whether it looks for twins and for ways to reach.

    ``twins_at`` is the instant as of which segments are compared, where it is another than the
    rule's; ``compared`` keeps who is in them from one preview to the next.
    """

    sample: int = 0
    twins: bool = True
    reach: bool = True
    twins_at: int | None = None
    compared: Compared = field(default_factory=Compared, compare=False)


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
    parts = parts_of(rule)
    refuse_errors(problems if isinstance(written, str) else _placed(problems, parts, reading))
    if len(parts) > MOST_PARTS:
        raise UsageError(
            f"the rule has {len(parts)} rows and groups; at most {MOST_PARTS} are counted",
            hint="give parts of it names, as segments",
        )
    twins = _compared(reading) if wished.twins else {}
    ways = ways_asked(reading) if wished.reach else []
    beside = [it.rule for it in ways] + list(traits_asked(rule, reading.vocabulary).values())
    asked = [rule for it in parts for rule in (it.rule, it.without)]
    names = _named([*asked, *beside])
    questions = {name: asked for asked, name in names.items()}
    found: Any = evaluate_while(going_on, reading.snapshot, questions, reading.vocabulary, at)
    answers: dict[Rule, RuleAnswer] = {asked: found[name] for asked, name in names.items()}
    whole = answers[rule]
    when = at if wished.twins_at is None else wished.twins_at
    members: Mapping[str, Bits] = {}
    if twins:
        members = _members(reading, twins, when, going_on, wished.compared)
    overlaps = _overlaps(whole, {name: members[name] for name, it in twins.items() if it != rule})
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
        "reach": [it.told(whole, answers[it.rule]) for it in ways],
        "warnings": warnings_of(Looked(reading, at, parts, answers, overlaps), problems),
        "ms": round((perf_counter() - began) * 1000, 1),
    }


def _placed(problems: list[Problem], parts: list[Part], reading: Reading) -> list[Problem]:
    """Problems of a tree, each with the row it is in, as reading a tree says it."""
    rows = {
        told: it.id
        for it in reversed(parts)
        if not isinstance(it.rule, And | Or | Not)
        for told in check_rule(it.rule, reading.vocabulary)
    }
    paths = {it: re.sub(r"/(\d+)", r"[\1]", rows.get(it, "")).strip("/") for it in problems}
    return [
        replace(it, message=f"at {path.replace('/', '.')}: {it.message}") if path else it
        for it, path in paths.items()
    ]


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


def _members(
    reading: Reading,
    twins: Mapping[str, Rule],
    at: int,
    going_on: Callable[[], bool],
    compared: Compared,
) -> Mapping[str, Bits]:
    """Who is in each of these segments: as kept, else asked, and kept."""
    from shoal.runners.stopping import evaluate_while

    settings = reading.project.settings
    key = reading.snapshot.version, at, settings, dict(reading.definitions.files.texts)
    members = compared.known(key)
    if members is None:
        found: Any = evaluate_while(going_on, reading.snapshot, twins, reading.vocabulary, at)
        members = {name: found[name].bits for name in twins}
        compared.keep(key, members)
    return members


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


def _overlaps(whole: RuleAnswer, twins: Mapping[str, Bits]) -> list[dict[str, Any]]:
    """Applied segments that are nearly the same people, nearest first."""
    from shoal.audits.overlap import jaccard, shared
    from shoal.runners.machine import ones

    if not whole.count:
        return []
    near = sorted(
        (-jaccard(whole.bits, bits), name)
        for name, bits in twins.items()
        if min(whole.count, count := ones(bits)) >= TWIN * max(whole.count, count)
    )
    return [
        {"segment": name, "jaccard": -less, "shared": shared(whole.bits, twins[name])}
        for less, name in near[:3]
        if -less > TWIN
    ]
