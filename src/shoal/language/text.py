# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911, PLR0912
"""A tree becomes its one canonical text; reading that text gives the same tree.

>>> from shoal.language.parse import parse_rule
>>> to_text(parse_rule("DID  a WHERE x=1 AND (y>2) in last 7d or (vip)"))
'did a where x = 1 and y > 2 in last 7d or vip'
"""

from __future__ import annotations

from shoal.language.literals import number_text, quoted
from shoal.language.shape import is_condition
from shoal.language.tree import (
    Age,
    Aggregate,
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
    Compare,
    ConsentsTo,
    Did,
    EventRef,
    Ever,
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
    Node,
    Not,
    NumberLiteral,
    Or,
    PropertyValue,
    Rank,
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
    TimePart,
    TraitTruth,
    TraitValue,
    Until,
    Value,
    When,
    Window,
)
from shoal.language.written_names import name_text, part_text

_SUMS = (ArithmeticOperator.ADD, ArithmeticOperator.SUBTRACT)


def to_text(node: Rule | Value | Window | Selection | EventRef) -> str:
    """The canonical text of a rule, a value, or a piece of one."""
    match node:
        case And() | Or() | Not():
            return _logic(node, None)
        case Did(selection, negated):
            return f"did {'not ' if negated else ''}{_selection(selection)}"
        case Selection():
            return _selection(node)
        case EventRef():
            return event_text(node)
        case SequenceMatch(sequence):
            return _sequence(sequence)
        case InSegment(name, negated, at_least):
            lasting = f" for at least {at_least}" if at_least else ""
            return f"{'not ' if negated else ''}in segment {name_text(name)}{lasting}"
        case Changed(entered, name, window):
            return f"{'entered' if entered else 'left'} segment {name_text(name)} {to_text(window)}"
        case ConsentsTo(purpose):
            return f"consents to {name_text(purpose)}"
        case Everyone():
            return "everyone"
        case Nobody():
            return "nobody"
        case TraitTruth(value):
            return to_text(value)
        case InLast() | BetweenAgo() | Since() | Before() | FromTo() | Ever() | InNext():
            return _window(node)
        case Compare() | InList() | Between() | TextMatch() | Has() | IsSet() | InTop():
            return _comparison(node)
        case _:
            return _value(node)


def event_text(event: EventRef) -> str:
    """``order_completed`` · ``any event`` · ``any of (a, b)``."""
    if event.is_any:
        return "any event"
    if len(event.names) == 1:
        return part_text(event.names[0])
    return f"any of ({', '.join(part_text(name) for name in event.names)})"


def _logic(rule: Rule, follower: Rule | None) -> str:
    """``and``, ``or``, ``not``; ``follower`` is the operand written after, if one is.

    ``did … where`` without a window would take a following comparison for its own, so there it
    gets parentheses.
    """
    match rule:
        case Or(parts):
            return " or ".join(
                _grouped(part) if isinstance(part, Or) else _logic(part, after)
                for part, after in _followed(parts, follower)
            )
        case And(parts):
            return " and ".join(
                _grouped(part) if isinstance(part, And | Or) else _logic(part, after)
                for part, after in _followed(parts, follower)
            )
        case Not(part):
            if isinstance(part, And | Or) or (isinstance(part, InSegment) and not part.negated):
                return f"not {_grouped(part)}"
            return f"not {_logic(part, follower)}"
        case Did(Selection(where=where, window=None)) if where and follower:
            return _grouped(rule) if is_condition(_first(follower)) else to_text(rule)
        case _:
            return to_text(rule)


def _followed(parts: tuple[Rule, ...], last: Rule | None) -> list[tuple[Rule, Rule | None]]:
    return list(zip(parts, [*parts[1:], last], strict=True))


def _first(rule: Rule) -> Rule:
    """The operand that is written first."""
    while isinstance(rule, And | Or):
        rule = rule.parts[0]
    return rule


def _grouped(rule: Rule) -> str:
    return f"({to_text(rule)})"


