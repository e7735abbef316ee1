"""A campaign while it is written: what is wrong with it, and a message of it to one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shoal.campaigns.template import compile_message
from shoal.core.errors import NotFoundError, Problem
from shoal.language import parse_definitions
from shoal.project.campaign_problems import check_campaign
from shoal.project.campaigns.checks import fit_of
from shoal.project.campaigns.making import messages_values
from shoal.project.campaigns.previews import message_to
from shoal.project.changes.campaign_editing import body_of, written_campaign
from shoal.project.checking import problem_json, promoted

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

UNNAMED = "draft"


def preview_draft(
    reading: Reading, name: str, fields: Mapping[str, Any], *, user: str, variant: str | None
) -> dict[str, Any]:
    """Problems, whether the messages fit the group, and one message; nothing is kept or sent.

    A message is made as soon as its templates can be, whatever else is still missing.
    """
    written = written_campaign(name or UNNAMED, body_of(fields))
    parsed = parse_definitions(written, None)
    definition = parsed.campaigns[0] if parsed.campaigns else None
    checked = [] if definition is None else check_campaign(definition, reading.vocabulary)
    problems = promoted([*parsed.problems, *checked])
    errors = [it for it in problems if it.severity == "error"]
    if reading.snapshot.find(user) is None:
        raise NotFoundError(f"nobody is known as `{user}`")
    return {
        "problems": [_told(it) for it in errors],
        "warnings": [_told(it) for it in problems if it.severity != "error"],
        "fit": []
        if errors or definition is None
        else [{"message": it.message, "hint": it.hint} for it in fit_of(reading, definition)],
        "message": None if definition is None else _message(reading, definition, user, variant),
    }


def _told(problem: Problem) -> dict[str, Any]:
    """Without its place: the text it stands in is one that nobody sees."""
    return problem_json(replace(problem, place=None))


def _message(
    reading: Reading, definition: CampaignDefinition, user: str, variant: str | None
) -> dict[str, Any] | None:
    named = [it for it in definition.variants if variant in {None, it.name}]
    if not named or any(compile_message(it.templates)[1] for it in named):
        return None
    one = replace(definition, variants=(named[0],))
    values = messages_values(reading, one, [user], reading.at(None))[0]
    return message_to(reading, one, user, named[0].name, values)
