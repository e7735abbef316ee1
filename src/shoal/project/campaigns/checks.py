"""Before a campaign starts: does the message fit the group, and can it be sent at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shoal.campaigns.fit import Finding, Group, Spoken, findings
from shoal.language.campaign_definitions import CampaignDefinition
from shoal.language.told import Told
from shoal.language.tree import Aggregate, SequenceAggregate
from shoal.project.campaigns.terms import message_of
from shoal.segments.reach import reached

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.project.settings import Settings


def settings_lack(definition: CampaignDefinition, settings: Settings) -> list[str]:
    """What ``shoal.yml`` has to say before this can be sent."""
    found: list[str] = []
    channel = definition.channel
    if channel in {"email", "preferred"} and settings.email is None:
        found.append(Told("shoal.yml names no mail server: `{0}`", "email: {host: …, from: …}"))
    if channel in {"email", "preferred"} and settings.public_url is None:
        found.append(
            Told("shoal.yml names no public_url: e-mails would have no link to unsubscribe")
        )
    if channel not in {"email", "preferred"} and channel not in settings.channels:
        found.append(
            Told(
                "shoal.yml says not where `{0}` goes: `{1}`",
                channel,
                f"channels: {{{channel}: https://…}}",
            )
        )
    return found


def fit_of(
    reading: Reading, definition: CampaignDefinition, items_share: float | None = None
) -> list[Finding]:
    """Whether the messages match what the group did."""
    vocabulary = reading.vocabulary
    assert definition.audience is not None
    nodes = tuple(reached(definition.audience, vocabulary))
    events = {name for node in nodes for name in getattr(getattr(node, "event", None), "names", ())}
    titles = tuple(
        str(vocabulary.events[it].title) for it in events
        if it in vocabulary.events and vocabulary.events[it].title
    )  # fmt: skip
    group = Group(
        nodes,
        titles,
        definition.items is not None,
        items_share,
        frozenset(
            name for name, entry in vocabulary.traits.items()
            if entry.value is not None and _is_of_deeds(reached(entry.value, vocabulary))
        ),
        _not_words(reading, definition),
    )  # fmt: skip
    spoken = [
        Spoken(
            it.name,
            "\n".join((*it.templates.values(), it.offer or "")),
            message_of(it).reads,
            it.offer,
        )
        for it in definition.variants
    ]
    return findings(group, spoken)


def _is_of_deeds(nodes: Iterable[object]) -> bool:
    return any(isinstance(it, Aggregate | SequenceAggregate) for it in nodes)


def _not_words(reading: Reading, definition: CampaignDefinition) -> tuple[str, ...]:
    from shoal.project.packs import suggestions_of

    suggestion = suggestions_of(reading.project.folder).get(definition.audience_text)
    if suggestion is None:
        return ()
    return tuple(word for words in suggestion.fit.not_words.values() for word in words)
