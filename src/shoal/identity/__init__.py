"""Who an event belongs to: identifiers as written, and the permanent number of a profile.

Nouns: Identifier. Reads and writes nothing.
"""

from shoal.identity.identifier import ANONYMOUS_PREFIX, Identifier
from shoal.identity.keys import buckets_of, hash_text, hash_texts

__all__ = ["ANONYMOUS_PREFIX", "Identifier", "buckets_of", "hash_text", "hash_texts"]
