"""Distinct: other people than the other segments', and people who do something else."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.audits.differences import NOTABLE, STRONG, Difference, differences
from shoal.audits.facts import Facts, Overlap
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.wording import count, listed, plain, share

TWIN, ALIKE = 0.9, 0.75
"""Jaccard from which on two segments are one, or nearly."""
INSIDE = 0.95
TOO_WIDE = 0.95
"""A segment of nearly everybody contains every other: that says nothing."""
TOLD = 3


def judge_distinct(facts: Facts) -> Iterator[Finding]:
    """Its largest twin among the other segments, and what its members do unlike the rest."""
    if not facts.size:
        told = "Nobody is in it to be told apart."
        yield Finding(Aspect.DISTINCT, Verdict.UNKNOWN, told)
        return
    if facts.size >= TOO_WIDE * facts.known:
        told = "It holds nearly everybody, so that every other segment is a part of it."
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
        told = "There is no other segment to compare it with."
        yield Finding(Aspect.DISTINCT, Verdict.UNKNOWN, told, figures)
        return
    most = others[0]
    if not most.both:
        told = f"It shares nobody with the other segments ({len(others)} compared)."
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, told, figures)
        return
    both = f"{count(most.both)} people belong to both"
    if most.jaccard >= 1:
        told = f"It holds exactly the people of `{most.name}`: one of the two is enough."
        verdict = Verdict.POOR
    elif most.jaccard >= TWIN:
        told = f"Almost the same people as `{most.name}`: {both}, {share(most.jaccard)} of all in either."
        # a part of a partition has another use: everybody is in exactly one
        verdict = Verdict.CAREFUL if "." in most.name else Verdict.POOR
    elif most.jaccard >= ALIKE:
        told = f"Very much like `{most.name}`: {both}, {share(most.jaccard)} of all in either."
        verdict = Verdict.CAREFUL
    else:
        told = f"The segment most like it is `{most.name}`: {both}, {share(most.jaccard)} of all in either."
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
        parts.append(f"nearly all of it lies inside {_some(names)}")
    if within:
        names = [f"`{it.name}`" for it in sorted(within, key=lambda it: -it.size)]
        parts.append(f"it contains nearly all of {_some(names)}")
    if parts:
        told = f"{' and '.join(parts)}: settle who hears from you for which."
        figures = {"inside": [it.name for it in around], "contains": [it.name for it in within]}
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, told[:1].upper() + told[1:], figures)


def _differences(facts: Facts) -> Iterator[Finding]:
    found = differences(facts.members, facts.behaviours)
    figures = {"differences": [_difference_json(it) for it in found]}
    if not found:
        told = (
            "What sets members apart cannot be told: too few people on one side, or no behaviour to "
            "compare."
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
        much = "strongly" if strongest >= STRONG else "somewhat"
        beside = "Beyond what the rule itself says, members" if own else "Members"
        told = f"{beside} differ {much}: {'; '.join(map(in_words, behaviour[:TOLD]))}."
        verdict = Verdict.GOOD
    elif own:
        told = (
            "Members differ from the rest only in what the rule itself says: "
            f"{'; '.join(map(in_words, own[:TOLD]))}."
        )
        verdict = Verdict.CAREFUL
    else:
        least = share(NOTABLE)
        told = (
            f"Members hardly differ from the rest in any of {len(found)} behaviours (no effect of "
            f"{least} or more): what would you tell them that you would not tell everybody?"
        )
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.DISTINCT, verdict, told, figures)
    if on_paper:
        told = f"On paper they differ too: {'; '.join(map(in_words, on_paper[:TOLD]))}."
        yield Finding(Aspect.DISTINCT, Verdict.GOOD, told)


def in_words(difference: Difference) -> str:
    """``orders in 90 days: typically 12, the others 3``."""
    behaviour = difference.behaviour
    if difference.category is not None:
        return (
            f"{behaviour.title} {difference.category}: {share(difference.here)} of them, "
            f"{share(difference.there)} of the others"
        )
    scale, unit = behaviour.unit
    here, there = plain(difference.here / scale), plain(difference.there / scale)
    kind = "on average" if difference.means else "typically"
    if here == there:
        way = "more" if (difference.rank_biserial or 0) > 0 else "less"
        return f"{behaviour.title}: mostly {way} than the others"
    return f"{behaviour.title}: {kind} {here}{unit}, the others {there}{unit}"


def _some(names: list[str]) -> str:
    return listed(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"


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
