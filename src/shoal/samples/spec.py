"""What a sample is made from: a ``sample.yml``, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shoal.core.errors import DefinitionError, Problem
from shoal.core.names import nearest
from shoal.core.spans import Span

Given = Mapping[str, Any]
KEYS = (
    "days",
    "people",
    "seed",
    "currency",
    "time_zone",
    "catalogue",
    "behaviour",
    "truths",
    "personas",
    "shop",
    "profiles",
    "acts",
)
_UNITS = {"h": "h", "d": "d", "w": "w", "m": "m"}


@dataclass(frozen=True, slots=True)
class Group:
    """Products of one category."""

    category: str
    products: int
    price: tuple[float, float]
    brands: Mapping[str, float]
    premium_from: float | None
    popularity: float
    vary: Mapping[str, Mapping[Any, float]]
    same: Given
    cheap: Given


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of person: how many, how they behave, and how likely each truth is for them."""

    name: str
    share: float
    behaviour: Given
    truths: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Promotions:
    """Some days of every so many, at a discount; visits go up by a factor."""

    every: int
    lasts: int
    discount: float
    visits: float = 1.0


@dataclass(frozen=True, slots=True)
class Mailings:
    """An e-mail to everybody every so many days, at an hour; campaigns take turns."""

    every: int
    hour: float
    campaigns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An event that follows on something, with a chance, and its properties."""

    event: str
    on: str
    chance: str | float
    after: tuple[int, int]
    always: bool
    properties: Given
    times: str | float | None = None
    """How often each time on average, a parameter or a number; None is once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything a sample is made from."""

    days: int = 365
    people: int = 2000
    seed: int = 7
    currency: str | None = None
    time_zone: str = "UTC"
    catalogue: tuple[Group, ...] = ()
    """Empty where nothing is sold: visits are then only what acts follow on."""
    behaviour: Given
    truths: Mapping[str, Mapping[str, Given]] = field(default_factory=dict[str, Any])
    personas: tuple[Persona, ...]
    promotions: Promotions | None = None
    mailings: Mailings | None = None
    profiles: Given = field(default_factory=dict[str, Any])
    acts: tuple[Act, ...] = ()


def parse_spec(text: str) -> Spec:
    """The spec a text says; raises DefinitionError where it says none."""
    from yaml import YAMLError

    from shoal.packs.plain_yaml import read_yaml

    try:
        document = read_yaml(text)
    except YAMLError as error:
        raise _wrong(f"no YAML: {error}") from error
    if not isinstance(document, dict):
        raise _wrong("a mapping is expected")
    given = _table(document)
    for key in given:
        if key not in KEYS:
            near = nearest(str(key), KEYS)
            raise _wrong(f"there is no `{key}`", f"did you mean `{near}`?" if near else None)
    try:
        return _spec(given)
    except KeyError as error:
        raise _wrong(f"{error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _wrong(str(error)) from error


def chance(value: object) -> float:
    """A chance as a number: ``0.2`` or ``20%``.

    >>> chance("20%")
    0.2
    """
    if isinstance(value, str) and value.endswith("%"):
        return float(value[:-1]) / 100
    if isinstance(value, int | float):
        return float(value)
    raise ValueError(f"`{value}` is no chance: write 0.2 or 20%")


def _spec(given: dict[str, Any]) -> Spec:
    shop = _table(given.get("shop"))
    plain = {
        key: given[key]
        for key in ("days", "people", "seed", "currency", "time_zone")
        if key in given
    }
    return Spec(
        **plain,
        catalogue=tuple(_group(item) for item in given.get("catalogue") or ()),
        behaviour=given["behaviour"],
        truths={
            str(name): {str(value): _table(effect) for value, effect in _table(values).items()}
            for name, values in _table(given.get("truths")).items()
        },
        personas=tuple(_persona(item) for item in given["personas"]),
        promotions=_promotions(shop.get("promotions")),
        mailings=_mailings(shop.get("emails")),
        profiles=_table(given.get("profiles")),
        acts=tuple(_act(name, item) for name, item in _table(given.get("acts")).items()),
    )


def _group(item: Given) -> Group:
    brands: dict[str, float] = {}
    for brand in item.get("brands", ("Sample",)):
        brands.update({brand: 1.0} if isinstance(brand, str) else _table(brand))
    low, high = (float(price) for price in item["price"])
    return Group(
        category=item["category"],
        products=int(item["products"]),
        price=(low, high),
        brands=brands,
        premium_from=item.get("premium_from"),
        popularity=float(item.get("popularity", 1)),
        vary=item.get("vary", {}),
        same=item.get("same", {}),
        cheap=item.get("cheap", {}),
    )


def _persona(item: Given) -> Persona:
    truths = {
        str(name): {str(value): float(weight) for value, weight in _table(weights).items()}
        for name, weights in _table(item.get("truths")).items()
    }
    return Persona(item["name"], float(item["share"]), _table(item.get("behaviour")), truths)


def _promotions(item: Given | None) -> Promotions | None:
    if item is None:
        return None
    return Promotions(
        _days(item["every"]),
        _days(item["lasts"]),
        chance(item["discount"]),
        float(item.get("visits", 1)),
    )


def _mailings(item: Given | None) -> Mailings | None:
    if item is None:
        return None
    campaigns: Sequence[str] = item.get("campaigns") or ("news",)
    return Mailings(_days(item["every"]), float(item.get("hour", 9)), tuple(campaigns))


def _act(name: str, item: Given) -> Act:
    first, last = item.get("after", ("0m", "0m"))
    many = item["chance"]
    return Act(
        event=name,
        on=item["on"],
        chance=many if isinstance(many, str) and not many.endswith("%") else chance(many),
        after=(_span(first), _span(last)),
        always=item.get("while", "active") == "always",
        properties=_table(item.get("properties")),
        times=item.get("times"),
    )


def _table(part: Any) -> dict[str, Any]:
    """A mapping; nothing is an empty one."""
    return part or {}


def _span(text: str) -> int:
    """Microseconds of ``3d`` or ``12h``."""
    if text[-1:] not in _UNITS or not text[:-1].isdigit():
        raise ValueError(f"`{text}` is no span: write 3d, 12h or 30m")
    return Span(int(text[:-1]), text[-1]).microseconds


def _days(text: str) -> int:
    count = _span(text) // Span(1, "d").microseconds
    if count < 1:
        raise ValueError(f"`{text}` is shorter than a day")
    return count


def _wrong(message: str, hint: str | None = None) -> DefinitionError:
    return DefinitionError([Problem(f"sample.yml: {message}", hint=hint)])
