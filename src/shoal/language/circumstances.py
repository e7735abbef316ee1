"""When something happened and with what: windows, and the conditions of ``where``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from shoal.core.spans import Span
from shoal.language.negation import MIRRORED, without_not
from shoal.language.shape import LITERALS
from shoal.language.tree import (
    And,
    Before,
    Between,
    BetweenAgo,
    Comparator,
    Compare,
    FromTo,
    HolidayDays,
    HolidayDaysFunction,
    InLast,
    InList,
    InNext,
    IsSet,
    Literal,
    NumberLiteral,
    Or,
    Rule,
    Since,
    TextLiteral,
    TextMatch,
    TimePart,
    TimePartFunction,
    Value,
    Window,
)
from shoal.language.wording import Noun, Wording, quoted


@dataclass(frozen=True)
class Circumstances:
    """Windows and conditions; ``phrase`` tells the values in them."""

    wording: Wording
    phrase: Callable[[Value], Noun]

    def window(self, window: Window | None, *, negated: bool = False) -> str:  # noqa: PLR0911
        """`` in the last 30 days``, after a space; ``negated`` where nothing happened then."""
        say, moment = self.wording.say, self.wording.moment
        match window:
            case None:
                return ""
            case InLast(span):
                return say("in_last", span=self.wording.lately(span))
            case InNext(span):
                return say("in_next", span=self.wording.lately(span))
            case BetweenAgo(older, newer):
                falling, rising = self.spans(older, newer), self.spans(newer, older)
                return say("between_ago", falling=falling, rising=rising)
            case Since(start):
                return say("since", start=moment(start.text))
            case Before(end):
                return say("before", end=moment(end.text))
            case FromTo(start, end):
                return say("from_to", start=moment(start.text), end=moment(end.text))
            case _:
                return say("never" if negated else "ever")

    def spans(self, one: Span, other: Span) -> str:
        """``60 and 30 days``."""
        first = self.wording.duration(one)
        if one.unit == other.unit:
            first = self.wording.number(one.count, False)
        return self.wording.listed([first, self.wording.duration(other)], "and")

    def where(self, rule: Rule | None) -> str:
        """The condition, after a space."""
        return f" {self._condition(rule)}" if rule is not None else ""

    def _condition(self, rule: Rule) -> str:
        """``with category “electronics” and price at least 500``."""
        parts = self._conditions(rule)
        word = f" {self.wording.say('or' if isinstance(rule, Or) else 'and')} "
        together = self.wording.say("with")
        shown = parts[0]
        for before, part in pairwise(parts):
            is_same = before.startswith(together) and part.startswith(together)
            shown += word + (part.removeprefix(together) if is_same else part)
        return shown

    def _conditions(self, rule: Rule) -> list[str]:
        rule = without_not(rule)
        if not isinstance(rule, And | Or):
            return [self._single(rule)]
        keys = {And: "with.both", Or: "with.either"}
        return [
            self.wording.say(keys[type(part)], parts=self._condition(part))
            if isinstance(part, And | Or)
            else self._single(part)
            for part in rule.parts
        ]

    def _single(self, rule: Rule) -> str:
        if told := self._about_time(rule):
            return told
        say = self.wording.say
        match rule:
            case Compare(left, comparator, right):
                if isinstance(left, LITERALS) and not isinstance(right, LITERALS):
                    left, comparator, right = right, MIRRORED[comparator], left
                is_text = isinstance(right, TextLiteral) and comparator is Comparator.EQUAL
                key = "with.text" if is_text else f"with.{comparator}"
                return say(key, x=self.phrase(left), y=self.phrase(right))
            case InList(value, literals, negated):
                return self.listed(f"with.in{_not(negated)}", value, literals)
            case Between(value, low, high, negated):
                low, high = self.phrase(low), self.phrase(high)
                key = f"with.between{_not(negated)}"
                return say(key, x=self.phrase(value), low=low, high=high)
            case TextMatch(value, test, text, negated):
                return say(f"with.{test}{_not(negated)}", x=self.phrase(value), text=quoted(text))
            case IsSet(value, negated):
                return say(f"with.set{_not(negated)}", x=self.phrase(value))
            case _:
                raise AssertionError(rule)

    def listed(self, key: str, value: Value, literals: tuple[Literal, ...]) -> str:
        """A phrase on a value and one of several literals."""
        texts = [self.phrase(literal).text for literal in literals]
        options, nor = self.wording.listed(texts, "or"), self.wording.listed(texts, "nor")
        return self.wording.say(key, x=self.phrase(value), options=options, nor=nor)

    def _about_time(self, rule: Rule) -> str | None:
        """``on a Saturday or Sunday``, ``in November``, ``at 18:00 or later``."""
        match rule:
            case Compare(TimePart(function), Comparator.EQUAL, NumberLiteral() as literal):
                return self._dated(function, (literal,))
            case Compare(TimePart(TimePartFunction.WEEKDAY), Comparator.AT_LEAST, NumberLiteral(6)):
                weekend = (NumberLiteral(6), NumberLiteral(7))
                return self._dated(TimePartFunction.WEEKDAY, weekend)
            case InList(TimePart(function), literals, False):
                return self._dated(function, literals)
            case Compare(TimePart(TimePartFunction.HOUR), comparator, NumberLiteral(hour)) if (
                comparator in {Comparator.AT_LEAST, Comparator.LESS}
                and hour.is_integer()
                and 0 <= hour < 24
            ):
                return self.wording.say(f"hour.{comparator}", hour=self.wording.clock(int(hour)))
            case Compare(HolidayDays() as days, comparator, NumberLiteral(number, False)) if (
                number.is_integer() and number >= 0 and comparator is not Comparator.NOT_EQUAL
            ):
                return self._near_holiday(days, comparator, int(number))
            case _:
                return None

    def _near_holiday(self, days: HolidayDays, comparator: Comparator, number: int) -> str:
        """``at most 30 days before Christmas Day``, ``on a public holiday``."""
        named = ".named" if days.name else ""
        if comparator is Comparator.EQUAL and number == 0:
            return self.wording.say(f"on_holiday{named}", name=days.name)
        side = "before" if days.function is HolidayDaysFunction.TO else "after"
        span = self.wording.duration(Span(number, "d"))
        amount = self.wording.say(f"amount.{comparator}", number=span)
        return self.wording.say(f"{side}_holiday{named}", amount=amount, name=days.name)

    def _dated(self, function: TimePartFunction, literals: tuple[Literal, ...]) -> str | None:
        if function not in {TimePartFunction.WEEKDAY, TimePartFunction.MONTH}:
            return None
        is_weekday = function is TimePartFunction.WEEKDAY
        names = self.wording.weekdays if is_weekday else self.wording.months
        shown: list[str] = []
        for literal in literals:
            if not (
                isinstance(literal, NumberLiteral) and literal.number in range(1, len(names) + 1)
            ):
                return None
            shown.append(names[int(literal.number) - 1])
        return self.wording.say(f"on.{function}", names=self.wording.listed(shown, "or"))


def _not(negated: bool) -> str:  # noqa: FBT001
    return ".not" if negated else ""
