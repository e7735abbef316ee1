"""The rule itself: parts that cannot be met, say nothing, or pass people over; and what is sensitive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from shoal.audits.differences import cramers_v
from shoal.audits.facts import Behaviour, Facts
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.linting import Lint, Oddity, lint
from shoal.audits.sensitive import PROXIES, Mention, Topic, mentions, topic_of
from shoal.audits.wording import count, first_few, people, share
from shoal.core.instants import DAY, Zone
from shoal.language.text import to_text
from shoal.language.told import Figure, Told
from shoal.language.tree import BetweenAgo, InLast, Node, Selection, Sequence
from shoal.language.vocabulary import Vocabulary
from shoal.segments.reach import reached

UNLIKE = 0.2
"""Cramér's V from which on members are told to differ in something sensitive."""
_WITHIN = 1.02
"""How much longer than the data a window may be before it is told."""


def judge_rule(facts: Facts) -> Iterator[Finding]:
    """What the linter finds in the tree, then what the data say of each condition."""
    found = list(_judged(facts))
    if not found:
        told = Told("The rule is sound: every part can be met, is needed, and passes nobody over.")
        yield Finding(Aspect.RULE, Verdict.GOOD, told)
    yield from found


def _judged(facts: Facts) -> Iterator[Finding]:
    lints = lint(facts.rule, facts.vocabulary)
    unknown = {it.text: it.unknown for it in facts.conditions}
    for item in lints:
        yield from _of_lint(item, unknown)
    redundant = {it.text for it in lints if it.oddity is Oddity.REDUNDANT}
    yield from _conditions(facts, redundant)
    yield from _idle(facts, redundant)
    yield from _windows(facts)


def _of_lint(item: Lint, unknown: dict[str, int]) -> Iterator[Finding]:
    figures: dict[str, object] = {"kind": str(item.oddity), "condition": item.text}
    match item.oddity:
        case Oddity.UNSATISFIABLE:
            yield Finding(Aspect.RULE, Verdict.POOR, item.sentence, figures)
        case Oddity.REDUNDANT:
            yield Finding(Aspect.RULE, Verdict.CAREFUL, item.sentence, figures)
        case Oddity.NULL_SENSITIVE:
            many = unknown.get(item.text)
            if many == 0:
                return
            figures["unknown"] = many
            number = "" if many is None else Told(": {0}", people(many))
            told = Told("{0}{1}. If you want them, {2}.", item.sentence, number, item.remedy)
            yield Finding(Aspect.RULE, Verdict.CAREFUL, told, figures)


def _conditions(facts: Facts, said: set[str]) -> Iterator[Finding]:
    """Thresholds that hit nobody, or everybody."""
    if not facts.known or len(facts.conditions) < 2:
        return
    for it in facts.conditions:
        figures = {"kind": "threshold", "condition": it.text, "true": it.true}
        if not it.true:
            told = Told("`{0}` is true for nobody.", it.text)
            yield Finding(Aspect.RULE, Verdict.CAREFUL, told, figures)
        elif it.true == facts.known and it.text not in said:
            told = Told("`{0}` is true for everybody: it decides nothing.", it.text)
            yield Finding(Aspect.RULE, Verdict.CAREFUL, told, figures)


def _idle(facts: Facts, said: set[str]) -> Iterator[Finding]:
    """Conditions that can be left out today without changing anybody's membership."""
    everyone = {it.text for it in facts.conditions if it.true == facts.known}
    idle = [
        it.text
        for it in facts.dropped
        if not it.changes and it.text not in said and it.text not in everyone
    ]
    if idle and facts.size:
        told = Told(
            "Today nobody's membership hangs on {0}.", first_few([f"`{it}`" for it in idle])
        )
        figures = {"kind": "idle", "conditions": idle}
        # it may matter tomorrow, and `did a` often only makes a rule plain to read
        yield Finding(Aspect.RULE, Verdict.GOOD, told, figures)


def _windows(facts: Facts) -> Iterator[Finding]:
    """Windows that reach back to before the data begin."""
    if facts.first_at is None:
        return
    zone, first = facts.vocabulary.zone, {it.name: it.first_at for it in facts.fields}
    long: dict[str, int] = {}
    for window, names in _backs(facts.rule, facts.vocabulary):
        began = [at for at in map(first.get, names) if at is not None]
        reach = facts.as_of - min(began, default=facts.first_at)
        if _length(window, zone, facts) > reach * _WITHIN:
            long[to_text(window)] = max(reach, 0)
    if not long:
        return
    texts, reach = list(long), min(long.values())
    names = [f"`{it}`" for it in texts]
    told = Told(
        "{0} {1:is|are} longer than the data, which begin {2} days before: what "
        "happened earlier does not count.",
        first_few(names),
        Figure(len(texts)),
        count(reach / DAY),
    )
    figures = {"kind": "window", "windows": texts, "days": reach / DAY}
    yield Finding(Aspect.RULE, Verdict.CAREFUL, told, figures)


