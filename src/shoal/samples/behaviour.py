"""Who is made up: each person's persona and truths, and the parameters that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from shoal.core.errors import DefinitionError, Problem
from shoal.samples.spec import Spec, chance
from shoal.samples.stream import Floats, Ints, Values, texts

DEFAULTS: Mapping[str, Any] = {
    "visits": 4,
    "spread": 0.5,
    "regularity": 0,
    "starts": [365, 0],
    "stops": None,
    "returns": None,
    "fades": 1,
    "fades_days": 60,
    "weekend": 1,
    "hour": 17,
    "hour_spread": 4,
    "season": {},
    "before": {},
    "pages": 2,
    "seconds": 40,
    "searches": 0.3,
    "fruitless": 0.1,
    "views": 4,
    "compares": 0.1,
    "wishes": 0.02,
    "adds": 0.15,
    "removes": 0.1,
    "checks_out": 0.6,
    "stumbles": 0.05,
    "stumbles_at": "address",
    "reason": "unclear",
    "despite": 0.3,
    "completes": 0.7,
    "direct": 0,
    "basket": 3,
    "quantity": 1,
    "channel": "web",
    "likes": {},
    "likes_by": "category",
    "prefers": {},
    "pull": 6,
    "price_taste": 0,
    "repeats": 0.4,
    "never_buys": [],
    "discounts": 0.1,
    "waits": 0,
    "coupons": 0.02,
    "opens": 0.25,
    "clicks": 0.1,
    "open_hour": 19,
    "unsubscribes": 0.002,
    "complains": 0,
    "bounces": 0.01,
    "visits_after_click": 0.5,
    "refunds": 0.04,
    "cancels": 0.01,
    "refund_reasons": {"changed mind": 3, "quality": 2, "late": 1},
}
"""Every parameter of the engine and what it is unless a sample says otherwise."""

Parameters = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class People:
    """Made-up people by number; people of the same persona and truths are of one *kind*."""

    kind: Ints
    parameters: tuple[Parameters, ...]
    """Of each kind."""
    persona: Values
    truths: Mapping[str, Values]

    def __len__(self) -> int:
        return len(self.kind)

    def numbers(self, name: str) -> Floats:
        """A parameter that is a number, of each person."""
        of_kinds = [chance(self.value(one, name)) for one in self.parameters]
        return np.array(of_kinds, dtype=np.float64)[self.kind]

    def of_kinds(self, name: str) -> list[Any]:
        """A parameter of any form, of each kind."""
        return [self.value(one, name) for one in self.parameters]

    def objects(self, name: str) -> Values:
        """A parameter of any form, of each person."""
        return texts(self.of_kinds(name))[self.kind]

    def value(self, of_one: Parameters, name: str) -> Any:
        """A parameter by its name; raises DefinitionError if nobody gave it a value."""
        if name not in of_one:
            hint = "give it a value under `behaviour`"
            raise DefinitionError([Problem(f"sample.yml: no parameter `{name}`", hint=hint)])
        return of_one[name]


def draw_people(spec: Spec, count: int, rng: np.random.Generator) -> People:
    """So many people, with personas by their shares and truths by the persona's weights."""
    shares = np.array([persona.share for persona in spec.personas])
    persona = rng.choice(len(shares), size=count, p=shares / shares.sum())
    columns = [persona]
    values: dict[str, list[str]] = {}
    for name, effects in spec.truths.items():
        values[name] = list(effects)
        weights = np.array(
            [
                [one.truths.get(name, dict.fromkeys(effects, 1.0)).get(it, 0.0) for it in effects]
                for one in spec.personas
            ]
        )
        cumulated = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)[persona]
        drawn = (rng.random(count)[:, None] >= cumulated).sum(axis=1)
        columns.append(np.minimum(drawn, len(effects) - 1))
    kinds, kind = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    parameters = tuple(
        _parameters(
            spec,
            spec.personas[row[0]].behaviour,
            [
                spec.truths[name][values[name][code]]
                for name, code in zip(values, row[1:], strict=True)
            ],
        )
        for row in cast("list[list[int]]", kinds.tolist())
    )
    return People(
        kind.reshape(-1).astype(np.int64),
        parameters,
        texts([spec.personas[code].name for code in cast("list[int]", persona.tolist())]),
        {
            name: texts([values[name][code] for code in codes])
            for name, codes in zip(values, columns[1:], strict=True)
        },
    )


def _parameters(spec: Spec, persona: Parameters, truths: list[Parameters]) -> Parameters:
    found: dict[str, Any] = {**DEFAULTS, **spec.behaviour}
    for changes in (persona, *truths):
        for name, value in changes.items():
            found[name] = _changed(found.get(name), value, name)
    return found


def _changed(before: Any, value: Any, name: str) -> Any:
    """``x1.5`` multiplies, a mapping is laid over the one before, all else takes its place."""
    if isinstance(value, str) and value[:1] == "x" and value[1:].replace(".", "", 1).isdigit():
        if before is None:
            raise DefinitionError([Problem(f"sample.yml: no `{name}` to multiply")])
        return chance(before) * float(value[1:])
    if isinstance(value, dict) and isinstance(before, dict):
        return {**cast("Parameters", before), **cast("Parameters", value)}
    return cast("Any", value)
