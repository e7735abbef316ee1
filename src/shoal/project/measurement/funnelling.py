"""A funnel asked of a project: who came to each step, how fast, who dropped where, and what they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.core.instants import format_instant
from shoal.engine.calendars import NEVER
from shoal.language import check_rule, to_text
from shoal.language.resolution import events_of
from shoal.language.tree import And, Everyone, Rule
from shoal.measurement.funnels import Funnel, median_seconds, share
from shoal.project.answers import Question, segment_named
from shoal.project.checking import refuse_errors
from shoal.project.measurement.moving import parts_named
from shoal.project.views import received_names

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Truths = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.int64]
MOST_EVENTS = 20
"""Events that are looked at as barriers: the most frequent ones."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to tell of a funnel beside its steps.

    ``among`` keeps to the members of a rule, ``breakdown`` names segments or partitions that it is
    told for one by one, ``barriers`` says what those who dropped out did and did not do.
    """

    among: Question | None = None
    breakdown: Sequence[str] = ()
    barriers: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _People:
    """Everybody, by place: who came to each step and when, and who counts at all."""

    reached: list[Truths]
    at: list[Instants]
    among: Truths


def funnel_report(
    reading: Reading, funnel: Funnel, at: int, wanted: Wanted = Wanted()
) -> dict[str, Any]:
    """Persons by step, shares, median times, drop-offs as rules, breakdown, barriers."""
    warnings = refuse_errors(check_rule(funnel.reached(funnel.size - 1), reading.vocabulary))
    parts = [name for one in wanted.breakdown for name in parts_named(reading, one)]
    among = wanted.among.rule if wanted.among else Everyone()
    steps = range(funnel.size)
    questions: dict[str, Rule] = {"among": among}
    questions |= {f"step {n}": funnel.reached(n) for n in steps}
    for n in steps[:-1]:
        gone = funnel.gave_up(n)
        questions |= {f"over {n}": gone} if gone is not None else {}
    questions |= {f"part {name}": segment_named(reading, name).rule for name in parts}
    answers = _asked(reading, questions, at)
    people = _People([answers[f"step {n}"] for n in steps], _when(reading, funnel, at),
                     answers["among"])  # fmt: skip
    told = _steps(funnel, people, answers, None if wanted.among is None else among)
    report: dict[str, Any] = {
        "as_of": format_instant(at),
        "sequence": to_text(funnel.reached(funnel.size - 1)),
        "among": None if wanted.among is None else to_text(among),
        "size": int(people.among.sum()),
        "steps": told,
        "breakdown": [_part(name, people, answers[f"part {name}"]) for name in parts],
        "warnings": list(warnings),
    }
    if wanted.barriers:
        only = None if wanted.among is None else among
        report["barriers"] = _barriers(reading, funnel, at, people, only)
    return report


def _asked(reading: Reading, questions: Mapping[str, Rule], at: int) -> dict[str, Truths]:
    """Each rule's truth for everybody, bucket after bucket, in one pass."""
    from shoal.runners import RuleAnswer, evaluate

    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    nobody = np.empty(0, dtype=np.bool_)
    return {
        name: np.concatenate([nobody, *answer.chosen()])
        for name, answer in answers.items()
        if isinstance(answer, RuleAnswer)
    }


def _when(reading: Reading, funnel: Funnel, at: int) -> list[Instants]:
    """When each person first came to each step."""
    from shoal.runners.firsts import Lasting, first_true

    fixed = funnel.fixed(reading.vocabulary, at)
    found: list[Instants] = []
    before: list[Instants] | None = None
    for n in range(funnel.size):
        events = events_of(funnel.step(n).event, reading.vocabulary)
        # nobody comes to a step before they came to the one before it
        lasting = Lasting(fixed.reached(n), frozenset(it.name for it in events), before)
        before = first_true(reading.snapshot, lasting, reading.vocabulary, at)
        found.append(np.concatenate([np.empty(0, dtype=np.int64), *before]))
    return found


def _steps(
    funnel: Funnel, people: _People, answers: Mapping[str, Truths], among: Rule | None
) -> list[dict[str, Any]]:
    def saved(rule: Rule) -> str:
        return to_text(rule if among is None else And((among, rule)))

    rows: list[dict[str, Any]] = []
    for n, figures in enumerate(_figures(people, people.among)):
        last = n + 1 == funnel.size
        gone = None if last else people.among & people.reached[n] & ~people.reached[n + 1]
        over = answers.get(f"over {n}")
        rows.append(
            {
                "step": funnel.named(n),
                **figures,
                "dropped": None if gone is None else int(gone.sum()),
                "in_time": None if gone is None or over is None else int((gone & ~over).sum()),
                "rule": saved(funnel.reached(n)),
                "dropped_rule": None if last else saved(funnel.dropped(n)),
            }
        )
    return rows


