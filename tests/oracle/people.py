"""Nasty people: equal timestamps, edges of windows, clock changes, month ends, odd values.

A ``Scene`` fixes a zone, an ``as_of``, a few spans and the instants that lie on their edges. People
live on those instants and rules speak of those spans, so that edges are hit and not just neared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from hypothesis import strategies as st

from shoal.core.instants import DAY, SECOND, Zone
from shoal.core.spans import Span
from shoal.language.text import to_text
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType, Vocabulary
from tests.oracle.timeline import At, Ev, Person

HOUR = 3600 * SECOND
NUMBER, TEXT, BOOLEAN, INSTANT = (
    ValueType.NUMBER,
    ValueType.TEXT,
    ValueType.BOOLEAN,
    ValueType.INSTANT,
)

EVENTS = MappingProxyType(
    {
        "page_viewed": {"path": TEXT, "score": NUMBER, "address.city": TEXT},
        "order_completed": {
            "revenue": NUMBER,
            "coupon": TEXT,
            "gift": BOOLEAN,
            "deliver_at": INSTANT,
            "quantity": NUMBER,
        },
        "order_completed_line": {"product": TEXT, "price": NUMBER, "quantity": NUMBER},
        "product_added": {"product": TEXT, "price": NUMBER, "score": NUMBER},
        "email_opened": {"coupon": TEXT},
        "never_sent": {"revenue": NUMBER, "path": TEXT},
        "session_started": {},
        "session_ended": {"pages": NUMBER, "seconds": NUMBER},
    }
)
SENT = ("page_viewed", "order_completed", "product_added", "email_opened")
TRAITS = MappingProxyType({"country": TEXT, "vip": BOOLEAN, "points": NUMBER, "born_at": INSTANT})
PURPOSES = ("marketing", "analytics")

# Where clocks change (in Sao Paulo at midnight), months and years end, and nothing special.
ANCHORS = MappingProxyType(
    {
        "UTC": ("2026-11-01T00:00:00", "2024-02-29T12:00:00", "2026-03-31T23:59:59"),
        "Europe/Lisbon": ("2026-03-29T00:59:59", "2026-10-25T01:00:00", "2026-08-31T09:30:00"),
        "America/Sao_Paulo": ("2018-11-04T00:00:00", "2018-02-17T23:30:00", "2019-05-31T10:00:00"),
        "Asia/Kathmandu": ("2026-07-01T00:00:00", "2025-12-31T23:45:00"),
        "America/New_York": ("2026-11-01T01:00:00", "2026-03-08T02:30:00", "2024-03-30T18:00:00"),
    }
)
SPANS = tuple(
    Span(int(text[: -len(unit)]), unit)
    for text, unit in [
        ("90s", "s"), ("10m", "m"), ("30m", "m"), ("1h", "h"), ("24h", "h"), ("1d", "d"),
        ("2d", "d"), ("7d", "d"), ("1w", "w"), ("30d", "d"), ("1mo", "mo"), ("2mo", "mo"),
        ("6mo", "mo"), ("1y", "y"),
    ]
)  # fmt: skip
EXACT = tuple(
    Decimal(text)
    for text in (
        "0", "1", "2", "3", "-1", "0.1", "0.2", "0.3", "19.99", "-19.99", "0.000001",
        "1000000.123456", "9000000000000", "8999999999999.99", "8999999999999.123456",
    )
)  # fmt: skip
DOUBLES = (1 / 3, 2 / 3, 0.1, 0.30000000000000004, 1e300, -1e300, 1e-300, 1e16, 2.5, 9e12 + 1)
TEXTS = ("", "a", "A", "ab", "abc", "é", "e\u0301", "\uffff", "😀", "a\x00", "PT", "'\"`")


@dataclass(frozen=True, slots=True)
class Scene:
    zone: Zone
    as_of: int
    spans: tuple[Span, ...]
    instants: tuple[int, ...]  # a few of those on the edges, none later than as_of
    future: tuple[int, ...]


# About occasions: clocks set back over midnight, midnights that are not there, leap days, holidays.
OCCASIONS = MappingProxyType(
    {
        "America/St_Johns": ("2010-11-07T00:00:30", "2010-11-06T23:30:00", "2010-11-08T00:00:00"),
        "America/Sao_Paulo": ("2018-11-04T00:00:00", "2018-02-17T23:30:00"),
        "Europe/Lisbon": ("2024-02-29T00:00:00", "2025-02-28T23:59:59", "2026-12-25T00:00:00"),
        "UTC": ("2023-02-28T12:00:00", "2024-12-31T23:59:59", "2026-01-01T00:00:00"),
        "Pacific/Apia": ("2011-12-29T12:00:00", "2011-12-31T00:00:00"),
    }
)


@st.composite
def scenes(draw: st.DrawFn, anchors: Mapping[str, tuple[str, ...]] = ANCHORS) -> Scene:
    name = draw(st.sampled_from(sorted(anchors)))
    zone = Zone(name)
    anchor = zone.parse(draw(st.sampled_from(anchors[name])))
    as_of = anchor + draw(st.sampled_from([0, 1, -1, HOUR, -HOUR, 12 * HOUR, 30 * 60 * SECOND]))
    spans = tuple(draw(st.lists(st.sampled_from(SPANS), min_size=2, max_size=3, unique=True)))
    bases = {as_of, anchor, zone.midnight(zone.to_local(as_of).date())}
    once = {zone.add(base, span, -1) for base in bases for span in spans}
    twice = {zone.add(t, span, -1) for t in once for span in spans}
    edges = {t + n for t in bases | once | twice for n in (-1, 0, 1)}
    future = {zone.add(as_of, span) for span in spans} | {as_of + 1, as_of + DAY}
    past = sorted(t for t in edges if t <= as_of)
    few = draw(st.lists(st.sampled_from(past), min_size=3, max_size=6, unique=True))
    return Scene(zone, as_of, spans, tuple(sorted({as_of, *few})), tuple(sorted(future)))


class Words(Vocabulary):
    """A vocabulary that shows what was defined, and not what every world has."""

    def __repr__(self) -> str:
        segments = {name: to_text(entry.rule) for name, entry in self.segments.items()}
        traits = {name: to_text(t.value) for name, t in self.traits.items() if t.value is not None}
        return f"Words({segments=}, {traits=}, session_gap={self.session_gap}, country={self.country!r})"


def vocabulary_of(
    scene: Scene, session_gap: Span = SPANS[2], country: str | None = None
) -> Vocabulary:
    """The names of this world, before anyone defined a segment. It is open to unheard of ones."""
    entries = {
        name: EventEntry(
            name,
            properties=properties,
            raw_names=("Order Completed",) if name == "order_completed" else (),
            lines="order_completed_line" if name == "order_completed" else None,
            parent="order_completed" if name == "order_completed_line" else None,
        )
        for name, properties in EVENTS.items()
    }
    traits = {name: TraitEntry(name, type=type_) for name, type_ in TRAITS.items()}
    purposes = frozenset(PURPOSES)
    return Words(
        entries, {}, traits, purposes, scene.zone, session_gap=session_gap, open=True,
        country=country,
    )  # fmt: skip


COUNTRIES = ("PT", "PT", "US", "br", "XX")


def values_of(type_: ValueType, scene: Scene, *, doubles: bool = False) -> st.SearchStrategy:
    match type_:
        case ValueType.NUMBER if doubles:
            odd = (*DOUBLES, *EXACT[:6], float("nan"), float("inf"))
            return st.sampled_from(odd)
        case ValueType.NUMBER:
            return st.sampled_from(EXACT)
        case ValueType.TEXT:
            return st.sampled_from(TEXTS)
        case ValueType.BOOLEAN:
            return st.booleans()
        case ValueType.INSTANT:
            return st.sampled_from([At(t) for t in (*scene.instants, *scene.future)])
    raise TypeError(type_)


def given_some(properties: dict[str, ValueType], scene: Scene) -> st.SearchStrategy:
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from((*COUNTRIES, *TEXTS))
            if name == "country"
            else values_of(type_, scene, doubles=name == "score")
            for name, type_ in properties.items()
        },
    )


def events_of(scene: Scene) -> st.SearchStrategy[Ev]:
    near = st.sampled_from([0, 0, 0, 1, 10 * 60 * SECOND, 30 * 60 * SECOND, 30 * 60 * SECOND + 1])
    times = st.one_of(
        st.sampled_from(scene.instants),
        st.sampled_from(scene.instants),
        st.builds(int.__add__, st.sampled_from(scene.instants), near),
        st.sampled_from(scene.future),
    )
    late = st.one_of(st.none(), st.sampled_from((*scene.instants, *scene.future)))

    def received(name: str) -> st.SearchStrategy[Ev]:
        lines = (
            st.lists(given_some(EVENTS[f"{name}_line"], scene), max_size=3).map(tuple)
            if (f"{name}_line" in EVENTS)
            else st.just(())
        )
        return st.builds(Ev, st.just(name), times, given_some(EVENTS[name], scene), lines, late)

    identify = st.builds(Ev, st.just("$identify"), times, given_some(TRAITS, scene))
    consent = st.builds(
        Ev,
        st.just("$consent"),
        times,
        st.fixed_dictionaries(
            {"purpose": st.sampled_from(PURPOSES), "state": st.sampled_from(["granted", "denied"])}
        ),
    )
    often = [received(name) for name in ("order_completed", "product_added")]
    return st.one_of(*often, *(received(name) for name in SENT), identify, consent)


def people_of(scene: Scene, most: int = 5) -> st.SearchStrategy[list[Person]]:
    undated = st.one_of(st.just({}), st.just({}), given_some(TRAITS, scene))
    events = events_of(scene)
    some, many = st.lists(events, max_size=4), st.lists(events, min_size=4, max_size=9)
    person = st.tuples(st.one_of(some, many, many).map(tuple), undated)
    return st.lists(person, min_size=1, max_size=most).map(
        lambda drawn: [Person(100 + i, events, traits) for i, (events, traits) in enumerate(drawn)]
    )
