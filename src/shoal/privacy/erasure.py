"""Places that hold data, the plan of an erasure, and the check that no file is without a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that data lies: ``files`` are patterns of the files it owns.

    >>> Place("log", "events not yet folded", ("log/*.log",)).owns("log/segment-1.log")
    True
    """

    name: str
    holds: str
    files: tuple[str, ...]
    personal: bool = True

    def owns(self, path: str) -> bool:
        """Whether a file, by its path in the store, is this place's."""
        return any(fnmatchcase(path, pattern) for pattern in self.files)


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What erasing a person would remove, place by place."""

    found: Mapping[str, int]

    @property
    def total(self) -> int:
        """Everything it would remove."""
        return sum(self.found.values())


def unowned(paths: Iterable[str], places: Sequence[Place]) -> tuple[str, ...]:
    """Files that no place owns, or several do: nobody would know how to erase from them.

    >>> unowned(["a.txt", "b.log"], [Place("log", "events", ("*.log",))])
    ('a.txt',)
    """
    return tuple(path for path in paths if sum(place.owns(path) for place in places) != 1)
