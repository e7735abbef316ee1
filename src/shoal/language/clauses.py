# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""The clauses and noun phrases a sentence is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from shoal.core.spans import Span
from shoal.language.deeds import ANYTHING, deed_of
from shoal.language.english import (
    MONTHS,
    WEEKDAYS,
    duration,
    in_passing,
    label,
    lately,
    listed,
    moment,
    number,
    quoted,
)
from shoal.language.negation import without_not
from shoal.language.occasion_phrases import AHEAD, near_holiday, occasion
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    And,
    Anniversary,
    Arithmetic,
    ArithmeticOperator,
    Before,
    Between,
    BetweenAgo,
    BooleanLiteral,
    Case,
    Changed,
    Coalesce,
    Comparator,
    Compare,
    ConsentsTo,
    Did,
    Everyone,
    FromTo,
    Has,
    Holiday,
    HolidayDays,
    InLast,
    InList,
    InNext,
    InSegment,
    InstantLiteral,
    InTop,
    IsSet,
    Literal,
    Nobody,
    Not,
    NumberLiteral,
    Or,
    PropertyValue,
    Rank,
    RankFunction,
    Rule,
    Selection,
    Sequence,
    SequenceAggregate,
    SequenceMatch,
    Since,
    SpanLiteral,
    Step,
    TextLiteral,
    TextMatch,
    TextTest,
    TimePart,
    TimePartFunction,
    TraitTruth,
    TraitValue,
    Until,
    Value,
    Window,
)
from shoal.language.types import value_type
from shoal.language.vocabulary import ValueType, Vocabulary

_F = AggregateFunction
_C = Comparator
_AMOUNT = {
    _C.EQUAL: "exactly {}",
    _C.NOT_EQUAL: "not exactly {}",
    _C.GREATER: "more than {}",
    _C.AT_LEAST: "at least {}",
    _C.LESS: "fewer than {}",
    _C.AT_MOST: "at most {}",
}
_NUMBER = {
    _C.EQUAL: "is {}",
    _C.NOT_EQUAL: "is not {}",
    _C.GREATER: "is more than {}",
    _C.AT_LEAST: "is at least {}",
    _C.LESS: "is less than {}",
    _C.AT_MOST: "is at most {}",
}
_INSTANT = {
    _C.EQUAL: "was at the time of {}",
    _C.NOT_EQUAL: "was not at the time of {}",
    _C.GREATER: "was after {}",
    _C.AT_LEAST: "was at or after {}",
    _C.LESS: "was before {}",
    _C.AT_MOST: "was at or before {}",
}
_AGO = {
    _C.EQUAL: "exactly {} ago",
    _C.NOT_EQUAL: "not exactly {} ago",
    _C.GREATER: "more than {} ago",
    _C.AT_LEAST: "at least {} ago",
    _C.LESS: "less than {} ago",
    _C.AT_MOST: "at most {} ago",
}
_WITH = {
    _C.EQUAL: "{} {}",
    _C.NOT_EQUAL: "{} other than {}",
    _C.GREATER: "{} above {}",
    _C.AT_LEAST: "{} at least {}",
    _C.LESS: "{} below {}",
    _C.AT_MOST: "{} at most {}",
}
_TEXT = {
    TextTest.CONTAINS: ("contains", "does not contain", "containing"),
    TextTest.STARTS_WITH: ("starts with", "does not start with", "starting with"),
    TextTest.ENDS_WITH: ("ends with", "does not end with", "ending with"),
}
_OVER = {
    _F.SUM: "total {} of {}",
    _F.AVG: "average {} of {}",
    _F.MIN: "lowest {} of {}",
    _F.MAX: "highest {} of {}",
    _F.DISTINCT: "number of different values of {} among {}",
    _F.TOP: "most frequent {} of {}",
    _F.SHARE: "share of the most frequent {} among {}",
    _F.VALUES: "list of values of {} among {}",
    _F.MEDIAN: "median {} of {}",
    _F.STD: "standard deviation of {} of {}",
    _F.FIRST: "first {} of {}",
    _F.LAST: "last {} of {}",
}
_PARTS = {
    TimePartFunction.HOUR: "hour of the day",
    TimePartFunction.WEEKDAY: "day of the week",
    TimePartFunction.DAY: "day of the month",
    TimePartFunction.MONTH: "month",
    TimePartFunction.DAY_OF_YEAR: "day of the year",
}
_OUT_OF = {RankFunction.QUINTILE: 5, RankFunction.DECILE: 10}
_PICKED = (_F.FIRST, _F.LAST)
_LASTING = (InLast, Since, type(None))


