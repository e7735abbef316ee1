"""Fairness of a project: outcomes by group, what stands for something sensitive, who decided what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from shoal.access import AuditEntry
from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.events.event import Event
from shoal.fairness import Comparison, association, compare, guarded_in
from shoal.language import sentence
from shoal.language.tree import Everyone, Rule, TraitValue, Value
from shoal.language.vocabulary import ValueType
from shoal.project.answers import asked, asked_value, segment_named
from shoal.project.behaviours import texts_of
from shoal.project.reading import default_as_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from shoal.project.answers import Question
    from shoal.project.opening import Project
    from shoal.project.reading import Reading
    from shoal.runners import ValueAnswer

DECISION = "decision_recorded"
"""The event that keeps a decision in the history of the person it is about."""
MOST_GROUPS = 50
QUARTERS = 12
"""Different numbers above which people are grouped by quarters of them."""
SAMPLED = 20_000
"""People among whom associations are looked for; of more, a fixed random sample."""
NUMBERS = {ValueType.NUMBER, ValueType.BOOLEAN, ValueType.UNKNOWN, ValueType.SPAN}
SHORTEST = 10
"""Signs of a reason."""


@dataclass(frozen=True)
class Outcomes:
    """A segment's rates by group: the outcome is to be in it, or not to be where that is good."""

    question: Question
    by: str
    at: int
    is_in: bool
    found: Comparison
    unset: int
    sentence: str

    @property
    def text(self) -> str:
        """The verdict in a sentence."""
        if self.found.best is None:
            return "There are no two groups large enough to be compared."
        names = [it.name for it in self.found.flagged]
        if not names:
            return f"No group is below four fifths of `{self.found.best}`."
        return (
            f"Below four fifths of `{self.found.best}`: {', '.join(names)}. Somebody must ask why."
        )

    def as_json(self, least: int = 0) -> dict[str, Any]:
        """The document of ``shoal fairness compare --json``; without groups of fewer than ``least``."""
        told = [it for it in self.found.groups if it.people >= least]
        return {
            "segment": self.question.name,
            "sentence": self.sentence,
            "outcome": "in" if self.is_in else "out",
            "by": self.by,
            "as_of": format_instant(self.at),
            "highest": self.found.best,
            "groups": [
                {
                    "group": it.name,
                    "people": it.people,
                    "with_outcome": it.members,
                    "rate": it.rate,
                    "low": it.low,
                    "high": it.high,
                    "ratio": it.ratio,
                    "ratio_low": it.ratio_low,
                    "ratio_high": it.ratio_high,
                    "standing": str(it.standing),
                    "flagged": it.is_flagged,
                }
                for it in told
            ],
            "unset": self.unset,
            "withheld": len(self.found.groups) - len(told),
            "flagged": [it.name for it in self.found.flagged],
            "verdict": self.text,
        }


def compare_outcomes(  # noqa: PLR0913  what the command says
    reading: Reading,
    question: Question,
    by: str,
    at: int,
    *,
    among: str | None = None,
    outcome: str | None = None,
) -> Outcomes:
    """How often each group of a trait has the outcome, of everybody or those ``among`` a rule.

    The outcome is to be ``in`` the segment or ``out`` of it; left out, it is ``out`` for a segment
    whose growth is bad news. People of whom the trait is not known are counted and left out.
    """
    import numpy as np

    from shoal.runners import RuleAnswer, ValueAnswer, evaluate

    if outcome not in {None, "in", "out"}:
        raise UsageError(f"--outcome is in or out, not `{outcome}`")
    scope: Rule = Everyone() if among is None else asked(reading, None, among).rule
    grouping = _grouping(reading, by)
    answers = evaluate(
        reading.snapshot,
        {"it": question.rule, "among": scope, "by": grouping},
        reading.vocabulary,
        at,
    )
    member, inside, groups = answers["it"], answers["among"], answers["by"]
    assert isinstance(member, RuleAnswer)
    assert isinstance(inside, RuleAnswer)
    assert isinstance(groups, ValueAnswer)
    none = np.zeros(0, np.bool_)
    chosen = np.concatenate([none, *inside.chosen()])
    has = np.concatenate([none, *member.chosen()])[chosen]
    names = _names(groups, by)[chosen]
    is_in = _is_in(reading, question.name, outcome)
    has = has if is_in else ~has
    is_set = np.array([it is not None for it in names], np.bool_)
    found, codes = np.unique(names[is_set].astype(str), return_inverse=True)
    if len(found) > MOST_GROUPS:
        raise UsageError(
            f"--by: `{by}` has {len(found):,} different values", hint="take a trait of a few groups"
        )
    people = np.bincount(codes, minlength=len(found)).tolist()
    with_it = np.bincount(codes, has[is_set], minlength=len(found)).astype(int).tolist()
    counts = dict(zip(found.tolist(), zip(people, with_it, strict=True), strict=True))
    told = sentence(question.rule, reading.vocabulary)
    return Outcomes(question, by, at, is_in, compare(counts), int((~is_set).sum()), told)


