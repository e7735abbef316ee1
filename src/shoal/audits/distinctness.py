"""Distinct: other people than the other segments', and people who do something else."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.audits.differences import NOTABLE, STRONG, Difference, differences
from shoal.audits.facts import Facts, Overlap
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.wording import count, listed, plain, share
from shoal.language.told import Capital, Figure, Told, joined

TWIN, ALIKE = 0.9, 0.75
"""Jaccard from which on two segments are one, or nearly."""
INSIDE = 0.95
TOO_WIDE = 0.95
"""A segment of nearly everybody contains every other: that says nothing."""
TOLD = 3


def judge_distinct(facts: Facts) -> Iterator[Finding]:
    """Its largest twin among the other segments, and what its members do unlike the rest."""
    if not facts.size:
        told = Told("Nobody is in it to be told apart.")
        yield Finding(Aspect.DISTINCT, Verdict.UNKNOWN, told)
        return
    if facts.size >= TOO_WIDE * facts.known:
        told = Told("It holds nearly everybody, so that every other segment is a part of it.")
        yield Finding(Aspect.DISTINCT, Verdict.CAREFUL, told, {"segments": []})
    else:
        yield from _overlap(facts)
    if facts.size < facts.known:
        yield from _differences(facts)


def _overlap(facts: Facts) -> Iterator[Finding]:
    others = sorted(facts.overlaps, key=lambda it: (-it.jaccard, it.name))
    figures = {
        "segments": [_overlap_json(it) for it in others],
        "twin": others[0].name if others and others[0].both else None,
    }
    if not others:
        told = Told("There is no other segment to compare it with.")
        yield Finding(Aspect.DISTINCT, Verdict.UNKNOWN, told, figures)
        return
    most = others[0]
    if not most.both:
        told = Told("It shares nobody with the other segments ({0} compared).", Figure(len(others)))
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, told, figures)
        return
    both = Told("{0} people belong to both", count(most.both))
    if most.jaccard >= 1:
        told = Told("It holds exactly the people of `{0}`: one of the two is enough.", most.name)
        verdict = Verdict.POOR
    elif most.jaccard >= TWIN:
        told = Told(
            "Almost the same people as `{0}`: {1}, {2} of all in either.",
            most.name,
            both,
            share(most.jaccard),
        )
        # a part of a partition has another use: everybody is in exactly one
        verdict = Verdict.CAREFUL if "." in most.name else Verdict.POOR
    elif most.jaccard >= ALIKE:
        told = Told(
            "Very much like `{0}`: {1}, {2} of all in either.", most.name, both, share(most.jaccard)
        )
        verdict = Verdict.CAREFUL
    else:
        told = Told(
            "The segment most like it is `{0}`: {1}, {2} of all in either.",
            most.name,
            both,
            share(most.jaccard),
        )
        verdict = Verdict.GOOD
    yield Finding(Aspect.DISTINCT, verdict, told, figures)
    yield from _nested(facts, [it for it in others if it.jaccard < ALIKE])


def _nested(facts: Facts, others: list[Overlap]) -> Iterator[Finding]:
    """Being a part of another is no fault; it is good to know before both get a campaign."""
    narrow = [it for it in others if it.size < TOO_WIDE * facts.known]
    around = [it for it in narrow if it.inside >= INSIDE and it.size > it.own]
    within = [it for it in narrow if it.contains >= INSIDE and it.size < it.own and it.both]
    parts: list[str] = []
    if around:
        names = [f"`{it.name}`" for it in sorted(around, key=lambda it: it.size)]
        parts.append(Told("nearly all of it lies inside {0}", _some(names)))
    if within:
        names = [f"`{it.name}`" for it in sorted(within, key=lambda it: -it.size)]
        parts.append(Told("it contains nearly all of {0}", _some(names)))
    if parts:
        told = Told(
            "{0}: settle who hears from you for which.",
            joined(parts, " and ") if len(parts) < 2 else Told("{0} and {1}", *parts),
        )
        figures = {"inside": [it.name for it in around], "contains": [it.name for it in within]}
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, Capital(told), figures)


def _differences(facts: Facts) -> Iterator[Finding]:
    found = differences(facts.members, facts.behaviours)
    figures = {"differences": [_difference_json(it) for it in found]}
    if not found:
        told = Told(
            "What sets members apart cannot be told: too few people on one side, or "
            "no behaviour to compare."
        )
        yield Finding(Aspect.DISTINCT, Verdict.UNKNOWN, told, figures)
        return
    own = [it for it in found if it.behaviour.by_rule and it.is_notable]
    behaviour = [
        it
        for it in found
        if it.is_notable and not (it.behaviour.by_rule or it.behaviour.is_profile)
    ]
    on_paper = [
        it for it in found if it.is_notable and it.behaviour.is_profile and not it.behaviour.by_rule
    ]
    if behaviour:
        strongest = behaviour[0].strength
        strong = strongest >= STRONG
        if own:
            phrase = (
                "Beyond what the rule itself says, members differ strongly: {0}."
                if strong
                else "Beyond what the rule itself says, members differ somewhat: {0}."
            )
        else:
            phrase = "Members differ strongly: {0}." if strong else "Members differ somewhat: {0}."
        told = Told(phrase, _told(behaviour))
        verdict = Verdict.GOOD
    elif own:
        told = Told(
            "Members differ from the rest only in what the rule itself says: {0}.",
            _told(own),
        )
        verdict = Verdict.CAREFUL
    else:
        least = share(NOTABLE)
        told = Told(
            "Members hardly differ from the rest in any of {0} behaviours (no effect "
            "of {1} or more): what would you tell them that you would not tell "
            "everybody?",
            Figure(len(found)),
            least,
        )
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.DISTINCT, verdict, told, figures)
    if on_paper:
        told = Told("On paper they differ too: {0}.", _told(on_paper))
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, told)


def in_words(difference: Difference) -> str:
    """``orders in 90 days: typically 12, the others 3``."""
    behaviour = difference.behaviour
    if difference.category is not None:
        return Told(
            "{0} {1}: {2} of them, {3} of the others",
            behaviour.title,
            difference.category,
            share(difference.here),
            share(difference.there),
        )
    scale, unit = behaviour.unit
    here, there = plain(difference.here / scale), plain(difference.there / scale)
    kind = Told("on average") if difference.means else Told("typically")
    if here == there:
        more = (difference.rank_biserial or 0) > 0
        return Told(
            "{0}: mostly more than the others" if more else "{0}: mostly less than the others",
            behaviour.title,
        )
    return Told("{0}: {1} {2}{3}, the others {4}{3}", behaviour.title, kind, here, unit, there)


def _told(found: list[Difference]) -> Told:
    return joined([in_words(it) for it in found[:TOLD]], "; ")


def _some(names: list[str]) -> str:
    return (
        listed(names)
        if len(names) <= 3
        else Told("{0} and {1} more", joined(names[:3]), Figure(len(names) - 3))
    )


def _overlap_json(it: Overlap) -> dict[str, object]:
    return {
        "name": it.name,
        "size": it.size,
        "both": it.both,
        "jaccard": it.jaccard,
        "inside": it.inside,
        "contains": it.contains,
    }


def _difference_json(it: Difference) -> dict[str, object]:
    return {
        "name": it.behaviour.name,
        "title": it.behaviour.title,
        "by_rule": it.behaviour.by_rule,
        "profile": it.behaviour.is_profile,
        "strength": it.strength,
        "rank_biserial": it.rank_biserial,
        "standardised": it.standardised,
        "cramers_v": it.strength if it.category is not None else None,
        "category": it.category,
        "here": it.here,
        "there": it.there,
        "of": "share" if it.category is not None else "mean" if it.means else "median",
    }
