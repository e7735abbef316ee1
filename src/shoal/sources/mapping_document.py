"""What a mapping document says, part by part, with every problem in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, cast

from shoal.core.errors import Problem, ShoalError
from shoal.core.names import nearest
from shoal.events.property_type import PropertyType
from shoal.events.table import IDENTIFY
from shoal.sources.delimited import SPACES, Layout
from shoal.sources.expression import parse
from shoal.sources.mapping import (
    OPERATORS,
    SOURCE,
    Condition,
    EventRows,
    FileMapping,
    IdForm,
    LineRows,
    Operand,
    event_name,
    property_name,
)
from shoal.sources.opening import FileKind
from shoal.sources.times import check_format

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "spaces": SPACES}
_COMMON = ("user", "anonymous", "time", "id", "when", "except", "constants", "types")
_EVENT_KEYS = ("event", "event_column", *_COMMON, "group_by", "properties", "lines",
               "sentiment")  # fmt: skip
_PROFILE_KEYS = (*_COMMON, "traits", "per")
_FILE_KEYS = ("format", "delimiter", "quote", "encoding", "columns")

Part = dict[str, Any]


class MappingDocument:
    """One pass over a document that collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file

    def say(self, where: str, what: str, hint: str | None = None) -> None:
        """Adds a problem."""
        self.problems.append(
            Problem(f"{self._file}: {where}: {what}" if where else what, hint=hint)
        )

    def mapping(self, document: object) -> FileMapping:
        """The mapping, as far as it can be read."""
        known = ("source", "file", "optional", "events", "profiles")
        whole = self.table(document, "the mapping", known)
        events = self.rows(whole.get("events"), "events", _EVENT_KEYS, self.event)
        profiles = self.rows(whole.get("profiles"), "profiles", _PROFILE_KEYS, self.profile)
        if not events and not profiles and not self.problems:
            self.say("", "the mapping has neither `events` nor `profiles`")
        for place, (rows, per) in enumerate(profiles):
            # A file of events says the same of a person again and again: the last word stays.
            if per is None and events and rows.time is None:
                profiles[place] = replace(rows, per_user=True), per
        layout, kind = self.file(whole.get("file"))
        source = self.text(whole.get("source"), "source") or SOURCE
        rows = tuple(rows for rows, _ in (*events, *profiles))
        optional = self.texts(whole.get("optional"), "optional")
        return FileMapping(rows, source, kind, layout, optional)

    def rows(
        self,
        part: object,
        where: str,
        keys: Collection[str],
        read: Callable[[Part, str], tuple[EventRows, str | None]],
    ) -> list[tuple[EventRows, str | None]]:
        """A list of parts, or the only one; with what `per` says in each."""
        parts = _as_list(part)
        titles = [
            f"{where}[{place + 1}]" if len(parts) > 1 else where for place in range(len(parts))
        ]
        return [
            read(self.table(one, title, keys), title)
            for one, title in zip(parts, titles, strict=True)
        ]

    def event(self, part: Part, where: str) -> tuple[EventRows, str | None]:
        """Rows that become events."""
        event = self.text(part.get("event"), f"{where}.event")
        column = self.text(part.get("event_column"), f"{where}.event_column")
        if (event is None) == (column is None):
            self.say(where, "needs either `event` or `event_column`")
        if event is not None and (event.startswith("$") or event_name(event) == "_"):
            self.say(f"{where}.event", f"`{event}` cannot be the name of an event")
        group_by = self.texts(part.get("group_by"), f"{where}.group_by")
        if group_by and column is not None:
            self.say(where, "rows to be gathered need one `event`, not `event_column`")
        lines = None
        if part.get("lines") is not None:
            if not group_by:
                self.say(f"{where}.lines", "lines need `group_by`: the rows that become one event")
            lines = self.lines(part["lines"], f"{where}.lines")
        rows = self._shared(part, where, "properties")
        if rows["time"] is None:
            self.say(where, "needs `time`: the column that says when it happened")
        judged = self.judged(part.get("sentiment"), f"{where}.sentiment")
        if judged and group_by:
            self.say(f"{where}.sentiment", "rows that are gathered are not judged")
        return EventRows(
            event=event, event_column=column, group_by=group_by, lines=lines, judged=judged, **rows
        ), None

    def judged(self, part: object, where: str) -> dict[str, str]:
        """The property that says how somebody felt, and the text it is judged by."""
        if part is None:
            return {}
        told = self.table(part, where, ("of", "as"))
        column = self.text(told.get("of"), f"{where}.of")
        if column is None:
            self.say(where, "needs `of`: the column of the text")
            return {}
        return {self.text(told.get("as"), f"{where}.as") or "sentiment": column}

    def profile(self, part: Part, where: str) -> tuple[EventRows, str | None]:
        """Rows that become traits."""
        per = self.text(part.get("per"), f"{where}.per")
        if per not in (None, "row", "user"):
            self.say(f"{where}.per", "is `row` or `user`")
        rows = self._shared(part, where, "traits")
        if per == "user" and rows["time"] is not None:
            self.say(where, "traits with a `time` are kept row by row, not `per: user`")
        return EventRows(event=IDENTIFY, per_user=per == "user", **rows), per

    def _shared(self, part: Part, where: str, properties: str) -> Part:
        user, user_form = self.person(part.get("user"), f"{where}.user")
        anonymous, anonymous_form = self.person(part.get("anonymous"), f"{where}.anonymous")
        if user is None and anonymous is None:
            self.say(where, "needs `user`: the column that says who it was")
        time, form = self.time(part.get("time"), f"{where}.time")
        return {
            "user": user,
            "anonymous": anonymous,
            "user_form": user_form,
            "anonymous_form": anonymous_form,
            "time": time,
            "time_format": form,
            "ids": self.texts(part.get("id"), f"{where}.id"),
            "when": self.conditions(part.get("when"), f"{where}.when"),
            "properties": self.properties(part.get(properties), f"{where}.{properties}"),
            "without": self.texts(part.get("except"), f"{where}.except"),
            "constants": self.constants(part.get("constants"), f"{where}.constants"),
            "types": self.types(part.get("types"), f"{where}.types"),
        }

    def lines(self, part: object, where: str) -> LineRows:
        """What stays of each row."""
        if part is True:
            return LineRows()
        table = self.table(part, where, ("event", "properties", "constants", "types"))
        return LineRows(
            event=self.text(table.get("event"), f"{where}.event"),
            properties=self.properties(table.get("properties"), f"{where}.properties"),
            constants=self.constants(table.get("constants"), f"{where}.constants"),
            types=self.types(table.get("types"), f"{where}.types"),
        )

    def person(self, part: object, where: str) -> tuple[str | None, IdForm | None]:
        """A column, or a column and how an id is made of its cells."""
        if not isinstance(part, dict):
            return self.text(part, where), None
        table = self.table(cast("object", part), where, ("column", "prefix", "separator"))
        column = self.text(table.get("column"), f"{where}.column")
        if column is None:
            self.say(where, "needs `column`")
        prefix = self.text(table.get("prefix"), f"{where}.prefix") or ""
        separator = self.text(table.get("separator"), f"{where}.separator") or ""
        return column, IdForm(prefix, separator) if prefix or separator else None

    def time(self, part: object, where: str) -> tuple[str | None, str | None]:
        """A column, or a column and its format."""
        if not isinstance(part, dict):
            return self.text(part, where), None
        table = self.table(cast("object", part), where, ("column", "format"))
        form = self.text(table.get("format"), f"{where}.format")
        try:
            check_format(form)
        except ShoalError as error:
            self.say(f"{where}.format", error.message, error.hint)
        column = self.text(table.get("column"), f"{where}.column")
        if column is None:
            self.say(where, "needs `column`")
        return column, form

    def properties(self, part: object, where: str) -> dict[str, str] | None:
        """Expressions by name; None for every column."""
        if part is None or part == "all":
            return None
        if isinstance(part, list):
            part = {str(column): f"`{column}`" for column in _as_list(cast("object", part))}
        result: dict[str, str] = {}
        for name, value in self.table(part, where, None).items():
            if not isinstance(value, str) or not value.strip():
                self.say(f"{where}.{name}", "is a column or an expression", "see `constants`")
                continue
            try:
                parse(value, ())
            except ShoalError as error:
                # What is no expression may still be a column's very name.
                if "(" in value:
                    self.say(f"{where}.{name}", error.message, error.hint)
            key = property_name(name)
            if key in result:
                self.say(where, f"`{key}` is given twice")
            result[key] = value
        return result

    def constants(self, part: object, where: str) -> dict[str, str | float | bool]:
        """Values that are the same for every row."""
        result: dict[str, str | float | bool] = {}
        for name, value in self.table(part, where, None).items():
            if isinstance(value, str | int | float):
                result[property_name(name)] = value
            else:
                self.say(f"{where}.{name}", "is a text, a number or true or false")
        return result

    def types(self, part: object, where: str) -> dict[str, PropertyType]:
        """Declared types by property."""
        known = [kind.value for kind in PropertyType]
        result: dict[str, PropertyType] = {}
        for name, value in self.table(part, where, None).items():
            if value in known:
                result[property_name(name)] = PropertyType(value)
            else:
                self.say(f"{where}.{name}", f"`{value}` is none of {', '.join(known)}")
        return result

    def conditions(self, part: object, where: str) -> tuple[Condition, ...]:
        """Tests of cells, all of which must hold."""
        result: list[Condition] = []
        for column, test in self.table(part, where, None).items():
            if isinstance(test, dict):
                tests = cast("dict[object, object]", test)
            else:
                tests = {"in" if isinstance(test, list) else "=": cast("object", test)}
            for raw, operand in tests.items():
                operator = str(raw).replace("_", " ")
                if operator not in OPERATORS:
                    near = nearest(operator, OPERATORS)
                    self.say(
                        f"{where}.{column}",
                        f"`{raw}` is no test",
                        f"did you mean `{near}`?" if near else f"use {', '.join(OPERATORS)}",
                    )
                    continue
                problem = _wrong_operand(operator, operand)
                if problem:
                    self.say(f"{where}.{column}", problem)
                    continue
                many = operator in ("in", "not in")
                value = tuple(_as_list(operand)) if many else cast("Operand", operand)
                result.append(Condition(column, operator, value))
        return tuple(result)

    def file(self, part: object) -> tuple[Layout, FileKind | None]:
        """How the file is written."""
        table = self.table(part, "file", _FILE_KEYS)
        kind = self.text(table.get("format"), "file.format")
        if kind is not None and kind not in [one.value for one in FileKind]:
            self.say("file.format", f"`{kind}` is none of {', '.join(FileKind)}")
            kind = None
        signs = {key: self.text(table.get(key), f"file.{key}") for key in ("delimiter", "quote")}
        delimiter = _DELIMITERS.get(signs["delimiter"] or "", signs["delimiter"])
        for key, sign in (("delimiter", delimiter), ("quote", signs["quote"])):
            if sign is not None and sign != SPACES and not (len(sign) == 1 and sign.isascii()):
                self.say(f"file.{key}", f"`{sign}` is not one ASCII sign")
        columns = self.texts(table.get("columns"), "file.columns")
        return Layout(
            delimiter=delimiter,
            quote=signs["quote"],
            encoding=self.text(table.get("encoding"), "file.encoding"),
            columns=columns or None,
        ), FileKind(kind) if kind else None

    def text(self, value: object, where: str) -> str | None:
        """A text, or nothing."""
        if value is None or isinstance(value, str):
            if value == "":
                self.say(where, "is empty")
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.say(where, "is one text")
        return None

    def texts(self, value: object, where: str) -> tuple[str, ...]:
        """A list of texts, or the only one."""
        found = (self.text(one, where) for one in _as_list(value))
        return tuple(text for text in found if text is not None)

    def table(self, value: object, where: str, keys: Collection[str] | None) -> Part:
        """A mapping with the given keys and no others."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.say(where, "is a mapping of names to values")
            return {}
        result = {str(key): one for key, one in cast("dict[object, Any]", value).items()}
        for key in result:
            if keys is not None and key not in keys:
                near = nearest(key, keys)
                self.say(
                    where,
                    f"there is no `{key}` here",
                    f"did you mean `{near}`?" if near else f"there are {', '.join(keys)}",
                )
        return result


def _as_list(value: object) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as the only item."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def _wrong_operand(operator: str, operand: object) -> str | None:
    if operator == "is set":
        return None if isinstance(operand, bool) else "`is set` is true or false"
    if operator in ("in", "not in"):
        fine = isinstance(operand, list) and bool(cast("object", operand))
        return None if fine else f"`{operator}` needs a list of values"
    if operator.endswith("starts with"):
        return None if isinstance(operand, str) else f"`{operator}` needs a text"
    if operator in ("<", "<=", ">", ">="):
        fine = isinstance(operand, int | float) and not isinstance(operand, bool)
        return None if fine else f"`{operator}` needs a number"
    return None if isinstance(operand, str | int | float) else f"`{operator}` needs a value"
