"""Segments written by the page: into the definition files, which stay what one reads and versions.

An existing segment's rule is replaced where it stands, and every other sign of its file is kept. A new
one gets a file of its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from shoal.core.errors import DefinitionError, NotFoundError, UsageError
from shoal.language import parse_rule
from shoal.language.yaml_nodes import compose
from shoal.project.changes.planning import Plan, apply_plan, plan_of
from shoal.project.definitions import Files, definitions_of, read_files

if TYPE_CHECKING:
    from shoal.project.opening import Project


_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True)
class Edit:
    """What a segment shall mean; title and reason are those of a new one."""

    name: str
    rule: str
    title: str | None = None
    why: str | None = None


def plan_edit(project: Project, edit: Edit) -> Plan:
    """What saving would change, nothing being changed by it: whatever waits in the files, too."""
    return plan_of(project, _edited(project, edit)[0], None)


def save_edit(project: Project, edit: Edit, author: str) -> tuple[Plan, int]:
    """Writes the file and applies the files; the plan that was carried out, and its version.

    Raises DefinitionError, and writes nothing, where the files would not hold together.
    """
    files, path = _edited(project, edit)
    return carry_out(project, files, path, author)


def carry_out(project: Project, files: Files, path: str, author: str) -> tuple[Plan, int]:
    """Writes one of the files, or takes it away, and applies them all; the plan and the version.

    Raises DefinitionError, and writes nothing, where the files would not hold together.
    """
    plan = plan_of(project, files, None)
    if plan.errors:
        raise DefinitionError(plan.errors)
    place = project.folder / path
    if path not in files.texts:
        place.unlink(missing_ok=True)
        return plan, apply_plan(project, plan, author)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.new")
    beside.write_text(files.texts[path], encoding="utf-8")
    beside.replace(place)
    return plan, apply_plan(project, plan, author)


def _edited(project: Project, edit: Edit) -> tuple[Files, str]:
    """The files as they would be, and which of them is another."""
    parse_rule(edit.rule)  # says what is wrong in terms of the rule, not of a file
    files = read_files(project.folder)
    found = definitions_of(files).segments.get(edit.name)
    if found is None:
        path, text = _new_file(files, edit)
    else:
        path = found.place.file if found.place and found.place.file else ""
        if path not in files.texts:
            raise NotFoundError(f"no file defines `{edit.name}`")
        text = _replaced(files.texts[path], edit)
    return Files({**files.texts, path: text}, files.problems), path


def _new_file(files: Files, edit: Edit) -> tuple[str, str]:
    if not _NAME.fullmatch(edit.name):
        raise UsageError(
            f"`{edit.name}` is no name for a segment",
            hint="small letters, digits and underscores, such as big_spenders",
        )
    path = f"segments/{edit.name}.yml"
    if path in files.texts:
        raise UsageError(f"{path} exists and defines something else", hint="take another name")
    said = {"title": edit.title, "rule": edit.rule, "why": edit.why}
    body = {key: value for key, value in said.items() if value}
    document = {"segments": {edit.name: body}}
    return path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _replaced(text: str, edit: Edit) -> str:
    """The file with another rule for the segment, and nothing else changed."""
    _, root = compose(text, None)
    node = child(child(root, "segments"), edit.name)
    rule = child(node, "rule") if isinstance(node, yaml.MappingNode) else node
    if not isinstance(rule, yaml.ScalarNode):
        raise UsageError(
            f"`{edit.name}` is a part of a partition: the page cannot change it yet",
            hint="change it in its file",
        )
    start, end = rule.start_mark.index, rule.end_mark.index
    written = text[start:end]
    ending = written[len(written.rstrip()) :]  # a block's end is where the next thing begins
    return text[:start] + json.dumps(edit.rule, ensure_ascii=False) + ending + text[end:]


def child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What a mapping holds under a key."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