def _grouping(reading: Reading, text: str) -> Value | Rule:
    """The trait or expression that people are grouped by; a slip in a name is no empty answer."""
    wanted = asked_value(reading, text).asked
    known = reading.vocabulary.traits
    if isinstance(wanted, TraitValue) and wanted.name not in known:
        meant = nearest(wanted.name, known)
        hint = f"did you mean `{meant}`?" if meant else None
        raise UsageError(f"no trait `{wanted.name}`", hint=hint)
    return wanted


def _is_in(reading: Reading, name: str | None, outcome: str | None) -> bool:
    if outcome is not None or name is None:
        return outcome != "out"
    return reading.definitions.segments[name].polarity != "negative"


def _names(answer: ValueAnswer, by: str) -> npt.NDArray[Any]:
    """The group of every profile, None where it is not known; many numbers by their quarter."""
    import numpy as np

    if answer.type is ValueType.TEXT:
        return texts_of(answer)
    if answer.type not in NUMBERS:
        raise UsageError(f"--by: `{by}` is no trait that people could be grouped by")
    values = _numbers(answer)
    names = np.full(len(values), None, object)
    known = ~np.isnan(values)
    if answer.type is ValueType.BOOLEAN:
        names[known] = np.where(values[known] > 0, "true", "false")
    elif len(np.unique(values[known])) <= QUARTERS:
        names[known] = [f"{it:g}" for it in values[known]]
    else:
        cuts = np.unique(np.quantile(values[known], [0.25, 0.5, 0.75]))
        labels = [f"below {cuts[0]:g}", *(f"from {it:g}" for it in cuts)]
        names[known] = [labels[it] for it in np.searchsorted(cuts, values[known], "right")]
    return names


def _numbers(answer: ValueAnswer) -> npt.NDArray[Any]:
    import numpy as np

    parts = (it.values[answer.index] for it in answer.buckets)
    return np.concatenate([np.zeros(0), *parts]).astype(np.float64)


def groupable_traits(reading: Reading) -> dict[str, Any]:
    """The traits people can be grouped by, in order, and which of them are guarded."""
    kinds = {ValueType.TEXT, *NUMBERS}
    known = reading.vocabulary.traits
    names = sorted(name for name, it in known.items() if it.type in kinds and name != "sample")
    guards = guarded_in(reading.definitions.found.events)
    return {"traits": names, "guarded": [it for it in names if (None, it) in guards]}


