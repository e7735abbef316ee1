"""``shoal.yml``: what a project calls itself, its time zone and currency, and what *now* means."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from shoal.core.errors import DefinitionError, NotFoundError, Place, Problem, ShoalError
from shoal.core.instants import Zone
from shoal.core.names import nearest
from shoal.core.spans import UNITS, Span

SETTINGS_FILE = "shoal.yml"

_SPAN = re.compile(r"\s*(\d{1,9})\s*([a-z]{1,2})\s*\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


class Now(StrEnum):
    """What the default ``as_of`` is."""

    CLOCK = "clock"
    LATEST_EVENT = "latest_event"


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``shoal.yml`` says; a missing key has the value shown here."""

    name: str
    time_zone: Zone = field(default_factory=Zone)
    currency: str | None = None
    now: Now = Now.CLOCK
    session_gap: Span = field(default_factory=lambda: Span(30, "m"))


def project_folder(wanted: str | os.PathLike[str] | None = None) -> Path:
    """The folder of the project: ``wanted``, else ``SHOAL_PROJECT``, else the current folder.

    Raises NotFoundError where there is no ``shoal.yml``.
    """
    folder = Path(wanted or os.environ.get("SHOAL_PROJECT") or ".")
    try:
        exists = (folder / SETTINGS_FILE).is_file()
    except (OSError, ValueError):
        exists = False
    if not exists:
        place = "the current folder" if str(folder) == "." else f"`{folder}`"
        raise NotFoundError(
            f"no Shoal project in {place}: it has no {SETTINGS_FILE}",
            hint="make one with `shoal init`, or name another with --project DIR",
        )
    return folder


def read_settings(folder: Path) -> Settings:
    """The settings of the project in ``folder``; every problem of the file at once."""
    path = folder / SETTINGS_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ShoalError(f"cannot read {path}: {reason_of(error)}") from error
    return parse_settings(text, file=SETTINGS_FILE, default_name=folder.resolve().name)


def parse_settings(text: str, *, file: str = SETTINGS_FILE, default_name: str = "shop") -> Settings:
    """The settings a text says.

    >>> parse_settings("time_zone: Europe/Lisbon").time_zone
    Zone(name='Europe/Lisbon')
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {"name": default_name}
    for key, (value, key_place, value_place) in _entries(text, file).items():
        reader = _READERS.get(key)
        if reader is None:
            meant = nearest(key, _READERS)
            known = ", ".join(_READERS)
            hint = f"did you mean `{meant}`?" if meant else f"the settings are {known}"
            problems.append(Problem(f"no setting `{key}`", key_place, hint))
            continue
        try:
            values[key] = reader(value)
        except ShoalError as error:
            problems.append(Problem(f"{key}: {error.message}", value_place, error.hint))
    if problems:
        raise DefinitionError(problems)
    return Settings(**values)


def write_setting(folder: Path, key: str, value: str) -> None:
    """Sets one key of ``shoal.yml``; every other line, comments too, stays as it is."""
    assert key in {item.name for item in fields(Settings)}
    path = folder / SETTINGS_FILE
    line = f"{key}: {value}"
    text = path.read_text(encoding="utf-8-sig")
    pattern = re.compile(rf"^{key}[ \t]*:[^\n#]*?(?=[ \t]*(#[^\n]*)?\r?$)", re.MULTILINE)
    changed, count = pattern.subn(line, text, count=1)
    if not count:
        changed = text + ("" if not text or text.endswith("\n") else "\n") + line + "\n"
    beside = path.with_name(f".{SETTINGS_FILE}.new")
    beside.write_text(changed, encoding="utf-8")
    beside.replace(path)


def parse_span(text: str) -> Span:
    """``30m``, ``1d``, ``6mo`` as a span longer than nothing.

    >>> parse_span("1mo")
    Span(count=1, unit='mo')
    """
    match = _SPAN.match(text)
    if not match or match[2] not in UNITS or int(match[1]) == 0:
        raise ShoalError(
            f"`{text}` is not a span of time",
            hint=f"write a number and one of {' '.join(UNITS)}, such as 30m or 1d",
        )
    return Span(int(match[1]), match[2])


def reason_of(error: Exception) -> str:
    """Why a file could not be read or written, for people."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def _entries(text: str, file: str) -> Mapping[str, tuple[object, Place, Place]]:
    """Key → (value, place of the key, place of the value) of a YAML mapping."""
    import yaml

    loader = yaml.SafeLoader(_without_controls(text, file))
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            message = f"{file} holds no settings"
            raise DefinitionError([Problem(message, Place(1, 1, file), "write `name: My shop`")])
        entries: dict[str, tuple[object, Place, Place]] = {}
        for key, value in node.value:
            name = str(key.value)
            places = _place(key.start_mark, file), _place(value.start_mark, file)
            if name in entries:
                raise DefinitionError([Problem(f"`{name}` is set twice", places[0])])
            entries[name] = (_written(value), *places)
        return entries
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark, file) if mark else Place(1, 1, file)
        raise DefinitionError([Problem(f"not YAML: {error.problem}", place)]) from error
    finally:
        loader.dispose()


def _written(node: Any) -> object:
    """A scalar as the text that stands there (``007`` is not 7), None for an empty one."""
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        return node
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _without_controls(text: str, file: str) -> str:
    """The text, if it holds none of the characters YAML forbids."""
    import yaml

    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        message = f"a character that is no text (U+{ord(found.group()):04X})"
        raise DefinitionError([Problem(message, Place(line, column, file))])
    return text


def _place(mark: Any, file: str) -> Place:
    return Place(mark.line + 1, mark.column + 1, file)


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ShoalError("not a name", hint="write a line of text")
    return value


def _zone(value: object) -> Zone:
    if not isinstance(value, str):
        raise ShoalError("not a time zone", hint="use an IANA name such as Europe/Lisbon")
    return Zone(value)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else "a list or mapping"


def _currency(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _CURRENCY.match(value):
        raise ShoalError(f"`{_shown(value)}` is not a currency", hint="use a code such as EUR")
    return value


def _now(value: object) -> Now:
    text = _shown(value)
    try:
        return Now(text)
    except ValueError:
        meant = nearest(text, list(Now))
        hint = f"did you mean `{meant}`?" if meant else "write `clock` or `latest_event`"
        raise ShoalError(f"`{text}` is not a meaning of now", hint=hint) from None


def _session_gap(value: object) -> Span:
    span = parse_span(_shown(value))
    if span.is_calendar:
        raise ShoalError(f"`{span}` has no exact length", hint="write it in s, m, h, d or w")
    return span


_READERS: Mapping[str, Callable[[object], object]] = {
    "name": _name,
    "time_zone": _zone,
    "currency": _currency,
    "now": _now,
    "session_gap": _session_gap,
}
