"""A rule as one plain sentence, in any of the languages.

>>> from shoal.language.parse import parse_rule
>>> from shoal.language.vocabulary import Vocabulary
>>> lapsed = parse_rule("did order_completed and age(last(order_completed)) > 180d")
>>> sentence(lapsed, Vocabulary())
'Customers who have placed an order, and whose last order was more than 180 days ago.'
>>> sentence(lapsed, Vocabulary(), "pt")
'Clientes que fizeram um pedido e cujo último pedido foi há mais de 180 dias.'

Rules become clauses ("who have …", "whose … is …"), values noun phrases ("number of orders").
``not`` is carried down to the leaves first, which three-valued logic allows. What the clauses are
is the same in every language; how they are said is its ``Wording``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from shoal.language.clauses import Clauses
from shoal.language.negation import without_not
from shoal.language.noun_phrases import NounPhrases
from shoal.language.tree import And, Everyone, InSegment, Nobody, Not, Or, Rule, Value
from shoal.language.vocabulary import Vocabulary
from shoal.language.wording import Noun, Owner, Wording, capital
from shoal.language.wordings import WORDINGS


def sentence(rule: Rule | Value, vocabulary: Vocabulary, language: str | None = None) -> str:
    """The sentence that says the same; a value gives what it is: "Average revenue of orders.".

    Without a ``language`` it is in the vocabulary's.
    """
    told = _Told(vocabulary, WORDINGS[language or vocabulary.language])
    noun = told.people(rule) if isinstance(rule, Rule) else told.nouns.phrase(rule)
    return f"{capital(noun.text)}."


@dataclass(frozen=True)
class _Told:
    vocabulary: Vocabulary
    wording: Wording

    @property
    def nouns(self) -> NounPhrases:
        return NounPhrases(self.vocabulary, self.wording, self.people)

    @property
    def clauses(self) -> Clauses:
        return Clauses(self.nouns)

    def people(self, rule: Rule) -> Noun:
        """``customers who …``."""
        settled = without_not(rule)
        match settled:
            case Everyone() | Nobody():
                key = "everyone" if isinstance(settled, Everyone) else "nobody"
                return Noun(self.wording.say(key), plural=True, owner=Owner.NONE)
            case And() | Or() if _levels(settled) > 2:
                key = "people.all" if isinstance(settled, And) else "people.any"
                clauses = "; ".join(self.parts(settled))
            case And() | Or():
                key, clauses = "people", self.together(settled)
            case _:
                key, clauses = "people", self.inner(settled)
        text = self.wording.say(key, clauses=clauses)
        return Noun(text, plural=True, owner=Owner.NOBODY)

    def together(self, rule: And | Or) -> str:
        """The clauses of the parts as one."""
        shown = self.parts(rule)
        if len(shown) == 1:
            return shown[0]
        of_groups = any(isinstance(part, And | Or) for part in rule.parts)
        word = "and" if isinstance(rule, And) else "or"
        return self.wording.together(shown, word, of_groups=of_groups)

    def parts(self, rule: And | Or) -> list[str]:
        """The clauses of the parts; those that are in none of several segments say it once."""
        if isinstance(rule, Or):
            return [self.inner(part) for part in rule.parts]
        outside = [part for part in rule.parts if _is_outside(part)]
        told = [
            self.inner(part)
            for part in rule.parts
            if not (isinstance(part, Everyone) or (len(outside) > 1 and part in outside))
        ]
        if len(outside) > 1:
            told.append(self.clauses.in_none([part.name for part in outside]))
        return told or [self.inner(Everyone())]

    def inner(self, rule: Rule) -> str:
        """A clause, or a few of them held together."""
        match rule:
            case And() | Or():
                return self.wording.grouped(
                    self.parts(rule), "and" if isinstance(rule, And) else "or"
                )
            case Not(part):
                return self.clauses.denied(part)
            case _:
                return self.clauses.clause(rule)


def _is_outside(rule: Rule) -> TypeGuard[InSegment]:
    return isinstance(rule, InSegment) and rule.negated and rule.at_least is None


def _levels(rule: Rule) -> int:
    """How often ``and`` and ``or`` stand inside one another."""
    if isinstance(rule, And | Or):
        return 1 + max(map(_levels, rule.parts))
    return 0
