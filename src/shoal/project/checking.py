"""What is wrong with the definition files: every problem of every file, in order of place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError, Place, Problem
from shoal.language import check_rule, find_cycles
from shoal.language.foretelling import check_prediction
from shoal.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from shoal.project.definitions import Definitions
    from shoal.project.opening import Project

MISTYPED = 0.88
"""From this likeness on, an unknown name is taken for a mistyped one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking the files found."""

    problems: tuple[Problem, ...]
    segments: int
    traits: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that keep the files from being applied."""
        return tuple(it for it in self.problems if it.severity == "error")

    @property
    def summary(self) -> str:
        """One line on how it went."""
        warnings = len(self.problems) - len(self.errors)
        if self.errors:
            beside = f" and {_counted(warnings, 'warning')}" if warnings else ""
            return f"{_counted(len(self.errors), 'problem')}{beside}"
        beside = f", {_counted(warnings, 'warning')}" if warnings else ""
        return (
            f"{_counted(self.segments, 'segment')} and {_counted(self.traits, 'trait')}: "
            f"no problems{beside}"
        )

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal check --json``."""
        return {
            "problems": [problem_json(it) for it in self.errors],
            "warnings": [problem_json(it) for it in self.problems if it not in self.errors],
            "segments": self.segments,
            "traits": self.traits,
        }


def check_project(project: Project) -> Checked:
    """Every problem of the project's definition files."""
    from shoal.project.definitions import definitions_of, read_files
    from shoal.project.words import vocabulary_for

    wanted = definitions_of(read_files(project.folder))
    vocabulary = vocabulary_for(project.settings, project.store.snapshot(), wanted)
    problems = check_definitions(wanted, vocabulary)
    if (project.folder / "hooks").is_dir():
        from shoal.project.hooks import check_hooks

        problems += check_hooks(project.folder)
    if (project.folder / "sources").is_dir():
        from shoal.project.sources.files import check_sources

        problems += check_sources(project.folder)
    return Checked(tuple(problems), len(wanted.segment_entries), len(wanted.trait_entries))


def check_definitions(definitions: Definitions, vocabulary: Vocabulary) -> list[Problem]:
    """Problems of the files' form, of each rule and value, and of what rests on itself."""
    found = [*definitions.problems, *find_cycles(vocabulary)]
    for segment in definitions.segment_entries.values():
        found += check_rule(segment.rule, vocabulary)
    for trait in definitions.trait_entries.values():
        if trait.value is not None:
            found += check_rule(trait.value, vocabulary)
    for prediction in definitions.found.predictions:
        found += check_prediction(prediction, vocabulary)
    if definitions.campaigns:
        from shoal.project.campaign_problems import check_campaign

        for campaign in definitions.campaigns.values():
            found += check_campaign(campaign, vocabulary)
    from shoal.project.guarding import guard_problems

    found += guard_problems(definitions, vocabulary)
    nowhere = Place(0, 0, "")
    return sorted(
        promoted(dict.fromkeys(found)),
        key=lambda it: (
            (it.place or nowhere).file or "",
            (it.place or nowhere).line,
            (it.place or nowhere).column,
        ),
    )


def refuse_errors(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Raises DefinitionError if there is an error among them; the warnings otherwise."""
    known = promoted(problems)
    errors = [problem for problem in known if problem.severity == "error"]
    if errors:
        raise DefinitionError(errors)
    return tuple(str(problem) for problem in known)


def promoted(problems: Iterable[Problem]) -> list[Problem]:
    """Warnings about names that are surely mistyped become errors.

    A rule may speak of an event nobody has sent yet: it selects nothing, and a warning says so.
    A name one slip away from a known one is another matter.
    """
    return [replace(it, severity="error") if _is_slip(it) else it for it in problems]


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as data."""
    place = problem.place
    return {
        "message": problem.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "hint": problem.hint,
        "severity": problem.severity,
    }


def meant_by(problem: Problem) -> tuple[str, str] | None:
    """The name that is written and the one that was probably meant, if a problem is about one."""
    hint = problem.hint or ""
    if not hint.startswith("did you mean `") or problem.message.count("`") < 2:
        return None
    return problem.message.split("`")[1], hint.split("`")[1]


def _is_slip(problem: Problem) -> bool:
    slip = meant_by(problem) if problem.severity == "warning" else None
    if slip is None:
        return False
    written, meant = slip
    return SequenceMatcher(None, written.casefold(), meant.casefold()).ratio() >= MISTYPED


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
