"""A campaign in a project: its definition as it was applied, its audience, its arms, its messages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from shoal.campaigns import Cap, Terms, parse_cap
from shoal.campaigns.template import Message, compile_message
from shoal.consent.channel import Channel
from shoal.core.errors import NotFoundError
from shoal.core.names import nearest
from shoal.experiments import Design, Variant
from shoal.project.answers import Question
from shoal.project.people.audiences import AudienceAsked, audience_of, channels_of

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition, VariantDefinition
    from shoal.project.opening import Project
    from shoal.project.reading import Reading


@dataclass(frozen=True, slots=True)
class Arms:
    """Into what people are divided, and by what they are held out."""

    design: Design
    shares: dict[str, float]
    """Planned shares of those who take part, the holdout first; without the global holdout."""


def campaign_named(reading: Reading, name: str) -> CampaignDefinition:
    """The applied campaign of that name; NotFoundError says the nearest."""
    found = reading.definitions.campaigns.get(name)
    if found is not None:
        return found
    meant = nearest(name, reading.definitions.campaigns)
    hint = f"did you mean `{meant}`?" if meant else "`shoal campaign list` shows them"
    if _is_written(reading.project, name):
        hint = "it is written in a file: `shoal apply` makes it so"
    raise NotFoundError(f"no campaign `{name}` is applied", hint=hint)


def _is_written(project: Project, name: str) -> bool:
    from shoal.project.definitions import definitions_of, read_files

    return name in definitions_of(read_files(project.folder)).campaigns


def digest_of(definition: CampaignDefinition) -> str:
    """What the wording is known by: another one was not approved."""
    return blake2b(definition.text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def channels_for(reading: Reading, definition: CampaignDefinition) -> tuple[Channel, ...]:
    """The channels any one of which will do."""
    if definition.channel == "preferred":
        return channels_of(reading, None)
    return (Channel(definition.channel),)


def cap_of(definition: CampaignDefinition) -> Cap | None:
    """The campaign's own cap, if it names one; else the project's counts."""
    return None if definition.cap is None else parse_cap(definition.cap)


def audience_for(reading: Reading, definition: CampaignDefinition, holdout: float) -> AudienceAsked:
    """The audience of a campaign, on its terms."""
    assert definition.audience is not None
    return audience_of(
        reading,
        Question(definition.audience),
        definition.purpose or "marketing",
        channels=channels_for(reading, definition),
        holdout=holdout,
        campaign=definition.name,
        cap=cap_of(definition),
    )


def terms_for(reading: Reading, definition: CampaignDefinition) -> Terms:
    """On which terms somebody may be written to, whoever they are."""
    return audience_for(reading, definition, 0.0).terms


def arms_for(reading: Reading, definition: CampaignDefinition, holdout: float) -> Arms:
    """The arms of a campaign and what share of people each is planned to get."""
    variants = tuple(Variant(it.name, it.weight) for it in definition.variants)
    design = Design(definition.name, variants, holdout, reading.project.settings.holdout)
    total = sum(it.weight for it in variants)
    shares = {it.name: (1 - holdout) * it.weight / total for it in variants if it.weight}
    return Arms(design, {"holdout": holdout, **shares} if holdout else shares)


@lru_cache(maxsize=256)
def _compiled(parts: tuple[tuple[str, str], ...]) -> Message:
    return compile_message(dict(parts))[0]


def message_of(variant: VariantDefinition) -> Message:
    """The compiled message of a variant that was checked."""
    return _compiled(tuple(variant.templates.items()))


def variant_named(definition: CampaignDefinition, arm: str) -> VariantDefinition | None:
    """The variant of an arm; None where the campaign has none of that name any more."""
    return next((it for it in definition.variants if it.name == arm), None)
