"""What applying definitions would mean for predictions: what is said anew, of whom, and what needs a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from shoal.language import to_text
from shoal.project.predictions.fitting import digest_of
from shoal.project.predictions.foreseeing import population_of
from shoal.runners import RuleAnswer, evaluate
from shoal.segments.reach import reads_alike
from shoal.store.model_books import ModelBooks

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading


@dataclass(frozen=True, slots=True)
class PredictionChange:
    """What would become of one prediction, and of how many people it speaks.

    ``change`` is new, changed, removed, or affected: where only what it reads means something else.
    ``parts`` are the fields that differ; ``unfit`` is true where its models would answer no more.
    """

    name: str
    change: str
    parts: tuple[str, ...]
    size_before: int
    size_after: int
    unfit: bool

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "parts": list(self.parts)}

    def __str__(self) -> str:
        what = f": {', '.join(self.parts)}" if self.parts else ""
        again = "; it has to be fitted again" if self.unfit else ""
        return (
            f"prediction {self.name} ({self.change}{what}): about {self.size_before:,} -> "
            f"{self.size_after:,} profiles{again}"
        )


def prediction_changes(before: Reading, after: Reading, at: int) -> tuple[PredictionChange, ...]:
    """Every prediction that would say something else, be about others, or learn from something else."""
    was = {it.name: it for it in before.definitions.found.predictions}
    will = {it.name: it for it in after.definitions.found.predictions}
    kinds = {
        name: kind
        for name in (*will, *(it for it in was if it not in will))
        if (kind := _kind(was.get(name), will.get(name), before, after)) is not None
    }
    if not kinds:
        return ()
    then = _sizes(before, {name: was[name] for name in kinds if name in was}, at)
    now = _sizes(after, {name: will[name] for name in kinds if name in will}, at)
    books = ModelBooks(after.project.store.books)
    found: list[PredictionChange] = []
    for name, kind in kinds.items():
        old, new = was.get(name), will.get(name)
        parts = _parts(old, new) if old is not None and new is not None else ()
        unfit = (
            old is not None
            and new is not None
            and (kind == "affected" or digest_of(old) != digest_of(new))
            and any(it.digest == digest_of(old) for it in books.all(name))
        )
        sizes = then.get(name, 0), now.get(name, 0)
        found.append(PredictionChange(name, kind, parts, *sizes, unfit))
    return tuple(found)


def _kind(
    old: PredictionDefinition | None,
    new: PredictionDefinition | None,
    before: Reading,
    after: Reading,
) -> str | None:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    if _parts(old, new):
        return "changed"
    read = [new.population, *(it.value for it in new.features)]
    alike = all(
        reads_alike(it, before.vocabulary, after.vocabulary) for it in read if it is not None
    )
    return None if alike else "affected"


def _parts(old: PredictionDefinition, new: PredictionDefinition) -> tuple[str, ...]:
    """The fields in which they differ; how they are written and called is none."""
    one, other = _said(old), _said(new)
    return tuple(name for name in one if one[name] != other[name])


def _said(one: PredictionDefinition) -> Mapping[str, object]:
    return {
        "target": to_text(one.target) if one.target is not None else one.text,
        "population": to_text(one.population) if one.population is not None else None,
        "features": [it.text for it in one.features],
        "without": [it.text for it in one.without],
        "purpose": one.purpose,
        "refresh": one.refresh,
    }


def _sizes(reading: Reading, some: Mapping[str, PredictionDefinition], at: int) -> dict[str, int]:
    """Of how many people each speaks; nothing where nobody is known."""
    if not some or not reading.snapshot.rows:
        return {}
    rules = {name: population_of(it) for name, it in some.items()}
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    return {name: it.count for name, it in answers.items() if isinstance(it, RuleAnswer)}
