"""Rules to begin with: those of the packs, and patterns that fit whatever the shop's events are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import DefinitionError
from shoal.language import check_rule, parse_rule, sentence
from shoal.language.vocabulary import ValueType
from shoal.project.packs import all_contents

if TYPE_CHECKING:
    from shoal.language.tree import Rule
    from shoal.language.vocabulary import Vocabulary
    from shoal.project.reading import Reading

BOUGHT = ("order_completed", "purchase", "order_placed", "transaction", "subscription_renewed")
LOOKED = ("product_viewed", "page_viewed", "screen_viewed", "app_opened")
ADDED = ("product_added", "cart_updated", "checkout_started")
AMOUNTS = ("revenue", "total", "amount", "value", "price")
BORN = ("birthday", "birthdate", "date_of_birth", "dob")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule with gaps that the project's own names fill, titled in every language."""

    name: str
    en: str
    pt: str
    rule: str


PATTERNS = (
    Pattern("new", "New customers", "Clientes novos", "age(first({bought})) <= 30d"),
    Pattern("repeat", "Bought again lately", "Compraram de novo há pouco",
            "count({bought} in last 90d) >= 2"),
    Pattern("one_time", "Bought once only", "Compraram uma só vez",
            "count({bought}) = 1 and age(first({bought})) > 30d"),
    Pattern("lapsing", "Silent for longer than usual", "Em silêncio há mais tempo que o habitual",
            "count({bought}) >= 3 and age(last({bought})) > 2 * gap({bought})"),
    Pattern("lapsed", "Have not bought for half a year", "Não compram há meio ano",
            "did {bought} and age(last({bought})) > 180d"),
    Pattern("won_back", "Came back after a long break", "Voltaram depois de uma longa pausa",
            "did {bought} in last 30d and not did {bought} between 210d and 30d ago"
            " and age(first({bought})) > 210d"),
    Pattern("best", "The best fifth by what they spent", "O melhor quinto pelo que gastaram",
            "sum({bought}.{amount} in last 365d) in top 20% of (did {bought})"),
    Pattern("big_orders", "Large orders on average", "Pedidos grandes em média",
            "avg({bought}.{amount}) in top 10% of (did {bought})"),
    Pattern("looking", "Looked lately, have not bought", "Olharam há pouco, não compraram",
            "did {looked} in last 14d and not did {bought} in last 30d"),
    Pattern("abandoned", "Put something in the cart and left", "Deixaram algo no carrinho",
            "sequence ({added}, not {bought} within 24h) in last 7d"),
    Pattern("birthday", "Birthday in the next two weeks", "Aniversário nas próximas duas semanas",
            "until(next_anniversary({born})) <= 14d"),
    Pattern("quiet", "Nothing heard of them for 60 days", "Sem notícias há 60 dias",
            "not did any event in last 60d"),
)  # fmt: skip


def templates(reading: Reading) -> list[dict[str, Any]]:
    """Patterns, then the segments of every pack, as far as this project knows what they name."""
    patterns = list(_filled(reading))
    return patterns + list(_of_packs(reading))


def _filled(reading: Reading) -> Iterator[dict[str, Any]]:
    vocabulary = reading.vocabulary
    names = _names(reading)
    for pattern in PATTERNS:
        try:
            text = pattern.rule.format_map(names)
        except KeyError:
            continue
        rule = _fitting(text, vocabulary)
        if rule is None:
            continue
        title = pattern.pt if vocabulary.language == "pt" else pattern.en
        said = {"name": pattern.name, "title": title, "rule": text, "why": None}
        beside = {"pack": None, "pack_title": None, "defined": False}
        yield {**said, "sentence": sentence(rule, vocabulary), **beside}


def _names(reading: Reading) -> dict[str, str]:
    """What this project calls buying, looking, adding, the amount of an order and the day of birth."""
    vocabulary, catalogue = reading.vocabulary, reading.snapshot.catalogue.events
    found: dict[str, str] = {}
    for key, known in (("bought", BOUGHT), ("looked", LOOKED), ("added", ADDED)):
        name = next((it for it in known if it in catalogue), None)
        if name is not None:
            found[key] = name
    bought = vocabulary.events.get(found.get("bought", ""))
    numbers = (
        [it for it, kind in bought.properties.items() if kind is ValueType.NUMBER] if bought else []
    )
    named = next((it for it in AMOUNTS if it in numbers), None)
    if named is not None:
        found["amount"] = named
    born = next((it for it in BORN if it in vocabulary.traits), None)
    if born is not None:
        found["born"] = born
    return found


def _of_packs(reading: Reading) -> Iterator[dict[str, Any]]:
    vocabulary = reading.vocabulary
    for brought in all_contents(vocabulary.language):
        shown = brought.listed()
        for name, segment in brought.segments.items():
            if segment.rule is None or "." in name or check_rule(segment.rule, vocabulary):
                continue
            title = segment.title.chosen(vocabulary.language) if segment.title else name
            why = segment.why.chosen(vocabulary.language) if segment.why else None
            said = {"name": name, "title": title, "rule": segment.text, "why": why}
            beside = {"pack": shown["name"], "pack_title": shown["title"]}
            told = sentence(segment.rule, vocabulary)
            yield {**said, "sentence": told, **beside, "defined": name in vocabulary.segments}


def _fitting(text: str, vocabulary: Vocabulary) -> Rule | None:
    """The rule, where nothing is wrong with it here: every name known."""
    try:
        rule = parse_rule(text)
    except DefinitionError:
        return None
    return rule if not check_rule(rule, vocabulary) else None
