"""Size and value: how many, which way, and what they bring."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shoal.audits.facts import Facts, Outcome, Week
from shoal.audits.findings import Aspect, Finding, Verdict
from shoal.audits.power import people_needed, people_needed_for_mean
from shoal.audits.wording import amount, change, count, people, plain, share
from shoal.language.told import Figure, Told
from shoal.segments.alerts import last_move

LEAST = 30
"""Members below which a segment is handled by hand: averages of fewer mean little."""
LEAST_SHARE = 0.03
"""A share of everybody from which on a segment is worth its upkeep, however few it takes to test."""
NEARLY_ALL = 0.95
LIFT = 0.10
FALLING = -0.2


def judge_size(facts: Facts) -> Iterator[Finding]:
    """How many, whether they are enough, and how the size went."""
    yield _now(facts)
    yield from _enough(facts)
    yield from _trend(facts)


def _now(facts: Facts) -> Finding:
    size, known = facts.size, facts.known
    part = size / known if known else 0.0
    figures = {"size": size, "known": known, "share": part, "least": LEAST}
    if not known:
        told, verdict = Told("Nobody is known yet at this instant."), Verdict.UNKNOWN
    elif not size:
        told, verdict = Told("Nobody of {0} people is in it.", count(known)), Verdict.POOR
    elif size == known:
        told, verdict = (
            Told("All {0} people are in it: it tells nobody apart.", count(known)),
            Verdict.POOR,
        )
    else:
        told = Told("{0}: {1} of the {2} known.", people(size), share(part), count(known))
        verdict = Verdict.GOOD
        if part >= NEARLY_ALL:
            told += Told(" It is nearly everybody: look at who is not in it instead.")
            verdict = Verdict.CAREFUL
    return Finding(Aspect.SIZE, verdict, told, figures)


def _enough(facts: Facts) -> Iterator[Finding]:
    """The guard against the too tiny: an absolute minimum, then what a test of +10 % would take."""
    size = facts.size
    if not size or size == facts.known:
        return
    needed, of_what = _needed(facts.outcome)
    figures = {"least": LEAST, "needed_for_10_percent": needed, "least_share": LEAST_SHARE}
    if size < LEAST:
        told = Told(
            "Too tiny to manage as a segment: under {0} people chance alone moves "
            "every average. Write to them by hand, or widen the rule.",
            Figure(LEAST),
        )
        yield Finding(Aspect.SIZE, Verdict.POOR, told, figures)
        return
    wide = size >= LEAST_SHARE * facts.known
    test = Told("to notice in a test that {0} takes {1} people", of_what, count(needed or 0))
    narrow = Told("under {0} of everybody", share(LEAST_SHARE))
    verdict = Verdict.GOOD
    if needed is not None and size >= needed:
        told = Told("Large enough: {0}.", test)
    elif wide:
        told = (
            Told("Large enough to manage; {0}.", test)
            if needed is not None
            else Told("Large enough to manage.")
        )
    else:
        told = (
            Told("Small: {0}, and {1}. Is it worth a campaign of its own?", narrow, test)
            if needed is not None
            else Told("Small: {0}. Is it worth a campaign of its own?", narrow)
        )
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.SIZE, verdict, told, figures)


def _needed(outcome: Outcome | None) -> tuple[int | None, str]:
    """People a test of +10 % takes, and of what: of the share who do it, else of what they bring."""
    if outcome is None:
        return None, ""
    needed = people_needed(outcome.share, LIFT)
    if needed is None and outcome.mean is not None and outcome.deviation is not None:
        return people_needed_for_mean(outcome.mean, outcome.deviation, LIFT), Told(
            "they bring 10% more"
        )
    return needed, Told("10% more of them have {0}", outcome.done)


def _trend(facts: Facts) -> Iterator[Finding]:
    weeks = facts.weeks
    if len(weeks) < 2:
        told = Told("How its size went cannot be told: the data are younger than two weeks.")
        yield Finding(Aspect.SIZE, Verdict.UNKNOWN, told, {"weeks": []})
        return
    first, last = weeks[0], weeks[-1]
    span = sum(it.after for it in weeks)
    figures = {
        "weeks": [_week_json(it, facts) for it in weeks],
        "change": last.size / first.size - 1 if first.size else None,
    }
    if first.size == last.size == 0:
        return
    grew = last.size - first.size
    if grew:
        told = Told(
            "It grew from {0} to {1} in {2} ({3})."
            if grew > 0
            else "It shrank from {0} to {1} in {2} ({3}).",
            count(first.size),
            count(last.size),
            _weeks(span),
            change(first.size, last.size),
        )
    else:
        told = Told("It is as large as {0} ago.", _weeks(span))
    verdict = Verdict.GOOD
    unwelcome = (facts.polarity == "negative" and grew > 0) or (
        facts.polarity == "positive" and grew < 0
    )
    if unwelcome and abs(grew) > abs(FALLING) * max(first.size, 1) / 2:
        told += Told(" That is unwelcome: the segment is marked {0}.", Told(facts.polarity or ""))
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.SIZE, verdict, told, figures)
    yield from _unusual(weeks)


def _unusual(weeks: tuple[Week, ...]) -> Iterator[Finding]:
    """The drift alert: the last week's move, unusual by the measure of `shoal alerts`."""
    move = last_move([it.size for it in weeks])
    if move is None or not move.is_unusual or any(it.after != 1 for it in weeks[1:]):
        return
    told = Told(
        "The last week moved it by {0}; a week usually does by {1}. Look for a "
        "cause: a campaign, a season, or data that have not arrived.",
        Figure(move.change, "+,"),
        Figure(move.usual, "+,.0f"),
    )
    figures = {"last": float(move.change), "usual": move.usual, "spread": move.spread}
    yield Finding(Aspect.SIZE, Verdict.CAREFUL, told, figures)


