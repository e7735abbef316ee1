"""The book of record: log, buckets, manifest, books and catalogue, in ``<project>/.shoal``.

Nouns: Store, Snapshot, Writer, Catalogue, Books, Manifest, Run. Reads and writes files; reads the
clock only to date imports. Readers take a snapshot and see one version; one owner writes.
"""

from shoal.store.books import Books, DefinitionsVersion, ImportRecord
from shoal.store.catalogue import (
    Catalogue,
    EventFacts,
    PropertyFacts,
    Types,
    types_from_json,
    types_to_json,
)
from shoal.store.damage import Damage
from shoal.store.erasing import ErasureCounts
from shoal.store.folding import AppendCounts
from shoal.store.importing import ImportCounts
from shoal.store.operations import OPERATIONS, operation
from shoal.store.owner import hand_over
from shoal.store.quarantine import Quarantined, Refused
from shoal.store.replaying import ReadAgain, ReplayCounts, TableOfImport
from shoal.store.snapshot import Snapshot
from shoal.store.store import Store, create, open_store
from shoal.store.writer import Writer

__all__ = [
    "OPERATIONS",
    "AppendCounts",
    "Books",
    "Catalogue",
    "Damage",
    "DefinitionsVersion",
    "ErasureCounts",
    "EventFacts",
    "ImportCounts",
    "ImportRecord",
    "PropertyFacts",
    "Quarantined",
    "ReadAgain",
    "Refused",
    "ReplayCounts",
    "Snapshot",
    "Store",
    "TableOfImport",
    "Types",
    "Writer",
    "create",
    "hand_over",
    "open_store",
    "operation",
    "types_from_json",
    "types_to_json",
]
