"""Looking back: from which instant on the changes of a segment are read.

`entered segment s in last 7d` reads nothing older than seven days, so the segment need not be
followed from the beginning. Where its own rule looks back on changes in turn, those are read
further back still.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from shoal.core.instants import DAY, EARLIEST, Zone
from shoal.core.spans import Span
from shoal.engine.dependencies import children, past_window
from shoal.language import tree
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import Vocabulary

CALENDAR_LEAP = 5 * DAY
"""What a span of months ago may fall back by while the instant goes on: clipped days, clocks."""


def starts_of_changes(
    questions: Iterable[Rule | Value],
    vocabulary: Vocabulary,
    changes: Sequence[str],
    judged: Collection[str],
    since: int,
) -> dict[str, int]:
    """For each segment in ``changes`` (each after those it reads) where to begin to follow it.

    Questions are asked at ``since`` and later; only changes after the start are read. One in
    ``judged`` begins at a local midnight, as it is judged from one to the next.
    """
    starts: dict[str, int] = {}

    def look(roots: Iterable[tree.Node], low: int) -> None:
        waiting, seen = list(roots), set[tree.Node]()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            past = past_window(node)
            if past is not None:
                name, window = past
                start = min(low, before_window(window, low, vocabulary.zone))
                starts[name] = max(min(start, starts.get(name, start)), EARLIEST)
            if not isinstance(node, tree.Changed):  # its segment is asked earlier, not now
                waiting.extend(children(node, vocabulary))

    look(questions, since)
    for name in reversed(changes):  # each is final once all that read it are done
        if name in judged:
            starts[name] = midnight_before(starts[name], vocabulary.zone)
        look([vocabulary.segments[name].rule], starts[name])
    return starts


def before_window(window: tree.Window, since: int, zone: Zone) -> int:
    """An instant before all that the window holds at ``since`` or at any later instant."""
    match window:
        case tree.InLast(span=span) | tree.BetweenAgo(older=span):
            return span_before(since, span, zone)
        case tree.Since(start=start) | tree.FromTo(start=start):
            return zone.parse(start.text) - 1
        case _:
            return EARLIEST


def span_before(since: int, span: Span, zone: Zone) -> int:
    """Not later than the span before ``since``, nor than the span before any later instant."""
    return zone.add(since, span, -1) - (CALENDAR_LEAP if span.is_calendar else 0)


def midnight_before(instant: int, zone: Zone) -> int:
    """The last local midnight not after the instant; EARLIEST stays what it is."""
    if instant == EARLIEST:
        return instant
    day = zone.to_local(instant).date()
    return max(zone.midnight(day), EARLIEST)
