# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""From the parser's tree to the typed tree: what each place needs, rule or value, and why not.

The grammar lets rules and values stand in each other's places, so that it needs no guess at "(";
here each place says which it needs. Problems are collected, and something harmless stands where
one was found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from lark import Token, Tree

from shoal.core.errors import Place
from shoal.core.names import nearest
from shoal.language import literals, tree
from shoal.language.conditions import as_condition, first_complaint
from shoal.language.operands import (
    VALUES,
    Chain,
    Grouped,
    Negated,
    OpenDid,
    Operand,
    Windowed,
    event_ref,
    joined,
    without_window,
)
from shoal.language.reading_literals import LiteralReading
from shoal.language.shape import DEEPEST
from shoal.language.written_names import split_name

_TRUTHS = (tree.TraitValue, tree.Case, tree.Coalesce)
Measured = tuple[tree.EventRef, str | None, tree.TimePartFunction | None]
"""An event, and the property or the part of its time that is looked at."""
_PICKED = (tree.AggregateFunction.FIRST, tree.AggregateFunction.LAST, tree.AggregateFunction.TOP)


@dataclass(slots=True)
class Assembly(LiteralReading):
    """One reading of one text, from the leaves up."""

    def read(self, parsed: Tree[Token]) -> tree.Rule | tree.Value:
        """The typed tree, built from the leaves up without recursion."""
        made: list[Any] = []
        waiting: list[tuple[Tree[Token], bool]] = [(parsed, False)]
        while waiting:
            current, ready = waiting.pop()
            if not ready:
                waiting.append((current, True))
                waiting.extend(
                    (child, False)
                    for child in reversed(current.children)
                    if isinstance(child, Tree)
                )
                continue
            count = sum(isinstance(child, Tree) for child in current.children)
            below = iter(made[len(made) - count :])
            del made[len(made) - count :]
            parts = [
                next(below) if isinstance(child, Tree) else child for child in current.children
            ]
            made.append(getattr(self, f"_on_{current.data}")(parts))
        return made[0]

    # --- chains -----------------------------------------------------------------------------

    def _on_start(self, parts: list[Any]) -> tree.Rule | tree.Value:
        return self._settle(parts[0])

    def _on_conjunction(self, parts: list[Any]) -> list[Operand]:
        return parts

    def _on_chain(self, parts: list[list[Operand]]) -> Chain:
        return [
            ("or" if index == 0 else "and", operand)
            for conjunction in parts
            for index, operand in enumerate(conjunction)
        ]

    def _on_negation(self, parts: list[Any]) -> Operand:
        token, operand = parts
        place = self._at(token)
        if isinstance(operand, tree.InSegment) and not operand.negated:
            return replace(operand, negated=True, place=place)
        if isinstance(operand, Negated):
            if operand.times == DEEPEST:
                self._complain(f"more than {DEEPEST} times `not` in a row", place)
            if operand.times >= DEEPEST:
                return Negated(DEEPEST + 1, operand.operand, place)
            return Negated(operand.times + 1, operand.operand, place)
        return Negated(1, operand, place)

    def _on_group(self, parts: list[Any]) -> Grouped:
        return Grouped(self._settle(parts[1]), self._at(parts[0]))

    def _on_windowed(self, parts: list[Any]) -> Operand:
        return self._windowed(parts[0], parts[1])

    def _on_windowed_between_ago(self, parts: list[Any]) -> Operand:
        return self._windowed(parts[0], self._on_between_ago(parts[1:]))

    def _on_windowed_between(self, parts: list[Any]) -> Operand:
        operand, low, high = parts
        place = self._place_of(operand)
        if not (isinstance(low, tree.SpanLiteral) and isinstance(high, tree.SpanLiteral)):
            self._complain("`between … and … ago` takes two durations", self._place_of(low), "60d")
            return operand
        return Windowed(operand, tree.BetweenAgo(low.span, high.span, place=place))

    def _windowed(self, operand: Operand, window: tree.Window) -> Operand:
        match operand:
            case tree.Did(selection):
                return replace(operand, selection=replace(selection, window=window))
            case tree.SequenceMatch(sequence):
                return replace(operand, sequence=replace(sequence, window=window))
            case tree.Changed():
                return replace(operand, window=window)
            case _:
                return Windowed(operand, window)

    def _settle(self, chain: Chain) -> tree.Rule | tree.Value:
        """The chain as one rule, or the one value it consists of."""
        if len(chain) == 1:
            operand = chain[0][1]
            if isinstance(operand, Grouped):
                return operand.node
            if isinstance(operand, VALUES):
                return operand
        settled: list[tuple[str, tree.Rule]] = []
        index = 0
        while index < len(chain):
            word, operand = chain[index]
            index += 1
            inner = operand.operand if isinstance(operand, Negated) else operand
            if isinstance(inner, OpenDid):
                did, index = self._gather(inner, chain, index)
                operand = replace(operand, operand=did) if isinstance(operand, Negated) else did
            settled.append((word, self.rule(operand)))
        return joined(settled)

    def _gather(self, opened: OpenDid, chain: Chain, index: int) -> tuple[tree.Did, int]:
        """``did … where`` with all the conditions that follow it, up to a window."""
        first, window = without_window(opened.first)
        conditions = [("or", self._condition(first))]
        while window is None and index < len(chain):
            word, operand = chain[index]
            operand, following = without_window(operand)
            if isinstance(operand, Windowed | OpenDid):
                break
            condition = as_condition(self._quiet_rule(operand))
            if condition is None:
                break
            conditions.append((word, condition))
            index, window = index + 1, following
        selection = replace(opened.did.selection, where=joined(conditions), window=window)
        return replace(opened.did, selection=selection), index

    def _where(self, chain: Chain) -> tuple[tree.Condition, tree.Window | None]:
        """A whole chain as the condition of a selection or step, and the window after it."""
        word, last = chain[-1]
        last, window = without_window(last)
        chain = [*chain[:-1], (word, last)]
        return joined([(word, self._condition(operand)) for word, operand in chain]), window

    def _condition(self, operand: Operand) -> tree.Condition:
        """The operand as a condition; a problem if it is none."""
        if isinstance(operand, Windowed):
            self._misplaced_window(operand)
            return tree.Everyone()
        bare = operand.node if isinstance(operand, Grouped) else operand
        if isinstance(bare, tree.TraitValue):
            self._complain(
                f"`{bare.name}` is not compared with anything", bare.place, f"{bare.name} = true"
            )
            return tree.Everyone()
        rule = self.rule(operand)
        condition = as_condition(rule)
        if condition is None:
            self.problems.append(first_complaint(rule))
            return tree.Everyone()
        return condition

    # --- what a place needs -----------------------------------------------------------------

    def rule(self, operand: Operand) -> tree.Rule:
        """The operand as a rule; a problem if it cannot be one."""
        match operand:
            case Grouped(node):
                return self.rule(node)
            case Negated(times, inner, place):
                rule = self.rule(inner)
                for _ in range(times):
                    rule = tree.Not(rule, place=place)
                return rule
            case Windowed():
                self._misplaced_window(operand)
                return tree.Everyone()
            case OpenDid():
                did, _ = self._gather(operand, [], 0)
                return did
            case tree.Changed(_, name, tree.Ever(place=None)):
                self._complain(
                    f"`{'entered' if operand.entered else 'left'} segment {name}` needs a window",
                    operand.place,
                    "in last 7d",
                )
                return operand
            case _ if isinstance(operand, VALUES):
                return self._truth(cast("tree.Value", operand))
            case _:
                return cast("tree.Rule", operand)

    def _truth(self, value: tree.Value) -> tree.Rule:
        """A value used as a rule: only what can be true or false."""
        if isinstance(value, _TRUTHS) or (
            isinstance(value, tree.Aggregate) and value.function in _PICKED
        ):
            return tree.TraitTruth(value, place=value.place)
        if isinstance(value, tree.BooleanLiteral):
            word = "everyone" if value.truth else "nobody"
            self._complain(
                "a rule cannot be just `true` or `false`", value.place, f"write `{word}`"
            )
        else:
            self._complain(
                "this is a value, not yet a rule", value.place, "compare it: … > 0, … is set"
            )
        return tree.TraitTruth(value, place=value.place)

    def _quiet_rule(self, operand: Operand) -> tree.Rule:
        """The operand as a rule, without complaint: it may yet belong elsewhere."""
        count = len(self.problems)
        rule = self.rule(operand)
        del self.problems[count:]
        return rule

    def value(self, operand: Operand) -> tree.Value:
        """The operand as a value; a problem if it is a rule."""
        node = operand.node if isinstance(operand, Grouped) else operand
        if isinstance(node, VALUES):
            return node
        self._complain(
            "a rule stands where a value is needed",
            self._place_of(operand),
            "turn it into one: case when … then 1 else 0 end",
        )
        return tree.NumberLiteral(0.0, place=self._place_of(operand))

    def either(self, operand: Operand) -> tree.Rule | tree.Value:
        """The operand as the rule or the value that it is."""
        node = operand.node if isinstance(operand, Grouped) else operand
        return node if isinstance(node, VALUES) else self.rule(node)

    def _misplaced_window(self, operand: Windowed) -> None:
        inner = operand.operand.node if isinstance(operand.operand, Grouped) else operand.operand
        if isinstance(inner, tree.TraitValue):
            message, hint = f"`{inner.name}` is not compared with anything", f"{inner.name} = true"
        else:
            message = "a window belongs to a selection or a sequence"
            hint = "put it inside the parentheses: count(order_completed in last 30d) > 3"
        self._complain(message, self._place_of(operand), hint)

    def _place_of(self, operand: Operand) -> Place | None:
        while True:
            match operand:
                case Windowed(inner):
                    operand = inner
                case OpenDid(did):
                    return did.place
                case _:
                    return operand.place

    # --- rules ------------------------------------------------------------------------------

    def _on_did(self, parts: list[Any]) -> tree.Did:
        event, prop = parts[2]
        place = self._at(parts[0])
        selection = tree.Selection(event, prop, place=event.place)
        return tree.Did(selection, negated=parts[1] is not None, place=place)

    def _on_did_where(self, parts: list[Any]) -> OpenDid:
        return OpenDid(parts[0], parts[1])

    def _on_sequence_match(self, parts: list[Any]) -> tree.SequenceMatch:
        return tree.SequenceMatch(parts[0], place=parts[0].place)

    def _on_in_segment(self, parts: list[Any]) -> tree.InSegment:
        span = self._span(parts[2]) if parts[2] is not None else None
        return tree.InSegment(self._name(parts[1]), at_least=span, place=self._at(parts[0]))

    def _on_changed(self, parts: list[Any]) -> tree.Changed:
        entered = parts[0].lower().startswith("entered")
        return tree.Changed(entered, self._name(parts[1]), tree.Ever(), place=self._at(parts[0]))

    def _on_consents_to(self, parts: list[Any]) -> tree.ConsentsTo:
        return tree.ConsentsTo(self._name(parts[1]), place=self._at(parts[0]))

    def _on_everyone(self, parts: list[Any]) -> tree.Everyone:
        return tree.Everyone(place=self._at(parts[0]))

    def _on_nobody(self, parts: list[Any]) -> tree.Nobody:
        return tree.Nobody(place=self._at(parts[0]))

    def _on_compare(self, parts: list[Any]) -> tree.Compare:
        left, right = self.value(parts[0]), self.value(parts[2])
        return tree.Compare(
            left, tree.Comparator(parts[1].value), right, place=self._place_of(parts[0])
        )

    def _on_in_list(self, parts: list[Any]) -> tree.InList:
        value = self.value(parts[0])
        negated = parts[1] is not None
        return tree.InList(value, tuple(parts[2:]), negated, place=self._place_of(parts[0]))

    def _on_between(self, parts: list[Any]) -> tree.Between:
        value, low, high = (self.value(parts[index]) for index in (0, 2, 3))
        return tree.Between(value, low, high, parts[1] is not None, place=self._place_of(parts[0]))

    def _on_text_match(self, parts: list[Any]) -> tree.TextMatch:
        test = tree.TextTest(literals.words(parts[2]))
        value = self.value(parts[0])
        return tree.TextMatch(
            value,
            test,
            literals.text(parts[3]),
            parts[1] is not None,
            place=self._place_of(parts[0]),
        )

    def _on_has(self, parts: list[Any]) -> tree.Has:
        value = self.value(parts[0])
        negated = parts[1] is not None
        return tree.Has(value, tuple(parts[2:]), negated, place=self._place_of(parts[0]))

    def _on_is_set(self, parts: list[Any]) -> tree.IsSet:
        negated = literals.words(parts[1]) == "is not set"
        return tree.IsSet(self.value(parts[0]), negated, place=self._place_of(parts[0]))

    def _on_in_top(self, parts: list[Any]) -> tree.Rule:
        value, negation, word, number, scope = parts
        place = self._place_of(value)
        rule = tree.InTop(
            self.value(value),
            self._number([None, number], percent=True).number,
            literals.words(word) == "in bottom",
            self._scope(scope),
            place=place,
        )
        return tree.Not(rule, place=place) if negation is not None else rule

    def _scope(self, chain: Chain | None) -> tree.Rule | None:
        return None if chain is None else self.rule(self._settle(chain))

    # --- selections -------------------------------------------------------------------------

    def _on_event(self, parts: list[Token]) -> tuple[tree.EventRef, str | None]:
        place = self._at(parts[0])
        segments = split_name(parts[0])
        return event_ref((segments[0],), place), ".".join(segments[1:]) or None

    def _on_any_event(self, parts: list[Any]) -> tuple[tree.EventRef, str | None]:
        prop = self._name(parts[1]) if parts[1] is not None else None
        return tree.EventRef((), place=self._at(parts[0])), prop

    def _on_any_of(self, parts: list[Any]) -> tuple[tree.EventRef, str | None]:
        *tokens, last = parts[1:]
        prop = self._name(last) if last is not None else None
        names: list[str] = []
        for token in tokens:
            segments = split_name(token)
            if len(segments) > 1:
                self._complain(
                    f"`{token}` is not the name of an event",
                    self._at(token),
                    f"the property comes after the list: any of (…).{'.'.join(segments[1:])}",
                )
            names.append(segments[0])
        return event_ref(tuple(names), self._at(parts[0])), prop

    def _on_part_of_event(self, parts: list[Any]) -> Measured:
        (event, name), parenthesis, _ = parts
        if name in set(tree.TimePartFunction):
            return event, None, tree.TimePartFunction(name)
        near = nearest(name or "", tree.TimePartFunction)
        self._complain(
            f"`{name}(time)` is no part of the time" if name else "`(time)` needs its part",
            event.place if name else self._at(parenthesis),
            f"did you mean `{near}(time)`?" if near else f"use {', '.join(tree.TimePartFunction)}",
        )
        return event, None, tree.TimePartFunction.HOUR

    def _on_selection(self, parts: list[Any]) -> tree.Selection:
        (event, prop, part), *window = _measured(parts)
        found = window[0] if window else None
        return tree.Selection(event, prop, None, found, part, place=event.place)

    def _on_selection_where(self, parts: list[Any]) -> tree.Selection:
        (event, prop, part), chain = _measured(parts)
        condition, window = self._where(chain)
        return tree.Selection(event, prop, condition, window, part, place=event.place)

    def _on_step(self, parts: list[Any]) -> tree.Step:
        negation, (event, prop), chain, within = parts
        if prop is not None:
            self._complain(
                "a step of a sequence is an event without a property",
                event.place,
                f"to compare it, write {event.names[0] if event.names else 'any event'} "
                f"where {prop} = …; to keep steps on the same one, sequence by {prop} (…)",
            )
        condition, window = self._where(chain) if chain is not None else (None, None)
        if window is not None:
            self._complain(
                "a step of a sequence has no window of its own",
                event.place,
                "use `within`, or put the window after the sequence's parenthesis",
            )
        span = self._span(within) if within is not None else None
        return tree.Step(event, negation is not None, condition, span, place=event.place)

    def _on_sequence(self, parts: list[Any]) -> tree.Sequence:
        by = self._name(parts[1]) if parts[1] is not None else None
        return tree.Sequence(tuple(parts[2:]), by, place=self._at(parts[0]))

    def _on_in_last(self, parts: list[Token]) -> tree.InLast:
        return tree.InLast(self._span(parts[0]), place=self._at(parts[0]))

    def _on_in_next(self, parts: list[Token]) -> tree.InNext:
        return tree.InNext(self._span(parts[0]), place=self._at(parts[0]))

    def _on_between_ago(self, parts: list[Token]) -> tree.BetweenAgo:
        return tree.BetweenAgo(self._span(parts[0]), self._span(parts[1]), place=self._at(parts[0]))

    def _on_since(self, parts: list[Token]) -> tree.Window:
        return tree.Since(self._on_instant(parts), place=self._at(parts[0]))

    def _on_before(self, parts: list[Token]) -> tree.Before:
        return tree.Before(self._on_instant(parts), place=self._at(parts[0]))

    def _on_from_to(self, parts: list[Token]) -> tree.FromTo:
        start, end = self._on_instant(parts[:1]), self._on_instant(parts[1:])
        return tree.FromTo(start, end, place=self._at(parts[0]))

    def _on_ever(self, parts: list[Token]) -> tree.Ever:
        return tree.Ever(place=self._at(parts[0]))

    # --- values -----------------------------------------------------------------------------

    def _on_trait(self, parts: list[Token]) -> tree.TraitValue:
        return tree.TraitValue(self._name(parts[0]), place=self._at(parts[0]))

    def _on_aggregate(self, parts: list[Any]) -> tree.Aggregate:
        function = tree.AggregateFunction(parts[0].lower())
        return tree.Aggregate(function, parts[1], place=self._at(parts[0]))

    def _on_sequence_aggregate(self, parts: list[Any]) -> tree.SequenceAggregate:
        token, sequence, prop = parts
        function = tree.AggregateFunction(token.lower())
        if function not in {tree.AggregateFunction.COUNT, tree.AggregateFunction.VALUES}:
            self._complain(
                f"`{function}` does not work on a sequence",
                self._at(token),
                "`count(sequence …)` and `values(sequence ….property)` do",
            )
        name = self._name(prop) if prop is not None else None
        return tree.SequenceAggregate(function, sequence, name, place=self._at(token))

    def _on_sequence_aggregate_window(self, parts: list[Any]) -> tree.SequenceAggregate:
        token, sequence, before, window, after = parts
        if before is not None and after is not None:
            self._complain("the property is given twice", self._at(after))
        sequence = replace(sequence, window=window)
        return self._on_sequence_aggregate([token, sequence, after if before is None else before])

    def _on_time_part(self, parts: list[Token]) -> tree.TimePart:
        return tree.TimePart(tree.TimePartFunction(parts[0].lower()), place=self._at(parts[0]))

    def _on_holiday_days(self, parts: list[Token | None]) -> tree.HolidayDays:
        token, _, name = parts
        assert token is not None
        function = tree.HolidayDaysFunction(token.lower())
        return tree.HolidayDays(function, self._holiday_name(name), place=self._at(token))

    def _on_holiday(self, parts: list[Token | None]) -> tree.Holiday:
        token, name = parts
        assert token is not None
        function = tree.HolidayFunction(token.lower())
        return tree.Holiday(function, self._holiday_name(name), place=self._at(token))

    def _on_anniversary(self, parts: list[Any]) -> tree.Anniversary:
        function = tree.AnniversaryFunction(parts[0].lower())
        return tree.Anniversary(function, self.value(parts[1]), place=self._at(parts[0]))

    def _on_until(self, parts: list[Any]) -> tree.Until:
        return tree.Until(self.value(parts[1]), place=self._at(parts[0]))

    def _on_age(self, parts: list[Any]) -> tree.Age:
        return tree.Age(self.value(parts[1]), place=self._at(parts[0]))

    def _on_coalesce(self, parts: list[Any]) -> tree.Coalesce:
        return tree.Coalesce(self.value(parts[1]), self.value(parts[2]), place=self._at(parts[0]))

    def _on_rank(self, parts: list[Any]) -> tree.Rank:
        function = tree.RankFunction(parts[0].lower())
        value = self.value(parts[1])
        return tree.Rank(function, value, self._scope(parts[2]), place=self._at(parts[0]))

    def _on_when(self, parts: list[Any]) -> tree.When:
        rule = self.rule(self._settle(parts[1]))
        return tree.When(rule, self.value(parts[2]), place=self._at(parts[0]))

    def _on_case(self, parts: list[Any]) -> tree.Case:
        token, *whens, otherwise = parts
        value = self.value(otherwise) if otherwise is not None else None
        return tree.Case(tuple(whens), value, place=self._at(token))

    def _on_arithmetic(self, parts: list[Any]) -> tree.Arithmetic:
        left, sign, right = parts
        place = self._place_of(left)
        operator = tree.ArithmeticOperator(sign.value)
        return tree.Arithmetic(operator, self.value(left), self.value(right), place=place)


def _measured(parts: list[Any]) -> list[Any]:
    """The parts of a selection, of which the first says what is measured."""
    first, *others = parts
    return [first if len(first) == 3 else (*first, None), *others]
