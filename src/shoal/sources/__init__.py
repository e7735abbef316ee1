"""Files as events: reading them, understanding them by a mapping, and guessing one.

Nouns: FileMapping, ImportStream, Progress, Guess. Reads files; writes nothing but temporary ones.
"""

from shoal.sources.describing import describe
from shoal.sources.guessing import Guess, guess
from shoal.sources.mapping import FileMapping, mapping_from_options
from shoal.sources.mapping_file import load_mapping, mapping_from_document, mapping_to_json
from shoal.sources.sampling import Sample, sample
from shoal.sources.stream import ImportStream, Progress, RejectedRows, read_file

__all__ = [
    "FileMapping",
    "Guess",
    "ImportStream",
    "Progress",
    "RejectedRows",
    "Sample",
    "describe",
    "guess",
    "load_mapping",
    "mapping_from_document",
    "mapping_from_options",
    "mapping_to_json",
    "read_file",
    "sample",
]
