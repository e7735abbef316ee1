"""A rule as one plain English sentence.

>>> from shoal.language.parse import parse_rule
>>> from shoal.language.vocabulary import Vocabulary
>>> lapsed = parse_rule("did order_completed and age(last(order_completed)) > 180d")
>>> sentence(lapsed, Vocabulary())
'Customers who have placed an order, and whose last order was more than 180 days ago.'

Rules become clauses ("who have …", "whose … is …"), values noun phrases ("number of orders").
``not`` is carried down to the leaves first, which three-valued logic allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from shoal.language.clauses import Clauses
from shoal.language.english import capital
from shoal.language.negation import without_not
from shoal.language.tree import And, Everyone, InSegment, Nobody, Not, Or, Rule, Value
from shoal.language.vocabulary import Vocabulary


def sentence(rule: Rule | Value, vocabulary: Vocabulary) -> str:
    """The sentence that says the same; a value gives what it is: "Average revenue of orders."."""
    told = _Told(vocabulary)
    if isinstance(rule, Rule):
        return f"{told.customers(rule)}."
    return f"{capital(told.clauses.phrase(rule))}."


@dataclass(frozen=True)
class _Told:
    vocabulary: Vocabulary

    @property
    def clauses(self) -> Clauses:
        return Clauses(self.vocabulary, self.people)

    def customers(self, rule: Rule) -> str:
        """``Customers who …``."""
        match settled := without_not(rule):
            case Everyone():
                return "All customers"
            case Nobody():
                return "No customers"
            case And() | Or() if _levels(settled) > 2:
                word = "all" if isinstance(settled, And) else "any"
                return f"Customers matching {word} of: {'; '.join(self.parts(settled))}"
            case And() | Or():
                word = "and" if isinstance(settled, And) else "or"
                shown = self.parts(settled)
                if len(shown) == 1:
                    return f"Customers {shown[0]}"
                return f"Customers {', '.join(shown[:-1])}, {word} {shown[-1]}"
            case _:
                return f"Customers {self.inner(settled)}"

    def people(self, rule: Rule) -> str:
        """``customers who …`` inside a longer phrase."""
        told = self.customers(rule)
        return told[:1].lower() + told[1:]

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
        """A clause, or a few of them held together by ``either … or`` and ``both … and``."""
        match rule:
            case And():
                shown = self.parts(rule)
                return ("both " if len(shown) == 2 else "") + " and ".join(shown)
            case Or(parts):
                return "either " + " or ".join(map(self.inner, parts))
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
