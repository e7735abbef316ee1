"""Where the next euro does most: initiatives ranked by what they bring, and a budget divided.

An initiative does the same to each of its people; what it brings is the effect on a person times
what one unit of the effect is worth, less what it costs. Initiatives are taken to be independent,
and an effect's 95 % interval to be that of a normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from math import erfc, isfinite, sqrt
from typing import Any

import numpy as np

from shoal.core.errors import MissingExtraError, UsageError
from shoal.measurement.shares import Z95

Z80 = 1.2815515655446004
"""Half the width of an 80 % interval, in standard errors."""
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Initiative:
    """Something that may be done to people.

    ``effect`` is what it changes in one person, with its 95 % interval where it is known; ``value``
    what one unit of that is worth; ``cost`` and ``hours`` are of one person, ``fixed`` and
    ``fixed_hours`` of beginning at all. It begins with at least ``least`` people. Of initiatives of
    one ``group`` at most one is chosen: they want the same people.
    """

    name: str
    people: float
    effect: float
    value: float = 1.0
    low: float | None = None
    high: float | None = None
    cost: float = 0.0
    fixed: float = 0.0
    hours: float = 0.0
    fixed_hours: float = 0.0
    least: float = 0.0
    group: str | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise UsageError(f"`{self.name}`: an interval has two ends", hint="give low and high")
        if (
            self.low is not None
            and self.high is not None
            and not (self.low <= self.effect <= self.high)
        ):
            raise UsageError(f"`{self.name}`: the effect lies outside its interval")
        named = {
            "people": self.people, "cost": self.cost, "fixed": self.fixed, "hours": self.hours,
            "fixed_hours": self.fixed_hours, "least": self.least,
        }  # fmt: skip
        wrong = next((it for it, amount in named.items() if amount < 0), None)
        if wrong is not None:
            raise UsageError(f"`{self.name}`: `{wrong}` is less than nothing")
        every = (*named.values(), self.effect, self.value, self.low or 0.0, self.high or 0.0)
        if not all(isfinite(it) for it in every):
            raise UsageError(f"`{self.name}`: a number without end cannot be reckoned with")
        if self.least > self.people:
            raise UsageError(f"`{self.name}`: it begins with more people than there are")

    @property
    def error(self) -> float | None:
        """The standard error of what it brings by one person, before costs."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / (2 * Z95) * abs(self.value)

    def per_person(self, *, cautious: bool = False) -> float:
        """What it brings by one person before costs: expected, or the low end of 80 %."""
        expected = self.effect * self.value
        return expected - Z80 * (self.error or 0.0) if cautious else expected


