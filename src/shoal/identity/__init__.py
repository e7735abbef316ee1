"""Who an event belongs to: identifiers as written, the links between them, and the one person.

Nouns: Identifier, LinkSet, Decision, Resolution. Reads and writes nothing.
"""

from shoal.identity.changing import changed
from shoal.identity.identifier import (
    ANONYMOUS_PREFIX,
    Identifier,
    Strength,
    email_id,
    phone_id,
)
from shoal.identity.ignored import ignored_identifiers
from shoal.identity.keys import buckets_of, hash_text, hash_texts
from shoal.identity.links import (
    Decision,
    LinkLayer,
    LinkSet,
    distinct,
    link_layer,
    ranges,
    strengths_of,
)
from shoal.identity.mentions import (
    MERGE,
    PROPERTIES,
    UNMERGE,
    Mention,
    decided_text,
    mentions_of,
    read_mention,
)
from shoal.identity.resolution import ALWAYS, BEFORE, Limits, Resolution, Resolved

__all__ = [
    "ALWAYS",
    "ANONYMOUS_PREFIX",
    "BEFORE",
    "MERGE",
    "PROPERTIES",
    "UNMERGE",
    "Decision",
    "Identifier",
    "Limits",
    "LinkLayer",
    "LinkSet",
    "Mention",
    "Resolution",
    "Resolved",
    "Strength",
    "buckets_of",
    "changed",
    "decided_text",
    "distinct",
    "email_id",
    "hash_text",
    "hash_texts",
    "ignored_identifiers",
    "link_layer",
    "mentions_of",
    "phone_id",
    "ranges",
    "read_mention",
    "strengths_of",
]
