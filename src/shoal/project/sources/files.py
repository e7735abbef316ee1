"""The sources of a project: ``sources/NAME.yml``, read with all their problems."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.core.errors import DefinitionError, NotFoundError, Place, Problem, ShoalError
from shoal.core.names import nearest
from shoal.project.settings import parse_span, reason_of
from shoal.sources.definition import SourceDefinition, SourceKind, kind_of

if TYPE_CHECKING:
    from yaml import Node

    from shoal.core.spans import Span
    from shoal.language.yaml_nodes import Problems
    from shoal.sources import FileMapping

FOLDER = "sources"
KEYS = (
    "from", "mapping", "every", "ids", "table", "query", "cursor", "overlap", "endpoint", "region",
    "access_key", "secret_key",
)  # fmt: skip
OF_DATABASES = ("table", "query", "cursor", "overlap")
OF_BUCKETS = ("endpoint", "region", "access_key", "secret_key")
SECRETS = ("access_key", "secret_key")
LEAST = 60_000_000
"""Microseconds between two runs, at the least."""
MOST = 3650 * 86_400_000_000
"""Microseconds that any span of a source may be long: ten years."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_BUCKET = re.compile(r"s3://[^/*?\[]+(/|\Z)")
PASSWORD = re.compile(r"[^:/]+://[^:/]*:([^@]*)@")
"""Where the password of a database's address stands, as SQLAlchemy reads it: up to the first @."""
_SECRET = re.compile(r"(password|passwd|pwd|secret|token)(=|%3D)(?!\$\{)[^&;]", re.IGNORECASE)
"""One among the options of an address."""
_OPTION = re.compile(r"[?&](access_key|secret_key|aws_|key|secret|token)[^=/]*=", re.IGNORECASE)
"""A key among the options of a bucket's address, where it has no business."""


def source_names(folder: Path) -> list[str]:
    """The sources of a project, in order."""
    found = (folder / FOLDER).glob("*.yml")
    return sorted(path.stem for path in found if not path.name.startswith("."))


def load_source(folder: Path, name: str) -> SourceDefinition:
    """A source from its file. Raises DefinitionError with every problem, NotFoundError for none."""
    file = f"{FOLDER}/{name}.yml"
    path = folder / file
    known = source_names(folder)
    if not _NAME.match(name) and name in known:
        said = "a source's name has small letters, digits, _ and -"
        raise DefinitionError([Problem(f"{file}: {said}", None, "rename the file")])
    if not _NAME.match(name) or not path.is_file():
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else None
        hint = hint or (f"there is {', '.join(known)}" if known else "make one: shoal source add")
        raise NotFoundError(f"there is no source `{name}`", hint=hint)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Problem(f"{file}: cannot be read: {reason_of(error)}")]) from error
    return parse_source(text, name)


def parse_source(text: str, name: str) -> SourceDefinition:
    """The source of a file's text. Raises DefinitionError with every problem and its place."""
    from shoal.language import yaml_nodes

    page, root = yaml_nodes.compose(text, f"{FOLDER}/{name}.yml")
    problems = yaml_nodes.Problems(page, [])
    nodes = {} if root is None else problems.fields(root, "a source", KEYS)
    given = {key: problems.text(node, f"`{key}`") for key, node in nodes.items()}
    nowhere = Place(1, 1, page.file)
    place = given.get("from") or ""
    kind = kind_of(place)
    spans = _checked(problems, nodes, given, kind, nowhere)
    if not _NAME.match(name):
        problems.found.append(
            Problem("a source's name has small letters, digits, _ and -", nowhere)
        )
    if problems.found:
        raise DefinitionError(sorted(problems.found, key=lambda it: it.place or nowhere))
    return SourceDefinition(
        name,
        kind,
        place,
        given.get("mapping") or "",
        spans.get("every"),
        given.get("ids"),
        given.get("table"),
        given.get("query"),
        given.get("cursor"),
        spans.get("overlap"),
        given.get("endpoint"),
        given.get("region"),
        given.get("access_key"),
        given.get("secret_key"),
    )


def check_sources(folder: Path) -> list[Problem]:
    """Every problem of every source's file, and of the mapping it names."""
    problems: list[Problem] = []
    for name in source_names(folder):
        try:
            mapping_for(folder, load_source(folder, name))
        except DefinitionError as error:
            problems += error.problems
        except ShoalError as error:
            place = Place(1, 1, f"{FOLDER}/{name}.yml")
            problems.append(Problem(f"mapping: {error.message}", place, error.hint))
    return problems


def mapping_for(folder: Path, source: SourceDefinition) -> FileMapping:
    """How the rows of a source are understood."""
    from dataclasses import replace

    from shoal.sources.shipped import find_mapping

    mapping = find_mapping(source.mapping, folder)
    return mapping if source.ids is None else replace(mapping, source=source.ids)


