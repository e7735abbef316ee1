"""How a file is understood: which rows become which events of whom, when, with what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shoal.core.errors import UsageError
from shoal.core.names import snake_case
from shoal.events.property_type import PropertyType
from shoal.events.table import IDENTIFY
from shoal.sources.delimited import Layout
from shoal.sources.opening import FileKind
from shoal.sources.times import check_format

SOURCE = "files"
"""The name of the source where a mapping gives none. It is no path on purpose: the same file under
another name adds nothing."""

Operand = str | float | bool | tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one cell. Against a number it compares numbers, against text it compares text."""

    column: str
    operator: str
    operand: Operand


OPERATORS = (
    "=", "!=", "<", "<=", ">", ">=", "starts with", "not starts with", "in", "not in", "is set",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdForm:
    """How an id is made of a cell: the part before the separator, if there is one, after a prefix.

    The prefix tells ids apart that different tools count from 1.
    """

    prefix: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True)
class LineRows:
    """Rows gathered into one event stay as its lines, with these properties."""

    event: str | None = None
    properties: Mapping[str, str] | None = None  # None: every column not used otherwise
    constants: Mapping[str, str | float | bool] = field(default_factory=dict[str, str])
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])


@dataclass(frozen=True, slots=True)
class EventRows:
    """Rows that become events of one name, or of the name that stands in a column.

    ``event`` is as written; ``$identify`` makes the properties traits, which hold always where no
    time is given. ``properties`` are expressions by name, None for every other column as it is.
    With ``group_by``, the rows of one person with equal cells there become one event; ``per_user``
    gathers all rows of a person and keeps the last value of each. ``judged`` names properties that
    say how somebody felt, each with the column of the text they are judged by where they are unset.
    """

    event: str | None = None
    event_column: str | None = None
    user: str | None = None
    anonymous: str | None = None
    time: str | None = None
    time_format: str | None = None
    ids: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    group_by: tuple[str, ...] = ()
    per_user: bool = False
    properties: Mapping[str, str] | None = None
    without: tuple[str, ...] = ()
    constants: Mapping[str, str | float | bool] = field(default_factory=dict[str, str])
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])
    lines: LineRows | None = None
    user_form: IdForm | None = None
    anonymous_form: IdForm | None = None
    judged: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_profile(self) -> bool:
        """Whether the rows are traits of a profile."""
        return self.event == IDENTIFY

    @property
    def title(self) -> str:
        """What messages call these rows."""
        if self.is_profile:
            return "profiles"
        return self.event or f"the events of column `{self.event_column}`"


@dataclass(frozen=True, slots=True)
class FileMapping:
    """What every row of a file becomes; a row that no part takes is passed over.

    A file may lack the ``optional`` columns: they are unset then.
    """

    rows: tuple[EventRows, ...]
    source: str = SOURCE
    kind: FileKind | None = None
    layout: Layout = field(default_factory=Layout)
    optional: tuple[str, ...] = ()


def mapping_from_options(  # noqa: PLR0913 - the options of `shoal import`
    *,
    event: str | None = None,
    event_column: str | None = None,
    profiles: bool = False,
    user: str | None = None,
    anonymous: str | None = None,
    time: str | None = None,
    time_format: str | None = None,
    id_column: str | None = None,
    properties: Iterable[str] = (),
    traits: Iterable[str] = (),
    source: str | None = None,
) -> FileMapping:
    """The mapping that the options of ``shoal import`` say.

    ``properties`` and ``traits`` are ``NAME=COL`` texts. Raises UsageError where options are
    missing or contradict each other.
    """
    chosen = [
        option
        for option, given in (
            ("--event", event is not None),
            ("--event-col", event_column is not None),
            ("--profiles", profiles),
        )
        if given
    ]
    if len(chosen) != 1:
        raise UsageError(
            f"{' and '.join(chosen)} exclude each other"
            if chosen
            else "it is not said what a row is: give --event NAME, --event-col COL or --profiles"
        )
    if user is None and anonymous is None:
        raise UsageError("it is not said whose rows these are", hint="give --user COL")
    if time is None and not profiles:
        raise UsageError("it is not said when it happened", hint="give --time COL")
    if time_format is not None and time is None:
        raise UsageError("--time-format needs --time")
    check_format(time_format)
    if traits and not profiles:
        raise UsageError("--trait needs --profiles")
    if profiles and properties:
        raise UsageError("--prop belongs to events; profiles have --trait")
    if event is not None and (not event.strip() or event.startswith("$")):
        raise UsageError(f"`{event}` cannot be the name of an event")
    pairs = [*properties, *traits]
    rows = EventRows(
        event=IDENTIFY if profiles else event,
        event_column=event_column,
        user=user,
        anonymous=anonymous,
        time=time,
        time_format=time_format,
        ids=(id_column,) if id_column is not None else (),
        properties=_pairs(pairs, "--trait" if profiles else "--prop") if pairs else None,
    )
    return FileMapping((rows,), source=source or SOURCE)


def _pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """``NAME=COL`` texts; a bare ``COL`` names itself. Column names stand for themselves only."""
    result: dict[str, str] = {}
    for text in texts:
        name, equals, column = text.partition("=")
        column = column if equals else text
        name = property_name(name)
        if not column or not name.strip("_."):
            raise UsageError(f"`{option} {text}` is not NAME=COLUMN")
        if name in result:
            raise UsageError(f"`{option} {name}=…` is given twice")
        result[name] = f"`{column}`"
    return result


def property_name(raw: str) -> str:
    """The name under which rules know a column: snake_case, part by dotted part.

    >>> property_name("Unit Price"), property_name("address.postalCode")
    ('unit_price', 'address.postal_code')
    """
    parts = [snake_case(part) for part in raw.split(".") if part.strip()]
    return ".".join(part for part in parts if part != "_") or "_"


def event_name(raw: str) -> str:
    """The name under which rules know a received event; a leading ``$`` is for reserved ones."""
    return snake_case(raw).lstrip("$").strip("_") or "_"
