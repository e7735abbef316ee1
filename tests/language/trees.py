"""Hypothesis strategies for rules and values over a small shop, for every test that needs any.

``rules()`` and ``values()`` give trees in the parser's own shape (flat ``and`` and ``or``, no
``raw`` names), well typed and free of errors under ``SHOP``. With ``odd=True`` names, texts and
numbers are as strange as the language allows, and types are not minded: for round trips.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.language import tree as t
from shoal.language.vocabulary import EventEntry, SegmentEntry, TraitEntry, ValueType, Vocabulary
from shoal.language.written_names import is_plain

NUMBER, TEXT, BOOLEAN = ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN

SHOP = Vocabulary(
    events={
        "order_completed": EventEntry(
            "order_completed",
            "placed an order",
            ("Order Completed",),
            {"revenue": NUMBER, "channel": TEXT, "gift": BOOLEAN},
            lines="order_completed_line",
        ),
        "order_completed_line": EventEntry(
            "order_completed_line",
            properties={"product_id": TEXT, "price": NUMBER},
            parent="order_completed",
        ),
        "product_added": EventEntry(
            "product_added", "added a product", (), {"product_id": TEXT, "price": NUMBER}
        ),
        "page_viewed": EventEntry("page_viewed", None, (), {"channel": TEXT, "seconds": NUMBER}),
    },
    segments={
        "buyers": SegmentEntry(
            "buyers",
            t.Did(t.Selection(t.EventRef(("order_completed",)))),
            "Buyers",
        ),
        "visitors": SegmentEntry(
            "visitors", t.Did(t.Selection(t.EventRef(("page_viewed",)))), None
        ),
    },
    traits={
        "country": TraitEntry("country", TEXT),
        "points": TraitEntry("points", NUMBER),
        "vip": TraitEntry("vip", BOOLEAN),
        "birthday": TraitEntry("birthday", ValueType.INSTANT),
    },
    purposes=frozenset({"marketing"}),
    zone=Zone("Europe/Lisbon"),
)

_UNITS = ("s", "m", "h", "d", "w", "mo", "y")
_NAMES = [
    *("and", "or", "not", "did", "where", "in", "last", "next", "between", "ago", "since", "from"),
    *("before", "to", "ever", "by", "within", "of", "has", "is", "set", "when", "then", "else"),
    *("end", "case", "true", "false", "everyone", "nobody", "any", "event", "sequence", "segment"),
    *("entered", "left", "consents", "for", "time", "top", "count", "day", "age", "In", "NOT"),
    *("$identify", "año", "Order Completed", "a.b", "x`y", "1st", "a..b", ".", "a b.c", "`", "é ü"),
]
_TEXTS = ["", "PT", "app", "p1", "it's", 'say "hi"', "'\"", "a\nb", "#no", "`x`", "100%", "😀"]
_NUMBERS = [0.0, -0.0, 1.0, -5.0, 0.1, 0.30000000000000004, 19.99, 1e-7, 1e15, 1e300, -2.5e-300]
_TIMES = ["", "", "T09:30", "T00:00:00Z", "T23:59:59.5+02:00"]
_F = t.AggregateFunction
_PROPERTIES = {NUMBER: "revenue", TEXT: "channel", BOOLEAN: "gift"}
_TRAITS = {NUMBER: "points", TEXT: "country", BOOLEAN: "vip"}
_OVER = {
    NUMBER: (_F.SUM, _F.AVG, _F.MIN, _F.MAX, _F.MEDIAN, _F.STD, _F.FIRST, _F.LAST, _F.TOP),
    TEXT: (_F.FIRST, _F.LAST, _F.TOP),
    BOOLEAN: (_F.FIRST, _F.LAST, _F.TOP),
}

# Drawn often: made once.
_INTEGERS = {high: st.integers(0, high) for high in range(64)}
_COMPARATORS = st.sampled_from(list(t.Comparator))
_LETTERS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=6
)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def rules(draw: st.DrawFn, *, odd: bool = False, depth: int = 3) -> t.Rule:
    """A rule over the shop."""
    return _Writer(draw, odd).rule(depth)


@st.composite
def values(draw: st.DrawFn, kind: ValueType = NUMBER, *, odd: bool = False) -> t.Value:
    """A value over the shop, of the type."""
    return _Writer(draw, odd).value(kind, 3)


@dataclass
class _Writer:
    """Writes trees by drawing what to write next."""

    draw: st.DrawFn
    odd: bool

    # --- choices ----------------------------------------------------------------------------

    def below(self, count: int) -> int:
        return self.draw(_INTEGERS[count - 1])

    def pick(self, *options: object) -> object:
        return options[self.below(len(options))]

    def maybe(self) -> bool:
        return self.below(2) == 1

    def does(self, *ways: Callable[[], object]) -> object:
        return self.pick(*ways)()

    def name(self, plain: str) -> str:
        if not self.odd:
            return plain
        return self.pick(*_NAMES[:60]) if self.below(8) else self.draw(_LETTERS) or "x"

    # --- literals and windows ---------------------------------------------------------------

    def span(self, units: tuple[str, ...] = _UNITS) -> Span:
        return Span(1 + self.below(60), self.pick(*units))

    def number(self) -> t.NumberLiteral:
        if not self.odd:
            return t.NumberLiteral(self.below(60) / 4 - 2)
        number = self.pick(*_NUMBERS) if self.maybe() else self.draw(_FLOATS)
        percent = self.maybe() and (number == 0 or 1e-100 < abs(number) < 1e100)
        return t.NumberLiteral(number, percent)

    def instant(self) -> t.InstantLiteral:
        day = date(2025, 1, 1) + timedelta(days=self.below(60) * 11)
        return t.InstantLiteral(f"{day.isoformat()}{self.pick(*_TIMES)}")

    def text(self) -> str:
        if not self.odd:
            return self.pick(*_TEXTS[:4])
        return self.pick(*_TEXTS) if self.maybe() else self.draw(_LETTERS)

    def literal(self, kind: ValueType) -> t.Literal:
        if self.odd:
            kind = self.pick(NUMBER, TEXT, BOOLEAN, ValueType.SPAN, ValueType.INSTANT)
        match kind:
            case ValueType.NUMBER:
                return self.number()
            case ValueType.TEXT:
                return t.TextLiteral(self.text())
            case ValueType.BOOLEAN:
                return t.BooleanLiteral(self.maybe())
            case ValueType.SPAN:
                return t.SpanLiteral(self.span(_UNITS if self.odd else _UNITS[:5]))
            case _:
                return self.instant()

    def literals(self, kind: ValueType) -> tuple[t.Literal, ...]:
        return tuple(self.literal(kind) for _ in range(1 + self.below(3)))

    def window(self) -> t.Window:
        unit, count = self.pick(*_UNITS), 1 + self.below(30)
        return self.does(
            lambda: t.InLast(self.span()),
            lambda: t.BetweenAgo(Span(count + 1 + self.below(30), unit), Span(count, unit)),
            lambda: t.Since(self.instant()),
            lambda: t.Before(self.instant()),
            lambda: t.FromTo(self.instant(), self.instant()),
            t.Ever,
        )

    # --- selections and sequences -----------------------------------------------------------

    def event(self, plain: str | None = None) -> t.EventRef:
        if self.odd:
            names = [self.name("") for _ in range(self.below(4))]
        elif plain is not None:
            names = [plain]
        else:
            every = ("order_completed", "page_viewed")
            one = self.pick("order_completed", "page_viewed", "product_added")
            names = self.pick([one], [one], [one], list(every), [])
        raw = tuple(not is_plain(name) for name in names)
        return t.EventRef(tuple(names), raw if any(raw) else ())

    def condition(self, event: t.EventRef, depth: int = 1) -> t.Condition:
        if depth and not self.below(3):
            return self.logic(lambda: self.condition(event, depth - 1))
        part = self.does(
            lambda: t.TimePart(self.pick(*t.TimePartFunction)),
            lambda: t.TimePart(self.pick(*t.TimePartFunction)),
            lambda: t.HolidayDays(self.pick(*t.HolidayDaysFunction), self.holiday()),
        )
        if not self.below(4):
            return t.Compare(part, self.draw(_COMPARATORS), t.NumberLiteral(float(self.below(31))))
        if self.odd:
            found = t.PropertyValue(self.name(""))
            other = self.pick(found, part, self.literal(TEXT))
            if not self.below(3):
                other = t.Arithmetic(self.pick(*t.ArithmeticOperator), other, self.literal(TEXT))
            if isinstance(other, t.TimePart | t.HolidayDays | t.PropertyValue) and self.maybe():
                return t.Compare(self.literal(TEXT), self.draw(_COMPARATORS), other)
            return self.comparison(found, TEXT)
        known = {"order_completed": NUMBER, "page_viewed": TEXT}.get("".join(event.names))
        if known is None:
            return t.Compare(part, self.draw(_COMPARATORS), t.NumberLiteral(float(self.below(31))))
        return self.comparison(t.PropertyValue(_PROPERTIES[known]), known)

    def selection(self, kind: ValueType | None = None) -> t.Selection:
        event = self.event("order_completed" if kind else None)
        name = None
        if self.odd:
            name = self.name("") if self.maybe() else None
        elif kind is not None:
            name = _PROPERTIES[kind]
        where = None if self.below(3) else self.condition(event)
        return t.Selection(event, name, where, self.window() if self.maybe() else None)

    def timed(self) -> t.Selection:
        """Of a part of the time of events."""
        part = self.pick(*t.TimePartFunction)
        return replace(self.selection(), property=None, time_part=part)

    def holiday(self) -> str | None:
        if self.maybe():
            return None
        return (self.text() or "x") if self.odd else "Christmas Day"

    def sequence(self, *, channel: bool = False) -> t.Sequence:
        by = None if self.maybe() else self.name("channel")
        channel = channel or by is not None
        steps: list[t.Step] = []
        count = 1 + self.below(3)
        for index in range(count):
            event = self.event(self.pick("order_completed", "page_viewed") if channel else None)
            negated = index > 0 and self.maybe()
            is_last = negated and index == count - 1
            within = self.span() if index and (is_last or self.maybe()) else None
            where = None if self.below(3) else self.condition(event)
            steps.append(t.Step(event, negated, where, within))
        return t.Sequence(tuple(steps), by, self.window() if self.maybe() else None)

    # --- values -----------------------------------------------------------------------------

    def value(self, kind: ValueType, depth: int) -> t.Value:
        if depth <= 0 or self.maybe():
            return self.leaf(kind)
        ways = [
            lambda: t.Coalesce(self.value(kind, depth - 1), self.either(kind, depth - 1)),
            lambda: t.Case(
                tuple(
                    t.When(self.rule(depth - 2), self.value(kind, depth - 2))
                    for _ in range(1 + self.below(2))
                ),
                self.either(kind, depth - 2) if self.maybe() else None,
            ),
        ]
        if kind is NUMBER or (self.odd and kind is ValueType.SPAN):
            ways.append(
                lambda: t.Arithmetic(
                    self.pick(*t.ArithmeticOperator),
                    self.either(kind, depth - 1),
                    self.value(kind, depth - 1),
                )
            )
        if kind is NUMBER:
            ways.append(
                lambda: t.Rank(
                    self.pick(*t.RankFunction), self.value(kind, depth - 1), self.scope()
                )
            )
        return self.does(*ways)

    def either(self, kind: ValueType, depth: int) -> t.Value:
        return self.literal(kind) if self.maybe() else self.value(kind, depth)

    def scope(self) -> t.Rule | None:
        return self.rule(0) if self.maybe() else None

    def leaf(self, kind: ValueType) -> t.Value:
        if kind is ValueType.INSTANT and not self.below(3):
            return self.does(
                lambda: t.Anniversary(
                    self.pick(*t.AnniversaryFunction), t.TraitValue(self.name("birthday"))
                ),
                lambda: t.Holiday(self.pick(*t.HolidayFunction), self.holiday()),
            )
        if kind is ValueType.INSTANT:
            return t.Aggregate(self.pick(_F.FIRST, _F.LAST), self.selection())
        if kind is ValueType.SPAN:
            if self.maybe():
                return self.pick(t.Age, t.Until)(self.leaf(ValueType.INSTANT))
            return t.Aggregate(self.pick(_F.GAP, _F.GAP_STD), self.selection())
        if kind is ValueType.LIST:
            if self.maybe():
                return t.SequenceAggregate(
                    _F.VALUES, self.sequence(channel=True), self.name("channel")
                )
            return t.Aggregate(_F.VALUES, self.selection(TEXT))
        if not self.below(4):
            return t.TraitValue(self.name(_TRAITS[kind]))
        if kind is NUMBER and self.maybe():
            return self.does(
                lambda: t.Aggregate(self.pick(_F.COUNT, _F.DAYS), self.selection()),
                lambda: t.Aggregate(self.pick(_F.DISTINCT, _F.SHARE), self.selection(TEXT)),
                lambda: t.SequenceAggregate(_F.COUNT, self.sequence()),
                lambda: t.Aggregate(self.pick(*_OVER[NUMBER], _F.SHARE, _F.DISTINCT), self.timed()),
            )
        return t.Aggregate(self.pick(*_OVER[kind]), self.selection(kind))

    # --- rules ------------------------------------------------------------------------------

    def rule(self, depth: int) -> t.Rule:
        if depth > 0 and self.maybe():
            return self.logic(lambda: self.rule(depth - 1))
        if depth <= 0 or self.maybe():
            return self.simple()
        kind = self.pick(NUMBER, NUMBER, TEXT, BOOLEAN, ValueType.INSTANT, ValueType.SPAN)
        value = self.value(kind, depth - 1)
        if kind is NUMBER and not self.below(4):
            return t.InTop(value, self.pick(0.05, 0.2, 0.5, 1.0), self.maybe(), self.scope())
        if not self.below(8):
            listed = self.leaf(ValueType.LIST)
            return t.Has(listed, self.literals(TEXT), self.maybe())
        return self.comparison(value, kind)

    def simple(self) -> t.Rule:
        segment = self.name(self.pick("buyers", "visitors"))
        return self.does(
            lambda: t.Did(self.selection(), self.maybe()),
            lambda: t.Did(self.selection(), self.maybe()),
            lambda: t.SequenceMatch(self.sequence()),
            lambda: t.InSegment(segment, self.maybe(), self.span() if self.maybe() else None),
            lambda: t.Changed(self.maybe(), segment, self.window()),
            lambda: t.ConsentsTo(self.name("marketing")),
            lambda: t.TraitTruth(t.TraitValue(self.name("vip"))),
            t.Everyone,
            t.Nobody,
        )

    def comparison(self, value: t.Value, kind: ValueType) -> t.Rule:
        ways = [
            lambda: t.Compare(value, self.draw(_COMPARATORS), self.literal(kind)),
            lambda: t.InList(value, self.literals(kind), self.maybe()),
            lambda: t.Between(value, self.literal(kind), self.literal(kind), self.maybe()),
            lambda: t.IsSet(value, self.maybe()),
        ]
        if self.odd or kind is TEXT:
            ways.append(
                lambda: t.TextMatch(value, self.pick(*t.TextTest), self.text(), self.maybe())
            )
        return self.does(*ways)

    def logic(self, inner: Callable[[], t.Rule]) -> t.Rule:
        """``and``, ``or``, ``not``, in the flat shape the parser gives."""
        kind = self.pick(t.And, t.Or, t.Not)
        if kind is t.Not:
            return t.Not(inner())
        parts: list[t.Rule] = []
        for _ in range(2 + self.below(2)):
            part = inner()
            parts.extend(part.parts if isinstance(part, kind) else [part])
        return kind(tuple(parts))
