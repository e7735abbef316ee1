"""Selections: an event and its condition, found once and shared by every rule that names them.

Here names meet the vocabulary: which rows a selection reads (an event's, its lines', its parent's)
and where each property lies. A condition on a property that only lines carry reads the lines; the
parent is chosen if any one line meets the whole condition.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from shoal.core.names import snake_case
from shoal.engine import opcodes as op
from shoal.engine.lowering import Constants, Lowering, Operand
from shoal.engine.program import ColumnNeed, Stream
from shoal.language import tree
from shoal.language.vocabulary import EventEntry, ValueType, Vocabulary

IDENTIFY = "$identify"
COUNTRY = "country"
TIME_PARTS = {
    tree.TimePartFunction.HOUR: op.HOUR,
    tree.TimePartFunction.WEEKDAY: op.WEEKDAY,
    tree.TimePartFunction.DAY: op.DAY_OF_MONTH,
    tree.TimePartFunction.MONTH: op.MONTH,
    tree.TimePartFunction.DAY_OF_YEAR: op.DAY_OF_YEAR,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a selection reads: the rows of ``events`` (none: any received event).

    Line events in ``through`` are read by naming their parent, whose own properties come first;
    chosen lines named in ``to_parent`` stand for their parent: pairs of line event and parent event.
    """

    events: tuple[str, ...]
    to_parent: tuple[tuple[str, str], ...] = ()
    through: frozenset[str] = frozenset()


