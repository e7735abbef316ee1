"""The guard of a project: what its tracking plan declares sensitive is read only with a reason.

A reason is the key ``sensitive_because`` of the definition that reads it, directly or through others;
applying the definition writes it to the audit trail. Without one, nothing is applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.errors import Place, Problem
from shoal.fairness import Guarded, guarded_in, reads_of
from shoal.language.shape import walk
from shoal.language.tree import InSegment, Rule, TraitValue, Value
from shoal.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from shoal.project.definitions import Definitions
    from shoal.project.reading import Reading

HINT = (
    "leave it out, or say under `sensitive_because` why it must be read: the reason is kept in the "
    "audit trail"
)


@dataclass(frozen=True, slots=True)
class Use:
    """A definition that reads something sensitive, and why it says it does."""

    kind: str
    name: str
    reads: tuple[Guarded, ...]
    because: str | None
    place: Place | None = None

    @property
    def subject(self) -> str:
        """As the audit trail names it."""
        return f"{self.kind}:{self.name}"


def declared(definitions: Definitions) -> dict[str, str]:
    """What the plan declares sensitive, or to stand for it, with what it says of it."""
    return {it.text: it.told for it in guarded_in(definitions.found.events).values()}


def uses(definitions: Definitions, vocabulary: Vocabulary) -> Iterator[Use]:
    """Every segment, part, trait and prediction that reads something the plan declares sensitive."""
    guards = guarded_in(definitions.found.events)
    if not guards:
        return
    written: list[tuple[str, str, Rule | Value | None, str | None, Place | None]] = [
        ("segment", name, it.rule, it.sensitive_because, it.place)
        for name, it in definitions.segments.items()
    ]
    written += [
        ("trait", it.name, it.value, it.sensitive_because, it.place)
        for it in definitions.found.traits
    ]
    for kind, name, node, because, place in written:
        found = reads_of(node, vocabulary, guards) if node is not None else ()
        if found:
            yield Use(kind, name, found, because, place)
    for it in definitions.found.predictions:
        nodes = (it.target, it.population, *(feature.value for feature in it.features))
        read = {
            each: None
            for node in nodes
            if node is not None
            for each in reads_of(node, vocabulary, guards)
        }
        if read:
            yield Use("prediction", it.name, tuple(read), it.sensitive_because, it.place)


def guard_problems(definitions: Definitions, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A problem for each definition that reads something sensitive and gives no reason."""
    guards = guarded_in(definitions.found.events)
    if not guards:
        return
    reasoned: dict[str, set[Guarded]] = {}
    for use in uses(definitions, vocabulary):
        if use.because:
            reasoned[use.name] = set(use.reads)
            continue
        yield Problem(f"{use.kind} `{use.name}` reads {_told(use.reads)}", use.place, HINT)
    for name, campaign in definitions.campaigns.items():
        rule = campaign.audience
        if rule is None:
            continue
        # A segment that gives its reason may be written to; the campaign needs no second one.
        excused = {
            it
            for node in walk(rule)
            if isinstance(node, InSegment)
            for it in reasoned.get(node.name, ())
        }
        found = tuple(it for it in reads_of(rule, vocabulary, guards) if it not in excused)
        if found:
            hint = "write to a segment that says under `sensitive_because` why it reads it"
            yield Problem(f"the audience of `{name}` reads {_told(found)}", campaign.place, hint)


def guard_notes(reading: Reading, node: Rule | Value) -> tuple[str, ...]:
    """What to say before an answer about a rule of the moment that reads something sensitive."""
    found = reads_of(node, reading.vocabulary, guarded_in(reading.definitions.found.events))
    if not found:
        return ()
    return (
        f"reads {_told(found)}: look, and treat nobody by it. A segment that reads it must say why",
    )


def refused(reading: Reading, node: Rule | Value) -> str | None:
    """Why a rule or value may not be learnt from; None where it may.

    A trait of the project that gives its reason may be: the reason was kept when it was applied.
    """
    definitions = reading.definitions
    guards = guarded_in(definitions.found.events)
    found = reads_of(node, reading.vocabulary, guards)
    if not found:
        return None
    reasoned = {it.name for it in definitions.found.traits if it.sensitive_because}
    if isinstance(node, TraitValue) and node.name in reasoned:
        return None
    return f"it reads {_told(found)}"


def _told(found: Iterable[Guarded]) -> str:
    return " and ".join(f"`{it.text}`, which {it.told}" for it in found)
