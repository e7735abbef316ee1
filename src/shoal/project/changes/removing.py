"""Segments taken away by the page: what reads one keeps it, and taking it away can be undone.

Only the segment's own lines leave its file. The version that was applied before stays in the books,
so that an undo writes back what stood there, sign for sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from shoal.core.errors import DefinitionError, NotFoundError, UsageError
from shoal.language.campaign_definitions import When
from shoal.language.told import Told, joined
from shoal.language.yaml_nodes import compose
from shoal.project.changes.editing import carry_out, child
from shoal.project.changes.versions import restore
from shoal.project.definitions import Definitions, Files, applied_definitions, read_files
from shoal.segments.reach import named
from shoal.store.subscriptions import Subscriptions

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.language.definitions import PredictionDefinition
    from shoal.language.tree import Node
    from shoal.project.opening import Project

SHOWN = 10
"""Readers named in one sentence."""


@dataclass(frozen=True, slots=True)
class Use:
    """What reads a segment: a segment, trait, prediction, campaign or webhook, by its name."""

    kind: str
    name: str


def uses_of(project: Project, name: str) -> tuple[Use, ...]:
    """Everything that reads a segment and would be broken without it; nothing for one nobody reads."""
    found = applied_definitions(project.store.books)
    hooks = (
        Use("webhook", str(it.id))
        for it in Subscriptions(project.store.books).all()
        if name in it.segments
    )
    return (*_readers(found, name), *hooks)


def remove_segment(project: Project, name: str, author: str) -> int:
    """Takes a segment out of its file and applies the files; the number of the version.

    NotFoundError where there is none; UsageError where something reads it, where it is a part of a
    partition, or where changes wait in the files: then an undo would be of these, too.
    """
    files = _applied_as_they_are(project)
    segment = applied_definitions(project.store.books).segments.get(name)
    if segment is None:
        raise NotFoundError(f"no segment `{name}`")
    used = uses_of(project, name)
    if used:
        raise UsageError(
            Told("`{0}` is used by {1}", name, joined([_said(it) for it in used[:SHOWN]])),
            hint="change or remove what uses it first",
        )
    path = segment.place.file if segment.place and segment.place.file else ""
    text = without(files.texts.get(path, ""), name)
    texts = {it: files.texts[it] for it in files.texts if it != path}
    if compose(text, None)[1] is not None:  # a file that says nothing any more goes, too
        texts[path] = text
    return carry_out(project, Files(texts, files.problems), path, author)[1]


def undo_version(project: Project, version: int, author: str) -> int:
    """Makes the definitions those of before a version again; the number of the new one.

    UsageError where it is not the last version any more, is the first, or where changes wait in the
    files: whatever came after it would be lost. Raises DefinitionError, and writes nothing, where
    the definitions of before do not hold together any more.
    """
    from shoal.project.changes.planning import apply_plan, plan_of

    _applied_as_they_are(project)
    versions = project.store.books.definitions_versions()
    if not versions or versions[-1].id != version:
        raise UsageError(
            Told("version {0} is not the last one any more", str(version)),
            hint="`shoal version restore` writes back the files of any version",
        )
    if len(versions) == 1:
        raise UsageError("before the first version there was nothing")
    plan = plan_of(project, Files(versions[-2].files), None)
    if plan.errors:
        raise DefinitionError(plan.errors)
    restore(project, versions[-2].id)
    return apply_plan(project, plan, author)


def _applied_as_they_are(project: Project) -> Files:
    files = read_files(project.folder)
    version = project.store.books.applied_definitions()
    if dict(files.texts) != (dict(version.files) if version is not None else {}):
        raise UsageError(
            "the definition files were changed and not applied yet",
            hint="apply them first: `shoal plan` shows what waits, `shoal apply` applies it",
        )
    return files


def _readers(found: Definitions, name: str) -> Iterator[Use]:
    for reader, segment in found.segments.items():
        if reader != name and segment.rule is not None and name in named(segment.rule):
            yield Use("segment", reader)
    for trait in found.found.traits:
        if trait.value is not None and name in named(trait.value):
            yield Use("trait", trait.name)
    for prediction in found.found.predictions:
        if any(name in named(node) for node in _predicted(prediction)):
            yield Use("prediction", prediction.name)
    for campaign in found.found.campaigns:
        waits = campaign.timing.when in {When.ENTERING, When.LEAVING}
        if (waits and campaign.timing.name == name) or any(
            name in named(node) for node in _campaigned(campaign)
        ):
            yield Use("campaign", campaign.name)


def _predicted(it: PredictionDefinition) -> Iterator[Node]:
    features = (one.value for one in (*it.features, *it.without))
    yield from (node for node in (it.target, it.population, *features) if node is not None)


def _campaigned(it: CampaignDefinition) -> Iterator[Node]:
    metrics = (one.measure for one in it.metrics)
    yield from (node for node in (it.audience, it.goal, it.items, *metrics) if node is not None)


def _said(use: Use) -> Told:
    match use.kind:
        case "segment":
            return Told("the segment `{0}`", use.name)
        case "trait":
            return Told("the trait `{0}`", use.name)
        case "prediction":
            return Told("the prediction `{0}`", use.name)
        case "campaign":
            return Told("the campaign `{0}`", use.name)
        case _:
            return Told("webhook {0}", use.name)


def without(text: str, name: str) -> str:
    """A file's text without a segment's lines, and without what is written of it right above them.

    UsageError where the segment does not stand in lines of its own.
    """
    _, root = compose(text, None)
    section = child(root, "segments")
    if not isinstance(section, yaml.MappingNode) or child(section, name) is None:
        raise UsageError(
            Told("`{0}` is a part of a partition: the page cannot remove it", name),
            hint="change the partition in its file",
        )
    if section.flow_style:
        raise UsageError(
            Told("`{0}` is written between braces: the page cannot remove it", name),
            hint="remove it from its file, and apply",
        )
    lines = text.splitlines(keepends=True)
    assert isinstance(root, yaml.MappingNode)
    entries = [*root.value, *section.value]
    if len(section.value) == 1:  # the section goes with its last segment
        entries = root.value
        found, value = next((key, value) for key, value in entries if value is section)
    else:
        found, value = next((key, value) for key, value in section.value if key.value == name)
    begin, column = found.start_mark.line, found.start_mark.column
    later = (key.start_mark.line for key, _ in entries if key.start_mark.line > begin)
    end = _end(lines, value.end_mark, begin, min(later, default=None))
    begin = _with_remarks(lines, begin, column)
    return "".join((*lines[:begin], *lines[end:]))


def _end(lines: list[str], mark: yaml.Mark, begin: int, after: int | None) -> int:
    """The line after the last of an entry; blank lines and remarks after it belong to the next."""
    end = mark.line + (1 if mark.column else 0)
    end = min(end, len(lines)) if after is None else min(end, after)
    while end > begin + 1 and _is_beside(lines[end - 1]):
        end -= 1
    return end


def _with_remarks(lines: list[str], begin: int, column: int) -> int:
    """From where on lines right above an entry, as far in as it is, speak of it alone."""
    while begin and lines[begin - 1].startswith(" " * column + "#"):
        begin -= 1
    return begin


def _is_beside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
