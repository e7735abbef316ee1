"""What a rule may name in this project, with what a builder shows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.language import value_type
from shoal.language.tree import Rule, TraitValue

if TYPE_CHECKING:
    from shoal.project.reading import Reading

KEYWORDS = (
    "did", "not", "and", "or", "any event", "any of (", "where", "in last", "between", "ago", "since",
    "before", "from", "to", "ever", "in segment", "for at least", "entered segment", "left segment",
    "consents to", "everyone", "nobody", "sequence (", "sequence by", "within", "in top", "in bottom", "of (",
    "in (", "contains", "starts with", "ends with", "has", "has any of (", "is set", "is not set",
    "count(", "days(", "sum(", "avg(", "min(", "max(", "median(", "std(", "distinct(", "first(",
    "last(", "top(", "share(", "values(", "gap(", "gap_std(", "age(", "until(", "next_anniversary(",
    "last_anniversary(", "next_holiday(", "last_holiday(", "coalesce(", "case when", "then", "else",
    "end", "quintile(", "decile(", "percentile(", "true", "false", "hour(time)", "weekday(time)",
    "day(time)", "month(time)", "day_of_year(time)", "days_to_holiday(time)", "days_since_holiday(time)",
)  # fmt: skip
"""Words of the language, as one types them; a test holds them against the grammar."""


def words_known(reading: Reading) -> dict[str, Any]:
    """Events with rows and properties, the most frequent first; traits, segments, purposes, keywords."""
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
    predicted = {
        it.name: "chance" if isinstance(it.target, Rule) else "amount"
        for it in reading.definitions.found.predictions
    }
    return {
        "events": events,
        "traits": [
            {
                "name": name,
                "title": entry.title,
                "type": str(value_type(TraitValue(name), vocabulary)),
                "computed": entry.value is not None,
                "predicts": predicted.get(name),
            }
            for name, entry in vocabulary.traits.items()
        ],
        "segments": [
            {"name": name, "title": entry.title} for name, entry in vocabulary.segments.items()
        ],
        "purposes": sorted(vocabulary.purposes),
        "keywords": list(KEYWORDS),
    }