def event_names(event: tree.EventRef, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Catalogue names of the events a reference names, each once; raw names are looked up."""
    names: list[str] = []
    raws = event.raw or (False,) * len(event.names)
    for name, raw in zip(event.names, raws, strict=True):
        known = name
        if raw and name not in vocabulary.events:
            known = next(
                (entry.name for entry in vocabulary.events.values() if name in entry.raw_names),
                name if name.startswith("$") else snake_case(name),
            )
        if known not in names:
            names.append(known)
    return tuple(names)


def properties_of(condition: tree.Node | None) -> Iterator[str]:
    """Names of the properties a condition reads."""
    match condition:
        case tree.PropertyValue(name=name):
            yield name
        case tree.And(parts=parts) | tree.Or(parts=parts):
            for part in parts:
                yield from properties_of(part)
        case tree.Not(part=part):
            yield from properties_of(part)
        case tree.Compare(left=left, right=right) | tree.Arithmetic(left=left, right=right):
            yield from properties_of(left)
            yield from properties_of(right)
        case tree.Between(value=value, low=low, high=high):
            yield from properties_of(value)
            yield from properties_of(low)
            yield from properties_of(high)
        case (
            tree.InList(value=value)
            | tree.TextMatch(value=value)
            | tree.IsSet(value=value)
            | tree.TraitTruth(value=value)
            | tree.Has(value=value)
            | tree.Age(value=value)
            | tree.Until(value=value)
            | tree.Anniversary(value=value)
        ):
            yield from properties_of(value)
        case tree.Coalesce(first=first, second=second):
            yield from properties_of(first)
            yield from properties_of(second)
        case _:
            return


def source_of(
    names: tuple[str, ...],
    condition: tree.Condition | None,
    read: Collection[str],
    vocabulary: Vocabulary,
    *,
    as_step: bool = False,
) -> Source:
    """Where a selection reads its rows; ``read`` names the properties aggregated or compared by."""
    conditions = set(properties_of(condition))
    events: dict[str, None] = {}
    to_parent: list[tuple[str, str]] = []
    through: set[str] = set()
    received = (entry.name for entry in vocabulary.events.values() if is_received(entry))
    for name in names or tuple(received):
        entry = vocabulary.events.get(name)
        lines = vocabulary.events.get(entry.lines) if entry and entry.lines else None
        if entry is None or lines is None:
            events[name] = None
            continue
        only_lines = {each for each in lines.properties if each not in entry.properties}
        reads_lines = not only_lines.isdisjoint(read)
        if not reads_lines and not conditions & only_lines:
            events[name] = None
            continue
        events[lines.name] = None
        through.add(lines.name)
        if not reads_lines and not as_step:
            to_parent.append((lines.name, entry.name))
    if not names and not any(
        vocabulary.events[name].parent for name in events if name in vocabulary.events
    ):
        return Source(())
    return Source(tuple(events), tuple(to_parent), frozenset(through))


class Needs:
    """Streams and columns that a program asks of a bucket, each once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.events = {**vocabulary.events, **reserved_events(vocabulary)}
        self.streams: list[Stream] = []
        self.columns: list[ColumnNeed] = []
        self.calendars: list[str | None] = []
        self.country = vocabulary.country
        self.own_text = -1  # column of the text that every profile has for itself

    def stream(self, events: tuple[str, ...]) -> int:
        """Place of the stream of these events."""
        stream = Stream(events)
        if stream not in self.streams:
            self.streams.append(stream)
        return self.streams.index(stream)

    def column(
        self, source: Source, name: str, *, chosen: bool = False
    ) -> tuple[int, ValueType] | None:
        """Column of a property for a source's rows; None where no event of it has the property.

        ``chosen`` rows are those left after lines gave way to parents.
        """
        stands_for = dict(source.to_parent) if chosen else {}
        events = source.events or tuple(
            entry.name for entry in self.events.values() if is_received(entry)
        )
        holders: list[tuple[str, str | None]] = []
        types: list[ValueType] = []
        for event in events:
            entry = self.events.get(stands_for.get(event, event))
            if entry is None:
                continue
            above = self.events.get(entry.parent) if entry.parent else None
            has_above = above is not None and name in above.properties
            if name in entry.properties and not (has_above and entry.name in source.through):
                holders.append((entry.name, None))
                types.append(entry.properties[name])
            elif above is not None and has_above:
                holders.append((above.name, entry.name))
                types.append(above.properties[name])
        if not holders:
            return None
        fitting = tuple(
            holder
            for holder, type_ in zip(holders, types, strict=True)
            if type_ in (types[0], ValueType.UNKNOWN)
        )
        need = ColumnNeed(
            stream=self.stream(source.events),
            holders=fitting,
            property=name,
            type=types[0],
            dense=not stands_for,
        )
        return self._place(need), types[0]

    def part(self, source: Source, part: tree.TimePartFunction) -> tuple[int, ValueType]:
        """Column of a part of the time of a source's rows."""
        stream, type_ = self.stream(source.events), ValueType.NUMBER
        need = ColumnNeed(stream, (), str(part), type_, dense=False, part=TIME_PARTS[part])
        return self._place(need), type_

    def calendar(self, name: str | None) -> int:
        """Table of the days of the holidays of a name, chosen by each profile's own country."""
        country = ColumnNeed(
            self.stream((IDENTIFY,)), ((IDENTIFY, None),), COUNTRY, ValueType.TEXT, dense=False
        )
        self.own_text = self._place(country)
        if name not in self.calendars:
            self.calendars.append(name)
        return self.calendars.index(name)

    def _place(self, need: ColumnNeed) -> int:
        if need not in self.columns:
            self.columns.append(need)
        return self.columns.index(need)


def reserved_events(vocabulary: Vocabulary) -> dict[str, EventEntry]:
    """What else a history holds besides received events: traits, consents, sessions."""
    traits = {entry.name: entry.type for entry in vocabulary.traits.values() if entry.value is None}
    text, number = ValueType.TEXT, ValueType.NUMBER
    entries = (
        EventEntry("$identify", properties=traits),
        EventEntry("$consent", properties={"purpose": text, "state": text}),
        EventEntry("session_started"),
        EventEntry("session_ended", properties={"pages": number, "seconds": number}),
    )
    return {entry.name: entry for entry in entries}


def is_received(entry: EventEntry) -> bool:
    """Whether ``any event`` includes it: not reserved, not derived, no line."""
    return (
        entry.parent is None
        and not entry.name.startswith("$")
        and entry.name not in ("session_started", "session_ended")
    )


def country_of(lowering: Lowering, needs: Needs) -> int:
    """Register of the code of each profile's country; the project's where its own is not known."""
    own = lowering.float(op.OWN_TEXT)
    if needs.country is None:
        return own
    default = lowering.float(op.CONSTANT, lowering.constants.text(needs.country))
    return lowering.float(op.COALESCE, own, default)


def holiday(lowering: Lowering, needs: Needs, value: tree.Holiday) -> Operand:
    """The midnight of a holiday, seen from the instant."""
    table, last = needs.calendar(value.name), value.function == tree.HolidayFunction.LAST
    country = country_of(lowering, needs)
    return Operand(lowering.float(op.LISTED_DAY, country, table, int(last)), ValueType.INSTANT)


def holiday_days(lowering: Lowering, needs: Needs, value: tree.HolidayDays) -> Operand:
    """The days from a row's own to a holiday."""
    table, since = needs.calendar(value.name), value.function == tree.HolidayDaysFunction.SINCE
    country = country_of(lowering, needs)
    return Operand(lowering.float(op.DAYS_TO_LISTED, country, table, int(since)), ValueType.NUMBER)


class ConditionLowering(Lowering):
    """A condition over one row of a source, written as row instructions."""

    def __init__(
        self,
        constants: Constants,
        parse_instant: Callable[[str], int],
        needs: Needs,
        source: Source,
    ) -> None:
        super().__init__(constants, parse_instant)
        self.needs = needs
        self.source = source

    def leaf_rule(self, rule: tree.Rule) -> int:
        """Truth register of what holds for every row, or for none."""
        if isinstance(rule, tree.Everyone):
            return self.truth(op.TRUTH, op.TRUE)
        assert isinstance(rule, tree.Nobody), f"no condition: {rule}"
        return self.truth(op.TRUTH, op.FALSE)

    def leaf_value(self, value: tree.Value) -> Operand:
        """Float register of a property of the row or a part of its time."""
        if isinstance(value, tree.TimePart):
            register = self.new_float()
            self.emit(op.TIME_PART, register, TIME_PARTS[value.function])
            return Operand(register, ValueType.NUMBER)
        if isinstance(value, tree.HolidayDays):
            return holiday_days(self, self.needs, value)
        assert isinstance(value, tree.PropertyValue), f"no value of a row: {value}"
        found = self.needs.column(self.source, value.name)
        if found is None:
            return self.unset()
        register = self.new_float()
        self.emit(op.LOAD, register, found[0])
        return Operand(register, found[1])