@dataclass(frozen=True, slots=True)
class Worth:
    """What an initiative brings if done to so many people, and what that takes.

    ``net`` is ``gain`` less ``spent``; ``low`` and ``high`` are its 95 % interval and ``chance`` that
    it is above 0, None where no interval of the effect is known.
    """

    initiative: Initiative
    people: float
    gain: float
    spent: float
    hours: float
    net: float
    low: float | None
    high: float | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget divided: what is chosen, what it brings together, and what one more would bring.

    ``per_euro`` is the net value of one more unit of budget, ``per_hour`` of one more hour, while
    the same initiatives go on; 0 where not all of it is used, None where there is no limit.
    """

    chosen: tuple[Worth, ...]
    spent: float
    hours: float
    net: float
    low: float | None
    high: float | None
    per_euro: float | None
    per_hour: float | None


def worth_of(initiative: Initiative, people: float | None = None) -> Worth:
    """What it brings if done to all of its people, or to so many of them.

    >>> worth_of(Initiative("reminder", 1000, effect=0.02, value=50, cost=0.2)).net
    800.0
    """
    some = initiative.people if people is None else people
    begun = some > 0
    gain = some * initiative.per_person()
    spent = some * initiative.cost + (initiative.fixed if begun else 0.0)
    net, error = gain - spent, initiative.error
    low = high = chance = None
    if error is not None:
        wide = some * error
        low, high = net - Z95 * wide, net + Z95 * wide
        chance = float(net > 0) if wide == 0 else erfc(-net / wide / sqrt(2)) / 2
    hours = some * initiative.hours + (initiative.fixed_hours if begun else 0.0)
    return Worth(initiative, some, gain, spent, hours, net, low, high, chance)


def ranked(initiatives: Sequence[Initiative]) -> list[Worth]:
    """Each done to all of its people, the most valuable first."""
    return sorted(map(worth_of, initiatives), key=lambda it: (-it.net, it.initiative.name))


def allocate(
    initiatives: Sequence[Initiative],
    budget: float | None,
    hours: float | None = None,
    *,
    cautious: bool = False,
) -> Allocation:
    """Whom to do what to, so that it brings most net of its costs, within a budget and hours.

    ``cautious`` reckons with the low end of each effect's 80 % interval, so that what is hardly
    known counts for less.
    """
    _check(initiatives, budget, hours)
    if not initiatives:
        return Allocation((), 0.0, 0.0, 0.0, None, None, None, None)
    begun = _begun(initiatives, budget, hours, cautious=cautious)
    people, prices = _divided(initiatives, begun, budget, hours, cautious=cautious)
    chosen = [worth_of(it, some) for it, some in zip(initiatives, people, strict=True) if some > 0]
    chosen.sort(key=lambda it: (-it.net, it.initiative.name))
    net = sum(it.net for it in chosen)
    errors = [it.initiative.error for it in chosen]
    known = [one for one in errors if one is not None]
    low = high = None
    if chosen and len(known) == len(chosen):
        squares = [(it.people * one) ** 2 for it, one in zip(chosen, known, strict=True)]
        wide = Z95 * sqrt(sum(squares))
        low, high = net - wide, net + wide
    return Allocation(
        tuple(chosen),
        sum(it.spent for it in chosen),
        sum(it.hours for it in chosen),
        net,
        low,
        high,
        None if budget is None else prices[0],
        None if hours is None else prices[1],
    )


def _check(initiatives: Sequence[Initiative], budget: float | None, hours: float | None) -> None:
    names = [it.name for it in initiatives]
    twice = next((it for it in names if names.count(it) > 1), None)
    if twice is not None:
        raise UsageError(f"the initiative `{twice}` is there twice")
    if len(names) > MOST:
        raise UsageError(f"at most {MOST:,} initiatives are divided among")
    for what, limit in (("budget", budget), ("hours", hours)):
        if limit is not None and not 0 <= limit < float("inf"):
            raise UsageError(f"the {what} is a number of 0 or more")


def _begun(
    initiatives: Sequence[Initiative],
    budget: float | None,
    hours: float | None,
    *,
    cautious: bool,
) -> list[bool]:
    """Which initiatives to begin: whole choices, since beginning costs, or excludes another."""
    optimize, count = _scipy(), len(initiatives)
    people = np.array([it.people for it in initiatives])
    gains = people * np.array([it.per_person(cautious=cautious) - it.cost for it in initiatives])
    fixed = np.array([it.fixed for it in initiatives])
    one = np.eye(count)
    nothing = np.zeros(count)
    least = np.array([it.least / it.people if it.people else 0.0 for it in initiatives])
    rows = [
        optimize.LinearConstraint(np.hstack((one, -one)), -np.inf, nothing),  # begun, if done
        optimize.LinearConstraint(np.hstack((one, -np.diag(least))), nothing, np.inf),
    ]
    for taken, limit in _taken(initiatives, budget, hours):
        rows.append(optimize.LinearConstraint(np.concatenate(taken)[None], -np.inf, limit))
    for group in {it.group for it in initiatives if it.group is not None}:
        same = np.array([float(it.group == group) for it in initiatives])
        rows.append(optimize.LinearConstraint(np.concatenate((nothing, same))[None], -np.inf, 1))
    found = optimize.milp(
        np.concatenate((-gains, fixed)),
        integrality=np.concatenate((nothing, np.ones(count))),
        bounds=optimize.Bounds(0, 1),
        constraints=rows,
        options={"mip_rel_gap": 0.0},
    )
    assert found.x is not None, found.message  # to begin nothing is always possible
    return [bool(it > 0.5) for it in found.x[count:]]


def _divided(
    initiatives: Sequence[Initiative],
    begun: Sequence[bool],
    budget: float | None,
    hours: float | None,
    *,
    cautious: bool,
) -> tuple[list[float], tuple[float, float]]:
    """How many people of each, with the beginnings settled; and what one more of each limit brings."""
    optimize = _scipy()
    each = np.array([it.per_person(cautious=cautious) - it.cost for it in initiatives])
    costs = {"budget": budget, "hours": hours}
    rows: list[list[float]] = []
    room: list[float] = []
    for what, limit in costs.items():
        if limit is None:
            continue
        of_one = [it.cost if what == "budget" else it.hours for it in initiatives]
        of_all = [it.fixed if what == "budget" else it.fixed_hours for it in initiatives]
        rows.append(of_one)
        spent = sum(one for one, yes in zip(of_all, begun, strict=True) if yes)
        room.append(max(0.0, limit - spent))
    found = optimize.linprog(
        -each,
        A_ub=np.array(rows) if rows else None,
        b_ub=np.array(room) if rows else None,
        bounds=[
            (it.least, it.people) if yes else (0.0, 0.0)
            for it, yes in zip(initiatives, begun, strict=True)
        ],
        method="highs",
    )
    assert found.x is not None, found.message
    prices = iter([abs(float(it)) for it in found.ineqlin.marginals] if rows else [])
    both = tuple(0.0 if limit is None else next(prices) for limit in costs.values())
    return [float(it) for it in found.x], (both[0], both[1])


def _taken(
    initiatives: Sequence[Initiative], budget: float | None, hours: float | None
) -> list[tuple[tuple[Any, Any], float]]:
    """What each limit is used by: all people of an initiative, and its beginning."""
    people = np.array([it.people for it in initiatives])
    found: list[tuple[tuple[Any, Any], float]] = []
    if budget is not None:
        costs = people * np.array([it.cost for it in initiatives])
        found.append(((costs, np.array([it.fixed for it in initiatives])), budget))
    if hours is not None:
        times = people * np.array([it.hours for it in initiatives])
        found.append(((times, np.array([it.fixed_hours for it in initiatives])), hours))
    return found


def _scipy() -> Any:
    try:
        return import_module("scipy.optimize")
    except ImportError as error:
        raise MissingExtraError(
            "dividing a budget needs scipy, which is not installed",
            hint="pip install 'shoal[learn]'",
        ) from error
