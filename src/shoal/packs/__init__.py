"""Sector packs: definitions and words, as files.

Nouns: Pack, Need, NotFor, Start, Suggestion, Action, Fit. Verbs: read a pack, with the parts it requires.
"""

from __future__ import annotations

from shoal.packs.pack import Need, NotFor, Pack, Start, Words, said
from shoal.packs.reading import pack_names, pack_schema, read_pack, with_parts
from shoal.packs.suggestions import Action, Fit, Suggestion, suggestions_in

__all__ = [
    "Action",
    "Fit",
    "Need",
    "NotFor",
    "Pack",
    "Start",
    "Suggestion",
    "Words",
    "pack_names",
    "pack_schema",
    "read_pack",
    "said",
    "suggestions_in",
    "with_parts",
]
