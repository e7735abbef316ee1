"""Hypothesis strategies for rules and values over a small shop, for every test that needs any.

``rules()`` and ``values()`` give trees in the parser's own shape (flat ``and`` and ``or``, no
``raw`` names), well typed and free of errors under ``SHOP``. With ``odd=True`` names, texts and
numbers are as strange as the language allows, and types are not minded: for round trips.
"""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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
    },
    purposes=frozenset({"marketing"}),
    zone=Zone("Europe/Lisbon"),
)

_UNITS = ("s", "m", "h", "d", "w", "mo", "y")
_KEYWORDS = (
    "and or not did where in last next between ago since before from to ever by within of has is "
    "set when then else end case true false everyone nobody any event sequence segment entered "
    "left consents for time top count day age $identify año"
).split()
_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], include_characters="\t\n", exclude_characters="\ufeff"
    ),
    max_size=8,
)
_ODD_NAMES = st.one_of(
    st.sampled_from(_KEYWORDS),
    st.sampled_from(["Order Completed", "a.b", "x`y", "1st", "a..b", ".", "a b.c"]),
    _TEXT.filter(bool),
)


def spans(*, exact: bool = False) -> SearchStrategy[Span]:
    """Durations of a size people use."""
    return st.builds(Span, st.integers(1, 60), st.sampled_from(_UNITS[:5] if exact else _UNITS))


def numbers(*, odd: bool = False) -> SearchStrategy[t.NumberLiteral]:
    """Number literals; plain ones are small, with at most two decimals."""
    plain = st.integers(-500, 500).map(lambda cents: cents / 4)
    if not odd:
        return st.builds(t.NumberLiteral, plain)
    anything = st.one_of(plain, st.floats(allow_nan=False, allow_infinity=False))
    percents = st.floats(-1e100, 1e100).filter(lambda number: number == 0 or abs(number) > 1e-100)
    return st.one_of(
        st.builds(t.NumberLiteral, anything),
        st.builds(t.NumberLiteral, percents, st.just(value=True)),
    )


def instants() -> SearchStrategy[t.InstantLiteral]:
    """Dates and instants in 2025 and 2026, in every way of writing them."""
    days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
    time = st.sampled_from(["", "", "T09:30", "T00:00:00Z", "T23:59:59.5+02:00"])
    return st.builds(lambda day, rest: t.InstantLiteral(f"{day.isoformat()}{rest}"), days, time)


def windows() -> SearchStrategy[t.Window]:
    """Windows onto the past."""
    return st.one_of(
        st.builds(t.InLast, spans()),
        st.builds(
            lambda count, more, unit: t.BetweenAgo(Span(count + more, unit), Span(count, unit)),
            st.integers(1, 30),
            st.integers(1, 30),
            st.sampled_from(_UNITS),
        ),
        st.builds(t.Since, instants()),
        st.builds(t.Before, instants()),
        st.builds(t.FromTo, instants(), instants()),
        st.just(t.Ever()),
    )


def literals(
    kind: ValueType = ValueType.UNKNOWN, *, odd: bool = False
) -> SearchStrategy[t.Literal]:
    """Literals of a type; of any, if it is unknown."""
    texts = _TEXT if odd else st.sampled_from(["PT", "app", "web", "p1", "p2", ""])
    kinds: dict[ValueType, SearchStrategy[t.Literal]] = {
        NUMBER: numbers(odd=odd),
        TEXT: st.builds(t.TextLiteral, texts),
        BOOLEAN: st.builds(t.BooleanLiteral, st.booleans()),
        ValueType.SPAN: st.builds(t.SpanLiteral, spans()),
        ValueType.INSTANT: instants(),
    }
    return kinds[kind] if kind in kinds else st.one_of(*kinds.values())


def properties(event: t.EventRef) -> dict[str, ValueType]:
    """What every event meant has, by the shop's vocabulary."""
    entries = [SHOP.events[name] for name in event.names or SHOP.events]
    shared = set.intersection(*(set(entry.properties) for entry in entries))
    return {name: entries[0].properties[name] for name in sorted(shared)}


def event_refs(*, odd: bool = False) -> SearchStrategy[t.EventRef]:
    """One event, any of several, any event."""
    if odd:
        return st.lists(_ODD_NAMES, max_size=3).map(_reference)
    known = ["order_completed", "product_added", "page_viewed"]
    one = st.sampled_from([*known, *known, "order_completed_line"]).map(lambda name: [name])
    several = st.lists(st.sampled_from(known), min_size=2, max_size=3, unique=True)
    return st.one_of(one, one, one, several, st.just([])).map(_reference)


def _reference(names: list[str]) -> t.EventRef:
    raw = tuple(not is_plain(name) for name in names)
    return t.EventRef(tuple(names), raw if any(raw) else ())


@st.composite
def conditions(draw: st.DrawFn, event: t.EventRef, *, odd: bool = False) -> t.Condition:
    """A condition over the event's properties and its time."""
    comparison = _conditions_over(event, odd=odd)
    return draw(_logic(comparison, leaves=3))


