"""Campaigns written by the page: into the definition files, which stay what one reads and versions.

A new campaign gets a file of its own; one that is there is replaced where it stands, and every other
sign of its file is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from shoal.core.errors import NotFoundError, UsageError
from shoal.language.campaign_definitions import CampaignDefinition, MetricDefinition
from shoal.language.reading_campaigns import FIELDS, ONLY, PARTS
from shoal.language.yaml_nodes import compose
from shoal.project.campaigns.terms import campaign_named
from shoal.project.changes.editing import carry_out, child
from shoal.project.changes.planning import Plan, plan_of
from shoal.project.definitions import Files, definitions_of, read_files

if TYPE_CHECKING:
    from shoal.language.words import Words
    from shoal.project.opening import Project
    from shoal.project.reading import Reading

Fields = Mapping[str, Any]
"""What a campaign's file says of it, by the names it says it under; absent where it says nothing."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
LARGEST = 1_000_000
"""Characters of one campaign."""


def plan_campaign(project: Project, name: str, fields: Fields) -> Plan:
    """What saving would change and what is wrong with it, nothing being changed by it."""
    return plan_of(project, _edited(project, name, fields, is_new=None)[0], None)


def save_campaign(
    project: Project, name: str, fields: Fields, author: str, *, is_new: bool
) -> tuple[Plan, int]:
    """Writes the file and applies the files; the plan that was carried out, and its version.

    UsageError where a new one has the name of another; NotFoundError where there is none to be
    changed. Raises DefinitionError, and writes nothing, where the files would not hold together.
    """
    files, path = _edited(project, name, fields, is_new=is_new)
    return carry_out(project, files, path, author)


def campaign_fields(reading: Reading, name: str) -> dict[str, Any]:
    """What the applied definition of a campaign says, by the names of its fields."""
    return fields_of(campaign_named(reading, name))


def fields_of(definition: CampaignDefinition) -> dict[str, Any]:
    """What a definition says, by the names of its fields."""
    found: dict[str, Any] = {
        "title": _words(definition.title),
        "why": _words(definition.why),
        "audience": definition.audience_text,
        "purpose": definition.purpose,
        "goal": definition.goal_text,
        "metrics": {it.name: _metric(it) for it in definition.metrics} or None,
        "channel": definition.channel,
        **_messages(definition),
        "items": definition.items_text,
        "timing": str(definition.timing),
        "quiet_hours": str(definition.quiet_hours) if definition.quiet_hours else None,
        "cap": definition.cap,
        "priority": definition.priority,
        "ends_at": definition.ends_at,
        "holdout": None if definition.holdout is None else f"{100 * definition.holdout:.10g}%",
        "reward": definition.reward,
    }
    return {key: value for key, value in found.items() if value is not None}


def _words(words: Words | None) -> str | dict[str, str] | None:
    if words is None:
        return None
    texts = dict(words.texts)
    return texts.get("", texts)


def _metric(metric: MetricDefinition) -> str | dict[str, Any]:
    if not metric.less_is_better:
        return metric.text
    return {"measure": metric.text, "less_is_better": True}


def _messages(definition: CampaignDefinition) -> dict[str, Any]:
    said: dict[str, dict[str, Any]] = {
        it.name: {
            **{part: text for part in PARTS if (text := getattr(it, part)) and part != "fields"},
            **({"fields": dict(it.fields)} if it.fields else {}),
            **({"weight": it.weight} if it.weight != 1 else {}),
        }
        for it in definition.variants
    }
    return said[ONLY] if list(said) == [ONLY] else {"variants": said}


def _edited(
    project: Project, name: str, fields: Fields, *, is_new: bool | None
) -> tuple[Files, str]:
    """The files as they would be, and which of them is another."""
    written = written_campaign(name, body_of(fields))
    files = read_files(project.folder)
    found = definitions_of(files).campaigns.get(name)
    if found is None:
        if is_new is False:
            raise NotFoundError(f"no file defines the campaign `{name}`")
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"`{name}` is no name for a campaign",
                hint="small letters, digits and underscores, such as spring_sale",
            )
        path, text = f"campaigns/{name}.yml", written
        if path in files.texts:
            raise UsageError(f"{path} exists and defines something else", hint="take another name")
    else:
        if is_new:
            raise UsageError(f"there is a campaign `{name}` already", hint="take another name")
        path = found.place.file if found.place and found.place.file else ""
        if path not in files.texts:
            raise NotFoundError(f"no file defines the campaign `{name}`")
        text = replaced_campaign(files.texts[path], name, written)
    return Files({**files.texts, path: text}, files.problems), path


def body_of(fields: Fields) -> dict[str, Any]:
    """What a file is to say, in the order in which it says it."""
    return {key: fields[key] for key in FIELDS if fields.get(key) not in (None, {}, [])}


def written_campaign(name: str, body: Fields) -> str:
    """The campaign as a file of its own."""
    document = {"campaigns": {name: dict(body)}}
    text = str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))
    if len(text) > LARGEST:
        raise UsageError(f"the campaign has {len(text):,} characters", hint="shorten its texts")
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UsageError("a text holds half a character, which no file can hold") from error
    return text


def replaced_campaign(text: str, name: str, written: str) -> str:
    """The file with another wording of the campaign, and nothing else changed."""
    _, root = compose(text, None)
    entries = child(root, "campaigns")
    assert isinstance(entries, yaml.MappingNode)  # it was read from there
    key, value = next((key, value) for key, value in entries.value if key.value == name)
    if entries.flow_style:
        raise UsageError(
            f"`{name}` is written in braces: the page cannot change it",
            hint="change it in its file",
        )
    column = key.start_mark.column
    lines = written.splitlines()[1:]  # without `campaigns:`
    moved = "\n".join(" " * (column - 2) + line if line else line for line in lines).lstrip(" ")
    rest = text[_end(value) :]  # a comment behind it stays, on a line of its own
    return text[: key.start_mark.index] + moved + ("" if rest[:1] == "\n" else "\n") + rest


def _end(node: yaml.Node) -> int:
    """Where the last sign of a node ends; a block's own end is where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return node.end_mark.index


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(_dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_block = "\n" in text and not text.endswith("\n\n") and not text.startswith((" ", "\n"))
    style = "|" if is_block else None
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