def _comparison(rule: Rule) -> str:
    match rule:
        case Compare(left, comparator, right):
            return f"{_value(left)} {comparator} {_value(right)}"
        case InList(value, literals, negated):
            return f"{_value(value)} {_not(negated)}in ({_list(literals)})"
        case Between(value, low, high, negated):
            return f"{_value(value)} {_not(negated)}between {_value(low)} and {_value(high)}"
        case TextMatch(value, test, text, negated):
            return f"{_value(value)} {_not(negated)}{test} {quoted(text)}"
        case Has(value, (literal,), negated):
            return f"{_value(value)} {_not(negated)}has {_value(literal)}"
        case Has(value, literals, negated):
            return f"{_value(value)} {_not(negated)}has any of ({_list(literals)})"
        case IsSet(value, negated):
            return f"{_value(value)} is {_not(negated)}set"
        case InTop(value, share, bottom, scope):
            end = "bottom" if bottom else "top"
            percent = number_text(share, is_percent=True)
            return f"{_value(value)} in {end} {percent}{_scope(scope)}"
        case _:
            raise AssertionError(rule)


def _value(value: Node) -> str:
    match value:
        case NumberLiteral(number, percent):
            return number_text(number, is_percent=percent)
        case TextLiteral(text):
            return quoted(text)
        case BooleanLiteral(truth):
            return "true" if truth else "false"
        case SpanLiteral(span):
            return str(span)
        case InstantLiteral(text):
            return text
        case Aggregate(function, selection):
            return f"{function}({_selection(selection)})"
        case SequenceAggregate(function, sequence, prop):
            return f"{function}({_sequence(sequence, prop)})"
        case TraitValue(name) | PropertyValue(name):
            return name_text(name)
        case TimePart(function):
            return f"{function}(time)"
        case Age(inner):
            return f"age({_value(inner)})"
        case Until(inner):
            return f"until({_value(inner)})"
        case Anniversary(function, inner):
            return f"{function}({_value(inner)})"
        case Holiday(function, name):
            return f"{function}({quoted(name) if name is not None else ''})"
        case HolidayDays(function, name):
            return f"{function}(time{f', {quoted(name)}' if name is not None else ''})"
        case Coalesce(first, second):
            return f"coalesce({_value(first)}, {_value(second)})"
        case Rank(function, inner, scope):
            return f"{function}({_value(inner)}{_scope(scope)})"
        case Case(whens, otherwise):
            ending = f" else {_value(otherwise)}" if otherwise is not None else ""
            return f"case {' '.join(_when(when) for when in whens)}{ending} end"
        case Arithmetic():
            return _arithmetic(value)
        case _:
            raise AssertionError(value)


def _arithmetic(value: Arithmetic) -> str:
    is_product = value.operator not in _SUMS
    left, right = _value(value.left), _value(value.right)
    if isinstance(value.left, Arithmetic) and is_product and value.left.operator in _SUMS:
        left = f"({left})"
    if isinstance(value.right, Arithmetic) and (is_product or value.right.operator in _SUMS):
        right = f"({right})"
    return f"{left} {value.operator} {right}"


def _when(when: When) -> str:
    return f"when {to_text(when.rule)} then {_value(when.value)}"


def _scope(scope: Rule | None) -> str:
    return f" of ({to_text(scope)})" if scope is not None else ""


def _list(literals: tuple[Literal, ...]) -> str:
    return ", ".join(_value(literal) for literal in literals)


def _not(negated: bool) -> str:  # noqa: FBT001
    return "not " if negated else ""


def _selection(selection: Selection) -> str:
    event, prop = event_text(selection.event), selection.property
    parts = [f"{event}.{name_text(prop)}" if prop is not None else event]
    if selection.time_part is not None:
        parts = [f"{event}.{selection.time_part}(time)"]
    if selection.where is not None:
        parts.append(f"where {to_text(selection.where)}")
    if selection.window is not None:
        parts.append(_window(selection.window))
    return " ".join(parts)


def _sequence(sequence: Sequence, prop: str | None = None) -> str:
    by = f" by {name_text(sequence.by)}" if sequence.by is not None else ""
    text = f"sequence{by} ({', '.join(map(_step, sequence.steps))})"
    if prop is not None:
        text += f".{name_text(prop)}"
    return f"{text} {_window(sequence.window)}" if sequence.window is not None else text


def _step(step: Step) -> str:
    parts = ["not"] if step.negated else []
    parts.append(event_text(step.event))
    if step.where is not None:
        parts.append(f"where {to_text(step.where)}")
    if step.within is not None:
        parts.append(f"within {step.within}")
    return " ".join(parts)


def _window(window: Window) -> str:
    match window:
        case InLast(span):
            return f"in last {span}"
        case BetweenAgo(older, newer):
            return f"between {older} and {newer} ago"
        case Since(start):
            return f"since {start.text}"
        case Before(end):
            return f"before {end.text}"
        case FromTo(start, end):
            return f"from {start.text} to {end.text}"
        case Ever():
            return "ever"
        case InNext(span):
            return f"in next {span}"