def _conditions_over(event: t.EventRef, *, odd: bool) -> SearchStrategy[t.Condition]:
    parts = st.builds(t.TimePart, st.sampled_from(list(t.TimePartFunction)))
    time = st.builds(
        t.Compare, parts, _comparators(), st.builds(t.NumberLiteral, st.integers(0, 31).map(float))
    )
    if odd:
        found = st.builds(t.PropertyValue, _ODD_NAMES)
        other = st.one_of(found, literals(odd=True), parts)
        summed = st.builds(t.Arithmetic, st.sampled_from(list(t.ArithmeticOperator)), other, other)
        return st.one_of(
            _comparisons(found, st.one_of(other, summed), literals(odd=True), odd=True), time
        )
    return st.one_of(
        time,
        *(
            _typed_comparisons(st.just(t.PropertyValue(name)), kind)
            for name, kind in properties(event).items()
        ),
    )


def _comparators() -> SearchStrategy[t.Comparator]:
    return st.sampled_from(list(t.Comparator))


def _typed_comparisons(value: SearchStrategy[t.Value], kind: ValueType) -> SearchStrategy[t.Rule]:
    literal = literals(kind)
    return _comparisons(value, literal, literal, odd=kind is TEXT)


def _comparisons(
    value: SearchStrategy[t.Value],
    other: SearchStrategy[t.Value],
    literal: SearchStrategy[t.Literal],
    *,
    odd: bool,
) -> SearchStrategy[t.Rule]:
    texts = st.sampled_from(["P", "p", "eb", ""])
    listed = st.lists(literal, min_size=1, max_size=3).map(tuple)
    forms: list[SearchStrategy[t.Rule]] = [
        st.builds(t.Compare, value, _comparators(), other),
        st.builds(t.InList, value, listed, st.booleans()),
        st.builds(t.Between, value, other, other, st.booleans()),
        st.builds(t.IsSet, value, st.booleans()),
    ]
    if odd:
        tests = st.sampled_from(list(t.TextTest))
        forms.append(st.builds(t.TextMatch, value, tests, texts, st.booleans()))
    return st.one_of(*forms)


@st.composite
def _logic(draw: st.DrawFn, leaf: SearchStrategy[t.Rule], leaves: int) -> t.Rule:
    """``and``, ``or``, ``not`` over the leaves, in the flat shape the parser gives."""
    return draw(
        st.recursive(
            leaf,
            lambda inner: st.one_of(
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: _flat(t.And, parts)),
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: _flat(t.Or, parts)),
                st.builds(t.Not, inner),
            ),
            max_leaves=leaves,
        )
    )


def _flat(kind: type[t.And] | type[t.Or], parts: list[t.Rule]) -> t.Rule:
    found: list[t.Rule] = []
    for part in parts:
        found.extend(part.parts if isinstance(part, kind) else [part])
    return kind(tuple(found))


@st.composite
def selections(draw: st.DrawFn, kind: ValueType | None = None, *, odd: bool = False) -> t.Selection:
    """A selection; of a property of that type, if one is asked for."""
    event = draw(event_refs(odd=odd))
    name = None
    if odd:
        name = draw(st.one_of(st.none(), _ODD_NAMES))
    elif kind is not None:
        named = [name for name, found in properties(event).items() if found is kind]
        if not named:
            event = t.EventRef(("order_completed",))
            named = {NUMBER: ["revenue"], TEXT: ["channel"], BOOLEAN: ["gift"]}[kind]
        name = draw(st.sampled_from(named))
    where = draw(st.one_of(st.none(), st.none(), conditions(event, odd=odd)))
    return t.Selection(event, name, where, draw(st.one_of(st.none(), windows())))


@st.composite
def sequences(draw: st.DrawFn, *, odd: bool = False) -> t.Sequence:
    """A sequence that keeps the rules of sequences."""
    by = draw(st.one_of(st.none(), _ODD_NAMES if odd else st.just("channel")))
    events = (
        event_refs(odd=odd)
        if odd or by is None
        else st.sampled_from([t.EventRef(("order_completed",)), t.EventRef(("page_viewed",))])
    )
    steps: list[t.Step] = []
    count = draw(st.integers(1, 3))
    for index in range(count):
        event = draw(events)
        negated = index > 0 and draw(st.booleans())
        must = negated and index == count - 1
        within = draw(spans() if must else st.one_of(st.none(), spans()))
        if index == 0:
            within = None
        where = draw(st.one_of(st.none(), st.none(), conditions(event, odd=odd)))
        steps.append(t.Step(event, negated, where, within))
    return t.Sequence(tuple(steps), by, draw(st.one_of(st.none(), windows())))


