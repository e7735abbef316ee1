"""Values as noun phrases: ``number of orders``, and what belongs to them: when, and with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shoal.language.circumstances import Circumstances
from shoal.language.resolution import events_of, property_carrier, title_in
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    Anniversary,
    Arithmetic,
    ArithmeticOperator,
    BooleanLiteral,
    Case,
    Coalesce,
    EventRef,
    Holiday,
    HolidayDays,
    InNext,
    InstantLiteral,
    NumberLiteral,
    PropertyValue,
    Rank,
    Rule,
    Selection,
    Sequence,
    SequenceAggregate,
    SpanLiteral,
    Step,
    TextLiteral,
    TimePart,
    TraitValue,
    Until,
    Value,
    Window,
)
from shoal.language.vocabulary import Vocabulary
from shoal.language.wording import Deed, Noun, Owner, Wording, quoted

_F = AggregateFunction
BIRTHDAY = "birthday"
"""The trait whose anniversary has a word of its own."""


@dataclass(frozen=True)
class NounPhrases:
    """Noun phrases over one vocabulary; ``people`` tells "customers who …" of a rule within."""

    vocabulary: Vocabulary
    wording: Wording
    people: Callable[[Rule], Noun]
    event: EventRef | None = None  # whose properties are spoken of

    def phrase(self, value: Value) -> Noun:  # noqa: PLR0911, PLR0912  one case per form
        """What a value is: ``number of orders``, ``180 days``."""
        match value:
            case NumberLiteral() | TextLiteral() | BooleanLiteral() | SpanLiteral():
                return Noun.literal(self._literal(value))
            case InstantLiteral(text):
                return Noun.literal(self.wording.moment(text))
            case Aggregate():
                return self._aggregate(value)
            case SequenceAggregate(function, sequence, prop):
                happened = self.happened(sequence)
                if function is _F.COUNT:
                    return self.wording.noun("times_that", happened=happened)
                first = sequence.steps[0].event
                listed = self._property(prop or "", first)
                return self.wording.noun("values_that", p=listed, happened=happened)
            case TraitValue(name):
                return self._trait(name)
            case PropertyValue(name):
                return self._property(name, self.event)
            case TimePart(function):
                return self.wording.noun(f"part.{function}")
            case Age(inner):
                return self.wording.noun("age", x=self.phrase(inner))
            case Until(inner):
                return self.wording.noun("until", x=self.phrase(inner))
            case Anniversary(function, inner):
                if inner == TraitValue(BIRTHDAY):
                    return self.wording.noun(f"{function}.{BIRTHDAY}")
                return self.wording.noun(str(function), x=self.phrase(inner))
            case Holiday(function, name) | HolidayDays(function, name):
                return self.wording.noun(f"{function}{'.named' if name else ''}", name=name)
            case Coalesce(first, second):
                x, y = self.phrase(first), self.phrase(second)
                return replace(x, text=self.wording.say("coalesce", x=x, y=y), is_name=False)
            case Rank(function, inner, scope):
                x = self.phrase(inner)
                return self.wording.noun(f"rank.{function}", x=x, among=self.among(scope))
            case Case():
                return self._case(value)
            case Arithmetic():
                return self._arithmetic(value)

    @property
    def circumstances(self) -> Circumstances:
        """When and with what."""
        return Circumstances(self.wording, self.phrase)

    def deed(self, event: EventRef, window: Window | None = None) -> Deed:
        """What people did, or will have done where the window lies ahead."""
        return self.wording.deed(event, self.vocabulary, future=isinstance(window, InNext))

    def rest(self, selection: Selection, *, negated: bool = False) -> str:
        """Condition and window, each after a space."""
        where = self._circumstances(selection).where(selection.where)
        return where + self.window(selection.window, negated=negated)

    def where(self, selection: Selection | Step) -> str:
        """The condition after a space."""
        return self._circumstances(selection).where(selection.where)

    def window(self, window: Window | None, *, negated: bool = False) -> str:
        """When, after a space."""
        return self.circumstances.window(window, negated=negated)

    def happened(self, sequence: Sequence) -> str:
        """``have viewed a page, then placed an order within 2 hours``."""
        window = self.window(sequence.window).strip()
        key = "happened.in" if window else "happened"
        return self.wording.say(key, window=window, steps=self._steps(sequence))

    def not_happened(self, sequence: Sequence) -> str:
        """``have not viewed a page, then …``."""
        window = self.window(sequence.window).strip()
        key = "happened.not.in" if window else "happened.not"
        return self.wording.say(key, window=window, steps=self._steps(sequence))

    def among(self, scope: Rule | None) -> str:
        """``among customers who …`` after a space; nothing where it is everyone."""
        return self.wording.say("among", people=self.people(scope)) if scope is not None else ""

    def _literal(self, literal: NumberLiteral | TextLiteral | BooleanLiteral | SpanLiteral) -> str:
        match literal:
            case NumberLiteral(amount, percent):
                return self.wording.number(amount, percent)
            case TextLiteral(text):
                return quoted(text)
            case BooleanLiteral(truth):
                return self.wording.say("true" if truth else "false")
            case SpanLiteral(span):
                return self.wording.duration(span)

    def _circumstances(self, selection: Selection | Step) -> Circumstances:
        return replace(self, event=selection.event).circumstances

    def _steps(self, sequence: Sequence) -> str:
        first, *others = sequence.steps
        told = [self._step("step.first", first)]
        told.extend(self._step("step.not" if it.negated else "step", it) for it in others)
        if sequence.by is not None and others:
            by = self._property(sequence.by, first.event)
            told.append(self.wording.say("step.same", p=by))
        return "".join(told)

    def _step(self, key: str, step: Step) -> str:
        span = step.within
        within = self.wording.say("within", span=self.wording.duration(span)) if span else ""
        deed = self.deed(step.event)
        return self.wording.say(key, deed=deed, where=self.where(step), within=within)

    def _trait(self, name: str) -> Noun:
        entry = self.vocabulary.traits.get(name)
        if entry is None:
            return self.wording.named(name, None, None)
        title = title_in(entry, self.vocabulary, self.wording.code)
        return self.wording.named(name, title, entry.title)

    def _property(self, name: str, event: EventRef | None) -> Noun:
        for entry in events_of(event, self.vocabulary) if event is not None else ():
            carried = property_carrier(entry, name, self.vocabulary)
            words = carried and carried[0].property_words.get(carried[1])
            if words:
                title = words.written_in(self.wording.code)
                return self.wording.named(name, title, words.chosen(self.vocabulary.language))
        return self.wording.named(name, None, None)

    def _aggregate(self, value: Aggregate) -> Noun:
        function, selection = value.function, value.selection
        deed, rest = self.deed(selection.event), self.rest(selection)
        prop = self._property(selection.property or "", selection.event)
        if selection.time_part is not None:
            prop = self.wording.noun(f"part.{selection.time_part}")
        key = "days_with" if function is _F.DAYS else str(function)
        if function in {_F.FIRST, _F.LAST} and not selection.is_bare():
            key = f"{function}.of_any" if deed.is_anything else f"{function}.of"
        return self.wording.noun(key, p=prop, one=deed.one, several=deed.several, rest=rest)

    def _case(self, value: Case) -> Noun:
        say = self.wording.say
        parts = [
            say("case.when", y=self.phrase(when.value), people=self.people(when.rule))
            for when in value.whens
        ]
        if value.otherwise is not None:
            parts.append(say("case.else", y=self.phrase(value.otherwise)))
        return self.wording.noun("case", Owner.NOBODY, parts=", ".join(parts))

    def _arithmetic(self, value: Arithmetic) -> Noun:
        x, y = self.phrase(value.left), self.phrase(value.right)
        is_nested = isinstance(value.left, Arithmetic) or isinstance(value.right, Arithmetic)
        if value.operator is ArithmeticOperator.MULTIPLY and not is_nested:
            return replace(x, text=self.wording.say("times", x=x, y=y), is_name=False)
        return self.wording.noun(str(value.operator), Owner.NOBODY, x=x, y=y)
