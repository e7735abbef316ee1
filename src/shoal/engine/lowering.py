# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911, PLR0912
"""From typed tree to instructions: what rows and points have in common.

A :class:`Lowering` turns rules into truth registers and values into float registers. Leaves differ:
for a condition they are properties of a row (:mod:`shoal.engine.selections`), for a rule they are
aggregates, sequences and ranks of a point (:mod:`shoal.engine.lowered_rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shoal.core.errors import DefinitionError, Problem
from shoal.engine import opcodes as op
from shoal.engine.program import TextPredicate
from shoal.language import tree
from shoal.language.negation import MIRRORED
from shoal.language.tree import Comparator, Rule, Value
from shoal.language.vocabulary import ValueType

COMPARATORS = {
    Comparator.EQUAL: op.EQUAL,
    Comparator.NOT_EQUAL: op.NOT_EQUAL,
    Comparator.GREATER: op.GREATER,
    Comparator.AT_LEAST: op.AT_LEAST,
    Comparator.LESS: op.LESS,
    Comparator.AT_MOST: op.AT_MOST,
}
ARITHMETIC = {
    tree.ArithmeticOperator.ADD: op.ADD,
    tree.ArithmeticOperator.SUBTRACT: op.SUBTRACT,
    tree.ArithmeticOperator.MULTIPLY: op.MULTIPLY,
    tree.ArithmeticOperator.DIVIDE: op.DIVIDE,
}
LITERALS = (
    tree.NumberLiteral,
    tree.TextLiteral,
    tree.BooleanLiteral,
    tree.SpanLiteral,
    tree.InstantLiteral,
)


@dataclass(frozen=True, slots=True)
class Operand:
    """A float register, its type, and whether it moves with time."""

    register: int
    type: ValueType
    moving: bool = False


class Constants:
    """The program's numbers; strings hold a place until a bucket gives them a code."""

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.texts: dict[int, str] = {}
        self.predicates: list[TextPredicate] = []
        self._known: dict[object, int] = {}

    def number(self, number: float) -> int:
        """Place of a number."""
        return self._place(("n", number, str(number)), number)

    def text(self, text: str) -> int:
        """Place of a string's code."""
        place = self._place(("t", text), float("nan"))
        self.texts[place] = text
        return place

    def several(self, items: list[float | str]) -> tuple[int, int]:
        """Adjacent places for a list."""
        start = len(self.numbers)
        for item in items:
            if isinstance(item, str):
                self.texts[len(self.numbers)] = item
                self.numbers.append(float("nan"))
            else:
                self.numbers.append(item)
        return start, len(self.numbers)

    def reserve(self, count: int) -> tuple[int, int]:
        """Places that are filled later (cuts of ranks)."""
        return self.several([float("nan")] * count)

    def predicate(self, predicate: TextPredicate) -> int:
        """Place of a test over strings."""
        if predicate not in self.predicates:
            self.predicates.append(predicate)
        return self.predicates.index(predicate)

    def _place(self, key: object, number: float) -> int:
        if key not in self._known:
            self._known[key] = len(self.numbers)
            self.numbers.append(number)
        return self._known[key]


def mixable(left: ValueType, right: ValueType) -> bool:
    """Whether two types compare; an unknown one goes with any."""
    return left == right or ValueType.UNKNOWN in (left, right)


def comparable(left: ValueType, right: ValueType, comparator: int) -> bool:
    """Whether a comparison has an answer: one type, and an order where one is asked for."""
    ordered = comparator not in (op.EQUAL, op.NOT_EQUAL)
    return mixable(left, right) and not (ordered and ValueType.BOOLEAN in (left, right))


