# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911, PLR0912
"""A tree becomes its one canonical text; reading that text gives the same tree.

>>> from shoal.language.parse import parse_rule
>>> to_text(parse_rule("DID  a WHERE x=1 AND (y>2) in last 7d or (vip)"))
'did a where x = 1 and y > 2 in last 7d or vip'
"""

from __future__ import annotations

from shoal.language import tree
from shoal.language.literals import number_text, quoted
from shoal.language.shape import is_condition
from shoal.language.written_names import name_text, part_text

_SUMS = (tree.ArithmeticOperator.ADD, tree.ArithmeticOperator.SUBTRACT)


def to_text(node: tree.Rule | tree.Value | tree.Window | tree.Selection | tree.EventRef) -> str:
    """The canonical text of a rule, a value, or a piece of one."""
    match node:
        case tree.And() | tree.Or() | tree.Not():
            return _logic(node, None)
        case tree.Did(selection, negated):
            return f"did {'not ' if negated else ''}{_selection(selection)}"
        case tree.Selection():
            return _selection(node)
        case tree.EventRef():
            return event_text(node)
        case tree.SequenceMatch(sequence):
            return _sequence(sequence)
        case tree.InSegment(name, negated, at_least):
            lasting = f" for at least {at_least}" if at_least else ""
            return f"{'not ' if negated else ''}in segment {name_text(name)}{lasting}"
        case tree.Changed(entered, name, window):
            return f"{'entered' if entered else 'left'} segment {name_text(name)} {to_text(window)}"
        case tree.ConsentsTo(purpose):
            return f"consents to {name_text(purpose)}"
        case tree.Everyone():
            return "everyone"
        case tree.Nobody():
            return "nobody"
        case tree.TraitTruth(value):
            return to_text(value)
        case (
            tree.InLast()
            | tree.BetweenAgo()
            | tree.Since()
            | tree.Before()
            | tree.FromTo()
            | tree.Ever()
            | tree.InNext()
        ):
            return _window(node)
        case (
            tree.Compare()
            | tree.InList()
            | tree.Between()
            | tree.TextMatch()
            | tree.Has()
            | tree.IsSet()
            | tree.InTop()
        ):
            return _comparison(node)
        case _:
            return _value(node)


def event_text(event: tree.EventRef) -> str:
    """``order_completed`` · ``any event`` · ``any of (a, b)``."""
    if event.is_any:
        return "any event"
    if len(event.names) == 1:
        return part_text(event.names[0])
    return f"any of ({', '.join(part_text(name) for name in event.names)})"


def _logic(rule: tree.Rule, follower: tree.Rule | None) -> str:
    """``and``, ``or``, ``not``; ``follower`` is the operand written after, if one is.

    ``did … where`` without a window would take a following comparison for its own, so there it
    gets parentheses.
    """
    match rule:
        case tree.Or(parts):
            return " or ".join(
                _grouped(part) if isinstance(part, tree.Or) else _logic(part, after)
                for part, after in _followed(parts, follower)
            )
        case tree.And(parts):
            return " and ".join(
                _grouped(part) if isinstance(part, tree.And | tree.Or) else _logic(part, after)
                for part, after in _followed(parts, follower)
            )
        case tree.Not(part):
            if isinstance(part, tree.And | tree.Or) or (
                isinstance(part, tree.InSegment) and not part.negated
            ):
                return f"not {_grouped(part)}"
            return f"not {_logic(part, follower)}"
        case tree.Did(tree.Selection(where=where, window=None)) if where and follower:
            return _grouped(rule) if is_condition(_first(follower)) else to_text(rule)
        case _:
            return to_text(rule)


def _followed(
    parts: tuple[tree.Rule, ...], last: tree.Rule | None
) -> list[tuple[tree.Rule, tree.Rule | None]]:
    return list(zip(parts, [*parts[1:], last], strict=True))


def _first(rule: tree.Rule) -> tree.Rule:
    """The operand that is written first."""
    while isinstance(rule, tree.And | tree.Or):
        rule = rule.parts[0]
    return rule


def _grouped(rule: tree.Rule) -> str:
    return f"({to_text(rule)})"


def _comparison(rule: tree.Rule) -> str:
    match rule:
        case tree.Compare(left, comparator, right):
            return f"{_value(left)} {comparator} {_value(right)}"
        case tree.InList(value, literals, negated):
            return f"{_value(value)} {_not(negated)}in ({_list(literals)})"
        case tree.Between(value, low, high, negated):
            return f"{_value(value)} {_not(negated)}between {_value(low)} and {_value(high)}"
        case tree.TextMatch(value, test, text, negated):
            return f"{_value(value)} {_not(negated)}{test} {quoted(text)}"
        case tree.Has(value, (literal,), negated):
            return f"{_value(value)} {_not(negated)}has {_value(literal)}"
        case tree.Has(value, literals, negated):
            return f"{_value(value)} {_not(negated)}has any of ({_list(literals)})"
        case tree.IsSet(value, negated):
            return f"{_value(value)} is {_not(negated)}set"
        case tree.InTop(value, share, bottom, scope):
            end = "bottom" if bottom else "top"
            percent = number_text(share, is_percent=True)
            return f"{_value(value)} in {end} {percent}{_scope(scope)}"
        case _:
            raise AssertionError(rule)


