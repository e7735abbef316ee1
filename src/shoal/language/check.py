# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0912
"""What is wrong with a rule, all of it: names, types, windows, sequences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shoal.core.errors import Place, Problem
from shoal.core.names import nearest
from shoal.core.public_holidays import has_calendar, is_holiday_name, nearest_holiday_name
from shoal.core.spans import Span
from shoal.language.contradictions import contradictions
from shoal.language.resolution import carriers, events_of, find_event, property_type
from shoal.language.text import event_text, to_text
from shoal.language.told import Told
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    And,
    Anniversary,
    Arithmetic,
    ArithmeticOperator,
    Between,
    BetweenAgo,
    Case,
    Changed,
    Coalesce,
    Comparator,
    Compare,
    ConsentsTo,
    Did,
    EventRef,
    FromTo,
    Has,
    Holiday,
    HolidayDays,
    InLast,
    InList,
    InNext,
    InSegment,
    InTop,
    IsSet,
    Node,
    Not,
    Or,
    PropertyValue,
    Rank,
    Rule,
    Selection,
    Sequence,
    SequenceAggregate,
    SequenceMatch,
    SpanLiteral,
    TextMatch,
    TraitTruth,
    TraitValue,
    Until,
    Value,
    Window,
)
from shoal.language.types import ARITHMETIC, shared_type, value_type
from shoal.language.vocabulary import ValueType, Vocabulary

_F = AggregateFunction
_BARE = {_F.COUNT, _F.DAYS, _F.GAP, _F.GAP_STD}
_EITHER = {_F.FIRST, _F.LAST}
_NUMERIC = {_F.SUM, _F.AVG, _F.MEDIAN, _F.STD}
_RANKED = {ValueType.NUMBER, ValueType.SPAN, ValueType.INSTANT, ValueType.UNKNOWN}
_SHIFTED = {ValueType.INSTANT, ValueType.UNKNOWN}
_EQUALITY = {Comparator.EQUAL, Comparator.NOT_EQUAL}
_A = {
    ValueType.NUMBER: Told("a number"),
    ValueType.TEXT: Told("a text"),
    ValueType.BOOLEAN: Told("true or false"),
    ValueType.INSTANT: Told("an instant"),
    ValueType.SPAN: Told("a duration"),
    ValueType.LIST: Told("a list"),
    ValueType.UNKNOWN: Told("of unknown type"),
}


def check_rule(
    rule: Rule | Value, vocabulary: Vocabulary, *, target: bool = False
) -> list[Problem]:
    """Every problem of a rule or value, in the order of the text.

    ``target`` is true of a prediction's target, the one place where ``in next`` may stand.
    """
    checking = _Checking(vocabulary, target)
    if isinstance(rule, Rule):
        checking.rule(rule)
    else:
        checking.value(rule)
    found = dict.fromkeys([*checking.problems, *contradictions(rule, vocabulary)])
    nowhere = Place(0, 0)
    return sorted(
        found,
        key=lambda problem: (
            (problem.place or nowhere).line * 1_000_000 + (problem.place or nowhere).column
        ),
    )


@dataclass(slots=True)
class _Checking:
    vocabulary: Vocabulary
    target: bool
    problems: list[Problem] = field(default_factory=list[Problem])

    def complain(
        self, message: str, node: Node, hint: str | None = None, *, warn: bool = False
    ) -> None:
        severity = "warning" if warn else "error"
        self.problems.append(Problem(message, node.place, hint, severity))

    def unknown(self, what: str, name: str, node: Node, known: Iterable[str]) -> None:
        near = nearest(name, known)
        hint = Told("did you mean `{0}`?", near) if near else None
        self.complain(Told("no {0} `{1}`", Told(what), name), node, hint, warn=self.vocabulary.open)

    # --- rules ------------------------------------------------------------------------------

    def rule(self, rule: Rule, event: EventRef | None = None) -> None:
        """A rule; inside ``where`` of ``event``, a condition."""
        match rule:
            case And(parts) | Or(parts):
                for part in parts:
                    self.rule(part, event)
            case Not(part):
                self.rule(part, event)
            case Did(selection):
                self.selection(selection)
                if selection.property is not None:
                    self.complain(
                        Told("`did` takes an event, not its property `{0}`", selection.property),
                        rule,
                        f"did {event_text(selection.event)} where {selection.property} is set",
                    )
                elif selection.time_part is not None:
                    shown = f"{selection.time_part}(time)"
                    hint = f"did {event_text(selection.event)} where {shown} = …"
                    self.complain(Told("`did` takes an event, not `{0}`", shown), rule, hint)
            case SequenceMatch(sequence):
                self.sequence(sequence)
            case InSegment(name) | Changed(_, name):
                self._segment(name, rule)
                if isinstance(rule, Changed):
                    self._window(rule.window)
            case ConsentsTo(purpose):
                self._purpose(purpose, rule)
            case TraitTruth(value):
                self.value(value)
                self._truth(value)
            case _:
                self.comparison(rule, event)

    def comparison(self, rule: Rule, event: EventRef | None) -> None:
        match rule:
            case Compare(left, comparator, right):
                self._compared(rule, left, [right], event)
                ordered = comparator not in _EQUALITY
                if ordered and self.type(left, event) is ValueType.BOOLEAN:
                    self.complain(
                        Told("true and false have no order"), rule, Told("use = or !="), warn=True
                    )
            case InList(value, literals):
                self._compared(rule, value, list(literals), event)
            case Between(value, low, high):
                self._compared(rule, value, [low, high], event)
            case TextMatch(value, test):
                self.value(value, event)
                self._wants(value, {ValueType.TEXT}, Told("`{0}` looks into a text", test), event)
            case Has(value):
                self.value(value, event)
                hint = Told("use `=` or `in (…)`")
                self._wants(value, {ValueType.LIST}, Told("`has` looks into a list"), event, hint)
            case IsSet(value):
                self.value(value, event)
            case InTop(value, share, bottom, scope):
                self._ranked(value, scope, f"`in {'bottom' if bottom else 'top'}`")
                if not 0 < share <= 1:
                    self.complain(
                        Told("this share is not above 0% and up to 100%"), rule, "top 20%"
                    )
            case _:
                pass

    def _compared(
        self, rule: Rule, value: Value, others: list[Value], event: EventRef | None
    ) -> None:
        """One value against others: of one type, and calendar spans only against an age."""
        sides = [value, *others]
        for side in sides:
            if not _is_calendar(side):
                self.value(side, event)
        if any(map(_is_calendar, sides)):
            self._calendar(next(filter(_is_calendar, sides)), sides)
        kind = self.type(value, event)
        for other in others:
            found = self.type(other, event)
            if ValueType.LIST in {kind, found}:
                self.complain(
                    Told("a list is not equal to anything"),
                    rule,
                    Told("use `has` or `has any of`"),
                    warn=True,
                )
            elif shared_type((kind, found)) is None:
                self.complain(
                    Told(
                        "{0} is compared with {1}: always unknown",
                        self._named(value, kind),
                        self._named(other, found),
                    ),
                    rule,
                    warn=True,
                )

    def _calendar(self, literal: Value, sides: list[Value]) -> None:
        """Months and years have no fixed length: only an age can be measured in them."""
        text = to_text(literal)
        others = [side for side in sides if not _is_calendar(side)]
        if any(map(self._is_age, others)) and all(
            self._is_age(side) or isinstance(side, SpanLiteral) for side in others
        ):
            return
        shown = to_text(others[0]) if others else text
        self.complain(
            Told("`{0}` cannot be compared with `{1}`, which follows the calendar", shown, text),
            literal,
            Told("only a plain age(…) or until(…) can; use days: 1mo is about 30d"),
        )

    def _is_age(self, value: Value) -> bool:
        """True of ``age(…)`` and ``until(…)``, and of a trait that is one."""
        if isinstance(value, TraitValue) and (entry := self.vocabulary.traits.get(value.name)):
            return isinstance(entry.value, Age | Until) or (
                entry.value is None and entry.type is ValueType.UNKNOWN
            )
        return isinstance(value, Age | Until)

    def _truth(self, value: Value) -> None:
        kind = self.type(value)
        if kind not in {ValueType.BOOLEAN, ValueType.UNKNOWN}:
            self.complain(
                Told("`{0}` is {1}, not true or false", to_text(value), _A[kind]),
                value,
                Told("compare it"),
            )

    def _segment(self, name: str, node: Node) -> None:
        if name not in self.vocabulary.segments:
            near = nearest(name, self.vocabulary.segments)
            hint = Told("did you mean `{0}`?", near) if near else None
            self.complain(Told("no segment `{0}`", name), node, hint)

    def _purpose(self, name: str, node: Node) -> None:
        known = self.vocabulary.purposes
        if name not in known:
            near = nearest(name, known)
            hint = Told("did you mean `{0}`?", near) if near else None
            warn = self.vocabulary.open or not known
            self.complain(Told("no purpose `{0}`", name), node, hint, warn=warn)

    # --- values -----------------------------------------------------------------------------

    def value(self, value: Value, event: EventRef | None = None) -> None:
        match value:
            case Aggregate():
                self.aggregate(value)
            case SequenceAggregate(function, sequence, prop):
                self.sequence(sequence)
                self._sequence_property(value, function, prop)
            case TraitValue(name):
                if name not in self.vocabulary.traits:
                    self.unknown("trait", name, value, self.vocabulary.traits)
            case PropertyValue(name):
                self.property(name, event, value)
            case Age(inner):
                self.value(inner)
                hint = "age(last(order_completed))"
                self._wants(inner, {ValueType.INSTANT}, Told("`age` takes an instant"), None, hint)
            case Until(inner):
                self.value(inner)
                hint = "until(next_anniversary(birthday))"
                self._wants(
                    inner, {ValueType.INSTANT}, Told("`until` takes an instant"), None, hint
                )
            case Anniversary(function, inner):
                self.value(inner)
                hint = Told("import it as a date, such as 1990-05-04")
                self._wants(
                    inner, {ValueType.INSTANT}, Told("`{0}` takes an instant", function), None, hint
                )
            case Holiday(_, name) | HolidayDays(_, name):
                self._holiday(name, value)
            case Coalesce(first, second):
                self._alike(value, [first, second])
            case Case(whens, otherwise):
                for when in whens:
                    self.rule(when.rule)
                self._alike(value, [*(when.value for when in whens), *filter(None, [otherwise])])
            case Rank(function, inner, scope):
                self._ranked(inner, scope, f"`{function}`")
            case Arithmetic():
                self.arithmetic(value, event)
            case SpanLiteral() if _is_calendar(value):
                self._calendar(value, [value])
            case _:
                pass

    def aggregate(self, value: Aggregate) -> None:
        function, selection = value.function, value.selection
        self.selection(selection)
        event, prop = event_text(selection.event), selection.property
        if selection.time_part is not None:
            if function in _BARE:
                shown = f"{selection.time_part}(time)"
                hint = f"{function}({event} where {shown} = …), or distinct(…)"
                self.complain(
                    Told("`{0}` takes an event, not its `{1}`", function, shown), value, hint
                )
        elif function in _BARE and prop is not None:
            hint = "count(… where … is set), or distinct(…)" if function is _F.COUNT else None
            self.complain(
                Told("`{0}` takes an event, not its property `{1}`", function, prop), value, hint
            )
        elif prop is None and function not in _BARE | _EITHER:
            example = f"{function}({event}.{self._some_property(selection.event)})"
            self.complain(Told("`{0}` needs a property", function), value, example)
        elif function in _NUMERIC and prop is not None:
            kind = property_type(selection.event, prop, self.vocabulary)
            if kind is not None and kind not in {ValueType.NUMBER, ValueType.UNKNOWN}:
                self.complain(
                    Told("`{0}` needs a number, and `{1}` is {2}", function, prop, _A[kind]), value
                )

    def _holiday(self, name: str | None, node: Holiday | HolidayDays) -> None:
        """Whether anybody's calendar can be known, and any holiday has the name."""
        country = self.vocabulary.country
        if country is None and "country" not in self.vocabulary.traits:
            self.complain(
                Told(
                    "`{0}` has no calendar to look in: nobody's `country` is known", node.function
                ),
                node,
                Told("import people's trait `country`, or set `country: PT` in shoal.yml"),
                warn=True,
            )
        elif country is not None and not has_calendar(country):
            self.complain(
                Told("no holidays are known of the country `{0}`", country),
                node,
                Told("set `country` in shoal.yml to a code of two letters, such as PT"),
                warn=True,
            )
        if name is not None and not is_holiday_name(name, country):
            near = nearest_holiday_name(name)
            hint = Told("did you mean `{0}`?", near) if near else None
            self.complain(Told("no calendar has a holiday `{0}`", name), node, hint, warn=True)

    def _some_property(self, event: EventRef) -> str:
        for entry in events_of(event, self.vocabulary):
            for name, kind in entry.properties.items():
                if kind is ValueType.NUMBER:
                    return name
        return "revenue"

    def _sequence_property(self, value: SequenceAggregate, function: _F, prop: str | None) -> None:
        if function is _F.COUNT and prop is not None:
            self.complain(Told("`count` takes a sequence, not its property `{0}`", prop), value)
        if function is _F.VALUES and prop is None:
            self.complain(
                Told("`values` needs a property"), value, "values(sequence (…).product_id)"
            )
        if prop is not None:
            self.property(prop, value.sequence.steps[0].event, value)

    def _alike(self, node: Value, parts: list[Value]) -> None:
        """Parts that must be of one type, because one of them is the value."""
        for part in parts:
            self.value(part)
        kinds = [self.type(part) for part in parts]
        if shared_type(kinds) is None:
            first, *others = dict.fromkeys(_A[kind] for kind in kinds)
            shown: str = first
            for other in others:
                shown = Told("{0} and {1}", shown, other)
            self.complain(
                Told("this is {0} at once", shown), node, Told("its values must be of one type")
            )

    def _ranked(self, value: Value, scope: Rule | None, what: str) -> None:
        self.value(value)
        self._wants(value, _RANKED, Told("{0} ranks numbers, durations and instants", what))
        if scope is not None:
            self.rule(scope)

    def arithmetic(self, value: Arithmetic, event: EventRef | None) -> None:
        left, right = self.type(value.left, event), self.type(value.right, event)
        shifted = _shifted(value)
        if shifted is not None and self.type(shifted, event) in _SHIFTED:
            self.value(shifted, event)
            return
        self.value(value.left, event)
        self.value(value.right, event)
        if ValueType.UNKNOWN in {left, right}:
            known = {ValueType.TEXT, ValueType.BOOLEAN, ValueType.LIST} & {left, right}
            if not known:
                return
        if (left, value.operator, right) not in ARITHMETIC:
            self.complain(
                Told("{0} `{1}` {2} has no meaning", _A[left], value.operator, _A[right]), value
            )

    def type(self, value: Value, event: EventRef | None = None) -> ValueType:
        return value_type(value, self.vocabulary, event)

    def _wants(
        self,
        value: Value,
        kinds: set[ValueType],
        message: str,
        event: EventRef | None = None,
        hint: str | None = None,
    ) -> None:
        kind = self.type(value, event)
        if kind not in kinds | {ValueType.UNKNOWN}:
            self.complain(
                Told("{0}, and `{1}` is {2}", message, to_text(value), _A[kind]), value, hint
            )

    def _named(self, value: Value, kind: ValueType) -> str:
        return Told("`{0}` ({1})", to_text(value), _A[kind])

    # --- selections, sequences, windows -----------------------------------------------------

    def selection(self, selection: Selection) -> None:
        self._event(selection.event)
        if selection.property is not None:
            self.property(selection.property, selection.event, selection)
        if selection.where is not None:
            self.rule(selection.where, selection.event)
        if selection.window is not None:
            self._window(selection.window)

    def _event(self, event: EventRef) -> None:
        for name in event.names:
            if find_event(name, self.vocabulary) is None:
                self.unknown("event", name, event, self.vocabulary.events)

    def property(self, name: str, event: EventRef | None, node: Node) -> None:
        """A property that at least one of the events meant must have."""
        if event is None or property_type(event, name, self.vocabulary) is not None:
            return
        known = [
            prop
            for entry in events_of(event, self.vocabulary)
            for carrier in carriers(entry, self.vocabulary)
            for prop in carrier.properties
        ]
        near = nearest(name, known)
        hint = Told("did you mean `{0}`?", near) if near else None
        if not near and name in self.vocabulary.traits and isinstance(node, PropertyValue):
            hint = Told("`{0}` is a trait: put it before `did`, or `did …` in parentheses", name)
        message = Told("no property `{0}` of {1}", name, event_text(event))
        self.complain(message, node, hint, warn=self.vocabulary.open)

    def sequence(self, sequence: Sequence) -> None:
        first, last = sequence.steps[0], sequence.steps[-1]
        if first.negated:
            self.complain(
                Told("a sequence cannot begin with `not`"), first, Told("begin with what happened")
            )
        elif last.negated and last.within is None:
            self.complain(
                Told("a last `not` needs `within`"),
                last,
                f"not {event_text(last.event)} within 24h",
            )
        if first.within is not None and not first.negated:
            self.complain(
                Told("`within` of the first step has nothing to count from"), first, warn=True
            )
        for step in sequence.steps:
            self._event(step.event)
            if step.where is not None:
                self.rule(step.where, step.event)
            if sequence.by is not None:
                self.property(sequence.by, step.event, step)
        if sequence.window is not None:
            self._window(sequence.window)

    def _window(self, window: Window) -> None:
        match window:
            case InNext() if not self.target:
                self.complain(
                    Told("`in next` looks into the future"),
                    window,
                    Told("only the target of a prediction may; use `in last`"),
                )
            case BetweenAgo(older, newer) if _surely_not_longer(older, newer):
                self.complain(
                    Told("`between {0} and {1} ago` holds nothing", older, newer),
                    window,
                    Told("the longer one comes first: between {0} and {1} ago", newer, older)
                    if older != newer
                    else None,
                )
            case FromTo(start, end):
                zone = self.vocabulary.zone
                if zone.parse(start.text) >= zone.parse(end.text):
                    self.complain(
                        Told("this window holds nothing"),
                        window,
                        Told("the earlier end comes first"),
                        warn=True,
                    )
            case InLast(span) if span.count == 0:
                self.complain(Told("`in last {0}` holds nothing", span), window, warn=True)
            case _:
                pass


def _is_calendar(value: Node) -> bool:
    return isinstance(value, SpanLiteral) and value.span.is_calendar


def _shifted(value: Arithmetic) -> Value | None:
    """What months or years are added to, or taken from."""
    match value:
        case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUBTRACT, left, right) if (
            _is_calendar(right) and not _is_calendar(left)
        ):
            return left
        case Arithmetic(ArithmeticOperator.ADD, left, right) if _is_calendar(
            left
        ) and not _is_calendar(right):
            return right
        case _:
            return None


def _surely_not_longer(older: Span, newer: Span) -> bool:
    """True if ``older`` is at most as long as ``newer`` in every calendar."""
    if older.is_calendar == newer.is_calendar:
        return older.months <= newer.months and older.microseconds <= newer.microseconds
    month = 86_400_000_000 * (31 if older.is_calendar else 28)
    return older.microseconds + older.months * month <= newer.microseconds + newer.months * month
