"""``shoal.yml``: a project's name, time zone, currency and language, and what *now* means."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from shoal.core.errors import DefinitionError, NotFoundError, ShoalError
from shoal.core.instants import Zone
from shoal.core.names import nearest
from shoal.core.spans import UNITS, Span
from shoal.language.words import LANGUAGES, meant_language

if TYPE_CHECKING:
    from shoal.campaigns import Cap
    from shoal.project.sending_settings import EmailSettings

SETTINGS_FILE = "shoal.yml"

_SPAN = re.compile(r"\s*(\d{1,9})\s*([a-z]{1,2})\s*\Z")
_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_WRITING = Lock()
"""Read, changed and written by one at a time."""


class Now(StrEnum):
    """What the default ``as_of`` is."""

    CLOCK = "clock"
    LATEST_EVENT = "latest_event"


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Beyond which numbers links count for nothing, and texts that stand for nobody."""

    most_user_ids: int = 20
    most_people_per_identifier: int = 10
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Networks, addresses and host names that messages may go to beside the open internet."""

    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``shoal.yml`` says; a missing key has the value shown here."""

    name: str
    time_zone: Zone = field(default_factory=Zone)
    currency: str | None = None
    now: Now = Now.CLOCK
    session_gap: Span = field(default_factory=lambda: Span(30, "m"))
    language: str = LANGUAGES[0]
    country: str | None = None  # whose holidays hold for people whose own country is not known
    holdout: float = 0.0  # the share of everybody that no audience and no campaign may touch
    cap: Cap | None = None  # messages to one person, whichever campaigns they are of
    identity: IdentitySettings = field(default_factory=IdentitySettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    email: EmailSettings | None = None
    channels: Mapping[str, str] = field(default_factory=dict[str, str])
    public_url: str | None = None


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
    from shoal.language.yaml_nodes import Problems, compose

    page, root = compose(text, file)
    problems = Problems(page, [])
    values: dict[str, Any] = {"name": default_name}
    given = problems.entries(root, "this file") if root is not None else ()
    for key, key_node, node in given:
        if key in _PARTS:
            values[key] = _PARTS[key](problems, node)
            continue
        reader = _READERS.get(key)
        if reader is None:
            names = (*_READERS, *_PARTS)
            meant = nearest(key, names)
            known = ", ".join(names)
            hint = f"did you mean `{meant}`?" if meant else f"the settings are {known}"
            problems.add(f"no setting `{key}`", key_node, hint)
            continue
        try:
            values[key] = reader(problems.text(node, f"`{key}`"))
        except ShoalError as error:
            problems.add(f"{key}: {error.message}", node, error.hint)
    if problems.found:
        raise DefinitionError(problems.found)
    return Settings(**values)


def write_setting(folder: Path, key: str, value: str) -> None:
    """Sets one key of ``shoal.yml``; every other line, comments too, stays as it is."""
    write_settings(folder, {key: value})


def write_settings(folder: Path, values: Mapping[str, str]) -> None:
    """Sets keys of ``shoal.yml``, each to a YAML value: all of them or none.

    Raises ShoalError, and writes nothing, where the file would not be read again.
    """
    assert values.keys() <= {item.name for item in fields(Settings)}
    path = folder / SETTINGS_FILE
    with _WRITING:
        try:
            # line ends stay as they are
            before = path.read_bytes().decode("utf-8-sig")
            text = before
            for key, value in values.items():
                text = _with_setting(text, key, value)
            _check_written(before, text)
            if text == before:
                return
            beside = path.with_name(f".{SETTINGS_FILE}.{os.getpid()}.new")
            beside.write_bytes(text.encode())
            beside.replace(path)
        except (OSError, UnicodeError) as error:
            raise ShoalError(f"cannot change {path}: {reason_of(error)}") from error


def _with_setting(text: str, key: str, value: str) -> str:
    """The text with another value where YAML says that the value stands, else with one line more."""
    from yaml import MappingNode, ScalarNode

    from shoal.language.yaml_nodes import compose

    _, root = compose(text, SETTINGS_FILE)
    pairs = cast("list[tuple[Any, Any]]", root.value if isinstance(root, MappingNode) else [])
    found = next((it for name, it in pairs if name.value == key), None)
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    if found is None:
        gap = "" if not text or text.endswith("\n") else end_of_line
        return f"{text}{gap}{key}: {value}{end_of_line}"
    start, end = found.start_mark.index, found.end_mark.index
    gap = " " if start == end else ""  # `currency:` without a value ends at its colon
    is_block = isinstance(found, ScalarNode) and found.style in {"|", ">"}
    rest = end_of_line if is_block else ""  # a block ends with its last line
    return f"{text[:start]}{gap}{value}{rest}{text[end:]}"


def _check_written(before: str, text: str) -> None:
    parse_settings(before)  # what is wrong already is told with its place
    try:
        parse_settings(text)
    except DefinitionError as error:
        raise ShoalError(
            f"{SETTINGS_FILE} is written in a way that cannot be changed here",
            hint="change it by hand",
        ) from error


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


def _identity(problems: Any, node: Any) -> IdentitySettings:
    """What stands under ``identity``."""
    values: dict[str, Any] = {}
    known = tuple(item.name for item in fields(IdentitySettings))
    for key, value in problems.fields(node, "`identity`", known).items():
        if key == "ignored":
            texts = (problems.text(one, "an ignored id") for one in problems.items(value, key))
            values[key] = tuple(text for text in texts if text)
            continue
        text = problems.text(value, f"`{key}`") or ""
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000:
            values[key] = int(text)
        else:
            problems.add(f"`{key}` is a number from 1 to 10000", value, f"{key}: 20")
    return IdentitySettings(**values)


def _webhooks(problems: Any, node: Any) -> WebhookSettings:
    """What stands under ``webhooks``."""
    from shoal.channels.addresses import parse_allowed

    allowed: list[str] = []
    for key, value in problems.fields(node, "`webhooks`", ("allow",)).items():
        for one in problems.items(value, key):
            text = problems.text(one, "an address that is allowed") or ""
            try:
                parse_allowed([text])
            except ShoalError as error:
                problems.add(error.message, one, error.hint)
            else:
                allowed.append(text)
    return WebhookSettings(tuple(allowed))


def _email(problems: Any, node: Any) -> EmailSettings | None:
    from shoal.project.sending_settings import read_email

    return read_email(problems, node)


def _channels(problems: Any, node: Any) -> Mapping[str, str]:
    from shoal.project.sending_settings import read_channels

    return read_channels(problems, node)


def _public_url(text: str | None) -> str | None:
    from shoal.project.sending_settings import read_public_url

    return read_public_url(text)


def _name(text: str | None) -> str:
    if not text:
        raise ShoalError("not a name", hint="write a line of text")
    return text


def _zone(text: str | None) -> Zone:
    return Zone(text or "")


def _currency(text: str | None) -> str | None:
    if text is not None and not _CURRENCY.match(text):
        raise ShoalError(f"`{text}` is not a currency", hint="use a code such as EUR")
    return text


def _country(text: str | None) -> str | None:
    if text is not None and not _COUNTRY.match(text):
        raise ShoalError(f"`{text}` is not a country", hint="use a code of two letters such as PT")
    return text and text.upper()


def _holdout(text: str | None) -> float:
    from shoal.campaigns import parse_share

    return parse_share(text or "0%")


def _cap(text: str | None) -> Cap | None:
    from shoal.campaigns import parse_cap

    return None if text is None else parse_cap(text)


def _now(text: str | None) -> Now:
    meant = nearest(text or "", list(Now))
    if text in set(Now):
        return Now(str(text))
    hint = f"did you mean `{meant}`?" if meant else "write `clock` or `latest_event`"
    raise ShoalError(f"`{text or ''}` is not a meaning of now", hint=hint)


def _session_gap(text: str | None) -> Span:
    span = parse_span(text or "")
    if span.is_calendar:
        raise ShoalError(f"`{span}` has no exact length", hint="write it in s, m, h, d or w")
    return span


def _language(text: str | None) -> str:
    code = text or ""
    if code in LANGUAGES:
        return code
    meant = meant_language(code)
    known = " or ".join(f"`{known}`" for known in LANGUAGES)
    hint = f"did you mean `{meant}`?" if meant else f"write {known}"
    raise ShoalError(f"no language `{code}`", hint=hint)


_READERS: Mapping[str, Callable[[str | None], object]] = {
    "name": _name,
    "time_zone": _zone,
    "currency": _currency,
    "now": _now,
    "session_gap": _session_gap,
    "language": _language,
    "country": _country,
    "holdout": _holdout,
    "cap": _cap,
    "public_url": _public_url,
}
_PARTS: Mapping[str, Callable[[Any, Any], object]] = {
    "identity": _identity,
    "webhooks": _webhooks,
    "email": _email,
    "channels": _channels,
}
