"""The engine asked about one person: what is, and what would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shoal.core.errors import DefinitionError
from shoal.core.instants import LATEST
from shoal.engine.evaluation import evaluate_histories, transitions_of
from shoal.engine.history import History
from shoal.language.tree import InTop, Rule, Value
from shoal.language.vocabulary import Vocabulary
from shoal.segments.hypothesis import Hypotheses, Unseen
from shoal.segments.nearest import Verdict, Way
from shoal.segments.reach import Cut, no_cut, others_decide

_VERDICTS: dict[int, Verdict] = {0: False, 1: None, 2: True, -1: False}


@dataclass(frozen=True)
class OnePerson:
    """A :class:`shoal.segments.nearest.Judge` over the history of one person.

    ``base`` is None for somebody never seen. ``others`` are all buckets, ``base`` among them, and
    ``cuts`` what ranks came to: for rules that rank.
    """

    base: History | None
    person: int
    as_of: int
    vocabulary: Vocabulary
    others: Sequence[History] = ()
    cuts: Cut = no_cut

    def verdicts(self, rule: Rule, ways: Sequence[Way]) -> list[Verdict]:
        """The rule's verdict under each way, at the way's ``until``."""
        found: dict[Way, Verdict] = {}
        for until in dict.fromkeys(way.until for way in ways):
            here = list(dict.fromkeys(way for way in ways if way.until == until))
            answers = evaluate_histories(
                [self._what_if(here)], {"rule": rule}, self.vocabulary, until
            )["rule"][0]
            found.update((w, _VERDICTS[int(a)]) for w, a in zip(here, answers, strict=True))
        return [found[way] for way in ways]

    def values(self, values: Sequence[Value]) -> list[float | None]:
        """Numbers as they are now."""
        questions = {str(place): value for place, value in enumerate(values)}
        answers = evaluate_histories([self._now], questions, self.vocabulary, self.as_of)
        found = [answers[name][0][0] for name in questions]
        return [float(it) if isinstance(it, int | float) else None for it in found]

    def changes_at(self, rule: Rule) -> int | None:
        """When membership changes if nothing more happens.

        None if never, or if it cannot be told for one person alone.
        """
        if others_decide(rule, self.vocabulary):
            return None
        try:
            changes = transitions_of([self._now], rule, self.vocabulary, self.as_of, LATEST)[0]
        except DefinitionError:
            return None
        return int(changes.at[0]) if len(changes.at) else None

    def cut(self, node: InTop) -> float | None:
        """The value from which on one is in the top now."""
        return self.cuts(node)

    def ranked(self, rule: Rule, way: Way) -> Verdict:
        """The rule's verdict under a way without waiting, everybody ranked anew."""
        world = [
            Unseen(history, self.person) if history is self.base else history
            for history in self.others
        ]
        answers = evaluate_histories(
            [*world, self._what_if([way])], {"rule": rule}, self.vocabulary, way.until
        )["rule"]
        return _VERDICTS[int(answers[-1][0])]

    @cached_property
    def _now(self) -> Hypotheses:
        return self._what_if([Way(until=self.as_of)])

    def _what_if(self, ways: Sequence[Way]) -> Hypotheses:
        zone = self.vocabulary.zone
        futures = [way.events(self.as_of, zone) for way in ways]
        return Hypotheses(self.base, self.person, self.as_of, futures, zone)