def _value(value: tree.Node) -> str:
    match value:
        case tree.NumberLiteral(number, percent):
            return number_text(number, is_percent=percent)
        case tree.TextLiteral(text):
            return quoted(text)
        case tree.BooleanLiteral(truth):
            return "true" if truth else "false"
        case tree.SpanLiteral(span):
            return str(span)
        case tree.InstantLiteral(text):
            return text
        case tree.Aggregate(function, selection):
            return f"{function}({_selection(selection)})"
        case tree.SequenceAggregate(function, sequence, prop):
            return f"{function}({_sequence(sequence, prop)})"
        case tree.TraitValue(name) | tree.PropertyValue(name):
            return name_text(name)
        case tree.TimePart(function):
            return f"{function}(time)"
        case tree.Age(inner):
            return f"age({_value(inner)})"
        case tree.Until(inner):
            return f"until({_value(inner)})"
        case tree.Anniversary(function, inner):
            return f"{function}({_value(inner)})"
        case tree.Holiday(function, name):
            return f"{function}({quoted(name) if name is not None else ''})"
        case tree.HolidayDays(function, name):
            return f"{function}(time{f', {quoted(name)}' if name is not None else ''})"
        case tree.Coalesce(first, second):
            return f"coalesce({_value(first)}, {_value(second)})"
        case tree.Rank(function, inner, scope):
            return f"{function}({_value(inner)}{_scope(scope)})"
        case tree.Case(whens, otherwise):
            ending = f" else {_value(otherwise)}" if otherwise is not None else ""
            return f"case {' '.join(_when(when) for when in whens)}{ending} end"
        case tree.Arithmetic():
            return _arithmetic(value)
        case _:
            raise AssertionError(value)


def _arithmetic(value: tree.Arithmetic) -> str:
    is_product = value.operator not in _SUMS
    left, right = _value(value.left), _value(value.right)
    if isinstance(value.left, tree.Arithmetic) and is_product and value.left.operator in _SUMS:
        left = f"({left})"
    if isinstance(value.right, tree.Arithmetic) and (is_product or value.right.operator in _SUMS):
        right = f"({right})"
    return f"{left} {value.operator} {right}"


def _when(when: tree.When) -> str:
    return f"when {to_text(when.rule)} then {_value(when.value)}"


def _scope(scope: tree.Rule | None) -> str:
    return f" of ({to_text(scope)})" if scope is not None else ""


def _list(literals: tuple[tree.Literal, ...]) -> str:
    return ", ".join(_value(literal) for literal in literals)


def _not(negated: bool) -> str:  # noqa: FBT001
    return "not " if negated else ""


def _selection(selection: tree.Selection) -> str:
    event, prop = event_text(selection.event), selection.property
    parts = [f"{event}.{name_text(prop)}" if prop is not None else event]
    if selection.time_part is not None:
        parts = [f"{event}.{selection.time_part}(time)"]
    if selection.where is not None:
        parts.append(f"where {to_text(selection.where)}")
    if selection.window is not None:
        parts.append(_window(selection.window))
    return " ".join(parts)


def _sequence(sequence: tree.Sequence, prop: str | None = None) -> str:
    by = f" by {name_text(sequence.by)}" if sequence.by is not None else ""
    text = f"sequence{by} ({', '.join(map(_step, sequence.steps))})"
    if prop is not None:
        text += f".{name_text(prop)}"
    return f"{text} {_window(sequence.window)}" if sequence.window is not None else text


def _step(step: tree.Step) -> str:
    parts = ["not"] if step.negated else []
    parts.append(event_text(step.event))
    if step.where is not None:
        parts.append(f"where {to_text(step.where)}")
    if step.within is not None:
        parts.append(f"within {step.within}")
    return " ".join(parts)


def _window(window: tree.Window) -> str:
    match window:
        case tree.InLast(span):
            return f"in last {span}"
        case tree.BetweenAgo(older, newer):
            return f"between {older} and {newer} ago"
        case tree.Since(start):
            return f"since {start.text}"
        case tree.Before(end):
            return f"before {end.text}"
        case tree.FromTo(start, end):
            return f"from {start.text} to {end.text}"
        case tree.Ever():
            return "ever"
        case tree.InNext(span):
            return f"in next {span}"
