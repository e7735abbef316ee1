"""What a report holds: figures as numbers, words as plain text; how they look is not known here.

Instants are microseconds UTC; money is in the report's currency; shares are 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.core.instants import Zone


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline number, ready to print, and what it is a number of."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence worth telling, the figures behind it, and the section that shows it."""

    headline: str
    detail: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file as it was imported: rows read, what they became, what was refused."""

    name: str
    became: str
    rows: int
    imported: int
    duplicates: int
    rejected: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Month:
    """What happened from ``start_at`` to the next month: orders, revenue and who ordered."""

    start_at: int
    revenue: float
    orders: int
    buyers: int


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment at the report's instant, and its size at each of the report's ``trend_at``."""

    name: str
    title: str
    group: str
    sentence: str
    why: str
    polarity: str | None
    size: int
    revenue: float
    trend: tuple[int, ...]
    """Sizes at ``Report.trend_at``, the last one being ``size``."""


@dataclass(frozen=True, slots=True)
class RfmCell:
    """Customers of one recency and frequency score (1 worst, 5 best) and their revenue."""

    recency: int
    frequency: int
    name: str
    size: int
    revenue: float


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a partition at the report's instant, and its size at each ``trend_at``."""

    name: str
    title: str
    why: str
    size: int
    revenue: float
    trend: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """How many customers moved from one part to another between two instants."""

    source: str
    target: str
    size: int


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A partition over time: its parts in order, and who moved where between two instants."""

    title: str
    parts: tuple[Part, ...]
    from_at: int
    to_at: int
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """Someone who entered or left, with revenue in the span before each of the two instants."""

    user_id: str
    before: float
    after: float
    orders_before: int
    orders_after: int


@dataclass(frozen=True, slots=True)
class Hindsight:
    """One segment asked at two instants: who stayed, entered and left."""

    title: str
    from_at: int
    to_at: int
    stayed: int
    entered: int
    left: int
    new_among_entered: int
    """Of those who entered, how many had not ordered at all by ``from_at``."""
    lapsed_among_left: int
    top_entered: tuple[Mover, ...]
    top_left: tuple[Mover, ...]
    span_text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition and what was found: ``verdict`` is true, false or unknown."""

    text: str
    verdict: str
    fact: str = ""
    parts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one person is in a segment, or is not; until when; and what would change it."""

    user_id: str
    about: str
    segment: str
    sentence: str
    member: bool
    because: Reason
    until: str
    nearest: str
    spark: tuple[float, ...] = ()
    """Revenue per week up to the report's instant, the picture beside the words."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One of two: a line about them, revenue per week, and what they do."""

    user_id: str
    about: str
    facts: tuple[tuple[str, str], ...]
    spark: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Twins:
    """Two people alike on paper and unlike in what they do."""

    alike: tuple[tuple[str, str], ...]
    left: Twin
    right: Twin
    alike_count: int
    """How many people share these same facts in all."""
    alike_stages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """The share of spending one department or category has: in a segment, and with everyone."""

    label: str
    here: float
    everyone: float


@dataclass(frozen=True, slots=True)
class Apart:
    """What sets a segment apart: where its money goes, beside everyone's."""

    segment: str
    title: str
    size: int
    contrasts: tuple[Contrast, ...]
    note: str = ""
    """How the contrasts were chosen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the run and how long it took."""

    title: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as it stands in its file."""

    kind: str
    name: str
    title: str
    rule: str
    sentence: str
    why: str
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Someone's own words about the data, and where they stand."""

    words: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something found in the data, and what was done about it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the page says. People are called ``one`` or ``many`` (customer, customers)."""

    title: str
    subtitle: str
    badge: str
    one: str
    many: str
    as_of: int
    first_at: int
    zone: Zone
    currency: str
    lead: str
    tiles: tuple[Tile, ...]
    findings: tuple[Finding, ...]
    files: tuple[ImportedFile, ...]
    months: tuple[Month, ...]
    rhythm: tuple[tuple[int, ...], ...]
    """Orders per weekday (Monday first) and local hour: 7 rows of 24."""
    trend_at: tuple[int, ...]
    early: int
    """At how many of them windows still reach back to before the data begin."""
    value_span: str
    """The span over which a segment's revenue is counted, in words: ``last 90 days``."""
    total_value: float
    people: int
    segments: tuple[SegmentLine, ...]
    rfm: tuple[RfmCell, ...]
    rfm_parts: tuple[Part, ...]
    lifecycle: Lifecycle
    hindsight: Hindsight
    explained: tuple[Explained, ...]
    twins: Twins | None
    apart: tuple[Apart, ...]
    steps: tuple[Step, ...]
    definitions: tuple[Definition, ...]
    notes: tuple[Note, ...]
    quotes: tuple[Quote, ...]
    closing: str = ""
    commands: tuple[tuple[str, str], ...] = field(default=())
    """What to try next: a command and what it does."""