def _backs(
    rule: Node, vocabulary: Vocabulary
) -> Iterator[tuple[InLast | BetweenAgo, tuple[str, ...]]]:
    """Windows that look back, and the events they choose from (none: any)."""
    for node in reached(rule, vocabulary):
        if isinstance(node, Selection) and isinstance(node.window, InLast | BetweenAgo):
            yield node.window, node.event.names
        if isinstance(node, Sequence) and isinstance(node.window, InLast | BetweenAgo):
            yield node.window, tuple(name for step in node.steps for name in step.event.names)


def _length(window: InLast | BetweenAgo, zone: Zone, facts: Facts) -> int:
    span = window.span if isinstance(window, InLast) else window.older
    return facts.as_of - zone.add(facts.as_of, span, -1)


def judge_sensitive(facts: Facts) -> Iterator[Finding]:
    """What the rule reads by name, and in what members differ though the rule does not read it."""
    found = mentions(facts.rule, facts.vocabulary)
    for topic in dict.fromkeys(it.topic for it in found):
        yield from _mentions(topic, [it for it in found if it.topic is topic])
    read = {item.text for item in found if item.is_field}
    unlike = list(_proxies(facts, read))
    yield from unlike
    if not found and not unlike:
        tried = [
            it.title
            for it in facts.behaviours
            if it.name in facts.sensitive and _association(facts, it) is not None
        ]
        told = (
            Told(
                "Nothing it reads is called anything sensitive, and members do not differ notably "
                "by {0}.",
                first_few(tried),
            )
            if tried
            else Told(
                "Nothing it reads is called anything sensitive; there is no trait by which members "
                "could be compared with the rest."
            )
        )
        verdict = Verdict.GOOD if tried else Verdict.UNKNOWN
        yield Finding(Aspect.SENSITIVE, verdict, told, {"compared": tried})


def _mentions(topic: Topic, found: list[Mention]) -> Iterator[Finding]:
    """Fields about one topic, and texts that may hint at it."""
    fields = [it.text for it in found if it.is_field]
    texts = [it.text for it in found if not it.is_field]
    if fields:
        names = first_few([f"`{it}`" for it in fields])
        told = (
            Told(
                "It reads {0}, that is {1}, which may stand for {2}: have a reason you could tell "
                "the people concerned.",
                names,
                Told(topic),
                Told(PROXIES[topic]),
            )
            if topic in PROXIES
            else Told(
                "It reads {0}, that is {1}: have a reason you could tell the people concerned, and "
                "ask whether the law allows it.",
                names,
                Told(topic),
            )
        )
        figures = {"topic": str(topic), "fields": fields}
        yield Finding(Aspect.SENSITIVE, Verdict.CAREFUL, told, figures)
    if texts:
        told = Told(
            "It asks for {0}, which may hint at {1}: people may not expect to be "
            "addressed by that.",
            first_few([f"“{it}”" for it in texts]),
            Told(topic),
        )
        figures = {"topic": str(topic), "texts": texts}
        yield Finding(Aspect.SENSITIVE, Verdict.CAREFUL, told, figures)


def _proxies(facts: Facts, read: set[str]) -> Iterator[Finding]:
    for behaviour in facts.behaviours:
        if behaviour.name not in facts.sensitive or behaviour.name in read:
            continue
        found = _association(facts, behaviour)
        if found is None or found[0] < UNLIKE:
            continue
        strength, label, here, there, told_of = found
        about = topic_of(behaviour.name)
        told = Told(
            "Though it does not read `{0}`, members differ in it (Cramér's V {1} "
            "among the {2} who have it): {3} are {4} of members and {5} of the "
            "others. Whoever is treated by this segment is in part treated by {6}.",
            behaviour.name,
            Figure(strength, ".2f"),
            count(told_of),
            label,
            share(here),
            share(there),
            Told(about) if about else behaviour.title,
        )
        figures = {
            "trait": behaviour.name,
            "cramers_v": strength,
            "category": label,
            "here": here,
            "there": there,
        }
        yield Finding(Aspect.SENSITIVE, Verdict.CAREFUL, told, figures)


def _association(facts: Facts, behaviour: Behaviour) -> tuple[float, str, float, float, int] | None:
    """Cramér's V of belonging with the trait; numbers are cut at their quartiles."""
    is_set = ~np.isnan(behaviour.values)
    codes, labels = behaviour.values[is_set], behaviour.labels
    members = facts.members[is_set]
    if min(int(members.sum()), int((~members).sum())) < 10:
        return None
    if labels is None:
        cuts = np.unique(np.quantile(codes, [0.25, 0.5, 0.75]))
        codes = np.searchsorted(cuts, codes, "right").astype(float)
        edges = [f"{cut:g}" for cut in cuts]
        labels = (
            Told("those below {0}", edges[0]),
            *(Told("those from {0} to {1}", a, b) for a, b in pairwise(edges)),
            Told("those from {0} on", edges[-1]),
        )
    table = np.stack(
        [
            np.bincount(codes[side].astype(np.int64), minlength=len(labels))
            for side in (members, ~members)
        ]
    ).astype(np.float64)
    shares = table / table.sum(axis=1, keepdims=True)
    most = int(np.argmax(shares[0] - shares[1]))
    return (
        cramers_v(table),
        labels[most],
        float(shares[0, most]),
        float(shares[1, most]),
        int(is_set.sum()),
    )