def stand_ins(reading: Reading, trait: str, at: int) -> list[dict[str, Any]]:
    """Every other trait by how closely it goes with this one, the closest first.

    Left out are traits of which too little is known, and those that are different for everybody.
    """
    import numpy as np

    from shoal.runners import ValueAnswer, evaluate

    wanted = _grouping(reading, trait)
    kinds = {ValueType.TEXT, *NUMBERS}
    others = [
        name
        for name, it in reading.vocabulary.traits.items()
        if name != trait and it.type in kinds and name != "sample"
    ]
    questions: dict[str, Rule | Value] = {"it": wanted}
    questions |= {f"trait {name}": TraitValue(name) for name in others}
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    columns: dict[str, list[Any]] = {}
    chosen = None
    for key, answer in answers.items():
        if not isinstance(answer, ValueAnswer) or answer.type not in kinds:
            continue
        column = texts_of(answer) if answer.type is ValueType.TEXT else _numbers(answer)
        if chosen is None:
            rng = np.random.default_rng(0)
            many = len(column) > SAMPLED
            chosen = rng.choice(len(column), SAMPLED, replace=False) if many else slice(None)
        columns[key] = [None if it != it else it for it in column[chosen].tolist()]  # noqa: PLR0124
    if "it" not in columns:
        raise UsageError(f"`{trait}` is no trait that people could be grouped by")
    guards = guarded_in(reading.definitions.found.events)
    found: list[dict[str, Any]] = []
    for name in others:
        near = (
            association(columns["it"], columns[f"trait {name}"])
            if f"trait {name}" in columns
            else None
        )
        if near is not None:
            found.append(
                {
                    "trait": name,
                    "cramers_v": near.strength,
                    "people": near.people,
                    "notable": near.is_notable,
                    "declared": (None, name) in guards,
                }
            )
    return sorted(found, key=lambda it: (-it["cramers_v"], it["trait"]))


# --- a person decides ------------------------------------------------------------------------------


def decide(  # noqa: PLR0913  what the command says
    reading: Reading,
    segment: str,
    user_id: str,
    *,
    outcome: str,
    because: str,
    by: str,
    actor: str = "cli",
) -> dict[str, Any]:
    """Records what a person decided about somebody, and why.

    It stands in the history of whom it is about, and goes when they are erased; the audit trail keeps
    that it was made, by whom and with which outcome, and never names them.
    """
    from shoal.runners import RuleAnswer, evaluate
    from shoal.store.accounts import Accounts

    for option, text in (("--outcome", outcome), ("--by", by)):
        if not text.strip():
            raise UsageError(f"{option} is empty")
    if len(because.strip()) < SHORTEST:
        raise UsageError("--because: say why, in a sentence somebody else understands")
    rule = segment_named(reading, segment).rule
    if reading.snapshot.find(user_id) is None:
        raise NotFoundError(f"nobody is called `{user_id}`")
    project = reading.project
    at = default_as_of(project, reading.snapshot)
    answer = evaluate(reading.snapshot, {"it": rule}, reading.vocabulary, at)["it"]
    assert isinstance(answer, RuleAnswer)
    was_member = user_id in set(answer.members().column("user_id").to_pylist())
    number = f"decision-{uuid4()}"
    said = {
        "segment": segment,
        "outcome": outcome.strip(),
        "because": because.strip(),
        "decided_by": by.strip(),
        "in_segment": was_member,
    }
    anonymous = user_id.startswith("anon:")
    event = Event(
        DECISION,
        None if anonymous else user_id,
        user_id.removeprefix("anon:") if anonymous else None,
        at,
        project.clock(),
        number,
        said,
        source="decisions",
    )
    project.store.append([event])
    detail = {"outcome": said["outcome"], "decided_by": said["decided_by"], "decision": number}
    note = AuditEntry(project.clock(), actor, "fairness.decide", f"segment:{segment}", detail)
    Accounts(project.store.books).note(note)
    return {"decision": number, "user_id": user_id, **said, "at": format_instant(at)}


def fairness_log(
    project: Project, limit: int = 1000, segment: str | None = None
) -> list[dict[str, Any]]:
    """Reasons given and decisions made, newest first; nobody they are about is named.

    Of all that was noted the newest thousand are looked at, for one segment too.
    """
    from shoal.store.accounts import Accounts

    entries = [
        it
        for it in Accounts(project.store.books).audit(about="fairness.")
        if segment is None or it.subject == f"segment:{segment}"
    ]
    return [
        {
            "at": format_instant(it.at),
            "actor": it.actor,
            "action": it.action,
            "subject": it.subject,
            **_plain(it.detail),
        }
        for it in entries[:limit]
    ]


def _plain(detail: Mapping[str, object]) -> dict[str, object]:
    return {name: it for name, it in detail.items() if name not in {"at", "actor", "action"}}
