"""Random rules over the names and the edges of a scene, written straight as trees.

Mostly well typed; now and then a literal of another type. Every form of the language occurs, nested
segments, computed traits, sequences, ranks and lines included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from shoal.core.instants import format_instant
from shoal.core.spans import Span
from shoal.language import tree as T
from shoal.language.vocabulary import SegmentEntry, TraitEntry, ValueType, Vocabulary
from tests.oracle.people import EVENTS, PURPOSES, SENT, TEXTS, TRAITS, Scene, vocabulary_of

F = T.AggregateFunction
NUMBER, TEXT, BOOLEAN, INSTANT, SPAN = (
    ValueType.NUMBER,
    ValueType.TEXT,
    ValueType.BOOLEAN,
    ValueType.INSTANT,
    ValueType.SPAN,
)
LINE_PROPERTIES = EVENTS["order_completed_line"]
NUMBERS = (0, 1, 2, 3, 0.5, -1, 0.1, 0.3, 0.30000000000000004, 19.99, 39.98, 1e6, 8999999999999.99)
HOLIDAYS = ("Christmas Day", "New Year's Day", "Good Friday", "Thanksgiving Day", "No Such Day")
THRESHOLDS = (0, 1, 1, 1, 2, 2, 3, 0.5, 19.99, 50, 100)


OF_TIME = (
    F.SUM, F.AVG, F.MIN, F.MAX, F.FIRST, F.LAST, F.TOP, F.MEDIAN, F.STD, F.DISTINCT, F.SHARE
)  # fmt: skip


@dataclass
class Writer:
    """Writes rules and values; ``simple`` leaves out what is dear to follow through time."""

    draw: st.DrawFn
    scene: Scene
    vocabulary: Vocabulary
    simple: bool = False

    # --- choices ----------------------------------------------------------------------------------

    def pick(self, *options: object) -> object:
        return self.draw(st.sampled_from(options))

    def maybe(self) -> bool:
        return self.draw(st.booleans())

    def rarely(self) -> bool:
        return self.draw(st.integers(0, 15)) == 15

    def does(self, *ways: Callable[[], object]) -> object:
        return self.draw(st.sampled_from(ways))()

    # --- literals and windows ---------------------------------------------------------------------

    def exact_span(self) -> Span:
        return self.pick(*[s for s in self.scene.spans if not s.is_calendar], Span(1, "d"))

    def span(self) -> Span:
        return self.pick(*self.scene.spans)

    def instant(self) -> T.InstantLiteral:
        instant = self.pick(*self.scene.instants)
        local = self.scene.zone.to_local(instant)
        date = local.date() + timedelta(days=self.pick(0, 0, 1))
        return T.InstantLiteral(
            self.pick(format_instant(instant), date.isoformat(), local.isoformat())
        )

    def perhaps_another(self, type_: ValueType) -> T.Literal:
        """A literal of the type; now and then of another."""
        return self.literal(self.pick(NUMBER, TEXT, BOOLEAN, INSTANT) if self.rarely() else type_)

    def literal(self, type_: ValueType) -> T.Literal:
        match type_:
            case ValueType.NUMBER:
                return T.NumberLiteral(self.pick(*NUMBERS))
            case ValueType.TEXT:
                return T.TextLiteral(self.pick(*TEXTS))
            case ValueType.BOOLEAN:
                return T.BooleanLiteral(self.maybe())
            case ValueType.INSTANT:
                return self.instant()
        return T.SpanLiteral(self.exact_span())

    def window(self) -> T.Window | None:
        newer, *_, older = sorted(self.scene.spans, key=nominal)
        ways = [lambda: T.InLast(self.span())] * 3
        if nominal(older) > nominal(newer):
            ways.append(lambda: T.BetweenAgo(older, newer))
        ways += [
            lambda: T.Since(self.instant()),
            lambda: T.Before(self.instant()),
            lambda: T.FromTo(self.instant(), self.instant()),
            T.Ever,
            lambda: None,
        ]
        return self.does(*ways)

    # --- selections -------------------------------------------------------------------------------

    def event(self) -> T.EventRef:
        return self.does(
            lambda: T.EventRef((self.pick(*SENT),)),
            lambda: T.EventRef((self.pick("order_completed", "product_added"),)),
            lambda: T.EventRef((self.pick(*EVENTS, "unheard_of"),)),
            lambda: T.EventRef(("Order Completed",), raw=(True,)),
            lambda: T.EventRef(()),
            lambda: T.EventRef(tuple({self.pick(*EVENTS): 0, self.pick(*EVENTS): 0})),
        )

    def carried(self, event: T.EventRef) -> dict[str, ValueType]:
        """What a rule may read of the event: its properties, its lines', its parent's."""
        names = event.names if not any(event.raw) else ("order_completed",)
        found: dict[str, ValueType] = {}
        for name in names or SENT:
            found |= EVENTS.get(name, {})
            if name == "order_completed" and not event.is_any:
                found |= LINE_PROPERTIES
            if name == "order_completed_line":
                found |= {**EVENTS["order_completed"], **EVENTS[name]}
        return found

    def selection(self, type_: ValueType | None = None) -> T.Selection:
        """Of events, or of a property of the type."""
        event = self.event()
        name = None
        if type_ is not None:
            fitting = [key for key, held in self.carried(event).items() if held == type_]
            if not fitting:
                event = T.EventRef(("order_completed",))
                fitting = [key for key, held in self.carried(event).items() if held == type_]
            name = self.pick(*fitting)
        where = self.condition(event, 1) if self.draw(st.integers(0, 2)) == 0 else None
        return T.Selection(event, name, where, self.window())

    def condition(self, event: T.EventRef, depth: int) -> T.Condition:
        properties = self.carried(event)
        if depth and self.rarely():
            parts = (self.condition(event, 0), self.condition(event, 0))
            return self.does(lambda: T.And(parts), lambda: T.Or(parts), lambda: T.Not(parts[0]))
        if not properties or self.draw(st.integers(0, 4)) == 0:
            part = self.pick(*T.TimePartFunction)
            bound = self.pick(0, 1, 5, 6, 7, 12, 23, 28, 31, 60, 365)
            return T.Compare(
                T.TimePart(part), self.pick(*T.Comparator), T.NumberLiteral(float(bound))
            )
        if self.rarely():
            days = T.HolidayDays(self.pick(*T.HolidayDaysFunction), self.holiday_name())
            return self.about(days, NUMBER, self.perhaps_another)
        name = self.pick(*properties)
        return self.about(T.PropertyValue(name), properties[name], self.perhaps_another)

    # --- sequences --------------------------------------------------------------------------------

    def sequence(self) -> T.Sequence:
        by = self.pick(None, None, None, None, "product", "product", "price", "coupon", "score")
        first = replace(self.step(by), within=None)
        steps = [first]
        for _ in range(self.pick(1, 1, 2, 3)):
            step = self.step(by)
            steps.append(replace(step, negated=self.pick(True, False, False)))
        last = len(steps)
        while last > 1 and steps[last - 1].negated:
            last -= 1
            steps[last] = replace(steps[last], within=steps[last].within or self.span())
        return T.Sequence(tuple(steps), by, self.window() if self.pick(*range(3)) == 0 else None)

    def step(self, by: str | None) -> T.Step:
        having = [name for name in EVENTS if by in self.carried(T.EventRef((name,)))]
        event = self.event() if by is None or self.rarely() else T.EventRef((self.pick(*having),))
        event = self.pick(event, T.EventRef(()) if by is None else event)
        where = self.condition(event, 0) if self.pick(*range(6)) == 5 else None
        return T.Step(event, where=where, within=self.span() if self.pick(*range(3)) == 2 else None)

    # --- values -----------------------------------------------------------------------------------

    def value(self, type_: ValueType, depth: int) -> T.Value:
        if type_ == SPAN and self.draw(st.integers(0, 5)) == 0:
            return T.SpanLiteral(self.exact_span())
        if self.draw(st.integers(0, 9)) == 0:
            return self.literal(type_)
        computed = [
            T.TraitValue(name) for name, entry in self.vocabulary.traits.items()
            if entry.type == type_
        ]  # fmt: skip
        if computed and self.draw(st.integers(0, 4)) == 0:
            return self.pick(*computed)
        if depth > 0 and self.draw(st.integers(0, 3)) == 0:
            return self.does(
                lambda: T.Coalesce(self.value(type_, depth - 1), self.value(type_, depth - 1)),
                lambda: T.Case(
                    tuple(
                        T.When(self.rule(depth - 1), self.value(type_, depth - 1))
                        for _ in range(self.pick(1, 2))
                    ),
                    self.value(type_, depth - 1) if self.maybe() else None,
                ),
            )
        return {NUMBER: self.number, TEXT: self.text, BOOLEAN: self.boolean}.get(
            type_, self.moment if type_ == INSTANT else self.lapse
        )(depth)

    def number(self, depth: int) -> T.Value:
        ways = [
            lambda: T.Aggregate(self.pick(F.COUNT, F.COUNT, F.DAYS), self.selection()),
            lambda: T.Aggregate(
                self.pick(
                    F.SUM, F.SUM, F.AVG, F.MIN, F.MAX, F.FIRST, F.LAST, F.TOP, F.MEDIAN, F.STD
                ),
                self.selection(NUMBER),
            ),
            lambda: T.Aggregate(
                self.pick(F.DISTINCT, F.SHARE),
                self.selection(self.pick(NUMBER, TEXT, BOOLEAN, INSTANT)),
            ),
            lambda: T.Aggregate(self.pick(*OF_TIME), self.timed()),
            lambda: T.SequenceAggregate(F.COUNT, self.sequence()),
        ]
        if depth > 0:
            ways.append(
                lambda: T.Arithmetic(
                    self.pick(*T.ArithmeticOperator), self.number(depth - 1), self.number(depth - 1)
                )
            )
        if depth > 0 and not self.simple:
            ways += [
                lambda: T.Rank(self.pick(*T.RankFunction), self.rankable(), self.scope(depth)),
                lambda: T.Arithmetic(T.ArithmeticOperator.DIVIDE, self.lapse(0), self.lapse(0)),
            ]
        return self.does(*ways)

    def timed(self) -> T.Selection:
        """Of the parts of the time of events."""
        return replace(self.selection(), time_part=self.pick(*T.TimePartFunction))

    def text(self, depth: int) -> T.Value:
        return T.Aggregate(self.pick(F.FIRST, F.LAST, F.TOP), self.selection(TEXT))

    def boolean(self, depth: int) -> T.Value:
        return T.Aggregate(self.pick(F.FIRST, F.LAST, F.TOP), self.selection(BOOLEAN))

    def moment(self, depth: int) -> T.Value:
        way = T.ArithmeticOperator
        ways = [
            lambda: T.Aggregate(self.pick(F.FIRST, F.LAST), self.selection()),
            lambda: T.Aggregate(self.pick(F.FIRST, F.LAST), self.selection(INSTANT)),
            self.occasion,
        ]
        if depth > 0:
            ways.append(
                lambda: T.Arithmetic(
                    self.pick(way.ADD, way.SUBTRACT),
                    self.moment(depth - 1),
                    T.SpanLiteral(self.span()),
                )
            )
        return self.does(*ways)

    def occasion(self) -> T.Value:
        if self.maybe():
            return T.Holiday(self.pick(*T.HolidayFunction), self.holiday_name())
        held = self.does(
            lambda: T.TraitValue("born_at"),
            lambda: T.Aggregate(self.pick(F.FIRST, F.LAST), self.selection()),
            lambda: T.TraitValue("born_at") if self.simple else self.moment(1),
        )
        return T.Anniversary(self.pick(*T.AnniversaryFunction), held)

    def occasional(self) -> T.Rule:
        """A rule about occasions and nothing else."""
        span = T.SpanLiteral(self.span())
        days = T.HolidayDays(self.pick(*T.HolidayDaysFunction), self.holiday_name())
        near = self.about(days, NUMBER, lambda _: T.NumberLiteral(float(self.pick(0, 1, 7, 30))))
        events = T.Selection(self.event(), None, near, self.window())
        moving = self.pick(T.Age, T.Until)(self.occasion())
        return self.does(
            lambda: T.Compare(moving, self.pick(*T.Comparator), span),
            lambda: T.Compare(moving, self.pick(*T.Comparator), span),
            lambda: T.Between(moving, span, T.SpanLiteral(self.span())),
            lambda: T.Compare(self.occasion(), self.pick(*T.Comparator), self.moment(0)),
            lambda: T.IsSet(self.occasion(), self.maybe()),
            lambda: T.Did(events, self.maybe()),
            lambda: T.SequenceMatch(
                T.Sequence((T.Step(self.event(), where=near), T.Step(self.event())))
            ),
            lambda: T.And((self.occasional(), self.occasional())),
            lambda: T.Not(self.occasional()),
        )

    def holiday_name(self) -> str | None:
        """Not any holiday where each of them must be followed through time."""
        return self.pick(*HOLIDAYS, HOLIDAYS[0] if self.simple else None)

    def lapse(self, depth: int) -> T.Value:
        way = T.ArithmeticOperator
        ways = [
            lambda: T.Age(self.value(INSTANT, depth - 1)),
            lambda: T.Age(self.moment(0)),
            lambda: T.Until(self.moment(0)),
            lambda: T.Aggregate(self.pick(F.GAP, F.GAP_STD), self.selection()),
        ]
        if depth > 0:
            ways += [
                lambda: T.Arithmetic(
                    self.pick(way.ADD, way.SUBTRACT), self.lapse(depth - 1), self.lapse(depth - 1)
                ),
                lambda: T.Arithmetic(way.SUBTRACT, self.moment(0), self.moment(0)),
                lambda: T.Arithmetic(way.MULTIPLY, self.literal_number(), self.lapse(depth - 1)),
                lambda: T.Arithmetic(way.DIVIDE, self.lapse(depth - 1), self.literal_number()),
            ]
        return self.does(*ways)

    def literal_number(self) -> T.NumberLiteral:
        return T.NumberLiteral(float(self.pick(0, 0.5, 1, 2, 3)))

    def items(self) -> tuple[T.Value, ValueType]:
        """A list of values, and their type."""
        if self.rarely():
            return T.Aggregate(F.VALUES, self.timed()), NUMBER
        type_ = self.pick(NUMBER, TEXT)
        if self.maybe():
            return T.Aggregate(F.VALUES, self.selection(type_)), type_
        sequence = self.sequence()
        first = sequence.steps[0].event
        found = {name: held for name, held in self.carried(first).items() if held in (NUMBER, TEXT)}
        if not found:
            return T.Aggregate(F.VALUES, self.selection(type_)), type_
        name = self.pick(*found)
        return T.SequenceAggregate(F.VALUES, sequence, name), found[name]

    def rankable(self) -> T.Value:
        return self.does(
            lambda: T.Aggregate(F.COUNT, self.selection()),
            lambda: T.Aggregate(self.pick(F.COUNT, F.DAYS), T.Selection(T.EventRef(()))),
            lambda: T.Aggregate(self.pick(F.SUM, F.AVG, F.MAX), self.selection(NUMBER)),
            lambda: self.pick(T.Age, T.Until)(self.moment(0)),
            lambda: self.moment(0),
            lambda: T.TraitValue("points"),
        )

    def scope(self, depth: int) -> T.Rule | None:
        return self.rule(depth - 1) if self.maybe() else None

    # --- rules ------------------------------------------------------------------------------------

    def about(
        self, value: T.Value, type_: ValueType, other: Callable[[ValueType], T.Value]
    ) -> T.Rule:
        """A test of the value that fits its type."""
        ways = [
            lambda: T.Compare(value, self.pick(*T.Comparator), other(type_)),
            lambda: T.Compare(value, self.pick(*T.Comparator), other(type_)),
            lambda: T.InList(
                value,
                tuple(self.perhaps_another(type_) for _ in range(self.pick(1, 2))),
                self.maybe(),
            ),
            lambda: T.IsSet(value, self.maybe()),
        ]
        if type_ == BOOLEAN:
            equals = T.Comparator.EQUAL, T.Comparator.NOT_EQUAL
            ways = [
                lambda: T.Compare(value, self.pick(*equals), self.literal(BOOLEAN)),
                lambda: T.TraitTruth(value),
                ways[-1],
            ]
        elif not (type_ == SPAN and self.simple):
            ways.append(lambda: T.Between(value, other(type_), other(type_), self.maybe()))
        if type_ == TEXT:
            ways.append(
                lambda: T.TextMatch(value, self.pick(*T.TextTest), self.pick(*TEXTS), self.maybe())
            )
        return self.does(*ways)

    def comparison(self, depth: int) -> T.Rule:
        type_ = self.pick(NUMBER, NUMBER, NUMBER, TEXT, BOOLEAN, INSTANT, SPAN)
        return self.about(self.value(type_, depth), type_, lambda wanted: self.other(wanted, depth))

    def other(self, type_: ValueType, depth: int) -> T.Value:
        if type_ == NUMBER and self.maybe():
            return T.NumberLiteral(float(self.pick(*THRESHOLDS)))
        return self.perhaps_another(type_) if self.maybe() else self.value(type_, depth - 1)

    def age(self) -> T.Rule:
        """An age, or what is still to come, against a span of the scene, calendars included."""
        age = self.pick(T.Age, T.Until)(self.moment(0) if self.maybe() else T.TraitValue("born_at"))
        span = T.SpanLiteral(self.span())
        return self.does(
            lambda: T.Compare(age, self.pick(*T.Comparator), span),
            lambda: T.Compare(span, self.pick(*T.Comparator), age),
            lambda: T.Between(age, span, T.SpanLiteral(self.span())),
        )

    def membership(self) -> T.Rule:
        if not self.vocabulary.segments:
            return self.does(T.Everyone, T.Nobody)
        name = self.pick(*self.vocabulary.segments)
        if bends(self.vocabulary, self.vocabulary.segments[name].rule):
            return T.InSegment(name, self.maybe())
        ranks = depends_on_ranks(self.vocabulary, self.vocabulary.segments[name].rule)
        return self.does(
            lambda: T.InSegment(name, self.maybe()),
            lambda: T.InSegment(name, self.maybe()),
            lambda: T.InSegment(name, self.maybe(), at_least=self.look_back(ranks)),
            lambda: T.Changed(self.maybe(), name, self.past(ranks)),
        )

    def past(self, ranks: bool) -> T.Window:
        if ranks and not self.rarely():
            return T.InLast(self.look_back(ranks))
        return self.window() or T.Ever()

    def look_back(self, ranks: bool) -> Span:
        """Not over years of midnights."""
        if not ranks:
            return self.span()
        return self.pick(*[s for s in self.scene.spans if nominal(s) <= 62], Span(2, "d"))

    def rule(self, depth: int) -> T.Rule:
        ways = [
            lambda: T.Did(self.selection(), self.maybe()),
            lambda: self.comparison(depth),
            lambda: self.comparison(depth),
            self.age,
            lambda: T.SequenceMatch(self.sequence()),
            self.membership,
            *[self.membership] * (3 * bool(self.vocabulary.segments)),
            lambda: T.ConsentsTo(self.pick(*PURPOSES)),
            lambda: self.about(*self.trait(), self.perhaps_another),
        ]
        if not self.simple:
            ways += [
                lambda: T.InTop(
                    self.rankable(),
                    self.pick(0.2, 0.5, 0.07, 0.34, 0.6, 1.0, 0.0),
                    self.maybe(),
                    self.scope(depth) if depth > 0 else None,
                ),
                self.list_test,
            ]
        if depth > 0:
            ways += [
                lambda: T.And((self.rule(depth - 1), self.rule(depth - 1))),
                lambda: T.Or((self.rule(depth - 1), self.rule(depth - 1))),
                lambda: T.Not(self.rule(depth - 1)),
            ]
        return self.does(*ways)

    def list_test(self) -> T.Rule:
        value, type_ = self.items()
        if self.rarely():
            return T.IsSet(value, self.maybe())
        found = tuple(self.literal(type_) for _ in range(self.pick(1, 2)))
        return T.Has(value, found, self.maybe())

    def trait(self) -> tuple[T.Value, ValueType]:
        name = self.pick(*TRAITS)
        return T.TraitValue(name), TRAITS[name]


def nominal(span: Span) -> float:
    """Days, roughly, to tell the longer of two spans."""
    return span.microseconds / 86_400e6 + span.months * 30.4


def depends_on_ranks(vocabulary: Vocabulary, rule: T.Rule) -> bool:
    from tests.oracle.oracle import World

    return World([], vocabulary).depends_on_others(rule)


def bends(vocabulary: Vocabulary, rule: T.Rule) -> bool:
    """Divides by an age or multiplies two: what the engine refuses to follow through time."""
    from tests.oracle.oracle import World

    def has_age(node: T.Node) -> bool:
        return any(isinstance(part, T.Age | T.Until) for part in parts(node))

    parts = World([], vocabulary).parts
    return any(
        has_age(part.right) and (part.operator == "/" or has_age(part.left))
        for part in parts(rule)
        if isinstance(part, T.Arithmetic) and part.operator in ("*", "/")
    )


@st.composite
def vocabularies(draw: st.DrawFn, scene: Scene, *, simple: bool = False) -> Vocabulary:
    """A few segments and computed traits, each speaking of those before it."""
    gaps = (Span(30, "m"), Span(30, "m"), Span(10, "m"), Span(1, "d"))
    country = draw(st.sampled_from((None, "PT", "US")))
    known = vocabulary_of(scene, draw(st.sampled_from(gaps)), country)
    for n in range(draw(st.sampled_from((0, 1, 2, 2, 3, 3)))):
        writer = Writer(draw, scene, known, simple=simple)
        if writer.pick(True, True, False):
            entry = SegmentEntry(writer.pick(f"s{n}", f"stage.s{n}"), writer.rule(1))
            known = replace(known, segments={**known.segments, entry.name: entry})
            continue
        type_ = writer.pick(NUMBER, TEXT, BOOLEAN, INSTANT, SPAN)
        computed = writer.rule(1) if type_ == BOOLEAN and writer.maybe() else writer.value(type_, 1)
        trait = TraitEntry(f"t{n}", type_, computed)
        known = replace(known, traits={**known.traits, trait.name: trait})
    return known


def rules_of(scene: Scene, vocabulary: Vocabulary, *, simple: bool = False) -> st.SearchStrategy:
    @st.composite
    def rules(draw: st.DrawFn) -> T.Rule:
        return Writer(draw, scene, vocabulary, simple=simple).rule(2)

    return rules()


def questions_of(scene: Scene, vocabulary: Vocabulary) -> st.SearchStrategy:
    """A rule, or a value of any type."""

    @st.composite
    def questions(draw: st.DrawFn) -> T.Rule | T.Value:
        writer = Writer(draw, scene, vocabulary)
        return writer.does(
            lambda: writer.rule(2),
            lambda: writer.rule(1),
            lambda: writer.value(writer.pick(NUMBER, NUMBER, TEXT, BOOLEAN, INSTANT, SPAN), 2),
            lambda: writer.items()[0],
        )

    return questions()


def occasional_rules(scene: Scene, vocabulary: Vocabulary, *, simple: bool) -> st.SearchStrategy:
    """Rules about anniversaries, holidays and what is still to come."""

    @st.composite
    def rules(draw: st.DrawFn) -> T.Rule:
        return Writer(draw, scene, vocabulary, simple=simple).occasional()

    return rules()
