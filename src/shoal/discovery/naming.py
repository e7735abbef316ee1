"""Groups in words: what sets each apart, said with the titles of its features.

How far apart is measured by the standardised difference of the prepared values; how much in words
by where the group's middle stands among everyone: above 85 of 100 is *very many*, above 65 *many*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.audits.differences import standardised
from shoal.discovery.features import Feature, Floats, Kind, Numbers, Truths
from shoal.discovery.preparing import Prepared
from shoal.language.english import plural
from shoal.language.told import Capital, Figure, Told, joined
from shoal.language.tree import Age, Aggregate, AggregateFunction, SequenceAggregate, Value
from shoal.language.wording import in_passing

NOTABLE = 0.4
MANY, VERY_MANY = 0.65, 0.85
ALIKE = 0.7
"""Features that go together this closely are not both told."""
TOLD = 3
LONGEST_NAME = 45
_WHEN = re.compile(r" in (the last )?(\d+|a|one) \w+$")
_COUNTS = {AggregateFunction.COUNT, AggregateFunction.DAYS, AggregateFunction.DISTINCT}
_GAPS = {AggregateFunction.GAP, AggregateFunction.GAP_STD}


@dataclass(frozen=True, slots=True)
class Trait:
    """How a group stands in one feature: its middle, everyone's, and how far apart they are."""

    feature: Feature
    here: float
    everyone: float
    effect: float
    standing: float  # share of everyone below the group's middle
    words: str


def characteristics(prepared: Prepared, group: Truths, sample: Numbers) -> tuple[Trait, ...]:
    """What sets the group apart, the most telling first, as seen in the sample."""
    inside = group[sample]
    if not inside.any() or inside.all():
        return ()
    found: list[Trait] = []
    for column, (place, feature) in enumerate(zip(prepared.places, prepared.features, strict=True)):
        points = prepared.points[sample, column].astype(np.float64)
        effect = standardised(points[inside], points[~inside]) or 0.0
        raw = prepared.matrix.values[sample, place]
        found.append(_trait(feature, raw, inside, effect, points))
    return tuple(sorted(found, key=lambda it: -abs(it.effect)))


def _trait(feature: Feature, raw: Floats, inside: Truths, effect: float, points: Floats) -> Trait:
    own, known = raw[inside & ~np.isnan(raw)], raw[~np.isnan(raw)]
    binary = feature.kind in {Kind.BOOLEAN, Kind.CATEGORY}
    middle = np.mean if binary else np.median
    here = float(middle(own)) if len(own) else float("nan")
    everyone = float(middle(known)) if len(known) else float("nan")
    own_point = float(np.median(points[inside]))
    standing = float((points < own_point).mean() + (points == own_point).mean() / 2)
    return Trait(feature, here, everyone, effect, standing, _words(feature, effect, standing, here))


def told(traits: Sequence[Trait], prepared: Prepared, sample: Numbers) -> tuple[Trait, ...]:
    """The few to name the group by: notable, and none that goes closely with one told already."""
    places = {feature: column for column, feature in enumerate(prepared.features)}
    chosen: list[Trait] = []
    for trait in traits:
        if abs(trait.effect) < NOTABLE or len(chosen) == TOLD:
            break
        points = prepared.points[sample, places[trait.feature]]
        others = (prepared.points[sample, places[it.feature]] for it in chosen)
        if all(abs(float(np.corrcoef(points, other)[0, 1])) < ALIKE for other in others):
            chosen.append(trait)
    return tuple(chosen)


def titles(groups: Sequence[Sequence[Trait]], all_traits: Sequence[Sequence[Trait]]) -> list[str]:
    """A title for each group, no two alike: more is told of those that would be."""
    found = [_title(traits) for traits in groups]
    for index, title in enumerate(found):
        if found.count(title) > 1:
            known = {trait.words for trait in groups[index]}
            more = next((it.words for it in all_traits[index] if it.words not in known), "")
            found[index] = joined([title, more]) if more else title
    for index, title in enumerate(found):
        if title in found[:index]:
            found[index] = Told("{0} ({1})", title, Figure(index + 1))
    return found


def _title(traits: Sequence[Trait]) -> str:
    words = [trait.words for trait in traits]
    return Capital(joined(words) if words else Told("much like everyone"))


def name_of(title: str, taken: Sequence[str]) -> str:
    """A segment's name for the title: its first words in snake_case, spans of time left out.

    >>> name_of("Very many orders in 90 days, low discount", [])
    'very_many_orders_low_discount'
    >>> name_of("Few orders in 90 days", ["few_orders"])
    'few_orders_2'
    """
    phrases = [_WHEN.sub("", phrase) for phrase in title.lower().split(", ")]
    first = " ".join(phrases[:2]) if len(" ".join(phrases[:2])) <= LONGEST_NAME else phrases[0]
    name = re.sub(r"\W+", "_", first).strip("_")[:60].strip("_") or "group"
    if not re.match(r"[^\W\d_]", name):
        name = f"group_{name}"
    number = 2
    chosen = name
    while chosen in taken:
        chosen, number = f"{name}_{number}", number + 1
    return chosen


# --- words ---------------------------------------------------------------------------------------


def _words(feature: Feature, effect: float, standing: float, here: float) -> str:
    more = effect > 0
    very = standing >= VERY_MANY if more else standing <= 1 - VERY_MANY
    title = in_passing(feature.title)
    if feature.kind is Kind.BOOLEAN:
        return title if more else Told("not: {0}", title)
    if feature.kind is Kind.CATEGORY:
        return Told("{0} {1}" if more else "{0} not {1}", title, feature.category)
    return phrase(feature, more=more, very=very, none=not more and here == 0)


def phrase(  # noqa: PLR0911  one case per form
    feature: Feature, *, more: bool, very: bool = False, none: bool = False
) -> str:
    """``very many orders in 90 days``, ``no coupons``, ``last order long ago``."""
    value: Value = feature.reads if feature.reads is not None else feature.value
    title = in_passing(feature.title)
    match value:
        case Aggregate(function) | SequenceAggregate(function) if function in _COUNTS:
            things = re.sub(r"^number of ", "", title)
            things = re.sub(r"^different values of (\S+) among .*?(?= in the |$)", _several, things)
            if none:
                return Told("no {0}", things)
            return _degree("many {0}" if more else "few {0}", things, very=very)
        case Age(Aggregate(AggregateFunction.LAST)):
            what = _instant(title, "last")
            if more:
                return Told("{0} very long ago" if very else "{0} long ago", what)
            return _degree("recent {0}", what, very=very)
        case Age(Aggregate(AggregateFunction.FIRST)):
            what = _instant(title, "first")
            if more:
                return Told("{0} very long ago" if very else "{0} long ago", what)
            return _degree("recent {0}", what, very=very)
        case _ if feature.kind is Kind.SPAN:
            return _degree("long {0}" if more else "short {0}", title, very=very)
        case _:
            if none:
                return Told("no {0}", title)
            return _degree("high {0}" if more else "low {0}", title, very=very)


def _degree(phrase: str, what: str, *, very: bool) -> str:
    return Told(f"very {phrase}" if very else phrase, what)


def _several(found: re.Match[str]) -> str:
    return f"different {plural(found[1])}"


def _instant(title: str, which: str) -> str:
    """``time since last order`` and ``days since the last order`` are about the last order."""
    about = re.sub(r"^(the )?(time|days|age)( in days)? (since|of) (the |their )?", "", title)
    return about if about.startswith(which) or about != title else title