class Lowering:
    """Instructions being written, their registers, and what is already computed."""

    def __init__(self, constants: Constants, parse_instant: Callable[[str], int]) -> None:
        self.constants = constants
        self.rows: list[tuple[int, ...]] = []
        self.floats = 0
        self.truths = 0
        self.nonlinear = False
        self._parse_instant = parse_instant
        self._rules: dict[Rule, int] = {}
        self._values: dict[Value, Operand] = {}

    # --- to be given by the kind of lowering ---------------------------------------------------

    def leaf_rule(self, rule: Rule) -> int:
        """Truth register of a rule that only this kind of lowering knows."""
        raise NotImplementedError

    def leaf_value(self, value: Value) -> Operand:
        """Float register of a value that only this kind of lowering knows."""
        raise NotImplementedError

    def plain(self, value: Value) -> Value:
        """The value with traits replaced by what computes them."""
        return value

    # --- registers -----------------------------------------------------------------------------

    def new_float(self) -> int:
        """A float register of its own."""
        self.floats += 1
        return self.floats - 1

    def new_truth(self) -> int:
        """A truth register of its own."""
        self.truths += 1
        return self.truths - 1

    def emit(self, code: int, to: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0) -> int:
        """The register that an instruction, written last, fills."""
        self.rows.append((code, to, a, b, c, d))
        return to

    def truth(self, code: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0) -> int:
        """A new truth register, filled by an instruction."""
        return self.emit(code, self.new_truth(), a, b, c, d)

    def float(self, code: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0) -> int:
        """A new float register, filled by an instruction."""
        return self.emit(code, self.new_float(), a, b, c, d)

    # --- rules ---------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> int:
        """Truth register of a rule."""
        known = self._rules.get(rule)
        if known is None:
            known = self._rules[rule] = self._lower_rule(rule)
        self.note(rule, "t", known)
        return known

    def is_list(self, value: Value) -> bool:  # noqa: ARG002  # lowerings of points look at it
        """Whether the value is a list, which only a point has."""
        return False

    def operands(self) -> Iterable[tuple[Value, Operand]]:
        """Every value lowered so far, with its register and type."""
        return self._values.items()

    def seen(self, value: Value) -> None:
        """Lower a value that is only named, so that a trace knows it."""

    def note(self, node: tree.Node, kind: str, register: int) -> None:
        """Called with every node's register; a tracing lowering keeps them."""

    def _lower_rule(self, rule: Rule) -> int:
        match rule:
            case tree.And(parts=parts) | tree.Or(parts=parts):
                code = op.AND if isinstance(rule, tree.And) else op.OR
                result = self.rule(parts[0])
                for part in parts[1:]:
                    result = self.truth(code, result, self.rule(part))
                return result
            case tree.Not(part=part):
                return self.truth(op.NOT, self.rule(part))
            case tree.Compare():
                return self._compare(rule.left, rule.comparator, rule.right)
            case tree.InList():
                return self._negated(self._in_list(rule.value, rule.literals), rule.negated)
            case tree.Between():
                return self._negated(self._between(rule), rule.negated)
            case tree.TextMatch():
                return self._negated(self._text_match(rule), rule.negated)
            case tree.IsSet() if not self.is_list(rule.value):
                operand = self.value(rule.value)
                return self._negated(self.truth(op.IS_SET, operand.register), rule.negated)
            case tree.TraitTruth(value=value):
                operand = self.value(value)
                if not mixable(operand.type, ValueType.BOOLEAN):
                    return self.truth(op.TRUTH, op.UNKNOWN)
                return self.truth(op.FLOAT_TO_TRUTH, operand.register)
            case _:
                return self.leaf_rule(rule)

    def _negated(self, register: int, negated: bool) -> int:  # noqa: FBT001  # a node's own field
        return self.truth(op.NOT, register) if negated else register

    def _compare(self, left: Value, comparator: Comparator, right: Value) -> int:
        self.seen(left)
        self.seen(right)
        left, right = self.plain(left), self.plain(right)
        if is_calendar(left) and not is_calendar(right):
            left, comparator, right = right, MIRRORED[comparator], left
        if is_calendar(right):
            return self._compare_calendar(left, comparator, right)
        code = COMPARATORS[comparator]
        if isinstance(left, LITERALS) and not isinstance(right, LITERALS):
            left, right, code = right, left, COMPARATORS[MIRRORED[comparator]]
        a = self.value(left)
        if isinstance(right, LITERALS):
            place, type_ = self.literal_place(right)
            if not comparable(a.type, type_, code):
                return self.truth(op.TRUTH, op.UNKNOWN)
            return self.truth(op.COMPARE_CONSTANT, a.register, place, 0, code)
        b = self.value(right)
        if not comparable(a.type, b.type, code):
            return self.truth(op.TRUTH, op.UNKNOWN)
        return self.truth(op.COMPARE, a.register, b.register, 0, code)

    def _compare_calendar(self, left: Value, comparator: Comparator, right: Value) -> int:
        if not isinstance(left, tree.Age | tree.Until) or not isinstance(right, tree.SpanLiteral):
            raise DefinitionError([calendar_problem(right)])
        operand = self.value(left.value)
        if not mixable(operand.type, ValueType.INSTANT):
            return self.truth(op.TRUTH, op.UNKNOWN)
        months = right.span.months
        if isinstance(left, tree.Until):  # it is less than 2 months until x: x is before then
            months, comparator = -months, MIRRORED[comparator]
        return self.truth(
            op.COMPARE_CALENDAR_AGE,
            operand.register,
            months,
            0,
            COMPARATORS[comparator],
        )

    def _in_list(self, value: Value, literals: tuple[tree.Literal, ...]) -> int:
        self.seen(value)
        value = self.plain(value)
        if any(is_calendar(literal) for literal in literals):
            result = self._compare(value, Comparator.EQUAL, literals[0])
            for literal in literals[1:]:
                result = self.truth(op.OR, result, self._compare(value, Comparator.EQUAL, literal))
            return result
        operand = self.value(value)
        items: list[float | str] = []
        mixed = False
        for literal in literals:
            number, type_ = self.literal(literal)
            if mixable(operand.type, type_):
                items.append(number)
            else:
                mixed = True
        start, end = self.constants.several(items)
        found = self.truth(op.IN_LIST, operand.register, start, end)
        if mixed:  # a comparison with another type is unknown: true or unknown, never false
            return self.truth(op.OR, found, self.truth(op.TRUTH, op.UNKNOWN))
        return found

    def _between(self, rule: tree.Between) -> int:
        for named in (rule.value, rule.low, rule.high):
            self.seen(named)
        value, low, high = self.plain(rule.value), self.plain(rule.low), self.plain(rule.high)
        if is_calendar(low) or is_calendar(high):
            return self.truth(
                op.AND,
                self._compare(value, Comparator.AT_LEAST, low),
                self._compare(value, Comparator.AT_MOST, high),
            )
        operands = [self.value(value), self.value(low), self.value(high)]
        if not all(comparable(operands[0].type, other.type, op.AT_LEAST) for other in operands[1:]):
            return self.truth(op.TRUTH, op.UNKNOWN)
        return self.truth(op.BETWEEN, *(operand.register for operand in operands))

    def _text_match(self, rule: tree.TextMatch) -> int:
        operand = self.value(rule.value)
        if not mixable(operand.type, ValueType.TEXT):
            return self.truth(op.TRUTH, op.UNKNOWN)
        which = self.constants.predicate(TextPredicate(rule.test, rule.text))
        return self.truth(op.IN_TABLE, operand.register, which)

    # --- values --------------------------------------------------------------------------------

    def value(self, value: Value) -> Operand:
        """Float register and type of a value."""
        known = self._values.get(value)
        if known is None:
            known = self._values[value] = self._lower_value(value)
        self.note(value, "f", known.register)
        return known

    def unset(self, type_: ValueType = ValueType.UNKNOWN) -> Operand:
        """An operand that is unset everywhere."""
        place = self.constants.number(float("nan"))
        return Operand(self.float(op.CONSTANT, place), type_)

    def literal(self, literal: tree.Literal) -> tuple[float | str, ValueType]:
        """A literal as number or text, and its type."""
        match literal:
            case tree.NumberLiteral(number=number):
                return float(number), ValueType.NUMBER
            case tree.TextLiteral(text=text):
                return text, ValueType.TEXT
            case tree.BooleanLiteral(truth=truth):
                return float(truth), ValueType.BOOLEAN
            case tree.SpanLiteral(span=span):
                if span.is_calendar:
                    raise DefinitionError([calendar_problem(literal)])
                return float(span.microseconds), ValueType.SPAN
            case tree.InstantLiteral(text=text):
                return float(self._parse_instant(text)), ValueType.INSTANT

    def literal_place(self, literal: tree.Literal) -> tuple[int, ValueType]:
        """A literal's place among the constants, and its type."""
        item, type_ = self.literal(literal)
        if isinstance(item, str):
            return self.constants.text(item), type_
        return self.constants.number(item), type_

    def _lower_value(self, value: Value) -> Operand:
        plain = self.plain(value)
        if plain is not value:
            return self.value(plain)
        match value:
            case (
                tree.NumberLiteral()
                | tree.TextLiteral()
                | tree.BooleanLiteral()
                | tree.SpanLiteral()
                | tree.InstantLiteral()
            ):
                place, type_ = self.literal_place(value)
                return Operand(self.float(op.CONSTANT, place), type_)
            case tree.Age(value=inner):
                operand = self.value(inner)
                if not mixable(operand.type, ValueType.INSTANT):
                    return self.unset(ValueType.SPAN)
                return Operand(self.float(op.AGE, operand.register), ValueType.SPAN, moving=True)
            case tree.Until(value=inner):
                operand = self.value(inner)
                if not mixable(operand.type, ValueType.INSTANT):
                    return self.unset(ValueType.SPAN)
                return Operand(self.float(op.UNTIL, operand.register), ValueType.SPAN, moving=True)
            case tree.Anniversary(function=function, value=inner):
                operand = self.value(inner)
                if not mixable(operand.type, ValueType.INSTANT):
                    return self.unset(ValueType.INSTANT)
                last = int(function == tree.AnniversaryFunction.LAST)
                register = self.float(op.ANNIVERSARY, operand.register, last)
                return Operand(register, ValueType.INSTANT)
            case tree.Coalesce(first=first, second=second):
                a, b = self.value(first), self.value(second)
                if not mixable(a.type, b.type):
                    return a
                type_ = a.type if a.type != ValueType.UNKNOWN else b.type
                register = self.float(op.COALESCE, a.register, b.register)
                return Operand(register, type_, a.moving or b.moving)
            case tree.Case():
                return self._case(value)
            case tree.Arithmetic():
                return self._arithmetic(value)
            case _:
                return self.leaf_value(value)

    def _case(self, case: tree.Case) -> Operand:
        branches = [self.value(when.value) for when in case.whens]
        otherwise = self.value(case.otherwise) if case.otherwise is not None else None
        known = [
            operand.type
            for operand in [*branches, *([otherwise] if otherwise else [])]
            if operand.type != ValueType.UNKNOWN
        ]
        type_ = known[0] if known else ValueType.UNKNOWN
        nothing = self.unset(type_)
        result = otherwise if otherwise and mixable(otherwise.type, type_) else nothing
        moving = result.moving
        for when, branch in zip(reversed(case.whens), reversed(branches), strict=True):
            chosen = branch if mixable(branch.type, type_) else nothing
            register = self.float(op.CHOOSE, self.rule(when.rule), chosen.register, result.register)
            moving = moving or chosen.moving
            result = Operand(register, type_, moving)
        return result

    def _shift(self, operator: tree.ArithmeticOperator, left: Value, right: Value) -> Operand:
        """An instant so many months later or earlier."""
        span, other = (right, left) if is_calendar(right) else (left, right)
        if not _shifts(operator, left, right):
            raise DefinitionError([calendar_problem(span)])
        assert isinstance(span, tree.SpanLiteral), "a calendar span is a literal"
        operand = self.value(other)
        if not mixable(operand.type, ValueType.INSTANT):
            raise DefinitionError([calendar_problem(span)])
        months = span.span.months
        if operator == tree.ArithmeticOperator.SUBTRACT:
            months = -months
        register = self.float(op.SHIFT, operand.register, months)
        return Operand(register, ValueType.INSTANT)

    def _arithmetic(self, value: tree.Arithmetic) -> Operand:
        left, right = self.plain(value.left), self.plain(value.right)
        if is_calendar(left) or is_calendar(right):
            return self._shift(value.operator, left, right)
        a, b = self.value(value.left), self.value(value.right)
        type_ = arithmetic_type(value.operator, a.type, b.type)
        if type_ is None:
            return self.unset()
        multiplies = value.operator == tree.ArithmeticOperator.MULTIPLY
        divides = value.operator == tree.ArithmeticOperator.DIVIDE
        if (multiplies and a.moving and b.moving) or (divides and b.moving):
            self.nonlinear = True
        register = self.float(ARITHMETIC[value.operator], a.register, b.register)
        return Operand(register, type_, a.moving or b.moving)


