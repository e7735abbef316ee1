"""The dry run: ten messages as they would go out, the waterfall, and who lacks what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from shoal.campaigns import State
from shoal.campaigns.template import (
    MissingValueError,
    TemplateError,
    lacking,
    nested,
)
from shoal.channels.email_form import text_of
from shoal.core.errors import NotFoundError
from shoal.core.instants import format_instant
from shoal.experiments import HOLDOUT
from shoal.experiments.assignment import arm_of
from shoal.project.campaigns.checks import fit_of, settings_lack
from shoal.project.campaigns.links import unsubscribe_url
from shoal.project.campaigns.making import chosen_channel, given_values, messages_values
from shoal.project.campaigns.terms import (
    arms_for,
    audience_for,
    campaign_named,
    message_of,
    variant_named,
)
from shoal.project.people.audiences import resolve
from shoal.store.campaign_books import CampaignBooks

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading
    from shoal.project.values import Values

SHOWN = 10
LOOKED_AT = 10_000
"""People whose values are looked at to say how many lack what; of more, an even sample."""


def preview(
    reading: Reading, name: str, *, user: str | None = None, count: int = SHOWN
) -> dict[str, Any]:
    """What would go out now, and to whom not. Nothing is kept and nothing is sent."""
    definition = campaign_named(reading, name)
    now = reading.at(None)
    stands = CampaignBooks(reading.project.store.books).one(name)
    holdout = stands.holdout if stands.holdout is not None else definition.holdout or 0.0
    resolved = resolve(reading, audience_for(reading, definition, holdout), now)
    sendable: list[str] = resolved.table([State.SENDABLE])["user_id"].to_pylist()
    looked_at = sendable[:: max(1, len(sendable) // LOOKED_AT)][:LOOKED_AT]
    if user is not None:
        if reading.snapshot.find(user) is None:
            raise NotFoundError(f"nobody is known as `{user}`")
        shown = [user]
    else:
        shown = looked_at[:: max(1, len(looked_at) // max(count, 1))][:count]
    asked = list(dict.fromkeys([*looked_at, *shown]))
    values = dict(zip(asked, messages_values(reading, definition, asked, now), strict=True))
    design = arms_for(reading, definition, holdout).design
    arms = {who: arm_of(design, who) for who in asked}
    lacks = _lacks(reading, definition, {it: values[it] for it in looked_at}, arms)
    items = [bool(values[it].get("items")) for it in looked_at]
    share = sum(items) / len(items) if items and definition.items is not None else None
    return {
        "campaign": name,
        "as_of": format_instant(now),
        "waterfall": resolved.as_json(),
        "looked_at": len(looked_at),
        "lacking": lacks,
        "messages": [message_to(reading, definition, who, arms[who], values[who]) for who in shown],
        "fit": [
            {"code": it.code, "message": it.message, "hint": it.hint}
            for it in fit_of(reading, definition, share)
        ],
        "settings": settings_lack(definition, reading.project.settings),
    }


def _lacks(
    reading: Reading,
    definition: CampaignDefinition,
    values: dict[str, Values],
    arms: dict[str, str],
) -> list[dict[str, Any]]:
    """How many lack a value that their message needs: they would get none."""
    found: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for who, known in values.items():
        variant = variant_named(definition, arms[who])
        if variant is None:
            continue
        given = given_values(reading.project, definition, arms[who], "https://example.org/u/x")
        for name in lacking(message_of(variant), nested(given | known)):
            found[name] += 1
            examples.setdefault(name, []).append(who)
    return [
        {"value": name, "people": count, "examples": examples[name][:3]}
        for name, count in found.most_common()
    ]


def message_to(
    reading: Reading, definition: CampaignDefinition, who: str, arm: str, values: Values
) -> dict[str, Any]:
    """One message as it would go out; what keeps it from being made, else."""
    # Somebody who would be left alone is shown what they would get otherwise.
    variant = variant_named(definition, arm) or definition.variants[0]
    channel = chosen_channel(reading, definition, values)
    link = None
    if channel is not None:
        link = unsubscribe_url(reading.project, who, channel, definition.name)
    row: dict[str, Any] = {
        "user_id": who,
        "variant": variant.name,
        "held_out": arm == HOLDOUT,
        "channel": None if channel is None else str(channel),
        "parts": {},
        "problem": None,
    }
    try:
        given = given_values(reading.project, definition, variant.name, link)
        rendered = message_of(variant).render(nested(given | values))
    except MissingValueError as error:
        return row | {"problem": f"`{error.name}` is not known"}
    except TemplateError as error:
        return row | {"problem": error.message}
    parts = dict(rendered.parts)
    if "html" in parts and "text" not in parts:
        parts["text"] = text_of(parts["html"])
    return row | {"parts": parts}
