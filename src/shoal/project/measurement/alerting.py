"""Vital segments and targets, looked at: what moved as it does not usually move, what falls behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.instants import format_instant
from shoal.core.spans import Span
from shoal.language.told import Figure, Told
from shoal.language.tree import Everyone, Rule
from shoal.segments.alerts import Target, course, last_move

if TYPE_CHECKING:
    from shoal.project.reading import Reading

WEEKS = 12
"""Weeks that are looked back on."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should look at; ``kind`` is moved, missed or behind."""

    segment: str
    kind: str
    sentence: str
    facts: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """``{"segment", "kind", "sentence", …}``."""
        return {
            "segment": self.segment,
            "kind": self.kind,
            "sentence": self.sentence,
            **self.facts,
        }


@dataclass(frozen=True, slots=True)
class Watched:
    """What was looked at, and what was found."""

    as_of: int
    segments: tuple[str, ...]
    alerts: tuple[Alert, ...]

    def as_json(self) -> dict[str, Any]:
        """``{"as_of", "watched": [names], "alerts": […]}``."""
        return {
            "as_of": format_instant(self.as_of),
            "watched": list(self.segments),
            "alerts": [alert.as_json() for alert in self.alerts],
        }


def alerts_of(reading: Reading, at: int, weeks: int = WEEKS) -> Watched:
    """Every vital segment's last week beside those before, and every target's course."""
    from shoal.runners import counts_at

    watched = {
        name: it
        for name, it in reading.definitions.segments.items()
        if (it.vital or it.target) and name in reading.vocabulary.segments
    }
    if not watched:
        return Watched(at, (), ())
    titles = {name: reading.vocabulary.segments[name].title or name for name in watched}
    zone = reading.vocabulary.zone
    instants = [zone.add(at, Span(1, "w"), -back) for back in range(weeks, -1, -1)]
    rules: dict[str, Rule] = {name: reading.vocabulary.segments[name].rule for name in watched}
    rules[""] = Everyone()
    sizes = counts_at(reading.snapshot, rules, reading.vocabulary, instants)
    # nobody was known before the first event: those weeks say nothing about what is usual
    begun = next((place for place, each in enumerate(sizes) if each[""]), len(sizes) - 1)
    instants, sizes = instants[begun:], sizes[begun:]
    found: list[Alert] = []
    for name, it in watched.items():
        own = [each[name] for each in sizes]
        if it.vital:
            found += _moved(name, titles[name], it.polarity, own)
        if it.target is not None:
            by = zone.parse(it.target.by)
            target = Target(by, it.target.at_least, it.target.at_most, it.target.is_share)
            everyone = [max(1, each[""]) for each in sizes]
            found += _target(name, titles[name], target, instants, own, everyone)
    return Watched(at, tuple(watched), tuple(found))


def _moved(name: str, title: str, polarity: str | None, sizes: list[int]) -> list[Alert]:
    move = last_move(sizes)
    if move is None or not move.is_unusual:
        return []
    is_good = {"positive": move.change > 0, "negative": move.change < 0}.get(polarity or "")
    judged = {True: Told(" That is good news."), False: Told(" That is bad news."), None: ""}[
        is_good
    ]
    sentence = Told(
        "{0} grew from {1} to {2} within a week; usually it moves by about {3}.{4}"
        if move.change > 0
        else "{0} shrank from {1} to {2} within a week; usually it moves by about {3}.{4}",
        title,
        Figure(move.before),
        Figure(move.after),
        Figure(abs(move.usual) + move.spread, ",.0f"),
        judged,
    )
    facts = {"before": move.before, "after": move.after, "usual": move.usual}
    return [Alert(name, "moved", sentence, facts)]


def _target(  # noqa: PLR0913, PLR0917  what the sentence says
    name: str,
    title: str,
    target: Target,
    instants: list[int],
    sizes: list[int],
    everyone: list[int],
) -> list[Alert]:
    values = [
        size / all_ if target.is_share else float(size)
        for size, all_ in zip(sizes, everyone, strict=True)
    ]
    found = course(target, instants, values)
    is_over = instants[-1] >= target.by
    if found.is_met if is_over else found.is_on_course:
        return []
    bound = target.at_least if target.at_least is not None else target.at_most
    assert bound is not None
    wanted = Told(
        "at least {0}" if target.at_least is not None else "at most {0}", _told(bound, target)
    )
    kind = "missed" if is_over else "behind"
    sentence = Told(
        "{0} should come to {1} by {2}: it is {3}",
        title,
        wanted,
        format_instant(target.by)[:10],
        _told(found.now, target),
    )
    if not is_over:
        sentence += Told(" and, as it goes, will be {0}", _told(max(0.0, found.expected), target))
    facts = {"now": found.now, "expected": found.expected, "target": bound}
    return [Alert(name, kind, sentence + ".", facts)]


def _told(value: float, target: Target) -> str:
    return Figure(value, ".1%" if target.is_share else ",.0f")