@dataclass(frozen=True)
class Clauses:
    """Clauses over one vocabulary; ``people`` tells "customers who …" of a rule within."""

    vocabulary: Vocabulary
    people: Callable[[Rule], str]

    # --- clauses ----------------------------------------------------------------------------

    def clause(self, rule: Rule) -> str:
        """``who …`` or ``whose …``."""
        match rule:
            case Did(selection, negated):
                return self._did(selection, negated=negated)
            case SequenceMatch(sequence):
                return f"who {self._sequence(sequence)}"
            case InSegment() | Changed():
                return self._segment(rule)
            case ConsentsTo(purpose):
                return f"who consent to {label(purpose)}"
            case Everyone():
                return "who are known"
            case Nobody():
                return "who do not exist"
            case TraitTruth(value):
                return f"whose {self.phrase(value)} is true"
            case Compare():
                return self._compare(rule)
            case _:
                return self._test(rule)

    def denied(self, rule: Rule) -> str:
        """The clause of a rule that has no opposite form of its own."""
        match rule:
            case SequenceMatch(sequence):
                return f"who {self._sequence(sequence, negated=True)}"
            case Changed():
                return self.clause(rule).replace("who have ", "who have not ", 1)
            case ConsentsTo(purpose):
                return f"who do not consent to {label(purpose)}"
            case TraitTruth(value):
                return f"whose {self.phrase(value)} is not true"
            case InTop():
                return self.clause(rule).replace(" is in the ", " is not in the ", 1)
            case _:
                return f"who are not among {self.people(rule)}"

    def _did(self, selection: Selection, *, negated: bool) -> str:
        deed = deed_of(selection.event, self.vocabulary)
        done, past = deed.done, deed.past
        if deed is ANYTHING and not negated:
            done, past = "done something", "did something"
        rest = self._rest(selection)
        if isinstance(selection.window, InNext):
            return f"who will {'not ' if negated else ''}have {done}{rest}"
        if negated:
            return f"who have not {done}{rest}"
        if isinstance(selection.window, _LASTING):
            return f"who have {done}{rest}"
        return f"who {_simple_past(past)}{rest}"

    def in_none(self, names: list[str]) -> str:
        """``who are in none of the segments “A” and “B”``."""
        return f"who are in none of the segments {listed(list(map(self._titled, names)), 'and')}"

    def _titled(self, name: str) -> str:
        entry = self.vocabulary.segments.get(name)
        return quoted((entry and entry.title) or name)

    def _segment(self, rule: InSegment | Changed) -> str:
        name = f"the segment {self._titled(rule.name)}"
        match rule:
            case Changed(entered, _, window):
                return f"who have {'entered' if entered else 'left'} {name}{self._window(window)}"
            case InSegment(_, negated, None):
                return f"who are {'not ' if negated else ''}in {name}"
            case InSegment(_, negated, span):
                assert span is not None
                lasting = f"in {name} for at least {duration(span)}"
                return f"who have {'not ' if negated else ''}been {lasting}"

    def _compare(self, rule: Compare) -> str:
        left, comparator, right = rule.left, rule.comparator, rule.right
        if _is_literal(left) and not _is_literal(right):
            left, comparator, right = right, _mirrored(comparator), left
        match left, right:
            case Aggregate(_F.COUNT, selection), NumberLiteral(amount, False):
                return self._counted(selection, comparator, amount)
            case Aggregate(_F.DAYS, selection), NumberLiteral(amount, False):
                return self._on_days(selection, comparator, amount)
            case Age(inner), SpanLiteral(span):
                return self._event_at(inner, _AGO[comparator].format(duration(span)))
            case Until(inner), SpanLiteral(span):
                return f"whose {self.phrase(inner)} is {AHEAD[comparator].format(duration(span))}"
            case Rank(function, value, scope), NumberLiteral(amount, False) if (
                comparator is _C.EQUAL and function in _OUT_OF
            ):
                place = f"{function} {number(amount)} of {_OUT_OF[function]}"
                return f"who are in {place} by {self.phrase(value)}{self._scope(scope)}"
            case _:
                pass
        if value_type(left, self.vocabulary) is ValueType.INSTANT:
            form = _INSTANT[comparator]
            if isinstance(left, Anniversary | Holiday):
                form = form.replace("was", "is", 1)
            if isinstance(right, InstantLiteral) and comparator in {_C.EQUAL, _C.NOT_EQUAL}:
                form = form.replace("at the time of ", "")
            return f"whose {self.phrase(left)} {form.format(self.phrase(right, owned=True))}"
        form = _NUMBER[comparator].format(self.phrase(right, owned=True))
        return f"whose {self.phrase(left)} {form}"

    def _counted(self, selection: Selection, comparator: Comparator, amount: float) -> str:
        deed = deed_of(selection.event, self.vocabulary)
        rest = self._rest(selection)
        if comparator is _C.EQUAL and amount == 0:
            return self._did(selection, negated=True)
        shown = _AMOUNT[comparator].format(number(amount))
        have = "will have" if isinstance(selection.window, InNext) else "have"
        if deed is ANYTHING:
            noun = "thing" if amount == 1 else "things"
            return f"who {have} done {shown} {noun}{rest}"
        return f"who {have} {deed.times(shown, one=amount == 1)}{rest}"

    def _on_days(self, selection: Selection, comparator: Comparator, amount: float) -> str:
        if comparator is _C.EQUAL and amount == 0:
            return self._did(selection, negated=True)
        deed = deed_of(selection.event, self.vocabulary)
        done = "done something" if deed is ANYTHING else deed.done
        where = f" {self._condition(selection.where)}" if selection.where is not None else ""
        shown = _AMOUNT[comparator].format(number(amount))
        have = "will have" if isinstance(selection.window, InNext) else "have"
        days = "day" if amount == 1 else "different days"
        return f"who {have} {done}{where} on {shown} {days}{self._window(selection.window)}"

    def _event_at(self, value: Value, when: str) -> str:
        """``whose last order was more than 180 days ago``."""
        match value:
            case Aggregate(function, Selection(event) as selection) if (
                function in _PICKED and selection.is_bare()
            ):
                deed = deed_of(event, self.vocabulary)
                if deed is ANYTHING or not deed.noun or not deed.is_creation:
                    past = "did anything" if deed is ANYTHING else _simple_past(deed.past)
                    condition = self._rest(selection)
                    return f"who {function} {past}{condition} {when}"
            case _:
                pass
        return f"whose {self.phrase(value)} was {when}"

    def _test(self, rule: Rule) -> str:
        match rule:
            case InList(value, literals, negated):
                options = listed([self.phrase(literal) for literal in literals], "or")
                form = (
                    "is none of" if negated and len(literals) > 1 else "is not" if negated else "is"
                )
                return f"whose {self.phrase(value)} {form} {options}"
            case Between(Age(inner), SpanLiteral(low), SpanLiteral(high), negated):
                ends = _two_spans(low, high)
                return self._event_at(inner, f"{'not ' if negated else ''}between {ends} ago")
            case Between(value, low, high, negated):
                ends = f"{self.phrase(low, owned=True)} and {self.phrase(high, owned=True)}"
                verb = "was" if value_type(value, self.vocabulary) is ValueType.INSTANT else "is"
                negation = " not" if negated else ""
                return f"whose {self.phrase(value)} {verb}{negation} between {ends}"
            case TextMatch(value, test, text, negated):
                return f"whose {self.phrase(value)} {_TEXT[test][negated]} {quoted(text)}"
            case Has(value, literals, negated):
                options = listed([self.phrase(literal) for literal in literals], "or")
                form = "does not include" if negated else "includes"
                return f"whose {self.phrase(value)} {form} {options}"
            case IsSet(value, negated):
                return f"whose {self.phrase(value)} is {'not ' if negated else ''}known"
            case InTop(value, share, bottom, scope):
                end = f"{'bottom' if bottom else 'top'} {number(share, percent=True)}"
                among = self.people(scope) if scope is not None else "all customers"
                return f"whose {self.phrase(value)} is in the {end} of {among}"
            case _:
                raise AssertionError(rule)

    # --- noun phrases -----------------------------------------------------------------------

    def phrase(self, value: Value, *, owned: bool = False) -> str:
        """What a value is: ``number of orders``; with ``owned``, ``their number of orders``."""
        match value:
            case NumberLiteral(amount, percent):
                return number(amount, percent=percent)
            case TextLiteral(text):
                return quoted(text)
            case BooleanLiteral(truth):
                return "true" if truth else "false"
            case SpanLiteral(span):
                return duration(span)
            case InstantLiteral(text):
                return moment(text)
            case Arithmetic() | Case():
                made = self._made(value)
                return f"the {made}" if owned and " times " not in made else made
            case Coalesce(first, second):
                fallback = self.phrase(second, owned=True)
                return f"{self.phrase(first, owned=owned)}, or {fallback} where that is unknown"
            case _:
                return f"their {self._noun(value)}" if owned else self._noun(value)

    def _noun(self, value: Value) -> str:
        match value:
            case Aggregate():
                return self._aggregate(value)
            case SequenceAggregate(function, sequence, prop):
                steps = f"customers {self._sequence(sequence)}"
                if function is _F.COUNT:
                    return f"number of times that {steps}"
                return f"list of values of {label(prop or '')} for which {steps}"
            case TraitValue(name):
                entry = self.vocabulary.traits.get(name)
                return in_passing(entry.title) if entry and entry.title else label(name)
            case PropertyValue(name):
                return label(name)
            case TimePart(function):
                return _PARTS[function]
            case HolidayDays() | Holiday() | Anniversary() | Until():
                return occasion(value, lambda inner: self.phrase(inner, owned=True))
            case Age(inner):
                return f"time since {self.phrase(inner, owned=True)}"
            case Rank(function, inner, scope):
                return f"{function} by {self.phrase(inner)}{self._scope(scope)}"
            case _:
                raise AssertionError(value)

    def _aggregate(self, value: Aggregate) -> str:
        function, selection = value.function, value.selection
        deed = deed_of(selection.event, self.vocabulary)
        several = "events of any kind" if deed is ANYTHING else deed.several
        rest = self._rest(selection)
        part = selection.time_part
        prop = label(selection.property or "") if part is None else _PARTS[part]
        match function:
            case _F.COUNT:
                return f"number of {several}{rest}"
            case _F.DAYS:
                return f"number of different days with {several}{rest}"
            case _F.GAP:
                return f"average time between {several}{rest}"
            case _F.GAP_STD:
                return f"standard deviation of the time between {several}{rest}"
            case _F.FIRST | _F.LAST if selection.is_bare():
                one = "event of any kind" if deed is ANYTHING else deed.one
                return f"{function} {one}{rest}"
            case _F.FIRST | _F.LAST if deed is ANYTHING:
                return f"{function} known {prop}{rest}"
            case _F.FIRST | _F.LAST:
                return f"{function} known {prop} of {several}{rest}"
            case _:
                return _OVER[function].format(prop, several) + rest

    def _made(self, value: Arithmetic | Case) -> str:
        if isinstance(value, Case):
            parts = [
                f"{self.phrase(when.value, owned=True)} for {self.people(when.rule)}"
                for when in value.whens
            ]
            if value.otherwise is not None:
                parts.append(f"otherwise {self.phrase(value.otherwise, owned=True)}")
            return f"value of {', '.join(parts)}"
        nested = isinstance(value.left, Arithmetic) or isinstance(value.right, Arithmetic)
        left, right = self.phrase(value.left, owned=True), self.phrase(value.right, owned=True)
        match value.operator:
            case ArithmeticOperator.ADD:
                return f"sum of {left} and {right}"
            case ArithmeticOperator.SUBTRACT:
                return f"difference of {left} minus {right}"
            case ArithmeticOperator.MULTIPLY:
                return f"product of {left} and {right}" if nested else f"{left} times {right}"
            case ArithmeticOperator.DIVIDE:
                left, right = (part.replace("their ", "the ", 1) for part in (left, right))
                return f"ratio of {left} to {right}"

    def _scope(self, scope: Rule | None) -> str:
        return f" among {self.people(scope)}" if scope is not None else ""

    # --- selections, sequences, windows, conditions -----------------------------------------

    def _rest(self, selection: Selection) -> str:
        """Condition and window, each after a space."""
        where = f" {self._condition(selection.where)}" if selection.where is not None else ""
        return where + self._window(selection.window)

    def _sequence(self, sequence: Sequence, *, negated: bool = False) -> str:
        first, *others = sequence.steps
        told = [deed_of(first.event, self.vocabulary).done + self._where(first)]
        told.extend(self._step(step) for step in others)
        if sequence.by is not None and others:
            told.append(f"all with the same {label(sequence.by)}")
        window = self._window(sequence.window).strip()
        have = "have not" if negated else "have"
        start = f"{have}, {window}, " if window else f"{have} "
        return start + ", ".join(told)

    def _step(self, step: Step) -> str:
        within = f" within {duration(step.within)}" if step.within is not None else ""
        done = deed_of(step.event, self.vocabulary).done
        return f"then {'not ' if step.negated else ''}{done}{self._where(step)}{within}"

    def _where(self, step: Step) -> str:
        return f" {self._condition(step.where)}" if step.where is not None else ""

    def _window(self, window: Window | None) -> str:
        match window:
            case None:
                return ""
            case InLast(span):
                return f" in the last {lately(span)}"
            case InNext(span):
                return f" in the next {lately(span)}"
            case BetweenAgo(older, newer):
                return f" between {_two_spans(older, newer)} ago"
            case Since(start):
                return f" since {moment(start.text)}"
            case Before(end):
                return f" before {moment(end.text)}"
            case FromTo(start, end):
                return f" from {moment(start.text)} until {moment(end.text)}"
            case _:
                return " at any time"

    def _condition(self, rule: Rule) -> str:
        """``with category “electronics” and price at least 500``."""
        parts = self._conditions(rule)
        word = " or " if isinstance(rule, Or) else " and "
        shown = parts[0]
        for before, part in pairwise(parts):
            same = before.startswith("with ") and part.startswith("with ")
            shown += word + (part.removeprefix("with ") if same else part)
        return shown

    def _conditions(self, rule: Rule) -> list[str]:
        rule = without_not(rule)
        if isinstance(rule, And | Or):
            return [
                f"either {self._condition(part)}"
                if isinstance(part, Or)
                else f"both {self._condition(part)}"
                if isinstance(part, And)
                else self._single(part)
                for part in rule.parts
            ]
        return [self._single(rule)]

    def _single(self, rule: Rule) -> str:
        if told := _about_time(rule) or near_holiday(rule):
            return told
        match rule:
            case Compare(left, comparator, right):
                if _is_literal(left) and not _is_literal(right):
                    left, comparator, right = right, _mirrored(comparator), left
                return "with " + _WITH[comparator].format(self.phrase(left), self.phrase(right))
            case InList(value, literals, negated):
                options = listed([self.phrase(literal) for literal in literals], "or")
                return f"with {self.phrase(value)} {'other than ' if negated else ''}{options}"
            case Between(value, low, high, negated):
                ends = f"between {self.phrase(low)} and {self.phrase(high)}"
                return f"with {self.phrase(value)} {'not ' if negated else ''}{ends}"
            case TextMatch(value, test, text, negated):
                form = f"{'not ' if negated else ''}{_TEXT[test][2]}"
                return f"with {self.phrase(value)} {form} {quoted(text)}"
            case IsSet(value, negated):
                return f"with {self.phrase(value)} {'unknown' if negated else 'known'}"
            case Not(part):
                return f"not {self._single(part)}"
            case _:
                raise AssertionError(rule)


