"""Every error Shoal raises, as one tree.

::

    ShoalError                   a problem the user can mend: one clear sentence
    ├── DefinitionError          rules and definition files: every problem, each with its place
    ├── NotFoundError            a named thing does not exist; says the nearest name
    ├── UsageError               arguments that contradict each other or make no sense
    ├── ImportFileError          a file that cannot be read as asked
    ├── StoreError               the project's data cannot be read or written as asked
    │   ├── StoreBusyError       another process owns the store and did not take the work
    │   ├── StoreFormatError     written by a newer Shoal, or not a store
    │   └── StoreDamagedError    a file is not what the manifest says it is
    ├── TooFewError              there is too little to learn from; says how much is needed
    └── MissingExtraError        an optional part is not installed; says how to get it

Only the doors (command line, HTTP) turn these into exit codes and answers. Faults of our own are
plain assertions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stood: 1-based line and column; ``file`` is a path for people, or None."""

    line: int
    column: int
    file: str | None = None

    def __str__(self) -> str:
        where = f"{self.line}:{self.column}"
        return f"{self.file}:{where}" if self.file else where


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition: what, where, and what to do about it."""

    message: str
    place: Place | None = None
    hint: str | None = None
    severity: str = "error"  # or "warning"

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}; {self.hint}" if self.hint else text


class ShoalError(Exception):
    """A problem the user can mend.

    >>> str(ShoalError("no project here", hint="make one with `shoal init`"))
    'no project here; make one with `shoal init`'
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class DefinitionError(ShoalError):
    """Rules or definition files with problems: all of them, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotFoundError(ShoalError):
    """A named thing that does not exist."""


class UsageError(ShoalError):
    """Arguments that contradict each other or make no sense."""


class ImportFileError(ShoalError):
    """A file that cannot be read as asked."""


class StoreError(ShoalError):
    """The project's data cannot be read or written as asked."""


class StoreBusyError(StoreError):
    """Another process owns the store and did not take the work."""


class StoreFormatError(StoreError):
    """Written by a newer Shoal, or not a store."""


class StoreDamagedError(StoreError):
    """A file of the store is not what the manifest says it is."""


class TooFewError(ShoalError):
    """There is too little to learn from."""


class MissingExtraError(ShoalError):
    """An optional part is not installed."""
