"""What answers about the data themselves look like: how they came, what they tell, what waits."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shoal.api.shapes import Shape


class AlertRow(Shape):
    """A vital segment that moved, or a target that falls behind."""

    segment: str
    kind: str
    sentence: str


class AlertsFound(Shape):
    """What a person should look at, of what is watched."""

    as_of: str
    watched: list[str]
    alerts: list[AlertRow]


class DataFinding(Shape):
    """Something the data tell about themselves; verdicts are good, careful, poor, unknown."""

    check: str
    verdict: str
    importance: float
    sentence: str
    remedy: str | None


class PropertyFill(Shape):
    """How often a property is set; a trait's event is ``$identify``, and of all profiles."""

    event: str
    property: str
    type: str
    set: int
    of: int
    share: float
    by_month: dict[str, float]


class EventVolume(Shape):
    """How many of an event came, and from when to when."""

    event: str
    rows: int
    first_at: str | None
    last_at: str | None
    by_month: dict[str, int]


class DataChecked(Shape):
    """Whether the data can be used, and why."""

    as_of: str
    rows: int
    profiles: int
    verdict: str
    summary: str
    findings: list[DataFinding]
    filled: list[PropertyFill]
    events: list[EventVolume]
    notes: list[str]


class HeldField(Shape):
    """Something that is kept of people, by what it is used, and what is suggested."""

    field: str
    event: str
    property: str | None
    type: str | None
    set: int
    why: str | None
    use: str
    used_by: list[str]
    serves: str | None
    sensitive: str | None
    suggestion: str | None


class Minimisation(Shape):
    """What is held of people, and what could be left out."""

    summary: str
    collected: int
    unused: list[str]
    no_reason: list[str]
    sensitive: dict[str, str]
    fields: list[HeldField]
    notes: list[str]


class ImportRow(Shape):
    """A file that was imported; ``undone_at`` is set where it was taken back."""

    id: int
    file: str
    source: str
    imported_at: str
    rows: int
    imported: int
    duplicates: int
    rejected: int
    undone_at: str | None


class Undone(Shape):
    """How many rows went with an import."""

    id: int
    removed: int


class QuarantineRow(Shape):
    """Something that could not become an event, as it was received."""

    id: str
    reason: str
    received_at: str
    raw: str
    row: int | None
    line: int | None
    code: str
    source: str | None


class QuarantinePage(Shape):
    """Some of what is in quarantine."""

    items: list[QuarantineRow]
    count: int


class Replayed(Shape):
    """What became of rows that were read again: ``left`` stay in quarantine."""

    rows: int
    replayed: int
    duplicates: int
    left: int


class Owner(Shape):
    """Which process writes."""

    pid: int | None
    doing: str
    since: str | None


class Backlog(Shape):
    """What waits to be reflected: events, people who are due by the clock, seconds."""

    rows: int | None
    due: int | None
    seconds: float | None


class SegmentStanding(Shape):
    """How a segment stands; of one that failed, why and where it is defined."""

    name: str
    members: int
    state: str
    reason: str | None = None
    definition: str | None = None
    correct_as_of: str | None = None


class StoreFacts(Shape):
    """What the store holds."""

    version: int
    rows: int
    log_events: int
    log_bytes: int
    quarantined: int
    damaged_files: int


class ServingStatus(Shape):
    """What came in since the start, what waits, how true it is, and what is wrong."""

    started_at: str
    ready: bool
    engine_ready: bool
    trouble: str | None
    waiting: int
    events: int
    duplicates: int
    quarantined: int
    well: bool
    problems: list[str]
    owner: Owner | None
    live: str
    correct_as_of: str | None
    behind_seconds: float | None
    backlog: Backlog
    next_clock_exit: str | None
    last_seq: int
    last_failure: dict[str, str] | None
    segments: list[SegmentStanding]
    store: StoreFacts
    webhooks: list[dict[str, Any]]


class FileKept(Shape):
    """A file that was sent, or is on its way."""

    id: str
    name: str
    size: int
    received: int


class ColumnSeen(Shape):
    """A column of a file, and some of its cells."""

    name: str
    cells: list[str]


class RowsOptions(Shape):
    """What a row is, as options say it: columns by what they mean."""

    event: str | None
    event_column: str | None
    profiles: bool
    user: str | None
    anonymous: str | None
    time: str | None
    time_format: str | None
    id_column: str | None
    properties: dict[str, str]


class FileRead(FileKept):
    """How the first rows of a file would be understood.

    ``said`` is null where options cannot say it; the ``document`` does then. ``says`` are
    sentences, empty where something is ``missing``.
    """

    columns: list[ColumnSeen]
    reasons: list[str]
    doubts: list[str]
    missing: list[str]
    said: RowsOptions | None
    document: str | None
    says: list[str]


class WorkProblem(Shape):
    """What it failed with."""

    title: str
    detail: str | None


class SourceFile(Shape):
    """What became of a file of a source: imported, known, left or stopped, and why."""

    file: str
    state: str
    why: str | None
    rows: int


class SourceTriedFile(Shape):
    """What would become of a file or table: imported, known, left or stopped, and why."""

    file: str
    state: str
    why: str | None


class SourceTold(Shape):
    """A source: what it reads, how the last run went (never run, well, failed), the next one.

    ``text`` is its file, in which no password stands; null where the file cannot be understood.
    """

    name: str
    kind: str | None
    source_from: str | None = Field(alias="from")
    mapping: str | None
    every: str | None
    state: str
    ran_at: str | None
    due_at: str | None
    rows: int
    imported: int
    duplicates: int
    rejected: int
    left: int
    cursor: str | None
    drift: list[str]
    failure: str | None
    failures: int
    files: list[SourceFile]
    text: str | None


class SourceTried(Shape):
    """What a run of a source would do: of each file, and in words what the first rows become."""

    name: str
    dry_run: bool
    files: list[SourceTriedFile]
    says: list[str]


class WorkTold(Shape):
    """Work that goes on, or is over: ``running``, ``done`` or ``failed``.

    ``done`` and ``total`` are bytes of an import and steps of a prediction, null where they are not
    known; ``step`` says in words what is being done. What was cancelled ends as ``failed``, and stays
    ``running`` until it has ended.
    """

    kind: str
    subject: str
    state: str
    done: int | None
    total: int | None
    answer: dict[str, Any] | None
    problem: WorkProblem | None
    step: str | None = None
    is_cancelled: bool = False


class SampleGone(Shape):
    """How many rows of made-up people went."""

    removed: int