def _aggregates(kind: ValueType, *, odd: bool) -> SearchStrategy[t.Value]:
    """Aggregates with a value of that type."""
    f = t.AggregateFunction

    def over(functions: list[t.AggregateFunction], of: ValueType | None) -> SearchStrategy[t.Value]:
        return st.builds(t.Aggregate, st.sampled_from(functions), selections(of, odd=odd))

    if kind is NUMBER:
        return st.one_of(
            over([f.COUNT, f.DAYS], None),
            over([f.SUM, f.AVG, f.MIN, f.MAX, f.MEDIAN, f.STD, f.FIRST, f.LAST, f.TOP], NUMBER),
            over([f.DISTINCT, f.SHARE], TEXT),
            st.builds(t.SequenceAggregate, st.just(f.COUNT), sequences(odd=odd)),
        )
    if kind is ValueType.INSTANT:
        return over([f.FIRST, f.LAST], None)
    if kind is ValueType.SPAN:
        return over([f.GAP, f.GAP_STD], None)
    return over([f.FIRST, f.LAST, f.TOP], kind)


@st.composite
def values(
    draw: st.DrawFn, kind: ValueType = NUMBER, *, odd: bool = False, depth: int = 2
) -> t.Value:
    """A value of the type; literals stand only beside something that is none."""
    traits = {TEXT: "country", NUMBER: "points", BOOLEAN: "vip"}
    leaves: list[SearchStrategy[t.Value]] = [_aggregates(kind, odd=odd)]
    if odd:
        leaves.append(st.builds(t.TraitValue, _ODD_NAMES))
    elif kind in traits:
        leaves.append(st.just(t.TraitValue(traits[kind])))
    if kind is ValueType.SPAN:
        leaves.append(st.builds(t.Age, _aggregates(ValueType.INSTANT, odd=odd)))
    if depth == 0 or draw(st.booleans()):
        return draw(st.one_of(*leaves))
    inner = values(kind, odd=odd, depth=depth - 1)
    other = st.one_of(inner, literals(kind, odd=odd))
    deeper: list[SearchStrategy[t.Value]] = [
        st.builds(t.Coalesce, inner, other),
        st.builds(
            lambda rule, first, last: t.Case((t.When(rule, first),), last),
            rules(odd=odd, depth=depth - 1),
            inner,
            st.one_of(st.none(), other),
        ),
    ]
    if kind is NUMBER:
        operators = st.sampled_from(list(t.ArithmeticOperator))
        deeper.append(st.builds(t.Arithmetic, operators, inner, other))
        scopes = st.one_of(st.none(), rules(odd=odd, depth=0))
        deeper.append(st.builds(t.Rank, st.sampled_from(list(t.RankFunction)), inner, scopes))
    if kind is ValueType.SPAN and odd:
        deeper.append(st.builds(t.Arithmetic, st.sampled_from(_SUM), inner, other))
    return draw(st.one_of(*deeper))


@st.composite
def rules(draw: st.DrawFn, *, odd: bool = False, depth: int = 2) -> t.Rule:
    """A rule over the shop."""
    return draw(_logic(_predicates(odd=odd, depth=depth), leaves=1 + depth))


@st.composite
def _predicates(draw: st.DrawFn, *, odd: bool, depth: int) -> t.Rule:
    names = _ODD_NAMES if odd else st.sampled_from(sorted(SHOP.segments))
    simple: list[SearchStrategy[t.Rule]] = [
        st.builds(t.Did, selections(odd=odd), st.booleans()),
        st.builds(t.SequenceMatch, sequences(odd=odd)),
        st.builds(t.InSegment, names, st.booleans(), st.one_of(st.none(), spans(exact=True))),
        st.builds(t.Changed, st.booleans(), names, windows()),
        st.builds(t.ConsentsTo, _ODD_NAMES if odd else st.just("marketing")),
        st.just(t.TraitTruth(t.TraitValue("vip"))),
        st.sampled_from([t.Everyone(), t.Nobody()]),
    ]
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(st.one_of(*simple))
    kind = draw(st.sampled_from([NUMBER, NUMBER, TEXT, BOOLEAN, ValueType.INSTANT]))
    value = draw(values(kind, odd=odd, depth=depth - 1))
    if kind is NUMBER and draw(st.integers(0, 4)) == 0:
        shares = st.sampled_from([0.05, 0.2, 0.5, 1.0])
        scopes = st.one_of(st.none(), rules(odd=odd, depth=0))
        return draw(st.builds(t.InTop, st.just(value), shares, st.booleans(), scopes))
    if odd and draw(st.integers(0, 4)) == 0:
        listed = st.lists(literals(odd=True), min_size=1, max_size=3).map(tuple)
        return draw(st.builds(t.Has, st.just(value), listed, st.booleans()))
    if odd:
        return draw(_comparisons(st.just(value), literals(odd=True), literals(odd=True), odd=True))
    return draw(_typed_comparisons(st.just(value), kind))


_SUM = [t.ArithmeticOperator.ADD, t.ArithmeticOperator.SUBTRACT]