def judge_value(facts: Facts) -> Iterator[Finding]:
    """What members are worth beside everybody, and which way it goes."""
    worth = facts.worth
    if worth is None:
        told = Told(
            "What they are worth cannot be told: no event carries an amount. Name "
            "one with --value, or define a trait `customer_value`."
        )
        yield Finding(Aspect.VALUE, Verdict.UNKNOWN, told)
        return
    values = np.nan_to_num(worth.values)
    inside, everyone = float(values[facts.members].sum()), float(values.sum())
    size, known = facts.size, facts.known
    figures: dict[str, object] = {
        "expression": worth.text,
        "chosen": worth.chosen,
        "currency": worth.currency,
        "total": inside,
        "everyone": everyone,
        "share": inside / everyone if everyone else None,
        "per_member": inside / size if size else None,
        "per_person": everyone / known if known else None,
    }
    if not size:
        yield Finding(
            Aspect.VALUE, Verdict.UNKNOWN, Told("Nobody is in it to be worth anything."), figures
        )
        return
    if everyone == 0:
        told = Told("Nobody has a value: `{0}` is nothing for everybody.", worth.text)
        yield Finding(Aspect.VALUE, Verdict.UNKNOWN, told, figures)
        return
    each, all_each = inside / size, everyone / known
    part = inside / everyone
    told = Told(
        "Together {0}: {1} of all value from {2} of the people; {3} each, where "
        "the average is {4}{5}.",
        amount(inside, worth.currency),
        share(max(part, 0.0)),
        share(size / known),
        amount(each, worth.currency),
        amount(all_each, worth.currency),
        _times(each, all_each),
    )
    verdict = Verdict.GOOD
    if inside <= 0:
        told = Told(
            "They bring nothing: `{0}` comes to {1}.", worth.text, amount(inside, worth.currency)
        )
        verdict = Verdict.CAREFUL
    yield Finding(Aspect.VALUE, verdict, told, figures)
    yield from _value_trend(facts, worth.currency)


def _value_trend(facts: Facts, currency: str | None) -> Iterator[Finding]:
    weeks = facts.weeks
    if len(weeks) < 2 or any(it.value is None for it in weeks):
        return
    first, last = weeks[0], weeks[-1]
    assert first.value is not None
    assert last.value is not None
    span = sum(it.after for it in weeks)
    per_first = first.value / first.size if first.size else 0.0
    per_last = last.value / last.size if last.size else 0.0
    everyone = None
    if first.everyone_value and last.everyone_value is not None:
        everyone = last.everyone_value / first.everyone_value - 1
    beside = Told(", everybody's {0}", Figure(everyone, "+.0%")) if everyone is not None else ""
    figures = {
        "totals": [it.value for it in weeks],
        "change": last.value / first.value - 1 if first.value else None,
        "change_everyone": everyone,
        "change_per_member": per_last / per_first - 1 if per_first else None,
    }
    if not first.value and not last.value:
        return
    told = Told(
        "In {0} what members were worth together went from {1} to {2} ({3}{4}), "
        "each from {5} to {6} ({7}).",
        _weeks(span),
        amount(first.value, currency),
        amount(last.value, currency),
        change(first.value, last.value),
        beside,
        amount(per_first, currency),
        amount(per_last, currency),
        change(per_first, per_last),
    )
    if facts.young:
        told += Told(" The data are younger than what value looks back on: part of that is theirs.")
    falling = first.value > 0 and last.value / first.value - 1 <= FALLING
    bad = falling and facts.polarity != "negative"
    yield Finding(Aspect.VALUE, Verdict.CAREFUL if bad else Verdict.GOOD, told, figures)


def _times(one: float, other: float) -> str:
    if other <= 0 or round(one / other, 1) == 1:
        return ""
    return Told(" ({0} times)", plain(round(one / other, 1)))


def _weeks(number: int) -> str:
    return Told("one week") if number == 1 else Told("{0} weeks", Figure(number))


def _week_json(week: Week, facts: Facts) -> dict[str, object]:
    return {
        "at": facts.days.get(week.at, str(week.at)),
        "size": week.size,
        "entered": week.entered,
        "left": week.left,
        "value": week.value,
    }
