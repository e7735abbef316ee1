"""What answers look like that are drawn: moves, the grid, funnels, paths, retention."""

from __future__ import annotations

from pydantic import Field

from shoal.api.shapes import Shape


class Flow(Shape):
    """How people moved between two instants: a row for each place before, a column for each after."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    matrix: list[list[int]]
    sizes_before: list[int]
    sizes_after: list[int]


class FlowsFound(Shape):
    """Moves between places; the last two are no segment, and unknown."""

    places: list[str]
    flows: list[Flow]


class RfmCell(Shape):
    """Buyers of one fifth of recency and one of frequency, and the rule they are found by."""

    recency: int
    frequency: int
    count: int
    value: float | None
    rule: str


class RfmGrid(Shape):
    """Buyers by fifths; 5 is most recent and most often."""

    as_of: str
    event: str
    worth: str | None
    people: int
    cells: list[RfmCell]


class FunnelStep(Shape):
    """Who came to a step, how fast, and who went no further: as rules one can save."""

    step: str
    count: int
    of_first: float | None
    of_previous: float | None
    median_seconds: float | None
    dropped: int | None
    in_time: int | None
    rule: str
    dropped_rule: str | None


class PartStep(Shape):
    """How many of a part came to a step."""

    count: int
    of_first: float | None
    of_previous: float | None
    median_seconds: float | None


class FunnelPart(Shape):
    """The funnel among the members of one segment."""

    segment: str
    size: int
    steps: list[PartStep]


class NextDone(Shape):
    """What some of those who dropped did first after the step."""

    event: str
    count: int
    share: float | None


class OtherwiseDone(Shape):
    """An event that those who dropped did more often, or less often, than those who went on."""

    event: str
    dropped: int
    went_on: int
    dropped_share: float | None
    went_on_share: float | None
    rule: str


class Barrier(Shape):
    """What those did who came to a step and not to the next."""

    step: str
    dropped: int
    went_on: int
    next: list[NextDone]
    did_more: list[OtherwiseDone]
    did_less: list[OtherwiseDone]


class FunnelFound(Shape):
    """People step by step; ``barriers`` where they were asked for."""

    as_of: str
    size: int
    sequence: str
    steps: list[FunnelStep]
    breakdown: list[FunnelPart]
    barriers: list[Barrier] | None = None


class PathNode(Shape):
    """What people did at a step, and how many."""

    name: str
    count: int
    share: float | None


class PathLevel(Shape):
    """Everything that was done at a step."""

    step: int
    nodes: list[PathNode]


class PathLink(Shape):
    """How many went from what they did at a step to what they did next."""

    step: int
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    count: int


class PathsFound(Shape):
    """What people did after an event, or before it."""

    as_of: str
    start: str
    direction: str
    people: int
    levels: list[PathLevel]
    links: list[PathLink]


class Cohort(Shape):
    """Those who began in a period, and how many were kept in each one from then on.

    ``rule`` and ``kept_rules`` find these people; null where no rule does.
    """

    day: str
    size: int
    kept: list[int]
    shares: list[float | None]
    over: list[bool]
    rule: str | None
    kept_rules: list[str | None]


class CurvePoint(Shape):
    """Of all cohorts together: the share that was kept, and where it may really lie."""

    after: int
    size: int
    kept: int
    share: float | None
    low: float | None
    high: float | None


class RetentionFound(Shape):
    """Whether people come back."""

    as_of: str
    began: str
    kept: str
    by: str
    people: int
    cohorts: list[Cohort]
    curve: list[CurvePoint]


class GroupTrait(Shape):
    """How a group stands in one behaviour, beside everybody."""

    name: str
    title: str
    unit: str | None
    here: float | None
    everyone: float | None
    effect: float
    words: str


class GroupFound(Shape):
    """People who behave alike, and the rule that finds nearly the same ones.

    ``precision`` is how many of whom the rule finds are of the group, ``recall`` how many of the
    group it finds; ``jaccard`` how much of the group comes back when people are drawn again.
    """

    name: str
    title: str
    size: int
    share: float
    jaccard: float | None
    stability: str | None
    rule: str
    sentence: str
    precision: float
    recall: float
    firm: bool
    traits: list[GroupTrait]


class GroupFeature(Shape):
    """A behaviour that groups were looked for in."""

    name: str
    title: str
    kind: str


class GroupsFound(Shape):
    """Groups that nobody asked for, and what to know before making anything of them."""

    as_of: str
    people: int
    fitted_on: int
    k: int
    verdict: str | None
    features: list[GroupFeature]
    notes: list[str]
    clusters: list[GroupFound]


class SegmentSize(Shape):
    """A segment and how many are in it."""

    name: str
    size: int


class OverlapsFound(Shape):
    """Of every two segments, in their order: how many are in both, and of those in either (Jaccard)."""

    as_of: str
    segments: list[SegmentSize]
    shared: list[list[int]]
    jaccard: list[list[float]]