def filled(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text with the environment's values for its ``${NAMES}``. Raises ShoalError for none."""
    values = os.environ if environment is None else environment

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None:
            raise ShoalError(
                f"the environment variable {match[1]} is not set",
                hint="set it where Shoal runs",
            )
        return found

    return _VARIABLE.sub(value, text)


def written(source: SourceDefinition) -> str:
    """The file of a source."""
    import json

    said = {
        "from": source.place,
        "mapping": source.mapping,
        "every": source.every and str(source.every),
        "ids": source.ids,
        "table": source.table,
        "query": source.query,
        "cursor": source.cursor,
        "overlap": source.overlap and str(source.overlap),
        "endpoint": source.endpoint,
        "region": source.region,
        "access_key": source.access_key,
        "secret_key": source.secret_key,
    }
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in said.items()
        if value is not None
    ]
    return "\n".join(lines) + "\n"


def _checked(
    problems: Problems,
    nodes: Mapping[str, Node],
    given: Mapping[str, str | None],
    kind: SourceKind,
    nowhere: Place,
) -> dict[str, Span]:
    """Notes what is wrong with what a file says; the spans in it."""
    for key, hint in (("from", "a folder, a database or s3://…"), ("mapping", "a mapping file")):
        if not given.get(key):
            problems.found.append(Problem(f"`{key}` is missing", nowhere, f"{key}: {hint}"))
    strangers = [*(() if kind is SourceKind.DATABASE else OF_DATABASES)]
    strangers += () if kind is SourceKind.BUCKET else OF_BUCKETS
    for key in strangers:
        if key in given:
            what, such = ("a database", "postgresql://…") if key in OF_DATABASES else (
                "a bucket", "s3://bucket/prefix"
            )  # fmt: skip
            problems.add(f"`{key}` belongs to {what}", nodes[key], f"from: {such}")
    if kind is SourceKind.BUCKET:
        _check_bucket(problems, nodes, given)
    if kind is SourceKind.DATABASE and given.get("from"):
        _check_database(problems, nodes, given, nowhere)
    for key in SECRETS:
        if given.get(key) and not _VARIABLE.fullmatch(given[key] or ""):
            problems.add(
                f"`{key}`: a secret does not belong into a file of the project",
                nodes[key],
                f"name the variable that holds it: {key}: ${{NAME}}",
            )
    spans: dict[str, Span] = {}
    for key in ("every", "overlap"):
        if given.get(key):
            try:
                spans[key] = _exact(given[key] or "", 0 if key == "overlap" else LEAST)
            except ShoalError as error:
                problems.add(f"{key}: {error.message}", nodes[key], error.hint)
    return spans


def _check_bucket(
    problems: Problems, nodes: Mapping[str, Node], given: Mapping[str, str | None]
) -> None:
    if not _BUCKET.match(given.get("from") or ""):
        problems.add("`from` names no bucket", nodes["from"], "from: s3://bucket/prefix")
    for key in ("from", "endpoint"):
        if _has_keys(given.get(key) or ""):
            problems.add(
                "keys do not belong into a file of the project, nor into an address",
                nodes[key],
                "name the variables that hold them: access_key: ${NAME}, secret_key: ${NAME}",
            )


def _has_keys(place: str) -> bool:
    """Whether an address has a user or a secret in it: before the first @, or among options."""
    return "@" in place.partition("://")[2].partition("/")[0] or bool(_OPTION.search(place))


def _exact(text: str, least: int) -> Span:
    span = parse_span(text)
    if span.is_calendar:
        raise ShoalError(f"`{span}` has no exact length", hint="write it in m, h, d or w")
    if span.microseconds < least:
        raise ShoalError(f"`{span}` is too often", hint="a minute is the least: 1m")
    if span.microseconds > MOST:
        raise ShoalError(f"`{span}` is too long", hint="ten years are the most: 3650d")
    return span


def _check_database(
    problems: Problems, nodes: Mapping[str, Node], given: Mapping[str, str | None], nowhere: Place
) -> None:
    if (given.get("table") is None) == (given.get("query") is None):
        problems.found.append(Problem("a database needs either `table` or `query`", nowhere))
    if given.get("overlap") and not given.get("cursor"):
        problems.add("`overlap` is of no use without `cursor`", nodes["overlap"])
    place = given.get("from") or ""
    found = PASSWORD.match(place)
    is_said = found is not None and found[1] and not _VARIABLE.fullmatch(found[1])
    if is_said or _SECRET.search(place):
        problems.add(
            "the password itself does not belong into a file of the project",
            nodes["from"],
            "name the variable that holds it: postgresql://reader:${SHOP_PASSWORD}@host/shop",
        )
