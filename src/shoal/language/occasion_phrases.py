"""What sentences say of occasions: what is still to come, anniversaries, public holidays."""

from __future__ import annotations

from collections.abc import Callable

from shoal.language.english import number
from shoal.language.tree import (
    Anniversary,
    AnniversaryFunction,
    Comparator,
    Compare,
    Holiday,
    HolidayDays,
    HolidayDaysFunction,
    HolidayFunction,
    NumberLiteral,
    Until,
    Value,
)

Occasion = HolidayDays | Holiday | Anniversary | Until

AHEAD = {
    Comparator.EQUAL: "exactly {} away",
    Comparator.NOT_EQUAL: "not exactly {} away",
    Comparator.GREATER: "more than {} away",
    Comparator.AT_LEAST: "at least {} away",
    Comparator.LESS: "less than {} away",
    Comparator.AT_MOST: "at most {} away",
}
_DAYS = {
    Comparator.EQUAL: "exactly {}",
    Comparator.NOT_EQUAL: "not exactly {}",
    Comparator.GREATER: "more than {}",
    Comparator.AT_LEAST: "at least {}",
    Comparator.LESS: "fewer than {}",
    Comparator.AT_MOST: "at most {}",
}


def occasion(value: Occasion, told: Callable[[Value], str]) -> str:
    """The noun phrase of an occasion; ``told`` tells "their birthday" of the instant inside."""
    match value:
        case HolidayDays():
            return holiday_days(value)
        case Holiday():
            return holiday(value)
        case Anniversary(function, inner):
            return anniversary(function, told(inner))
        case Until(inner):
            return f"time until {told(inner)}"


def anniversary(function: AnniversaryFunction, of: str) -> str:
    """``next birthday``, ``last anniversary of their first order``."""
    side = "next" if function is AnniversaryFunction.NEXT else "last"
    own = of.removeprefix("their ")
    if own.endswith(("birthday", "anniversary")):
        return f"{side} {own}"
    return f"{side} anniversary of {of}"


def holiday(node: Holiday) -> str:
    """``next public holiday``, ``last Christmas Day``."""
    side = "next" if node.function is HolidayFunction.NEXT else "last"
    return f"{side} {node.name or 'public holiday'}"


def holiday_days(node: HolidayDays) -> str:
    """``number of days to the next Christmas Day``."""
    if node.function is HolidayDaysFunction.TO:
        return f"number of days to the next {node.name or 'public holiday'}"
    return f"number of days since the last {node.name or 'public holiday'}"


def near_holiday(rule: object) -> str | None:
    """``at most 30 days before Christmas Day``; ``on a public holiday``."""
    match rule:
        case Compare(HolidayDays(function, name), comparator, NumberLiteral(days, False)):
            if comparator is Comparator.EQUAL and days == 0:
                return f"on {name or 'a public holiday'}"
            side = "before" if function is HolidayDaysFunction.TO else "after"
            shown = f"{number(days)} {'day' if days == 1 else 'days'}"
            return f"{_DAYS[comparator].format(shown)} {side} {name or 'a public holiday'}"
        case _:
            return None
