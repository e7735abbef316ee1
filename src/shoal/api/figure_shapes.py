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


class FunnelFound(Shape):
    """People step by step."""

    as_of: str
    size: int
    steps: list[FunnelStep]


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
    """Those who began in a period, and how many were kept in each one from then on."""

    day: str
    size: int
    kept: list[int]
    shares: list[float | None]
    over: list[bool]


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
