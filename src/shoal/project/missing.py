"""Events and properties that somebody names and that are not there: said with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.core.errors import NotFoundError
from shoal.core.names import nearest
from shoal.language.told import Told
from shoal.language.vocabulary import Vocabulary

MOST_LISTED = 10


def no_event(vocabulary: Vocabulary, name: str) -> NotFoundError:
    """That no event has the name, and which have one like it."""
    there = [event for event in vocabulary.events if not event.startswith("$")]
    return NotFoundError(f"there is no event `{name}`", hint=_others(name, there, is_event=True))


def no_property(vocabulary: Vocabulary, event: str, name: str) -> NotFoundError:
    """That neither the event nor its lines have the property, and which they have."""
    events = vocabulary.events
    there = [
        of for one in (event, f"{event}_line") if one in events for of in events[one].properties
    ]
    return NotFoundError(
        f"`{event}` has no property `{name}`", hint=_others(name, there, is_event=False)
    )


def _others(name: str, there: Iterable[str], *, is_event: bool) -> str:
    names = sorted(set(there))
    near = nearest(name, names)
    if near is not None:
        return Told("did you mean `{0}`?", near)
    if not names:
        return Told("there are no events yet" if is_event else "there are no properties yet")
    listed = ", ".join(names[:MOST_LISTED]) + (" …" if len(names) > MOST_LISTED else "")
    return Told("the events are {0}" if is_event else "the properties are {0}", listed)
