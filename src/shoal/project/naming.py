"""What a rule may name in this project, with what a builder shows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.language import value_type
from shoal.language.tree import TraitValue

if TYPE_CHECKING:
    from shoal.project.reading import Reading


def words_known(reading: Reading) -> dict[str, Any]:
    """Events with rows and properties, the most frequent first; traits, segments, purposes."""
    vocabulary, catalogue = reading.vocabulary, reading.snapshot.catalogue.events
    events: list[dict[str, Any]] = []
    for name, entry in vocabulary.events.items():
        if name.startswith("$"):
            continue
        facts = catalogue.get(name)
        said = {
            key: words.chosen(vocabulary.language) for key, words in entry.property_words.items()
        }
        events.append(
            {
                "name": name,
                "title": entry.title,
                "rows": facts.rows if facts else 0,
                "parent": entry.parent,
                "lines": entry.lines,
                "properties": [
                    {"name": key, "title": said.get(key), "type": str(kind)}
                    for key, kind in entry.properties.items()
                ],
            }
        )
    events.sort(key=lambda it: (-it["rows"], it["name"]))
    return {
        "events": events,
        "traits": [
            {
                "name": name,
                "title": entry.title,
                "type": str(value_type(TraitValue(name), vocabulary)),
                "computed": entry.value is not None,
            }
            for name, entry in vocabulary.traits.items()
        ],
        "segments": [
            {"name": name, "title": entry.title} for name, entry in vocabulary.segments.items()
        ],
        "purposes": sorted(vocabulary.purposes),
    }
