"""Measurable and actionable: is what the rule reads there, and can anybody be reached?"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from shoal.audits.facts import Facts, Field, Outcome
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.power import detectable_mean, detectable_share
from shoal.audits.wording import amount, change, count, first_few, people, plain, share
from shoal.core.instants import DAY
from shoal.language.told import Figure, Told, joined

FULL, HALF = 0.9, 0.5
UNKNOWN = 0.05
SILENT_DAYS = 14
"""Days without a single event, after which it seems no longer to arrive."""
REACH_FULL, REACH_HALF = 0.5, 0.1
SUBTLE = 0.25
"""A relative lift above which few campaigns come: a test that only notices more is blunt."""
HOLDOUT = 0.1


def judge_measurable(facts: Facts) -> Iterator[Finding]:
    """Coverage of what the rule reads, whether it still arrives, and for how many it is unknown."""
    if not facts.fields:
        told = Told("The rule reads no field: there is nothing to measure.")
        yield Finding(Aspect.MEASURABLE, Verdict.GOOD, told, {"fields": []})
        return
    yield _coverage(facts)
    yield from _arriving(facts)
    yield from _unknown(facts)


def _coverage(facts: Facts) -> Finding:
    filled = [it for it in facts.fields if it.kind != "event"]
    missing = [it for it in facts.fields if not it.filled]
    figures = {"fields": [_field_json(it, facts) for it in facts.fields]}
    if missing:
        told = Told(
            "Nothing was ever received of {0}.",
            first_few([Told("`{0}`", it.name) for it in missing]),
        )
        return Finding(Aspect.MEASURABLE, Verdict.POOR, told, figures)
    if not filled:
        events = [it for it in facts.fields if it.kind == "event"]
        most = sorted(events, key=lambda it: -it.filled)
        each = [Told("{0} `{1}`", count(it.filled), it.name) for it in most]
        told = Told("It reads events alone: {0}.", first_few(each))
        return Finding(Aspect.MEASURABLE, Verdict.GOOD, told, figures)
    gaps = sorted((it for it in filled if it.coverage < FULL), key=lambda it: it.coverage)
    if not gaps:
        told = Told("What it reads is there: {0}.", first_few([_covered(it) for it in filled]))
        return Finding(Aspect.MEASURABLE, Verdict.GOOD, told, figures)
    poor = gaps[0].coverage < HALF
    told = Told("It reads what is often missing: {0}.", first_few([_covered(it) for it in gaps]))
    return Finding(Aspect.MEASURABLE, Verdict.POOR if poor else Verdict.CAREFUL, told, figures)


def _covered(field: Field) -> str:
    return Told(
        "`{0}` is set for {1} of profiles"
        if field.kind == "trait"
        else "`{0}` is set for {1} of its events",
        field.name,
        share(field.coverage),
    )


def _arriving(facts: Facts) -> Iterator[Finding]:
    for field in facts.fields:
        if field.kind != "event" or field.last_at is None:
            continue
        silent = (facts.as_of - field.last_at) / DAY
        if silent > SILENT_DAYS:
            told = Told(
                "No `{0}` has happened for {1} days: does it still arrive?",
                field.name,
                count(silent),
            )
            figures = {"event": field.name, "silent_days": silent}
            yield Finding(Aspect.MEASURABLE, Verdict.CAREFUL, told, figures)


def _unknown(facts: Facts) -> Iterator[Finding]:
    part = facts.unknown / facts.known if facts.known else 0.0
    figures = {"unknown": facts.unknown, "share": part}
    if not facts.unknown:
        told = Told("For everybody the rule is plainly true or false.")
        yield Finding(Aspect.MEASURABLE, Verdict.GOOD, told, figures)
        return
    told = Told(
        "For {0} ({1}) the rule is neither true nor false, since something it "
        "reads is not set; they are left out.",
        people(facts.unknown),
        share(part),
    )
    verdict = Verdict.CAREFUL if part > UNKNOWN else Verdict.GOOD
    yield Finding(Aspect.MEASURABLE, verdict, told, figures)


def judge_actionable(facts: Facts) -> Iterator[Finding]:
    """Whom which channel reaches, with the consent there is, and what a campaign could notice."""
    if not facts.size:
        told = Told("Nobody is in it to be reached.")
        yield Finding(Aspect.ACTIONABLE, Verdict.UNKNOWN, told)
        return
    yield _reach(facts)
    yield _consent(facts)
    yield from _power(facts)


def _reach(facts: Facts) -> Finding:
    figures = {
        "channels": [
            {"name": it.name, "needs": it.needs, "have": it.have, "may": it.may}
            for it in facts.channels
        ],
        "reachable": facts.reachable,
        "share": facts.reachable / facts.size,
    }
    if not facts.channels:
        told = Told(
            "Nothing in the data says how to reach anybody: no e-mail, phone, "
            "address, app or visit. Import one as a trait of the profiles, or hand "
            "the list to a tool that has it."
        )
        return Finding(Aspect.ACTIONABLE, Verdict.UNKNOWN, told, figures)
    each = [Told("{0} {1}", Told(it.name), share(it.may / facts.size)) for it in facts.channels]
    part = facts.reachable / facts.size
    told = Told("{0} can be reached ({1}).", share(part), joined(each))
    if part >= REACH_FULL:
        verdict = Verdict.GOOD
    else:
        verdict = Verdict.CAREFUL if part >= REACH_HALF else Verdict.POOR
    return Finding(Aspect.ACTIONABLE, verdict, told, figures)


def _consent(facts: Facts) -> Finding:
    figures = {"purpose": facts.purpose, "consenting": facts.consenting}
    if facts.purpose is None:
        told = Told(
            "Whether they may be written to is not checked: the segment names no "
            "purpose. Give it one (`purpose: marketing`)."
        )
        return Finding(Aspect.ACTIONABLE, Verdict.CAREFUL, told, figures)
    granted = facts.consenting or 0
    part = granted / facts.size
    told = Told(
        "{0} ({1}) consent to {2}; never asked is no consent.",
        people(granted),
        share(part),
        facts.purpose,
    )
    if part >= REACH_FULL:
        verdict = Verdict.GOOD
    else:
        verdict = Verdict.CAREFUL if part >= REACH_HALF else Verdict.POOR
    return Finding(Aspect.ACTIONABLE, verdict, told, figures)


def _power(facts: Facts) -> Iterator[Finding]:
    """What a test on all members (or all that can be reached) would notice."""
    outcome = facts.outcome
    if outcome is None or not outcome.people or isnan(outcome.share):
        told = Told(
            "What a campaign could notice cannot be told: nobody belonged four weeks "
            "ago, or nothing says what success is."
        )
        yield Finding(Aspect.ACTIONABLE, Verdict.UNKNOWN, told)
        return
    reach = facts.reachable if facts.channels and facts.reachable else facts.size
    half, held = reach // 2, round(reach * HOLDOUT)
    even = detectable_share(outcome.share, half, reach - half)
    holdout = detectable_share(outcome.share, held, reach - held)
    figures: dict[str, object] = {
        "outcome": outcome.done,
        "days": outcome.days,
        "base": outcome.share,
        "base_people": outcome.people,
        "people": reach,
        "power": 0.8,
        "significance": 0.05,
        "detectable_half": even,
        "detectable_holdout": holdout,
    }
    base = Told(
        "Of those in it {0} days ago {1} have {2} since. ",
        outcome.days,
        share(outcome.share),
        outcome.done,
    )
    if even is None:
        yield Finding(
            Aspect.ACTIONABLE,
            Verdict.CAREFUL,
            Told(
                "{0}A test on {1} would notice no rise of that at all: nearly all do it anyway."
                if outcome.share > 0.8
                else "{0}A test on {1} would notice no rise of that at all: they are too few.",
                base,
                people(reach),
            ),
            figures,
        )
        yield from _mean_power(facts, outcome, reach)
        return
    half_told = (base, people(reach), _fine(even), change(outcome.share, even))
    told = (
        Told(
            "{0}A test on {1}, one half left alone, would notice a rise to {2} or more ({3}); "
            "with one in ten left alone, to {4} ({5}).",
            *half_told,
            _fine(holdout),
            change(outcome.share, holdout),
        )
        if holdout is not None
        else Told(
            "{0}A test on {1}, one half left alone, would notice a rise to {2} or more ({3}); "
            "with one in ten left alone, none.",
            *half_told,
        )
    )
    blunt = not outcome.share or even / outcome.share - 1 > SUBTLE
    yield Finding(Aspect.ACTIONABLE, Verdict.CAREFUL if blunt else Verdict.GOOD, told, figures)
    yield from _mean_power(facts, outcome, reach)


def _mean_power(facts: Facts, outcome: Outcome, reach: int) -> Iterator[Finding]:
    if outcome.mean is None or outcome.deviation is None or outcome.mean <= 0:
        return
    half, held = reach // 2, round(reach * HOLDOUT)
    even = detectable_mean(outcome.deviation, half, reach - half)
    holdout = detectable_mean(outcome.deviation, held, reach - held)
    if even is None:
        return
    currency = facts.worth.currency if facts.worth else None
    told = Told(
        "In money: each brought {0} in {1} days; the same test would notice {2} more ({3}%)",
        amount(outcome.mean, currency),
        outcome.days,
        amount(even, currency),
        plain(100 * even / outcome.mean),
    )
    told += (
        Told(
            ", with one in ten left alone {0} ({1}%).",
            amount(holdout, currency),
            plain(100 * holdout / outcome.mean),
        )
        if holdout is not None
        else "."
    )
    figures = {
        "mean": outcome.mean,
        "deviation": outcome.deviation,
        "detectable_half": even,
        "detectable_holdout": holdout,
    }
    blunt = even / outcome.mean > SUBTLE
    yield Finding(Aspect.ACTIONABLE, Verdict.CAREFUL if blunt else Verdict.GOOD, told, figures)


def _fine(part: float) -> str:
    return Figure(100 * part, ".3g") + "%"


def _field_json(it: Field, facts: Facts) -> dict[str, object]:
    return {
        "name": it.name,
        "kind": it.kind,
        "filled": it.filled,
        "of": it.of,
        "coverage": it.coverage if it.kind != "event" else None,
        "last_at": facts.days.get(it.last_at) if it.last_at is not None else None,
    }
