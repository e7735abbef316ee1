"""Stable: does it hold the same people next week, with other people, with another threshold?"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import numpy as np

from shoal.audits.facts import Facts
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.resampling import FIRM, STABLE
from shoal.audits.wording import count, listed, share, shortened
from shoal.language.told import Figure, Told

LOOSE = 0.5
"""A Jaccard below which a week, or a tenth of a threshold, leaves less than half in common."""


def judge_stable(facts: Facts) -> Iterator[Finding]:
    """Churn from week to week, the cuts of ranks drawn again, and thresholds moved."""
    if not facts.size:
        told = Told("Nobody is in it to stay or leave.")
        yield Finding(Aspect.STABLE, Verdict.UNKNOWN, told)
        return
    yield _churn(facts)
    yield from _resampled(facts)
    yield from _thresholds(facts)


def _churn(facts: Facts) -> Finding:
    steps = [it for it in facts.weeks if it.after == 1]
    kept = [it.kept for it in steps if not isnan(it.kept)]
    alike = [it.alike for it in steps if not isnan(it.alike)]
    if not kept or not alike:
        told = Told("How long people stay cannot be told: there are no two weeks with members.")
        return Finding(Aspect.STABLE, Verdict.UNKNOWN, told)
    typical, likeness = float(np.median(kept)), float(np.median(alike))
    entered = float(np.median([it.entered for it in steps]))
    left = float(np.median([it.left for it in steps]))
    figures = {
        "kept_a_week": typical,
        "churn_a_week": 1 - typical,
        "jaccard_a_week": likeness,
        "entered_a_week": entered,
        "left_a_week": left,
    }
    told = Told(
        "In a usual week {0} of its members stay; {1} come and {2} go.",
        share(typical),
        count(entered),
        count(left),
    )
    if likeness >= STABLE:
        verdict = Verdict.GOOD
    else:
        verdict = Verdict.CAREFUL
        told += (
            Told(
                " Of all in it now or a week before, less than half are in both: take "
                "its members when you send, not earlier."
            )
            if likeness < LOOSE
            else Told(" Take its members afresh for every use.")
        )
    return Finding(Aspect.STABLE, verdict, told, figures)


def _resampled(facts: Facts) -> Iterator[Finding]:
    if not facts.ranked:
        told = Told(
            "Its thresholds are fixed, so nobody's membership hangs on who else is "
            "there; drawing other people would change nothing."
        )
        yield Finding(Aspect.STABLE, Verdict.GOOD, told, {"ranked": False})
        return
    if not facts.resampled:
        told = Told(
            "It ranks people against each other, and this form of ranking is not "
            "drawn again here: how much hangs on who else is there is not known."
        )
        yield Finding(Aspect.STABLE, Verdict.UNKNOWN, told, {"ranked": True, "draws": 0})
        return
    draws = np.asarray(facts.resampled)
    mean, least = float(draws.mean()), float(draws.min())
    figures = {"ranked": True, "draws": len(draws), "jaccard": mean, "least": least}
    word = Told("firm" if mean >= FIRM else "stable" if mean >= STABLE else "not stable")
    told = Told(
        "It ranks people against each other. With the people drawn again {0} "
        "times, {1} of it stays the same on average, {2} at least: it is {3}.",
        Figure(len(draws)),
        share(mean),
        share(least),
        word,
    )
    verdict = Verdict.GOOD if mean >= STABLE else Verdict.POOR
    yield Finding(Aspect.STABLE, verdict, told, figures)


def _thresholds(facts: Facts) -> Iterator[Finding]:
    """The threshold on which most depends, moved by about a tenth."""
    if not facts.moved:
        return
    worst = min(facts.moved, key=lambda it: it.alike)
    same = [it for it in facts.moved if (it.text, it.number) == (worst.text, worst.number)]
    figures = {
        "moved": [
            {
                "condition": it.text,
                "number": it.number,
                "to": it.to,
                "size": it.size,
                "jaccard": it.alike,
            }
            for it in facts.moved
        ]
    }
    if worst.alike >= 1:
        told = Told("Moving any threshold by a tenth changes nobody.")
        yield Finding(Aspect.STABLE, Verdict.GOOD, told, figures)
        return
    beside = listed([Told("{0} with {1}", count(it.size), it.to) for it in same])
    told = Told(
        "Of its numbers most hangs on the {0} in `{1}`: it would hold {2}, instead of {3}.",
        worst.number,
        shortened(worst.text),
        beside,
        count(facts.size),
    )
    verdict = Verdict.GOOD
    if worst.alike < LOOSE:
        told += Told(" Have a reason for this very number.")
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.STABLE, verdict, told, figures)