def _figures(people: _People, chosen: Truths) -> list[dict[str, Any]]:
    """Counts, shares and median times of those chosen, step by step."""
    counts = [int((reached & chosen).sum()) for reached in people.reached]
    at = [np.where(chosen, one, NEVER) for one in people.at]
    return [
        {
            "count": count,
            "of_first": share(count, counts[0]),
            "of_previous": share(count, counts[n - 1]) if n else None,
            "median_seconds": median_seconds(at[n - 1], at[n]) if n else None,
            "median_seconds_from_first": median_seconds(at[0], at[n]) if n else None,
        }
        for n, count in enumerate(counts)
    ]


def _part(name: str, people: _People, members: Truths) -> dict[str, Any]:
    chosen = members & people.among
    return {"segment": name, "size": int(chosen.sum()), "steps": _figures(people, chosen)}


# --- barriers ------------------------------------------------------------------------------------


def _barriers(
    reading: Reading, funnel: Funnel, at: int, people: _People, among: Rule | None
) -> list[dict[str, Any]]:
    """For every step but the last: what came next, and what those who dropped did unlike the rest."""
    facts = reading.snapshot.catalogue.events
    names = sorted(received_names(reading.snapshot), key=lambda name: (-facts[name].rows, name))
    questions: dict[str, Rule] = {}
    for n in range(funnel.size - 1):
        own = {it.name for it in events_of(funnel.step(n + 1).event, reading.vocabulary)}
        for name in [name for name in names if name not in own][:MOST_EVENTS]:
            questions[f"{n} gone {name}"] = funnel.did_after(n, name, then=False)
            questions[f"{n} on {name}"] = funnel.did_after(n, name, then=True)
    answers = _asked(reading, questions, at) if questions else {}
    found: list[dict[str, Any]] = []
    for n in range(funnel.size - 1):
        gone = people.among & people.reached[n] & ~people.reached[n + 1]
        on = people.among & people.reached[n + 1]
        events = [it.split(" ", 2)[2] for it in questions if it.startswith(f"{n} gone ")]
        dropped = funnel.dropped(n) if among is None else And((among, funnel.dropped(n)))
        rows = [
            _did(name, gone, on, answers[f"{n} gone {name}"], answers[f"{n} on {name}"])
            | {"rule": to_text(And((dropped, funnel.did_after(n, name, then=False))))}
            for name in events
        ]
        found.append(
            {
                "step": funnel.named(n),
                "dropped": int(gone.sum()),
                "went_on": int(on.sum()),
                "next": _next(reading, funnel, n, np.where(gone, people.at[n], NEVER), at),
                "did_more": _most(rows, 1),
                "did_less": _most(rows, -1),
            }
        )
    return found


def _did(name: str, gone: Truths, on: Truths, by_gone: Truths, by_on: Truths) -> dict[str, Any]:
    dropped, went_on = int((gone & by_gone).sum()), int((on & by_on).sum())
    return {
        "event": name,
        "dropped": dropped,
        "went_on": went_on,
        "dropped_share": share(dropped, int(gone.sum())),
        "went_on_share": share(went_on, int(on.sum())),
    }


def _most(rows: list[dict[str, Any]], sign: int) -> list[dict[str, Any]]:
    """The rows with the largest differences that way; none where there is nobody on one side."""
    differing = [
        (sign * (row["dropped_share"] - row["went_on_share"]), row)
        for row in rows
        if row["dropped_share"] is not None and row["went_on_share"] is not None
    ]
    chosen = sorted((it for it in differing if it[0] > 0), key=lambda it: (-it[0], it[1]["event"]))
    return [row for _, row in chosen[:SHOWN]]


def _next(
    reading: Reading, funnel: Funnel, number: int, since: Instants, at: int
) -> list[dict[str, Any]]:
    """The first thing that those who dropped did after they first came to the step."""
    from shoal.project.measurement.pathing import next_events

    own = {it.name for it in events_of(funnel.step(number).event, reading.vocabulary)}
    counts = next_events(reading, since, own, at)
    whole = sum(count for _, count in counts)
    return [
        {"event": name, "count": count, "share": share(count, whole)}
        for name, count in counts[: SHOWN + 1]
    ]
