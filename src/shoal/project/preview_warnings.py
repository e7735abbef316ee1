"""What a marketer should know before saving a rule, each with its figures and a way to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.audits.fields import fields_of
from shoal.audits.linting import Oddity, lint
from shoal.audits.sensitive import mentions
from shoal.core.instants import DAY, format_instant
from shoal.language import to_text
from shoal.language.told import Figure, Told
from shoal.language.tree import Everyone, IsSet, Rule, TraitValue
from shoal.project.checking import meant_by, problem_json

if TYPE_CHECKING:
    from shoal.core.errors import Problem
    from shoal.language.vocabulary import Vocabulary
    from shoal.project.reading import Reading
    from shoal.runners import RuleAnswer
    from shoal.segments.parts import Part

FEW = 100
"""Members below which a group is told to be small."""
NEARLY_ALL = 0.9
RARE = 0.5
"""Share of everybody below which a trait is told to be seldom known."""
SILENT = 7 * DAY
"""After so long without one, an event is told to come no more."""


@dataclass(frozen=True)
class Looked:
    """A rule whose parts have been counted, and what it was counted on."""

    reading: Reading
    at: int
    parts: list[Part]
    answers: Mapping[Rule, RuleAnswer]
    overlaps: list[dict[str, Any]]

    @property
    def rule(self) -> Rule:
        """The whole of it."""
        return self.parts[0].rule

    def place_of(self, rule: Rule) -> str | None:
        """Where a row stands; None for what is no row."""
        return next((it.id for it in self.parts if it.rule == rule), None)


def traits_asked(rule: Rule, vocabulary: Vocabulary) -> dict[str, Rule]:
    """Profile traits the rule reads, each with the rule of those of whom it is known."""
    names = [it.name for it in fields_of(rule, vocabulary) if it.event is None and it.name]
    return {name: IsSet(TraitValue(name)) for name in names}


def warnings_of(looked: Looked, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Everything worth a look, the gravest first."""
    return [
        *(_problem(it) for it in problems),
        *_about_size(looked),
        *_twin(looked),
        *_redundant(looked),
        *_seldom_known(looked),
        *_silent(looked),
        *_sensitive(looked),
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    slip = meant_by(problem)
    fix = {"do": "rename", "from": slip[0], "to": slip[1]} if slip else None
    return {"code": "problem", **problem_json(problem), "node": None, "figures": {}, "fix": fix}


def _about_size(looked: Looked) -> Iterator[dict[str, Any]]:
    answers, parts = looked.answers, looked.parts
    whole = answers[looked.rule]
    count, known = whole.count, whole.known
    if not count and known:
        # of what would let people in again, the smallest row is the one to look at
        loosening = [it for it in parts if it.id and answers[it.without].count]
        at_fault = min(loosening, key=lambda it: answers[it.rule].count, default=None)
        if at_fault is None:
            yield _warning("nobody", Told("Nobody matches."))
        else:
            back, text = answers[at_fault.without].count, to_text(at_fault.rule)
            yield _warning(
                "nobody",
                Told("Nobody matches. Without `{0}` it would be {1}.", text, Figure(back)),
                at_fault.id,
                figures={"rule": text, "without": back},
                fix={"do": "remove", "node": at_fault.id},
            )
    elif known and count < FEW:
        text = Told("Only {0} match: chance alone moves every average.", Figure(count))
        yield _warning("few", text, figures={"count": count})
    if known and count > NEARLY_ALL * known and not isinstance(looked.rule, Everyone):
        share = count / known
        text = Told("This is nearly everyone ({0}).", Figure(share, ".0%"))
        yield _warning("nearly_all", text, figures={"share": share})


def _twin(looked: Looked) -> Iterator[dict[str, Any]]:
    for twin in looked.overlaps[:1]:
        text = Told("{0} the same as `{1}`.", Figure(twin["jaccard"], ".0%"), twin["segment"])
        yield {**_warning("twin", text, figures=twin), "segment": twin["segment"]}


def _redundant(looked: Looked) -> Iterator[dict[str, Any]]:
    for found in lint(looked.rule, looked.reading.vocabulary):
        node = looked.place_of(found.condition) if found.condition is not None else None
        if found.oddity is Oddity.REDUNDANT and node:
            fix = {"do": "remove", "node": node}
            yield _warning("redundant", found.sentence, node, figures={"rule": found.text}, fix=fix)


def _seldom_known(looked: Looked) -> Iterator[dict[str, Any]]:
    known = looked.answers[looked.rule].known
    for name, rule in traits_asked(looked.rule, looked.reading.vocabulary).items():
        share = looked.answers[rule].count / known if known else 1.0
        if share < RARE:
            text = Told("`{0}` is empty for {1} of everybody.", name, Figure(1 - share, ".0%"))
            yield _warning("seldom_known", text, figures={"trait": name, "empty": 1 - share})


def _silent(looked: Looked) -> Iterator[dict[str, Any]]:
    catalogue = looked.reading.snapshot.catalogue.events
    names = {it.event for it in fields_of(looked.rule, looked.reading.vocabulary) if it.event}
    for name in sorted(names & catalogue.keys()):
        last = catalogue[name].last_at
        if last is not None and looked.at - last > SILENT:
            when = format_instant(last)
            text = Told("No `{0}` received since {1}.", name, when[:10])
            yield _warning("silent", text, figures={"event": name, "last_at": when})


def _sensitive(looked: Looked) -> Iterator[dict[str, Any]]:
    for found in mentions(looked.rule, looked.reading.vocabulary):
        text = Told(
            "`{0}` is about {1}, or may stand for it: use it with care.",
            found.text,
            Told(found.topic),
        )
        figures = {"name": found.text, "topic": found.topic.name.lower()}
        yield _warning("sensitive", text, figures=figures)


def _warning(
    code: str,
    text: str,
    node: str | None = None,
    figures: Mapping[str, Any] | None = None,
    fix: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "code": code,
        "message": text,
        "hint": None,
        "severity": "warning",
        "node": node,
        "figures": dict(figures or {}),
        "fix": fix,
    }
