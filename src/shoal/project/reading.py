"""One consistent view: a version of the data, the applied definitions, and what rules may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.errors import UsageError
from shoal.core.instants import LATEST
from shoal.language.vocabulary import Vocabulary
from shoal.project.definitions import Definitions, applied_definitions
from shoal.project.opening import Project
from shoal.project.settings import Now
from shoal.project.words import vocabulary_for

if TYPE_CHECKING:
    from shoal.store import Snapshot


@dataclass(frozen=True)
class Reading:
    """What a question is answered from."""

    project: Project
    snapshot: Snapshot
    definitions: Definitions
    vocabulary: Vocabulary

    def at(self, wanted: int | None) -> int:
        """The instant that is meant: ``wanted``, else *now* as ``shoal.yml`` understands it."""
        if wanted is not None:
            if abs(wanted) > LATEST:
                raise UsageError("the instant is outside 1684 to 2255")
            return wanted
        return default_as_of(self.project, self.snapshot)


def read(project: Project, applied_at: int | None = None) -> Reading:
    """The project as it is stored now; with ``applied_at``, by the definitions of that instant."""
    snapshot = project.store.snapshot()
    definitions = applied_definitions(project.store.books, applied_at)
    return reading_with(project, snapshot, definitions)


def reading_with(project: Project, snapshot: Snapshot, definitions: Definitions) -> Reading:
    """A view by other definitions than the applied ones; titles are in the project's language."""
    definitions = definitions.in_language(project.settings.language)
    vocabulary = vocabulary_for(project.settings, snapshot, definitions)
    return Reading(project, snapshot, definitions, vocabulary)


def default_as_of(project: Project, snapshot: Snapshot) -> int:
    """The clock's now, or the latest event where the settings say so and there is one."""
    if project.settings.now is Now.LATEST_EVENT and snapshot.latest_event_at is not None:
        return snapshot.latest_event_at
    return project.clock()
