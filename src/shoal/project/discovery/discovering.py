"""Clusters of a project's people: found, named, and written down as rules that can be edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, UsageError
from shoal.core.instants import format_instant
from shoal.language import parse_rule, sentence, to_text
from shoal.language.told import Figure, Told, joined
from shoal.project.behaviours import Observed, chosen_behaviours, observe

if TYPE_CHECKING:
    from pathlib import Path

    from shoal.discovery.boxes import Fit
    from shoal.discovery.clustering import Clustering, Trial
    from shoal.discovery.features import Numbers
    from shoal.discovery.naming import Trait
    from shoal.discovery.preparing import Prepared
    from shoal.language.tree import Rule
    from shoal.project.reading import Reading

FITTED_ON = 50_000
FEWEST_PEOPLE = 50
FIRM_RULE = 0.90
FLAT = 0.15
"""A silhouette below this: the groups shade into each other."""


@dataclass(frozen=True, eq=False)
class Group:
    """One cluster: who it is in words, and a rule that finds nearly the same people."""

    name: str
    title: str
    size: int
    share: float
    jaccard: float
    told: tuple[Trait, ...]
    traits: tuple[Trait, ...]
    rule: str
    sentence: str
    conditions: int
    fit: Fit

    @property
    def is_firm(self) -> bool:
        """Whether the rule finds the group well enough to stand for it."""
        return self.fit.f1 >= FIRM_RULE


@dataclass(frozen=True, eq=False)
class Discovered:
    """Clusters at an instant, with everything they rest on."""

    at: int
    people: int
    clustering: Clustering
    prepared: Prepared
    groups: tuple[Group, ...]
    observed: Observed
    seed: int
    tree_fidelity: float


def discover_clusters(  # noqa: PLR0913  what the command says
    reading: Reading,
    at: int,
    *,
    traits: str | None = None,
    scope: str | None = None,
    k: int | None = None,
    method: str = "kmeans",
    fitted_on: int = FITTED_ON,
    seed: int = 0,
    look_up: Callable[[], None] = lambda: None,
) -> Discovered:
    """Groups of people who behave alike, each with a name and an editable rule.

    ``look_up`` is called between any two steps and may raise to end the search.
    """
    from shoal.discovery.clustering import FEWEST, MOST, cluster, explore
    from shoal.discovery.distilling import tree_fidelity
    from shoal.discovery.features import sampled
    from shoal.discovery.preparing import prepare

    if method not in {"kmeans", "hdbscan"}:
        raise UsageError(f"no method `{method}`", hint="kmeans or hdbscan")
    if k is not None and not 2 <= k <= 50:
        raise UsageError("--k is 2 to 50, or auto")
    rule = None if scope is None else checked_rule(reading, scope)
    observed = observe(reading, chosen_behaviours(reading, traits), at, scope=rule)
    look_up()
    people = observed.matrix.people
    if people < FEWEST_PEOPLE:
        raise ShoalError(
            f"{people:,} people are too few to look for groups: at least {FEWEST_PEOPLE} are needed"
        )
    sample = sampled(people, fitted_on, seed)
    prepared = prepare(observed.matrix, sample)
    if len(prepared.features) < 2:
        raise ShoalError(
            "fewer than two behaviours tell people apart: "
            + "; ".join(f"{it.feature.title}: {it.why}" for it in prepared.left_out),
            hint="name others with --traits",
        )
    if method == "hdbscan":
        found = explore(prepared.points, sample, seed=seed)
    else:
        ks = range(FEWEST, MOST + 1) if k is None else (k,)
        found = cluster(prepared.points, sample, ks, seed=seed, look_up=look_up)
    look_up()
    groups = described_groups(reading, at, observed, prepared, found, sample, rule, seed)
    kept = observed.matrix.columns(prepared.places).rows(sample)
    fidelity = tree_fidelity(kept, found.labels[sample], seed=seed)
    return Discovered(at, people, found, prepared, groups, observed, seed, fidelity)


def checked_rule(reading: Reading, text: str) -> Rule:
    """A rule given as text; DefinitionError says all that is wrong with it."""
    from shoal.language import check_rule
    from shoal.project.checking import refuse_errors

    rule = parse_rule(text)
    refuse_errors(check_rule(rule, reading.vocabulary))
    return rule


def described_groups(  # noqa: PLR0913, PLR0917  everything a group is described from
    reading: Reading,
    at: int,
    observed: Observed,
    prepared: Prepared,
    found: Clustering,
    sample: Numbers,
    scope: Rule | None,
    seed: int,
) -> tuple[Group, ...]:
    """Each cluster with its traits, its name, and its rule as measured by the engine."""
    from shoal.discovery.boxes import conditions
    from shoal.discovery.distilling import distil
    from shoal.discovery.naming import characteristics, name_of, titles, told
    from shoal.discovery.wording import rule_of
    from shoal.project.speeches import speech_in

    speech = speech_in(reading.vocabulary.language)
    kept = observed.matrix.columns(prepared.places)
    traits = [characteristics(prepared, found.labels == label, sample) for label in range(found.k)]
    short = [told(each, prepared, sample) for each in traits]
    names: list[str] = list(reading.vocabulary.segments)
    boxes = [
        distil(kept.rows(sample), found.labels[sample] == label, seed=seed)
        for label in range(found.k)
    ]
    rules = [within(scope, rule_of(each, kept)) for each in boxes]
    fits = measured(reading, at, rules, [found.labels == it for it in range(found.k)], observed)
    groups: list[Group] = []
    for label, told_title in enumerate(titles(short, traits)):
        title = speech.of(told_title)
        names.append(name_of(title, names))
        groups.append(
            Group(
                name=names[-1],
                title=title,
                size=int((found.labels == label).sum()),
                share=float((found.labels == label).mean()),
                jaccard=found.chosen.jaccards[label],
                told=short[label],
                traits=traits[label],
                rule=to_text(rules[label]),
                sentence=sentence(rules[label], reading.vocabulary),
                conditions=conditions(boxes[label]),
                fit=fits[label],
            )
        )
    return tuple(groups)


def within(scope: Rule | None, rule: Rule) -> Rule:
    """The rule among those in scope."""
    from shoal.language.tree import And, Everyone

    if scope is None or isinstance(scope, Everyone):
        return rule
    parts = [part for it in (scope, rule) for part in (it.parts if isinstance(it, And) else (it,))]
    return And(tuple(parts))


def measured(
    reading: Reading, at: int, rules: Sequence[Rule], meant: Sequence[Any], observed: Observed
) -> list[Fit]:
    """How well rules find who is meant: their texts read back and asked of everyone known."""
    import numpy as np

    from shoal.discovery.boxes import Fit
    from shoal.runners import RuleAnswer, evaluate

    asked = {str(index): parse_rule(to_text(rule)) for index, rule in enumerate(rules)}
    answers = evaluate(reading.snapshot, asked, reading.vocabulary, at)
    found: list[Fit] = []
    for index, group in enumerate(meant):
        answer = answers[str(index)]
        assert isinstance(answer, RuleAnswer)
        ruled = np.concatenate([np.zeros(0, np.bool_), *answer.chosen()])
        both = int(ruled[observed.places[group]].sum())
        found.append(Fit(both, int(ruled.sum()), int(np.sum(group))))
    return found


# --- as documents --------------------------------------------------------------------------------


def clusters_json(found: Discovered) -> dict[str, Any]:
    """The document of ``shoal discover clusters --json``."""
    clustering = found.clustering
    return {
        "as_of": format_instant(found.at),
        "people": found.people,
        "method": clustering.method,
        "fitted_on": clustering.fitted_on,
        "seed": found.seed,
        "k": clustering.k,
        "noise": clustering.noise if clustering.method == "hdbscan" else None,
        "verdict": clustering.chosen.verdict if clustering.chosen.draws else None,
        "silhouette": round(clustering.chosen.silhouette, 4),
        "tree_fidelity": round(found.tree_fidelity, 4),
        "trials": [_trial_json(it) for it in clustering.trials if it.draws],
        "features": [
            {"name": it.name, "title": it.title, "kind": str(it.kind)}
            for it in found.prepared.features
        ],
        "left_out": [
            {"name": it.feature.name, "title": it.feature.title, "why": it.why}
            for it in found.prepared.left_out
        ],
        "notes": [*found.prepared.notes, *warnings(found)],
        "clusters": [_group_json(it, measured=clustering.chosen.draws > 0) for it in found.groups],
    }


def _trial_json(trial: Trial) -> dict[str, Any]:
    return {
        "k": trial.k,
        "min_jaccard": round(trial.lowest, 4),
        "jaccards": [round(it, 4) for it in trial.jaccards],
        "smallest_share": round(min(trial.shares), 4),
        "silhouette": round(trial.silhouette, 4),
        "bootstraps": trial.draws,
        "verdict": trial.verdict,
    }


def _group_json(group: Group, *, measured: bool) -> dict[str, Any]:
    from shoal.discovery.clustering import steadiness

    return {
        "name": group.name,
        "title": group.title,
        "size": group.size,
        "share": round(group.share, 4),
        "jaccard": round(group.jaccard, 4) if measured else None,
        "stability": steadiness(group.jaccard) if measured else None,
        "rule": group.rule,
        "sentence": group.sentence,
        "conditions": group.conditions,
        "fidelity": round(group.fit.f1, 4),
        "fidelity_jaccard": round(group.fit.jaccard, 4),
        "precision": round(group.fit.precision, 4),
        "recall": round(group.fit.recall, 4),
        "firm": group.is_firm,
        "traits": [trait_json(it) for it in group.traits],
    }


def trait_json(trait: Trait) -> dict[str, Any]:
    """How a group stands in one feature."""
    from math import isnan

    return {
        "name": trait.feature.name,
        "title": trait.feature.title,
        "unit": "days" if trait.feature.kind == "span" else None,
        "here": None if isnan(trait.here) else trait.here,
        "everyone": None if isnan(trait.everyone) else trait.everyone,
        "effect": round(trait.effect, 3),
        "words": trait.words,
    }


def warnings(found: Discovered) -> list[str]:
    """What should be known before anything is made of the groups."""
    from shoal.discovery.clustering import SMALLEST_SHARE, STABLE

    told: list[str] = []
    chosen = found.clustering.chosen
    if chosen.draws and chosen.lowest < STABLE:
        told.append(
            Told(
                "no number of groups comes back when people are drawn again: take these as a sketch"
            )
        )
    if chosen.draws and chosen.silhouette < FLAT:
        told.append(
            Told(
                "the groups shade into each other: they cut a continuum, so people near a limit "
                "could as well be in the next group"
            )
        )
    small = [it.title for it in found.groups if it.share < SMALLEST_SHARE]
    if small:
        told.append(
            Told(
                "too small to manage (under {0}): {1}",
                Figure(SMALLEST_SHARE, ".0%"),
                joined(small, "; "),
            )
        )
    if not chosen.draws:
        told.append(
            Told(
                "HDBSCAN is for exploration: how steady its groups are is not measured; "
                "{0} of the people are in none of them",
                Figure(found.clustering.noise, ".0%"),
            )
        )
    return told


def segments_yaml(found: Discovered, zone_day: str) -> str:
    """A segments file of the groups, ready for `shoal plan`."""
    import yaml

    from shoal.discovery.clustering import steadiness

    segments: dict[str, Any] = {}
    for group in found.groups:
        firm = "firm" if group.is_firm else "not firm"
        back = (
            f" Drawn again, {group.jaccard:.0%} of it comes back ({steadiness(group.jaccard)})."
            if found.clustering.chosen.draws
            else ""
        )
        segments[group.name] = {
            "title": group.title,
            "rule": group.rule,
            "why": f"Discovered on {zone_day} among {found.people:,} people: a group of "
            f"{group.size:,} ({group.share:.0%}). The rule finds it with a fidelity of "
            f"{group.fit.f1:.2f} ({firm}).{back}",
        }
    head = (
        f"# Written by `shoal discover clusters` as of {zone_day}. Edit freely: rename, move a\n"
        "# limit, delete. Then `shoal plan` says who would enter and leave.\n"
    )
    return head + yaml.safe_dump({"segments": segments}, sort_keys=False, allow_unicode=True)


def write_segments(reading: Reading, text: str, wanted: Path) -> Path:
    """The file, written whole or not at all; an existing one is not overwritten."""
    from shoal.project.settings import reason_of

    path = wanted if wanted.is_absolute() else reading.project.folder / wanted
    if path.suffix not in {".yml", ".yaml"}:
        raise UsageError(f"--write: `{wanted}` is no .yml file", hint="segments/discovered.yml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ShoalError(
            f"`{wanted}` exists already", hint="name another file, or delete it first"
        ) from error
    except OSError as error:
        raise ShoalError(f"cannot write `{wanted}`: {reason_of(error)}") from error
    return path