def _about_time(rule: Rule) -> str | None:
    """``on a Saturday or Sunday``, ``in November``, ``at 18:00 or later``."""
    match rule:
        case Compare(TimePart(function), Comparator.EQUAL, NumberLiteral() as literal):
            return _dated(function, (literal,))
        case Compare(TimePart(TimePartFunction.WEEKDAY), Comparator.AT_LEAST, NumberLiteral(6)):
            return "on a Saturday or Sunday"
        case InList(TimePart(function), literals, False):
            return _dated(function, literals)
        case Compare(TimePart(TimePartFunction.HOUR), comparator, NumberLiteral(hour)) if (
            hour.is_integer() and 0 <= hour < 24
        ):
            if comparator is Comparator.AT_LEAST:
                return f"at {int(hour):02d}:00 or later"
            if comparator is Comparator.LESS:
                return f"before {int(hour):02d}:00"
        case _:
            pass
    return None


def _dated(function: TimePartFunction, literals: tuple[Literal, ...]) -> str | None:
    names = {TimePartFunction.WEEKDAY: WEEKDAYS, TimePartFunction.MONTH: MONTHS}.get(function)
    if names is None:
        return None
    shown: list[str] = []
    for literal in literals:
        if not (isinstance(literal, NumberLiteral) and literal.number in range(1, len(names) + 1)):
            return None
        shown.append(names[int(literal.number) - 1])
    return f"{'on a' if names is WEEKDAYS else 'in'} {listed(shown, 'or')}"


def _simple_past(past: str) -> str:
    """Without "have": having been sent an email is "were sent an email"."""
    return f"were{past.removeprefix('been')}" if past.startswith("been ") else past


def _two_spans(older: Span, newer: Span) -> str:
    if older.unit == newer.unit:
        return f"{older.count:,} and {duration(newer)}"
    return f"{duration(older)} and {duration(newer)}"


def _mirrored(comparator: Comparator) -> Comparator:
    return {
        _C.GREATER: _C.LESS,
        _C.AT_LEAST: _C.AT_MOST,
        _C.LESS: _C.GREATER,
        _C.AT_MOST: _C.AT_LEAST,
    }.get(comparator, comparator)


def _is_literal(value: Value) -> bool:
    return isinstance(
        value, NumberLiteral | TextLiteral | BooleanLiteral | SpanLiteral | InstantLiteral
    )
