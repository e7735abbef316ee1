# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""The clauses a sentence is made of: ``who have …``, ``whose … is …``, in any language."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.language import tree
from shoal.language.negation import MIRRORED
from shoal.language.noun_phrases import NounPhrases
from shoal.language.resolution import title_in
from shoal.language.shape import LITERALS
from shoal.language.types import value_type
from shoal.language.vocabulary import ValueType
from shoal.language.wording import Wording, quoted

_F = tree.AggregateFunction
_OUT_OF = {tree.RankFunction.QUINTILE: 5, tree.RankFunction.DECILE: 10}
_PICKED = (_F.FIRST, _F.LAST)
_OPEN = (tree.InLast, tree.Since, tree.InNext, type(None))
"""Windows that reach to now or beyond."""


@dataclass(frozen=True)
class Clauses:
    """Clauses about customers."""

    nouns: NounPhrases

    @property
    def wording(self) -> Wording:
        """The language's own part."""
        return self.nouns.wording

    def clause(self, rule: tree.Rule) -> str:
        """``who …`` or ``whose …``."""
        say = self.wording.say
        match rule:
            case tree.Did(selection, negated):
                return self._did(selection, negated=negated)
            case tree.SequenceMatch(sequence):
                return say("sequence", happened=self.nouns.happened(sequence))
            case tree.InSegment() | tree.Changed():
                return self._segment(
                    rule, negated=isinstance(rule, tree.InSegment) and rule.negated
                )
            case tree.ConsentsTo(purpose):
                return say("consents", purpose=self.wording.named(purpose, None, None))
            case tree.Everyone():
                return say("known")
            case tree.Nobody():
                return say("unknown")
            case tree.TraitTruth(value):
                return say("truth", x=self.nouns.phrase(value))
            case tree.Compare():
                return self._compare(rule)
            case tree.InTop():
                return self._in_top(rule, negated=False)
            case _:
                return self._test(rule)

    def denied(self, rule: tree.Rule) -> str:
        """The clause of a rule that has no opposite form of its own."""
        say = self.wording.say
        match rule:
            case tree.SequenceMatch(sequence):
                return say("sequence", happened=self.nouns.not_happened(sequence))
            case tree.Changed():
                return self._segment(rule, negated=True)
            case tree.ConsentsTo(purpose):
                return say("consents.not", purpose=self.wording.named(purpose, None, None))
            case tree.TraitTruth(value):
                return say("truth.not", x=self.nouns.phrase(value))
            case tree.InTop():
                return self._in_top(rule, negated=True)
            case _:
                return say("not_among", people=self.nouns.people(rule))

    def in_none(self, names: list[str]) -> str:
        """``who are in none of the segments “A” and “B”``."""
        titles = self.wording.listed([self._titled(name) for name in names], "and")
        return self.wording.say("segments.none", names=titles)

    def _did(self, selection: tree.Selection, *, negated: bool) -> str:
        deed = self.nouns.deed(selection.event, selection.window)
        rest = self.nouns.rest(selection, negated=negated)
        key = "did.not" if negated else "did" if isinstance(selection.window, _OPEN) else "did.then"
        return self.wording.say(key, deed=deed, rest=rest)

    def _titled(self, name: str) -> str:
        entry = self.nouns.vocabulary.segments.get(name)
        if entry is None:
            return quoted(name)
        title = title_in(entry, self.nouns.vocabulary, self.wording.code)
        return quoted(title or entry.title or name)

    def _segment(self, rule: tree.InSegment | tree.Changed, *, negated: bool) -> str:
        say, name, no = self.wording.say, self._titled(rule.name), _not(negated)
        match rule:
            case tree.Changed(entered, _, window):
                key = f"segment.{'entered' if entered else 'left'}{no}"
                return say(key, name=name, window=self.nouns.window(window, negated=negated))
            case tree.InSegment(_, _, None):
                return say(f"segment{no}", name=name)
            case tree.InSegment(_, _, span):
                assert span is not None
                return say(f"segment.for{no}", name=name, span=self.wording.duration(span))

    def _compare(self, rule: tree.Compare) -> str:
        left, comparator, right = rule.left, rule.comparator, rule.right
        if isinstance(left, LITERALS) and not isinstance(right, LITERALS):
            left, comparator, right = right, MIRRORED[comparator], left
        say, phrase = self.wording.say, self.nouns.phrase
        match left, right:
            case tree.Aggregate(_F.COUNT, selection), tree.NumberLiteral(amount, False):
                return self._counted(selection, comparator, amount)
            case tree.Aggregate(_F.DAYS, selection), tree.NumberLiteral(amount, False):
                return self._on_days(selection, comparator, amount)
            case tree.Age(inner), tree.SpanLiteral(span):
                when = say(f"ago.{comparator}", span=self.wording.duration(span))
                return self._event_at(inner, when)
            case tree.Until(inner), tree.SpanLiteral(span):
                when = say(f"ahead.{comparator}", span=self.wording.duration(span))
                return say("lies", x=phrase(inner), when=when)
            case tree.Rank(function, value, scope), tree.NumberLiteral(amount, False) if (
                comparator is tree.Comparator.EQUAL and function in _OUT_OF
            ):
                place = self.wording.number(amount, False)
                among, x = self.nouns.among(scope), phrase(value)
                return say(f"in.{function}", place=place, of=_OUT_OF[function], x=x, among=among)
            case _:
                pass
        kind = "date" if isinstance(right, tree.InstantLiteral) else "is"
        if kind == "is" and value_type(left, self.nouns.vocabulary) is ValueType.INSTANT:
            kind = "instant"
        if kind != "is" and isinstance(left, tree.Anniversary | tree.Holiday):
            kind = f"coming.{kind}"
        return say(f"{kind}.{comparator}", x=phrase(left), y=phrase(right))

    def _counted(
        self, selection: tree.Selection, comparator: tree.Comparator, amount: float
    ) -> str:
        if comparator is tree.Comparator.EQUAL and amount == 0:
            return self._did(selection, negated=True)
        deed = self.nouns.deed(selection.event, selection.window)
        if deed.has_object:
            key, counted = "counted", deed.forms["object" if amount == 1 else "objects"]
        else:
            key, counted = "counted.times", self.wording.say(f"time.{_many(amount)}")
        return self._amounting(key, comparator, amount, deed=deed, counted=counted,
                               rest=self.nouns.rest(selection))  # fmt: skip

    def _on_days(
        self, selection: tree.Selection, comparator: tree.Comparator, amount: float
    ) -> str:
        if comparator is tree.Comparator.EQUAL and amount == 0:
            return self._did(selection, negated=True)
        deed = self.nouns.deed(selection.event, selection.window)
        days = self.wording.say(f"day.{_many(amount)}")
        where, window = self.nouns.where(selection), self.nouns.window(selection.window)
        return self._amounting("on_days", comparator, amount, deed=deed, where=where, counted=days,
                               window=window)  # fmt: skip

    def _amounting(
        self, key: str, comparator: tree.Comparator, amount: float, **gaps: object
    ) -> str:
        """A phrase that says how many."""
        number = self.wording.number(amount, False)
        if comparator is tree.Comparator.NOT_EQUAL:
            return self.wording.say(f"{key}.not", number=number, **gaps)
        return self.wording.say(
            key, amount=self.wording.say(f"amount.{comparator}", number=number), **gaps
        )

    def _event_at(self, value: tree.Value, when: str) -> str:
        """``whose last order was more than 180 days ago``, ``who last viewed a page …``."""
        match value:
            case tree.Aggregate(function, tree.Selection(event) as selection) if (
                function in _PICKED and selection.is_bare()
            ):
                deed = self.nouns.deed(event)
                if not deed.is_creation:
                    rest = self.nouns.rest(selection)
                    return self.wording.say(f"{function}.did", deed=deed, rest=rest, when=when)
            case _:
                pass
        return self.wording.say("was", x=self.nouns.phrase(value), when=when)

    def _in_top(self, rule: tree.InTop, *, negated: bool) -> str:
        key = f"in_{'bottom' if rule.bottom else 'top'}{_not(negated)}"
        people = self.nouns.people(rule.scope if rule.scope is not None else tree.Everyone())
        share = self.wording.number(rule.share, True)
        return self.wording.say(key, x=self.nouns.phrase(rule.value), share=share, people=people)

    def _test(self, rule: tree.Rule) -> str:
        say, phrase = self.wording.say, self.nouns.phrase
        match rule:
            case tree.InList(value, literals, negated):
                is_one = len(literals) == 1
                key = f"{'is.one' if is_one else 'in'}{_not(negated)}"
                return self.nouns.circumstances.listed(key, value, literals)
            case tree.Between(
                tree.Age(inner), tree.SpanLiteral(low), tree.SpanLiteral(high), negated
            ):
                said = self.nouns.circumstances.spans(low, high)
                duration = self.wording.duration
                key = f"ago.between{_not(negated)}"
                when = say(key, spans=said, low=duration(low), high=duration(high))
                return self._event_at(inner, when)
            case tree.Between(value, low, high, negated):
                is_instant = value_type(value, self.nouns.vocabulary) is ValueType.INSTANT
                key = f"{'was' if is_instant else 'is'}.between{_not(negated)}"
                return say(key, x=phrase(value), low=phrase(low), high=phrase(high))
            case tree.TextMatch(value, test, text, negated):
                return say(f"{test}{_not(negated)}", x=phrase(value), text=quoted(text))
            case tree.Has(value, literals, negated):
                return self.nouns.circumstances.listed(f"has{_not(negated)}", value, literals)
            case tree.IsSet(value, negated):
                return say(f"set{_not(negated)}", x=phrase(value))
            case _:
                raise AssertionError(rule)


def _not(negated: bool) -> str:  # noqa: FBT001
    return ".not" if negated else ""


def _many(amount: float) -> str:
    return "one" if amount == 1 else "many"