def _shifts(operator: tree.ArithmeticOperator, left: Value, right: Value) -> bool:
    """Whether months are added to something (or taken from it)."""
    if operator == tree.ArithmeticOperator.ADD:
        return is_calendar(left) != is_calendar(right)
    subtracts = operator == tree.ArithmeticOperator.SUBTRACT
    return subtracts and is_calendar(right) and not is_calendar(left)


def calendar_problem(node: tree.Node) -> Problem:
    """What a span of months is told where only exact ones have a meaning."""
    return Problem(
        "months and years compare only with age(…) or until(…) and add only to an instant",
        node.place,
        "write days or weeks here",
    )


def is_calendar(value: Value) -> bool:
    """Whether the value is a literal span of months or years."""
    return isinstance(value, tree.SpanLiteral) and value.span.is_calendar


def arithmetic_type(
    operator: tree.ArithmeticOperator, left: ValueType, right: ValueType
) -> ValueType | None:
    """Type of an arithmetic result; None where the types do not go together."""
    number, span, instant = ValueType.NUMBER, ValueType.SPAN, ValueType.INSTANT
    left = number if left == ValueType.UNKNOWN else left
    right = number if right == ValueType.UNKNOWN else right
    plus = operator == tree.ArithmeticOperator.ADD
    minus = operator == tree.ArithmeticOperator.SUBTRACT
    table = {
        (number, number): number,
        (span, span): span if plus or minus else number if not multiplies(operator) else None,
        (span, number): None if plus or minus else span,
        (number, span): span if multiplies(operator) else None,
        (instant, instant): span if minus else None,
        (instant, span): instant if plus or minus else None,
        (span, instant): instant if plus else None,
    }
    return table.get((left, right))


def multiplies(operator: tree.ArithmeticOperator) -> bool:
    """Whether the operator is ``*``."""
    return operator == tree.ArithmeticOperator.MULTIPLY
